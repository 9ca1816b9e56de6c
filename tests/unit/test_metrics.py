"""Exact small cases of the error measures."""

import numpy as np
import pytest
from brian2 import ms, second
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from brian_force.metrics import (
    PhaseErrors,
    amplitude_ratio,
    dominant_frequency,
    l2_error,
    normalised_error,
    pearson_correlation,
    phase_errors,
    rms_error,
)

DT = 1e-3


def wave(t, frequency=5.0):
    return np.sin(2 * np.pi * frequency * t)


@pytest.fixture
def times():
    return DT * np.arange(5000)


# Plain measures


def test_rms_error_pools_outputs_and_steps():
    assert rms_error([3.0, 0.0], [0.0, 4.0]) == pytest.approx(np.sqrt(12.5))
    assert rms_error([[1.0, 3.0]], [[0.0, 0.0]]) == pytest.approx(np.sqrt(5))
    assert rms_error(np.ones(7), np.ones(7)) == 0


def test_a_column_is_one_output():
    assert rms_error(np.ones(3), np.zeros((3, 1))) == 1


def test_normalised_error():
    assert normalised_error([3.0, 3.0], [2.0, 2.0]) == pytest.approx(0.5)
    assert np.isnan(normalised_error([1.0, 1.0], [0.0, 0.0]))


def test_l2_error_integrates_over_time_and_sums_over_outputs(times):
    assert l2_error([3.0, 0.0], [0.0, 4.0], 0.01) == pytest.approx(0.5)
    assert l2_error([[1.0, 3.0]], [[0.0, 0.0]], 10 * ms) == pytest.approx(np.sqrt(0.1))
    z, x = np.column_stack([wave(times), wave(times, 7)]), np.zeros((5000, 2))
    assert l2_error(z, x, DT) == pytest.approx(rms_error(z, x) * np.sqrt(2 * 5))


def test_pearson_correlation():
    assert pearson_correlation([1.0, 2.0, 3.0], [5.0, 7.0, 9.0]) == pytest.approx(1)
    assert pearson_correlation([[1.0, 2.0], [3.0, 4.0]], [[-1.0, -2.0], [-3.0, -4.0]]) == (
        pytest.approx(-1)
    )
    assert np.isnan(pearson_correlation(0.1 * np.ones(3), [1.0, 2.0, 3.0]))
    assert np.isnan(pearson_correlation([1.0, 2.0, 3.0], 0.1 * np.ones(3)))


def test_amplitude_ratio_is_about_the_mean_of_each_output(times):
    x = np.column_stack([wave(times), 0.5 * wave(times, 10)])
    assert amplitude_ratio(3 * x + [7, -2], x) == pytest.approx(3)
    assert np.isnan(amplitude_ratio(x[:, 0], np.full(5000, 0.1)))


@pytest.mark.parametrize("frequency", [3.0, 5.0, 5.137, 12.25, 401.3])
def test_dominant_frequency_is_finer_than_the_bins(times, frequency):
    z = 4 + wave(times, frequency)
    assert dominant_frequency(z, DT) == pytest.approx(frequency, abs=2e-3)  # 1/T is 0.2 Hz


def test_dominant_frequency_sums_powers(times):
    z = np.column_stack([wave(times, 3), wave(times, 3), 1.2 * wave(times, 8)])
    assert dominant_frequency(z, DT) == pytest.approx(3, abs=2e-3)
    assert dominant_frequency(z[:, 1:], 1 * ms) == pytest.approx(8, abs=2e-3)


def test_dominant_frequency_of_a_constant_is_nan():
    assert np.isnan(dominant_frequency(np.full(100, 0.1), DT))


@pytest.mark.parametrize("n_samples", [2, 3, 5])
def test_dominant_frequency_of_few_samples_is_within_the_band(n_samples):
    assert 0 < dominant_frequency(np.arange(n_samples) ** 2, DT) <= 500


# Phases


def test_phases_are_half_open():
    t = 0.1 * np.arange(60)  # 0.1 * 3 and the like are rounded
    z = np.full(60, 9.0)
    z[10:20], z[30:40], z[40:] = 1, 2, 3  # the last seconds before 2 s and 4 s, and after
    errors = phase_errors(t, z, 0 * z, 2.0, 4.0)
    lengths = {"l2_after": pytest.approx(3 * np.sqrt(2)), "drift_after": None}
    assert errors == PhaseErrors(1, 2, 3, None, None, None, None, None, **lengths)


