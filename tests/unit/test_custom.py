"""Tasks of the user's own."""

import pickle
import re

import numpy as np
import pytest
from brian2 import DimensionMismatchError, Hz, ms, mV, second

from brian_force import tasks

SINE = np.sin(2 * np.pi * np.arange(200) / 200)


def two(times):
    return np.column_stack([np.sin(2 * np.pi * times), times])


def windows(task):
    return [float(t / second) for t in (task.learn_from, task.learn_until, task.duration)]


def test_an_array_with_a_period_is_repeated():
    task = tasks.from_array(SINE, 1 * ms, period=200 * ms)
    times = np.arange(1000) * ms
    np.testing.assert_array_equal(task.target(times)[:, 0], np.tile(SINE, 5))
    assert (task.name, task.n_outputs, float(task.period / ms)) == ("array", 1, 200)


def test_an_array_may_hold_several_periods():
    task = tasks.from_array(np.tile(SINE, 3), 1 * ms, period=200 * ms)
    assert float(task.period / ms) == 200
    assert task.target(600 * ms) == task.target(0 * ms)


def test_between_samples_are_straight_lines():
    task = tasks.from_array([[0, 1], [1, 3]], 1 * second, period=2 * second)
    values = task.target([0, 0.25, 1, 1.5, 2, 3.5] * second)
    expected = [[0, 1], [0.25, 1.5], [1, 3], [0.5, 2], [0, 1], [0.5, 2]]
    np.testing.assert_allclose(values, expected)


def test_without_a_period_the_last_sample_is_held():
    task = tasks.from_array(np.arange(3000.0), 1 * ms)
    np.testing.assert_allclose(task.target([2.9, 2.9995, 3, 9] * second)[:, 0], [2900, *3 * [2999]])
    assert task.period is None
    assert windows(task) == pytest.approx([0.3, 2.1, 3])
    assert task.timed_array(3 * second, 2.5 * ms).values.shape == (32768, 1)


def test_an_array_is_copied():
    values = SINE.copy()
    task = tasks.from_array(values, 1 * ms, period=200 * ms)
    values[:] = 0
    assert task.target(50 * ms) == 1


@pytest.mark.parametrize(
    ("period", "expected"), [(0.2, [1, 9, 14]), (2, [1, 11, 16]), (4, [1, 21, 29])]
)
def test_windows_grow_with_the_period(period, expected):
    assert windows(tasks.from_function(np.sin, period=period * second)) == pytest.approx(expected)


def test_a_function_without_a_period():
    task = tasks.from_function(two, n_outputs=2)
    assert (task.name, task.n_outputs, task.period) == ("two", 2, None)
    assert windows(task) == [1, 21, 31]
    np.testing.assert_array_equal(task.target(3 * second), two(np.array([3.0])))


@pytest.mark.parametrize(("size", "Q"), [(1, 28), (0.1, 280), (20, 1.4), (0, 20)])
def test_a_small_target_gets_a_large_Q(size, Q):
    task = tasks.from_array(size * SINE, 1 * ms, period=200 * ms)
    assert float(task.Q / mV) == pytest.approx(Q)
    wave = tasks.from_function(lambda t: size * np.sin(10 * np.pi * t), period=0.2 * second)
    assert float(wave.Q / mV) == pytest.approx(Q)


def test_other_defaults_and_settings():
    task = tasks.from_function(np.sin)
    assert float(task.G / (mV / Hz)) == pytest.approx(0.1)
    assert float(task.learning_rate / second**2) == 5e-7
    changed = tasks.from_function(np.sin, name="mine", Q=5 * mV, n_neurons=200, source="me")
    assert (changed.name, changed.n_neurons, changed.source) == ("mine", 200, "me")
    assert float(changed.Q / mV) == pytest.approx(5)


