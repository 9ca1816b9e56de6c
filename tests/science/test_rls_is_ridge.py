"""What FORCE finds is a ridge regression, and its learning rate a low-pass filter."""

import numpy as np
import pytest
from brian2 import Network, ms, second

from brian_force.learning import RLS, Readout
from brian_force.learning.reference import ridge_decoders, shrinkage

RATE = 1e-4


def trained(driven, activity, target, rate=RATE, **options):
    neurons = driven(activity)
    rule = RLS(rate * second**2, dt=1 * ms, **options)
    readout = Readout(neurons, "r", target=target, rule=rule)
    Network(neurons, readout).run(len(activity) * ms)
    return readout


@pytest.fixture
def target(rng, activity):
    return rng.normal(size=(len(activity), 3))


def test_decoders_are_the_ridge_solution(driven, activity, target):
    readout = trained(driven, activity, target)
    expected = ridge_decoders(activity, target, RATE)
    np.testing.assert_allclose(readout.decoders_, expected, rtol=0, atol=1e-10 * expected.max())


def test_P_is_the_inverse_of_the_penalised_correlation(driven, activity, target):
    readout = trained(driven, activity, target)
    expected = np.linalg.inv(activity.T @ activity + np.eye(activity.shape[1]) / RATE)
    np.testing.assert_allclose(readout.P_, expected, rtol=0, atol=1e-10 * RATE)


def test_the_published_gain_does_not_solve_it(driven, activity, target):
    readout = trained(driven, activity, target, gain="prior")
    expected = ridge_decoders(activity, target, RATE)
    assert np.abs(readout.decoders_ - expected).max() > 0.05 * np.abs(expected).max()


@pytest.mark.parametrize("rate", [1e-6, 1e-4, 1e-2])
def test_learning_rate_is_a_low_pass_filter_on_principal_components(driven, activity, target, rate):
    readout = trained(driven, activity, target, rate=rate)
    eigenvalues, components = np.linalg.eigh(activity.T @ activity)
    least_squares = np.linalg.lstsq(activity, target, rcond=None)[0]
    expected = shrinkage(eigenvalues, rate)[:, np.newaxis] * (components.T @ least_squares)
    learned = components.T @ readout.decoders_
    np.testing.assert_allclose(learned, expected, rtol=0, atol=1e-8 * np.abs(expected).max())


def test_slow_learning_keeps_the_dominant_components():
    eigenvalues = np.array([1e2, 1e4, 1e6])
    slow, fast = (shrinkage(eigenvalues, rate) for rate in (1e-5, 1e-1))
    np.testing.assert_allclose(slow, [0.001, 0.091, 0.909], atol=1e-3)
    np.testing.assert_allclose(fast, [0.909, 0.999, 1.0], atol=1e-3)


def test_spiking_network_with_feedback(outcome_on):
    # r depends on the decoders through the feedback, but for the r(t) that came it is still ridge
    window = slice(40, 160)  # 100 ms to 400 ms in steps of 2.5 ms
    x = np.sin(2 * np.pi * 5 * outcome_on.main.t[window, np.newaxis])
    expected = ridge_decoders(outcome_on.r[window], x, RATE)
    scale = np.abs(expected).max()
    np.testing.assert_allclose(outcome_on.main.decoders, expected, rtol=0, atol=1e-9 * scale)


def test_spiking_network_learns(numpy_outcomes):
    error = numpy_outcomes["default"].main.error[:, 0]
    before, learning = error[:40], error[120:160]
    assert np.sqrt(np.mean(learning**2)) < 0.2 * np.sqrt(np.mean(before**2))