def test_phases_may_be_short_or_absent():
    t = 0.1 * np.arange(10)
    z = np.arange(10.0)
    assert phase_errors(t, z, 0 * z, 0.0, 1.0).rms_before is None
    assert phase_errors(t, z, 0 * z, 0.0, 1.0).rms_after is None
    errors = phase_errors(t, z, z + 1, 0.3, 0.5)
    assert (errors.rms_before, errors.rms_learning, errors.rms_after) == (1, 1, 1)
    assert phase_errors(t, z, 0 * z, 0.2, 0.3).rms_before == pytest.approx(np.sqrt(0.5))


def test_without_learning_all_is_free_run(times):
    z, x = wave(times + 0.01), wave(times)
    errors = phase_errors(times, z, x, 0.0, 0.0, 0.2)
    assert errors.rms_before is errors.rms_learning is errors.normalised_learning is None
    assert errors.rms_after == rms_error(z, x)
    assert errors.normalised_after == normalised_error(z, x)
    assert errors.l2_after == pytest.approx(l2_error(z, x, DT))
    assert errors.rms_after_aligned < 1e-4


def test_normalised_errors_are_over_the_target_of_their_phase(times):
    x = np.where(times < 2, 2 * wave(times), wave(times))
    errors = phase_errors(times, 1.5 * x, x, 1.0, 2.0)
    assert errors.rms_learning == pytest.approx(2 * errors.rms_after)
    assert (errors.normalised_learning, errors.normalised_after) == pytest.approx((0.5, 0.5))


def test_a_constant_has_neither_speed_nor_drift(times):
    errors = phase_errors(times, 0 * times, wave(times), 1.0, 2.0, 0.2)
    assert errors.speed_after is errors.drift_after is None
    assert errors.normalised_after == 1


def test_phases_of_a_fast_free_run(times):
    learnt = np.where(times < 2, times, 2 + 1.1 * (times - 2))
    z, x = wave(learnt), wave(times)
    errors = phase_errors(times * second, z, x, 1 * second, 2 * second, 200 * ms)
    assert (errors.rms_before, errors.rms_learning) == (0, 0)
    assert errors.rms_after > 0.5
    assert errors.rms_after_aligned > 0.2
    assert errors.rms_after_scaled < 1e-3
    assert errors.speed_after == pytest.approx(1.1, abs=1e-4)
    assert errors.drift_after == pytest.approx(100, rel=0.01)


# Laws

# code compiled with -ffast-math in the same process takes subnormal numbers for 0
signals = arrays(float, (60, 2), elements=st.floats(-3, 3, width=32, allow_subnormal=False))


@given(output=signals, target=signals, scale=st.floats(0.01, 100))
def test_normalised_error_knows_no_amplitude(output, target, scale):
    one = normalised_error(output, target)
    assert normalised_error(scale * output, scale * target) == pytest.approx(one, nan_ok=True)


# Refusals


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda t, x: rms_error(x, x[1:]),
            r"The 'target' argument of rms_error must be of the shape of 'output', \(5000, 1\), "
            r"but got shape \(4999, 1\)\.",
        ),
        (lambda t, x: pearson_correlation(x, x[1:]), "The 'b' argument of pearson_correlation"),
        (lambda t, x: rms_error([], []), r"must be of shape \(T, K\) or \(T,\), not empty"),
        (
            lambda t, x: rms_error(x + np.inf, x),
            "'output' argument of rms_error must be finite, but got 5000 values that are not",
        ),
        (lambda t, x: l2_error(x, x, -1.0), "'dt' argument of l2_error must be positive"),
        (lambda t, x: dominant_frequency(x, 0.0), "'dt' argument of dominant_frequency must be"),
        (
            lambda t, x: phase_errors(t, x, x, 3.0, 2.0),
            r"'learn_from' argument of phase_errors must be at most 'learn_until' \(2 s\), "
            r"but got 3 s",
        ),
        (lambda t, x: phase_errors(t, x, x, 1.0, 5.1), "'learn_until' argument of phase_errors"),
    ],
)
def test_refusals(times, call, message):
    with pytest.raises(ValueError, match=message):
        call(times, wave(times))
