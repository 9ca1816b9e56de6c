"""Cycles of outputs whose drift is known are cut where they are."""

import numpy as np
import pytest
from brian2 import ms, second
from scipy.ndimage import gaussian_filter1d

from brian_force.alignment import window_shifts
from brian_force.analysis.variability import bias_and_variance
from brian_force.repetitions import aligned_repetitions

DT = 1e-3
PERIOD = 0.2
START = 1.0
LATE = 0.013


def wave(t):
    return np.sin(2 * np.pi * 5 * t)


def two_waves(t):
    return np.column_stack([wave(t), 0.5 * np.cos(2 * np.pi * 5 * t) + 0.2 * wave(2 * t)])


def noise_like(rng, values, spread):
    """Noise that is smooth over some samples, as filtered spikes are."""
    noise = gaussian_filter1d(rng.normal(size=values.shape), 3, axis=0)
    return spread * noise / noise.std()


@pytest.fixture
def times():
    return DT * np.arange(20_000)


@pytest.mark.parametrize("speed", [0.97, 1.0, 1.1])
@pytest.mark.parametrize("waves", [wave, two_waves])
def test_cycles_of_a_drifting_output(rng, times, speed, waves):
    clean = waves(speed * times - LATE)
    spread = 0.01
    z = clean + noise_like(rng, clean, spread)
    found = aligned_repetitions(times, z, waves(times), PERIOD, START)
    k = np.arange(len(found.starts))
    first = (START + LATE) / speed
    first -= np.round((first - START) * speed / PERIOD) * PERIOD / speed
    # noise alone moves each start by some 0.1 ms
    error = found.starts - (first + k * PERIOD / speed)
    assert np.sqrt(np.mean(error**2)) < 0.2e-3
    assert np.abs(error).max() < 0.4e-3
    assert found.duration == pytest.approx(PERIOD / speed, rel=1e-4)
    assert found.drift == pytest.approx(1e3 * (speed - 1), abs=0.05)
    parts = bias_and_variance(found.outputs, found.target)
    assert parts.mean_variance == pytest.approx(spread**2, rel=0.1)
    assert abs(parts.mean_squared_bias_corrected) < 0.02 * spread**2


@pytest.mark.parametrize("speed", [0.97, 1.003, 1.1])
def test_starts_without_noise(times, speed):
    found = aligned_repetitions(times, wave(speed * times), wave(times), PERIOD, START)
    phase = (found.starts * speed) % PERIOD
    np.testing.assert_allclose(np.minimum(phase, PERIOD - phase), 0, atol=1e-6)
    np.testing.assert_allclose(
        found.outputs, np.broadcast_to(found.target, found.outputs.shape), atol=1e-4
    )


def test_a_drift_has_the_sign_of_shifts(times):
    z = wave(1.03 * times)
    found = aligned_repetitions(times, z, wave(times), PERIOD, START)
    shifts = window_shifts(times, z, wave(times), PERIOD, START)
    assert found.drift == pytest.approx(1e3 * np.polyfit(np.arange(19), shifts, 1)[0], abs=1)
    assert found.drift == pytest.approx(30, abs=1e-3)


def test_without_stretch_a_wrong_speed_is_bias(times):
    z, x = wave(1.03 * times), wave(times)
    plain = aligned_repetitions(times, z, x, PERIOD, START, stretch=False)
    assert plain.duration == PERIOD
    assert plain.drift == pytest.approx(30, abs=0.1)
    within = 0.03 * 2 * np.pi / np.sqrt(12)  # rad, about the middle of the cycle
    parts = bias_and_variance(plain.outputs, plain.target)
    assert parts.mean_squared_bias == pytest.approx(within**2 / 2, rel=0.3)
    assert parts.mean_variance < 0.01 * parts.mean_squared_bias


def test_a_wandering_phase_is_followed(times):
    wander = 0.02 * np.sin(2 * np.pi * 0.1 * times)
    found = aligned_repetitions(times, wave(times + wander), wave(times), PERIOD, START)
    middle = found.starts + PERIOD / 2
    expected = START + np.arange(len(found.starts)) * PERIOD
    expected = expected - 0.02 * np.sin(2 * np.pi * 0.1 * middle)
    np.testing.assert_allclose(found.starts, expected, atol=1e-3)


def test_a_long_period():
    t = DT * np.arange(20_000)

    def song(t):
        return wave(t / 10) + wave(0.7 * t) + wave(1.6 * t)

    found = aligned_repetitions(t, song(1.1 * t), song(t), 2.0, START)
    assert found.drift == pytest.approx(100, abs=0.1)
    assert np.abs(found.outputs - found.target).max() < 0.01


def test_the_target_cycle_starts_at_the_start(times):
    found = aligned_repetitions(times, wave(times), wave(times), PERIOD, 1.05, n=3)
    np.testing.assert_allclose(found.target[:, 0], wave(1.05 + found.phases), atol=1e-6)
    np.testing.assert_allclose(found.starts, 1.05 + PERIOD * np.arange(3), atol=1e-6)
    assert found.outputs.shape == (3, 200, 1)


def test_a_period_between_samples(times):
    period = 0.2003
    x = np.sin(2 * np.pi * times / period)
    found = aligned_repetitions(times, x, x, period, START)
    assert found.phases.shape == (200,)
    assert found.drift == pytest.approx(0, abs=1e-3)
    assert np.abs(found.outputs - found.target).max() < 1e-4


def test_all_cycles_of_the_recording(times):
    found = aligned_repetitions(times, wave(times), wave(times), PERIOD, START)
    assert len(found.starts) == 95
    first = aligned_repetitions(times, wave(times), wave(times), PERIOD, START, n=1)
    assert np.isnan(first.drift)
    assert first.duration == PERIOD


def test_a_cycle_that_begins_before_the_recording_is_left_out(times):
    found = aligned_repetitions(times, wave(times + 0.05), wave(times), PERIOD, 0.0)
    assert found.starts[0] == pytest.approx(0.15, abs=1e-6)


@pytest.mark.parametrize("level", [0.0, 0.3, -1e6])
def test_a_still_output_is_cut_by_the_period(times, level):
    found = aligned_repetitions(times, 0 * times + level, wave(times), PERIOD, START)
    np.testing.assert_allclose(found.starts, START + PERIOD * np.arange(95), rtol=1e-12)
    assert found.drift == pytest.approx(0, abs=1e-6)
    np.testing.assert_allclose(found.outputs, level)


def test_an_output_without_rhythm_is_cut_in_order(rng, times):
    z = np.cumsum(rng.normal(size=times.shape)) * 0.01
    found = aligned_repetitions(times, z, wave(times), PERIOD, START)
    assert PERIOD / 2 <= found.duration <= 2 * PERIOD
    assert len(found.starts) > 40
    assert (np.diff(found.starts) > 0).all()
    assert np.isfinite(found.outputs).all()


def test_units_are_taken_in_si(times):
    z, x = wave(1.01 * times), wave(times)
    with_units = aligned_repetitions(times * second, z, x, 200 * ms, 1 * second)
    found = aligned_repetitions(times, z, x, PERIOD, START)
    np.testing.assert_array_equal(with_units.starts, found.starts)
