"""Exact small cases of the errors after a shift or a stretch of time."""

import numpy as np
import pytest
from brian2 import ms, second
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from brian_force.alignment import aligned_error, phase_drift, scaled_error, window_shifts
from brian_force.metrics import rms_error

DT = 1e-3
PERIOD = 0.2


def wave(t, frequency=5.0):
    return np.sin(2 * np.pi * frequency * t)


@pytest.fixture
def times():
    return DT * np.arange(5000)


def two_waves(t):
    """Two outputs that one shift cannot both mend unless it is the same."""
    return np.column_stack([wave(t), 0.5 * np.cos(2 * np.pi * 5 * t) + 0.2 * wave(t, 10)])


# Shifts


@pytest.mark.parametrize("shift", [0.3e-3, -0.3e-3, 7.7e-3, -71.4e-3])
def test_a_shift_is_found_between_samples(times, shift):
    z, x = wave(times + shift), wave(times)
    assert rms_error(z[1000:], x[1000:]) > 5e-3
    assert aligned_error(times, z, x, PERIOD, 1.0) < 1e-5
    np.testing.assert_allclose(window_shifts(times, z, x, PERIOD, 1.0), shift, atol=1e-6)


@pytest.mark.parametrize("start", [0.0, 0.05])
def test_the_record_may_begin_with_the_free_run(times, start):
    z, x = wave(times - 60e-3), wave(times)
    assert aligned_error(times, z, x, PERIOD, start) < 1e-4
    np.testing.assert_allclose(window_shifts(times, z, x, PERIOD, start), -60e-3, atol=1e-5)


def test_one_shift_holds_for_all_outputs(times):
    x = two_waves(times)
    assert aligned_error(times, two_waves(times + 0.0123), x, PERIOD, 1.0) < 1e-5
    apart = np.column_stack([wave(times + 0.05), wave(times - 0.05)])
    target = np.column_stack([wave(times), wave(times)])
    # a quarter period ahead and one behind: no shift betters sin against cos
    assert aligned_error(times, apart, target, PERIOD, 1.0) == pytest.approx(1, abs=1e-4)


def test_a_silent_output_keeps_the_rms_of_its_target(times):
    error = aligned_error(times, 0 * times, wave(times), PERIOD, 1.0)
    assert error == pytest.approx(np.sqrt(0.5), abs=1e-6)


def test_drift_is_the_slope_of_the_shifts(times):
    z = wave(1.03 * times)  # 30 ms ahead in each second, so 4 windows pass half a period
    shifts = window_shifts(times, z, wave(times), PERIOD, 0.0)
    assert shifts.shape == (5,)
    # a window holds 5.15 waves of z, so its best shift is not quite that of its middle
    np.testing.assert_allclose(shifts, 0.03 * (0.5 + np.arange(5)), atol=5e-4)


@pytest.mark.parametrize("speed", [0.55, 0.88, 1, 1.003, 1.12, 1.45])
@pytest.mark.parametrize("period", [0.1, 0.2])
def test_drift_is_that_of_a_wave_of_another_speed(times, speed, period):
    z, x = wave(speed * times, 1 / period), wave(times, 1 / period)
    expected = pytest.approx(1e3 * (speed - 1), rel=0.02, abs=0.1)
    assert phase_drift(times, z, x, period, 0.0) == expected
    assert phase_drift(times + 7, z, x, period, 8.0) == expected


def test_drift_of_one_shift_is_none(times):
    x = wave(times)
    assert phase_drift(times, wave(times + 0.03), x, PERIOD, 1.0) == pytest.approx(0, abs=1e-6)
    assert phase_drift(times, x, x, None, 1.0) is None
    assert phase_drift(times, x, x, PERIOD, 4.61) is None  # one window of 0.2 s
    assert phase_drift(times, x, x, PERIOD, 4.59) == pytest.approx(0, abs=1e-6)


def test_windows_are_a_second_or_a_period_and_whole():
    t = DT * np.arange(4100)
    assert len(window_shifts(t, wave(t), wave(t), PERIOD, 1.0)) == 3
    assert len(window_shifts(t, wave(t, 0.5), wave(t, 0.5), 2.0, 0.05)) == 2
    assert len(window_shifts(t, wave(t), wave(t), PERIOD, 1.0, window=0.5)) == 6


