"""Components of recorded networks, and the gain of learning along each."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from brian_force.analysis import (
    activity,
    compare_components,
    principal_components,
    recording_components,
)


def test_the_spectrum_is_that_of_one_trial_on_average(trained_twins):
    lif, rate = trained_twins
    found = recording_components(lif).sel(model="lif")
    every = principal_components(activity(lif))
    assert_allclose(found["eigenvalue"], every.eigenvalues / 3)
    alone = recording_components(rate).sel(model="rate")
    assert_allclose(alone["eigenvalue"], principal_components(activity(rate)).eigenvalues)


def test_ridge_decoders_have_the_expected_gain(trained_twins):
    found = recording_components(trained_twins[0])
    measured = found["ridge_gain"].notnull()
    assert measured.sum() > 30
    assert_allclose(
        found["ridge_gain"].where(measured), found["expected_gain"].where(measured), atol=2e-3
    )
    assert found["cutoff"].item() == pytest.approx(4e5)


def test_projections_keep_the_size_of_the_decoders(trained_twins):
    found = compare_components(*trained_twins)
    for recording, model in zip(trained_twins, ("lif", "rate"), strict=True):
        size = np.linalg.norm(np.asarray(recording.decoders))
        for name in ("projected", "projected_on_rate"):
            assert np.linalg.norm(found[name].sel(model=model)) == pytest.approx(size)
    own = found["projected"].sel(model="rate")
    assert_allclose(found["projected_on_rate"].sel(model="rate"), own)


def test_both_networks_share_their_dominant_components(trained_twins):
    found = compare_components(*trained_twins)
    assert found["model"].values.tolist() == ["lif", "rate"]
    assert float(found["overlap"][0]) > 0.9
    assert found.attrs["task"] == "sine"
    assert "model" not in found.attrs
    assert found["participation_ratio"].shape == (2,)


def test_twins_are_wanted(trained_twins):
    lif, rate = trained_twins
    with pytest.raises(ValueError, match="in this order"):
        compare_components(rate, lif)
