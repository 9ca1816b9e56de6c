"""Held-out errors against their definition, and the shape of a comparison."""

import numpy as np
import pytest
import xarray as xr

from brian_force.analysis.cross_trial import cross_validated_error, decoder_comparison
from brian_force.analysis.decoders import decoding_error, ridge_decoders
from brian_force.metrics import pearson_correlation

RATE = 1e-4


@pytest.fixture
def trials(rng, activity):
    return activity + rng.normal(size=(7, *activity.shape))


@pytest.fixture
def target(rng, activity):
    return activity @ rng.normal(size=(11, 2)) / 100


def test_each_trial_is_left_out_once(trials, target):
    found = cross_validated_error(trials, target, RATE)
    assert found.sizes == {"fold": 7}
    for k in range(7):
        seen = ridge_decoders(np.delete(trials, k, axis=0), target, RATE)
        expected = decoding_error(trials[k], target, seen)
        assert float(found.rms[k]) == pytest.approx(expected.rms, rel=1e-6)
        assert float(found.normalised[k]) == pytest.approx(expected.normalised, rel=1e-6)


def test_folds_of_several_trials(trials, target):
    targets = [(1 + k) * target for k in range(7)]
    found = cross_validated_error(iter(trials), targets, RATE, folds=3)
    assert list(found.n_trials) == [3, 2, 2]
    seen = ridge_decoders(trials[3:], targets[3:], RATE)
    expected = decoding_error(trials[:3], targets[:3], seen).rms
    assert float(found.rms[0]) == pytest.approx(expected, rel=1e-6)


def test_comparison_is_that_of_the_parts(rng, trials, activity, target):
    phi = rng.normal(size=(11, 2))
    found = decoder_comparison(phi, trials, activity, target, RATE, sizes=[1, 2])
    assert list(found.n_groups) == [5, 2]
    held_out = trials[5:]
    pairs = [ridge_decoders(trials[k : k + 2], target, RATE, average=True) for k in (0, 2)]
    correlations = [pearson_correlation(phi, ridge) for ridge in pairs]
    errors = [decoding_error(held_out, target, ridge).normalised for ridge in pairs]
    at_two = found.sel(n_averaged=2)
    assert float(at_two.correlation) == pytest.approx(np.mean(correlations))
    assert float(at_two.correlation_spread) == pytest.approx(np.std(correlations, ddof=1))
    assert float(at_two.error) == pytest.approx(np.mean(errors))
    assert float(at_two.error_spread) == pytest.approx(np.std(errors, ddof=1))
    single = [ridge_decoders(trials[k], target, RATE) for k in range(4)]
    means = [(single[k] + single[k + 1]) / 2 for k in (0, 2)]
    controls = [pearson_correlation(phi, mean) for mean in means]
    assert float(at_two.control_correlation) == pytest.approx(np.mean(controls))
    assert found.control_correlation[0] == pytest.approx(float(found.correlation[0]))
    rate = ridge_decoders(activity, target, RATE)
    assert float(found.rate_correlation) == pytest.approx(pearson_correlation(phi, rate))
    expected = decoding_error(held_out, target, rate).normalised
    assert float(found.rate_error) == pytest.approx(expected)
    expected = decoding_error(held_out, target, phi).normalised
    assert float(found.force_error) == pytest.approx(expected)


def test_sizes_are_powers_of_two_and_all(trials, activity, target):
    phi = ridge_decoders(trials[0], target, RATE)
    found = decoder_comparison(phi, trials, activity, target, RATE)
    assert list(found.n_averaged) == [1, 2, 4, 5]
    assert np.isnan(found.correlation_spread[-1])
    found = decoder_comparison(phi, trials, activity, target, RATE, n_held_out=3)
    assert list(found.n_averaged) == [1, 2, 4]


def test_its_own_trial_correlates_fully(trials, activity, target):
    phi = ridge_decoders(trials[0], target, RATE)
    found = decoder_comparison(phi, trials[:2], activity, target, RATE, n_held_out=1)
    assert float(found.correlation[0]) == pytest.approx(1)


def test_learning_rates_are_concatenated(trials, activity, target):
    parts = [
        decoder_comparison(ridge_decoders(activity, target, rate), trials, activity, target, rate)
        for rate in (1e-6, 1e-3)
    ]
    found = xr.concat(parts, "learning_rate")
    assert found.correlation.dims == ("learning_rate", "n_averaged")
    assert list(found.learning_rate) == [1e-6, 1e-3]
    np.testing.assert_allclose(found.rate_correlation, 1)
    assert found.learning_rate.attrs["units"] == "s^2"