def test_windows_are_averaged(times):
    z = wave(times)
    z[2000:3000] = 0
    assert aligned_error(times, z, wave(times), PERIOD, 1.0) == pytest.approx(
        np.sqrt(0.5) / 4, abs=1e-6
    )


@pytest.mark.parametrize("measure", [aligned_error, window_shifts, scaled_error])
def test_none_without_a_period_or_a_window_or_a_recorded_period(times, measure):
    x = wave(times)
    assert measure(times, x, x, None, 1.0) is None
    assert measure(times, x, x, PERIOD, 4.001) is None
    assert measure(times, x, x, PERIOD, 5.0) is None
    assert measure(times, x, x, 6.0, 0.0) is None


def test_a_window_shorter_than_the_period_still_needs_a_recorded_period(times):
    assert aligned_error(times, wave(times), wave(times), 6.0, 0.0, window=1.0) is None


def test_units_are_taken_in_si(times):
    z, x = wave(times + 1e-3), wave(times)
    with_units = aligned_error(times * second, z, x, 200 * ms, 1 * second, 500 * ms)
    assert with_units == aligned_error(times, z, x, PERIOD, 1.0, 0.5)


# Speeds


@pytest.mark.parametrize("speed", [0.62, 0.9, 1.0, 1.1, 1.87])
@pytest.mark.parametrize("waves", [wave, two_waves])
def test_a_fast_or_slow_wave_is_a_good_one(speed, waves):
    t = DT * np.arange(3000)
    z = waves(speed * t + 1e-3 * np.sin(t))  # the phase wanders slowly, by up to 1 ms/s
    error, found = scaled_error(t, z, waves(t), PERIOD, 0.0)
    assert found == pytest.approx(speed, abs=2e-3)
    assert error < 0.01


def test_speed_of_a_jumping_phase(times):
    jumps = 0.03 * np.floor(times)
    error, speed = scaled_error(times, wave(1.1 * times + jumps), wave(times), PERIOD, 1.0)
    assert speed == pytest.approx(1.1, abs=1e-4)
    assert error < 1e-4


def test_speed_of_a_long_period():
    t = DT * np.arange(8000)

    def song(t):
        return wave(t, 0.5) + wave(t, 3.5) + wave(t, 8)

    error, speed = scaled_error(t, song(1.1 * t), song(t), 2.0, 1.0)
    assert speed == pytest.approx(1.1, abs=1e-4)
    assert error < 1e-3


def test_nothing_to_stretch_runs_at_the_right_speed(times):
    assert scaled_error(times, np.ones(5000), np.ones(5000), PERIOD, 1.0) == (0, 1)


# Laws

# code compiled with -ffast-math in the same process takes subnormal numbers for 0
signals = arrays(float, (60, 2), elements=st.floats(-3, 3, width=32, allow_subnormal=False))


@settings(max_examples=30, deadline=None)
@given(output=signals, target=signals)
def test_alignment_never_adds_error_nor_stretching(output, target):
    t = 0.05 * np.arange(60)
    plain = rms_error(output, target)
    aligned = aligned_error(t, output, target, 0.5, 0.0)
    scaled, speed = scaled_error(t, output, target, 0.5, 0.0)
    assert scaled <= aligned <= plain * (1 + 1e-9) + 1e-7
    assert 0.5 <= speed <= 2


# Refusals


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda t, x: aligned_error(t[1:], x, x, PERIOD, 1.0),
            r"one time for each of the 5000 samples \(at least 2\), but got shape \(4999,\)\. "
            r"The arrays of a StateMonitor must be transposed",
        ),
        (
            lambda t, x: aligned_error(t**2, x, x, PERIOD, 1.0),
            "'times' argument of aligned_error must be increasing and equally spaced",
        ),
        (lambda t, x: scaled_error(-t, x, x, PERIOD, 1.0), "must be increasing"),
        (
            lambda t, x: window_shifts(t, x, x, PERIOD, 6.0),
            r"'start' argument of window_shifts must be within the recording \(0 to 5 s\), "
            r"but got 6 s",
        ),
        (lambda t, x: aligned_error(t, x, x, 0.0, 1.0), "'period' argument .* positive and finite"),
        (lambda t, x: aligned_error(t, x, x, PERIOD, 1.0, -1), "'window' argument .* positive"),
    ],
)
def test_refusals(times, call, message):
    with pytest.raises(ValueError, match=message):
        call(times, wave(times))