def test_inputs_score_and_clock():
    task = tasks.from_function(
        np.sin,
        period=2 * np.pi * second,
        inputs=two,
        n_inputs=2,
        Q_inputs=20 * mV,
        score=lambda times, output, learn_until: 0.5,
    )
    assert task.score_of([1, 2] * second, np.ones((2, 1))) == 0.5
    assert task.with_clock(4).input_signal(1 * second).shape == (1, 6)


def test_they_can_be_sent_to_another_process():
    times = np.linspace(0, 0.2, 100) * second
    for task in (tasks.from_array(SINE, 1 * ms), tasks.from_function(np.cos)):
        again = pickle.loads(pickle.dumps(task))
        np.testing.assert_array_equal(again.target(times), task.target(times))


WRONG_CALLS = [
    (
        lambda: tasks.from_array(SINE, 1),
        DimensionMismatchError,
        "The 'dt' argument of tasks.from_array must be in units of second, but got 1. "
        "Write 1*second.",
    ),
    (
        lambda: tasks.from_array(SINE, 1 * ms, period=150 * ms),
        ValueError,
        "The 'period' argument of tasks.from_array must be such that the samples (200. ms) hold a "
        "whole number of periods, but got 150. ms.",
    ),
    (
        lambda: tasks.from_array(SINE, 1 * ms, period=400 * ms),
        ValueError,
        "The 'period' argument of tasks.from_array must be such that the samples (200. ms) hold a "
        "whole number of periods, but got 0.4 s.",
    ),
    (
        lambda: tasks.from_array(SINE * mV, 1 * ms),
        DimensionMismatchError,
        "The 'values' argument of tasks.from_array must be without unit, but got an array in volt. "
        "Divide it by its unit.",
    ),
    (
        lambda: tasks.from_array(np.zeros((3, 2, 1)), 1 * ms),
        ValueError,
        "The 'values' argument of tasks.from_array must be finite numbers of shape (T,) or (T, K) "
        "with at least two rows, but got shape (3, 2, 1).",
    ),
    (
        lambda: tasks.from_array([0, np.nan], 1 * ms),
        ValueError,
        "The 'values' argument of tasks.from_array must be finite numbers of shape (T,) or (T, K) "
        "with at least two rows, but got values that are not finite.",
    ),
    (
        lambda: tasks.from_array(SINE, 1 * ms, duration=1 * second),
        ValueError,
        "The 'duration' argument of tasks.from_array must be within the samples (200. ms) of a "
        "target without period, but got 1. s.",
    ),
    (
        lambda: tasks.from_array(SINE, 1 * ms, learning_rat=1),
        TypeError,
        "tasks.from_array got an unknown setting 'learning_rat'. Did you mean 'learning_rate'? "
        "Known: G, Q, Q_inputs, duration, inputs, learn_from, learn_until, learning_rate, "
        "n_inputs, n_neurons, score, source.",
    ),
    (
        lambda: tasks.from_function(np.sin, Q=30),
        DimensionMismatchError,
        "The 'Q' argument of Task must be in units of mV, but got 30. Write 30*mV.",
    ),
    (
        lambda: tasks.from_function(3),
        TypeError,
        "The 'function' argument of tasks.from_function must be a function of the times in "
        "seconds, but got 3.",
    ),
    (
        lambda: tasks.from_function(np.sin, n_outputs=2),
        ValueError,
        "The 'function' argument of tasks.from_function must be a function that gives finite "
        "numbers of shape (1000, 2), but got shape (1000, 1).",
    ),
    (
        lambda: tasks.from_function(np.sin, n_outputs=0),
        ValueError,
        "The 'n_outputs' argument of tasks.from_function must be a whole number of at least 1, "
        "but got 0.",
    ),
    (
        lambda: tasks.from_function(np.sin, period=0 * second),
        ValueError,
        "The 'period' argument of tasks.from_function must be one finite number, positive, but "
        "got 0*ms.",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG_CALLS)
def test_refusals(call, error, message):
    with pytest.raises(error) as refused:
        call()
    assert re.sub(r"^DimensionMismatchError: ", "", str(refused.value)) == message
