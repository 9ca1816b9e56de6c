"""The Van der Pol oscillator."""

import numpy as np
import pytest
from brian2 import mV, second

from brian_force import tasks


@pytest.mark.parametrize(("mu", "period"), [(0.3, 0.3159), (0.5, 0.3190), (5, 0.5806)])
def test_the_period_is_known(mu, period):
    assert float(tasks.van_der_pol(mu).period) == pytest.approx(period, abs=5e-5)


def test_the_period_of_a_weak_nonlinearity_is_that_of_its_expansion():
    mu = 0.05
    expected = 2 * np.pi * (1 + mu**2 / 16 - 5 * mu**4 / 3072) / 20
    assert float(tasks.van_der_pol(mu).period) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("mu", [0.05, 0.3, 0.5, 5, 20])
def test_the_target_obeys_the_equation(mu):
    task = tasks.van_der_pol(mu)
    h = float(task.period) / 2e5
    t = np.linspace(0, float(task.period), 5001)
    before, now, after = (task.target((t + shift + 1) * second) for shift in (-h, 0, h))
    x, y = now.T
    slopes = (after - before) / (2 * h)
    expected = np.column_stack([20 * mu * (x - (10 * x) ** 2 * x / 3 - y), 20 * x / mu])
    largest = np.abs(expected).max(axis=0)
    np.testing.assert_allclose(slopes / largest, expected / largest, atol=3e-4)


def test_it_starts_where_x_rises_through_zero():
    for task in (tasks.van_der_pol(), tasks.van_der_pol_relaxation()):
        now, soon = task.target([0, 1e-3] * second)[:, 0]
        assert abs(now) < 1e-9
        assert soon > 0


def test_the_relaxation_oscillator_is_small_and_has_a_large_Q():
    task = tasks.van_der_pol_relaxation()
    assert float(task.Q / mV) == pytest.approx(150)
    times = np.linspace(0, 1, 1000) * second
    np.testing.assert_array_equal(task.target(times), tasks.van_der_pol(5).target(times))


def test_mu_is_bounded():
    message = r"^The 'mu' argument of tasks.van_der_pol must be from 0\.05 to 20, but got 30\.$"
    with pytest.raises(ValueError, match=message):
        tasks.van_der_pol(mu=30)
    with pytest.raises(TypeError, match=r"'mu' argument of tasks\.van_der_pol must be a number"):
        tasks.van_der_pol(mu="large")
