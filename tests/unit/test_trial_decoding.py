"""Repeated trials of any origin."""

import dataclasses

import numpy as np
import pytest
import xarray as xr
from brian2 import ms, second
from numpy.testing import assert_allclose, assert_array_equal

from brian_force.analysis import (
    analyse_trials,
    cross_validated_error,
    mean_rates,
    ridge_decoders,
    spike_statistics,
)
from brian_force.exchange import SpikeTrials

DURATION, N, N_TRIALS = 0.5, 12, 4
TIMES = np.arange(200) * 2.5e-3


def target(times):
    return np.sin(2 * np.pi * 4 * times)


@pytest.fixture(scope="module")
def trials():
    """Neurons that fire where a sine of their own phase is large."""
    rng = np.random.default_rng(1)
    steps = np.arange(int(DURATION / 5e-4))
    rate = 60 * np.exp(2 * np.cos(2 * np.pi * (4 * steps[:, None] * 5e-4 + np.arange(N) / N)))
    fired = rng.random((N_TRIALS, *rate.shape)) < rate * 5e-4 / 3
    number, step, neuron = np.nonzero(fired)
    return SpikeTrials(
        spike_times=step * 5e-4 * second,
        spike_neurons=neuron,
        spike_trials=number,
        n_neurons=N,
        durations=np.full(N_TRIALS, DURATION) * second,
        dt=0.5 * ms,
    )


def rates(trials):
    one_by_one = [mean_rates(trials.select(trials=[k]), 2 * ms, 20 * ms) for k in range(N_TRIALS)]
    return np.stack(one_by_one)


def test_without_a_target_there_are_statistics_and_rates(trials):
    found = analyse_trials(trials)
    assert_allclose(found["mean_rates"], mean_rates(trials, 2 * ms, 20 * ms), atol=1e-9)
    assert found["cv"].equals(spike_statistics(trials)["cv"])
    assert float(found["mean_rate"]) == pytest.approx(float(found["rate"].mean()))
    assert "decoders" not in found


def test_decoders_and_errors_are_those_of_ridge_regression(trials):
    found = analyse_trials(trials, target(TIMES), 1e-6 * second**2)
    r = rates(trials)
    assert_allclose(found["decoders"], ridge_decoders(r, target(TIMES), 1e-6))
    expected = cross_validated_error(r, target(TIMES), 1e-6, 4)
    assert_allclose(found["rms"], expected["rms"])
    assert found["learning_rate"].attrs["chosen"] == "given"
    assert found["normalised"].mean() < 0.6


def test_rls_finds_the_same(trials):
    ridge, rls = (
        analyse_trials(trials, target(TIMES), 1e-6 * second**2, method=method)
        for method in ("ridge", "rls")
    )
    assert_allclose(rls["decoders"], ridge["decoders"], rtol=1e-6)
    assert rls["rms"].equals(ridge["rms"])


def test_the_learning_rate_is_chosen_by_held_out_trials(trials):
    found = analyse_trials(trials, target(TIMES))
    grid = found["grid_learning_rate"].to_numpy()
    assert len(grid) == 7
    assert_allclose(np.log10(grid), np.round(np.log10(grid)), atol=1e-12)
    best = grid[found["grid_error"].to_numpy().argmin()]
    assert float(found["learning_rate"]) == best
    assert found["learning_rate"].attrs["chosen"] == "by cross-validation"
    assert float(found["rms"].mean()) == pytest.approx(float(found["grid_error"].min()))


def test_a_target_over_time_is_interpolated(trials):
    fine = np.arange(0, 0.501, 1e-4)
    over_time = xr.DataArray(target(fine), {"time": fine}, ("time",))
    found = analyse_trials(trials, over_time, 1e-6 * second**2)
    assert_allclose(found["target"][:, 0], target(TIMES), atol=1e-9)


@pytest.mark.parametrize("annotated", [True, False])
def test_what_settles_is_left_out_after_it_was_filtered(trials, annotated):
    settle = {} if annotated else {"settle": 100 * ms}
    annotations = {"settle": 0.1} if annotated else {}
    found = analyse_trials(dataclasses.replace(trials, annotations=annotations), **settle)
    whole = mean_rates(trials, 2 * ms, 20 * ms)
    assert_array_equal(found["time"], TIMES[40:])
    assert_allclose(found["mean_rates"], whole[40:], atol=1e-9)
    late = trials.cut(100 * ms, 400 * ms)
    assert found["rate"].equals(spike_statistics(late)["rate"])


def test_spikes_without_a_fitting_step_are_filtered_finely(trials):
    fine = mean_rates(trials, 2 * ms, 20 * ms, dt=0.05 * ms)
    for dt in (None, 0.7 * ms):
        found = analyse_trials(dataclasses.replace(trials, dt=dt))
        assert_allclose(found["mean_rates"], fine, atol=1e-9)
    given = analyse_trials(trials, dt=0.25 * ms, tau_d=30 * ms)
    assert_allclose(given["mean_rates"], mean_rates(trials, 2 * ms, 30 * ms, dt=0.25 * ms))


def test_a_single_trial_has_no_held_out_errors(trials):
    one = trials.select(trials=[0])
    assert "rms" not in analyse_trials(one, target(TIMES), 1e-6 * second**2)
    with pytest.raises(ValueError, match="must be given where there is a single trial"):
        analyse_trials(one, target(TIMES))


def test_silence_has_nothing_to_decode_from(trials):
    silent = dataclasses.replace(trials, spike_times=[] * second, spike_neurons=[], spike_trials=[])
    with pytest.raises(ValueError, match="must be with spikes, but got none"):
        analyse_trials(silent, target(TIMES))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "lasso"}, "must be 'ridge' or 'rls', but got 'lasso'"),
        ({"learning_rate": -1 * second**2}, "one finite number, positive"),
        ({"settle": -1 * ms}, "one finite number, not negative"),
    ],
)
def test_wrong_options_are_refused(trials, options, message):
    with pytest.raises(ValueError, match=message):
        analyse_trials(trials, target(TIMES), **options)
