"""The clock: slots that tile the period, and signals side by side."""

import numpy as np
import pytest
from brian2 import mV, second

from brian_force import tasks
from brian_force.tasks.clock import half_sines, side_by_side


@pytest.mark.parametrize("n_slots", [1, 5, 32])
def test_slots_tile_the_period(n_slots):
    edges = np.linspace(0, 3, 3 * n_slots + 1)
    values = half_sines(edges, 1.0, n_slots)
    assert values.shape == (3 * n_slots + 1, n_slots)
    np.testing.assert_allclose(values, 0, atol=1e-12)
    middles = half_sines((edges[1:] + edges[:-1]) / 2, 1.0, n_slots)
    np.testing.assert_allclose(middles, np.tile(np.eye(n_slots), (3, 1)), atol=1e-12)


def test_some_input_is_on_everywhere_but_at_the_edges():
    times = np.random.default_rng(1).uniform(0, 10, 5000)
    values = half_sines(times, 0.7, 9)
    assert values.min() >= 0
    assert np.all(np.count_nonzero(values, axis=1) == 1)
    from_edge = np.abs(times * 9 / 0.7 - np.rint(times * 9 / 0.7))
    np.testing.assert_allclose(values.sum(axis=1), np.sin(np.pi * from_edge), atol=1e-9)


def test_slots_never_leave_the_period():
    times = np.nextafter(np.arange(1, 1000) * 0.1, 0)
    assert half_sines(times, 0.1, 3).shape == (999, 3)
    assert half_sines(times, 0.1, 3).min() >= 0


def test_side_by_side_scales_each_signal():
    values = side_by_side(np.arange(3.0), (((lambda t: t[:, np.newaxis]), 2.0), (np.diag, 1.0)))
    np.testing.assert_array_equal(values, [[0, 0, 0, 0], [2, 0, 1, 0], [4, 0, 0, 2]])


def test_a_clock_for_a_task_without_inputs():
    task = tasks.sine().with_clock(n_slots=8)
    assert (task.n_inputs, float(task.Q_inputs / mV)) == (8, pytest.approx(20))
    times = np.linspace(0, 1, 1001) * second
    expected = half_sines(np.asarray(times), float(task.period), 8)
    np.testing.assert_array_equal(task.input_signal(times), expected)
    np.testing.assert_array_equal(task.target(times), tasks.sine().target(times))


@pytest.mark.parametrize(
    ("Q_inputs", "Q_clock", "gain", "factors"),
    [(40, 20, 40, (1, 0.5)), (10, 20, 20, (0.5, 1)), (20, 20, 20, (1, 1)), (0, 0, 0, (0, 0))],
)
def test_a_clock_beside_inputs_of_another_strength(Q_inputs, Q_clock, gain, factors):
    task = tasks.sine().changed(inputs=_constant, n_inputs=1, Q_inputs=Q_inputs * mV)
    task = task.with_clock(n_slots=4, Q_clock=Q_clock * mV)
    assert (task.n_inputs, float(task.Q_inputs / mV)) == (5, pytest.approx(gain))
    values = task.input_signal([0.025, 0.075] * second)
    expected = [[factors[0], factors[1], 0, 0, 0], [factors[0], 0, factors[1], 0, 0]]
    np.testing.assert_allclose(values, expected, atol=1e-12)


def _constant(times):
    return np.ones((len(times), 1))
