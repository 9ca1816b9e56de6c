"""Signals at the times of samples."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose, assert_array_equal

from brian_force.analysis import resampled
from brian_force.analysis.resampling import target_trials


def test_a_straight_line_stays_one_whatever_its_samples():
    times = np.array([0, 0.1, 0.15, 0.4])
    found = resampled(times, np.column_stack([times, -2 * times]), [0, 0.05, 0.3])
    assert_allclose(found, [[0, 0], [0.05, -0.1], [0.3, -0.6]], atol=1e-15)


def test_the_last_value_holds_for_an_interval():
    assert_allclose(resampled([0, 1], [3, 4], [1.9]), [[4]])
    with pytest.raises(ValueError, match=r"'at' argument .* within the signal, 0 to 2 s"):
        resampled([0, 1], [3, 4], [2.1])
    with pytest.raises(ValueError, match=r"got -0.1 to 0 s. Give a longer signal"):
        resampled([0, 1], [3, 4], [-0.1, 0])


@pytest.mark.parametrize("times", [[0, 0], [1, 0], [0, np.nan], [0, 1, 2]])
def test_times_must_increase_one_a_value(times):
    with pytest.raises(ValueError, match="'times' argument of resampled must be increasing"):
        resampled(times, [1, 2], [0])


def test_a_target_is_a_signal_by_name(example):
    trials = example.select(trials=[0])
    times = np.array([0, 0.005, 0.01])
    (found,) = target_trials(trials, "output", times)
    values = trials.signals["output"].values[0]
    assert_allclose(found, [values[0], (values[0] + values[1]) / 2, values[1]])


def test_a_target_is_a_signal_over_time_common_to_all(example):
    over_time = xr.DataArray([[0.0, 1.0]], {"time": [0.0, 1.0]}, ("output", "time"))
    found = target_trials(example, over_time, np.array([0, 0.25]))
    assert len(found) == 3
    assert_allclose(found[2], [[0], [0.25]])


def test_a_target_is_values_at_the_samples(example):
    times = np.arange(4) * 0.01
    common = target_trials(example, np.arange(4), times)
    assert [one.shape for one in common] == [(4, 1)] * 3
    each = np.random.default_rng(1).random((3, 4, 2))
    assert_array_equal(target_trials(example, each, times), each)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("outptu", "must be a signal of the trials, but got 'outptu'. Did you mean 'output'?"),
        (np.zeros(5), r"of shape \(4, K\), for the samples, or one a trial, but got shape \(5,\)"),
        (np.zeros((2, 4, 1)), r"or one a trial, but got shape \(2, 4, 1\)"),
        (xr.DataArray([1.0, 2.0], dims="x"), "a DataArray with the coordinate 'time'"),
    ],
)
def test_other_targets_are_refused(example, target, message):
    with pytest.raises(ValueError, match=message):
        target_trials(example, target, np.arange(4) * 0.01)
