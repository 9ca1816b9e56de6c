"""The Lorenz attractor."""

import numpy as np
import pytest
from brian2 import ms, second

from brian_force import tasks
from brian_force.tasks import lorenz


def variables(times):
    target = lorenz().target(times)
    return (10 * target + [0, 0, 25]).T


def test_the_target_obeys_the_equations():
    times, h = np.linspace(1, 20, 4001), 1e-4
    x, y, z = variables(times * second)
    slopes = (variables((times + h) * second) - variables((times - h) * second)) / (2 * h)
    expected = 1.5 * np.array([10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z])
    np.testing.assert_allclose(slopes, expected, atol=0.02 * np.abs(expected).std())


def test_it_is_on_the_attractor_and_visits_both_lobes():
    x, y, z = variables(np.arange(40_000) * ms)
    assert 0.3 < np.mean(x > 0) < 0.7
    assert np.abs(x).max() < 20
    assert np.abs(y).max() < 28
    assert 0 < z.min() < z.max() < 50
    assert np.mean(z) == pytest.approx(23.5, abs=0.5)


def test_a_loop_takes_half_a_second_on_average():
    z = variables(np.arange(80_000) * ms)[2]
    peaks = (z[1:-1] > z[:-2]) & (z[1:-1] >= z[2:])
    assert 80 / np.count_nonzero(peaks) == pytest.approx(0.50, abs=0.01)


def test_it_is_the_same_on_every_machine():
    # sums and products of floats are exact by IEEE 754, so these digits hold everywhere
    after = lorenz().target(20 * second)[0]
    np.testing.assert_allclose(after, [-1.47028547843, -1.78591309767, 0.701960765544], rtol=1e-9)


def test_longer_has_the_same_beginning():
    times = np.arange(1000) * 7 * ms
    short = lorenz().target(times)
    tasks.lorenz().target(60 * second)
    np.testing.assert_array_equal(short, lorenz().target(times))
