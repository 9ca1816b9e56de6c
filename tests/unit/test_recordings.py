"""Activity and statistics of recordings."""

import dataclasses

import numpy as np
import pytest
from brian2 import second
from numpy.testing import assert_allclose, assert_array_equal

from brian_force.analysis import (
    activity,
    filtered_rates,
    recording_statistics,
    ridge_decoders,
    spike_statistics,
)
from brian_force.analysis.recordings import check_twins, described, recorded_spikes


def without_trials(recording):
    return dataclasses.replace(recording, forced=None, free=None)


def test_activity_has_as_many_samples_as_learning_had_updates(trained_twins):
    for recording, n_trials in zip(trained_twins, (3, 1), strict=True):
        trials = activity(recording)
        assert len(trials) == n_trials
        assert trials.trial(0).shape == (recording.n_updates, 40)
        assert trials.target.shape == (recording.n_updates, 1)
        assert trials.times[0] == 1
        assert_allclose(trials.target[:, 0], np.sin(10 * np.pi * trials.times), atol=1e-9)


def test_activity_of_spikes_is_that_of_the_filter_and_comes_again(trained_twins):
    lif, _ = trained_twins
    parameters = lif.parameters
    r = filtered_rates(lif.forced, parameters.tau_r, parameters.tau_d, sample_dt=lif.rule_dt)
    trials = activity(lif)
    for _ in range(2):
        assert_array_equal(np.stack(list(trials)), r.to_numpy()[:, 400:])


def test_activity_goes_where_trials_go(trained_twins):
    lif, _ = trained_twins
    trials = activity(lif)
    stacked = ridge_decoders(np.stack(list(trials)), trials.target, 1e-6)
    assert_array_equal(ridge_decoders(trials, trials.target, 1e-6), stacked)


def test_statistics_of_a_spiking_network_are_those_of_its_settled_trials(trained_twins):
    lif, _ = trained_twins
    found = recording_statistics(lif)
    expected = spike_statistics(lif.forced.cut(1 * second, 0.4 * second))
    assert_allclose(found["rate"], expected["rate"])
    assert_allclose(found["cv"], expected["cv"])
    assert found["mean_rate"] == pytest.approx(float(expected["rate"].mean()))
    assert (found.attrs["source"], found.attrs["n_trials"]) == ("teacher-forced trials", 3)


def test_statistics_without_trials_are_those_of_the_run(trained_twins):
    lif, rate = map(without_trials, trained_twins)
    found = recording_statistics(lif)
    assert found["rate"].sum() * 0.5 == pytest.approx(lif.spike_times.size)
    assert found.attrs["source"] == "the whole run"
    assert recorded_spikes(lif).n_trials == 1
    assert list(recording_statistics(rate)) == ["mean_rate"]
    assert recording_statistics(rate)["mean_rate"] == float(rate.mean_rate)


def test_the_rates_of_a_rate_network_are_means_of_r(trained_twins):
    _, rate = trained_twins
    (r,) = activity(rate)
    found = recording_statistics(rate)
    assert_allclose(found["rate"], r.mean(axis=0))
    assert found["rate"].attrs["units"] == "Hz"


def test_the_description_is_plain(trained_twins):
    assert described(trained_twins[0]) == {
        "task": "sine",
        "model": "lif",
        "seed": 3,
        "n_neurons": 40,
        "G": 0.1,
        "Q": 30.0,
        "learning_rate": 2.5e-6,
    }


def test_a_recording_without_trials_is_refused(trained_twins):
    message = "must be one with test trials, but got one without. Train with n_trials=10"
    with pytest.raises(ValueError, match=message):
        activity(without_trials(trained_twins[0]))


def test_twins_are_a_spiking_and_a_rate_network_trained_alike(trained_twins):
    lif, rate = trained_twins
    check_twins(lif, rate, "f")
    with pytest.raises(ValueError, match=r"in this order, but got of rate and lif"):
        check_twins(rate, lif, "f")
    with pytest.raises(ValueError, match=r"same seed as the spiking network, but got 4 instead"):
        check_twins(lif, dataclasses.replace(rate, seed=4), "f")
