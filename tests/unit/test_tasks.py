"""Tasks: their checks, their targets and the tables made of them."""

import pickle
import re

import numpy as np
import pytest
from brian2 import DimensionMismatchError, Hz, ms, mV, second

from brian_force import tasks
from brian_force.tasks import Task, sine

DT = 2.5 * ms


def wrong_task(**changes):
    settings = {
        "name": "ramp",
        "signal": lambda times: times[:, np.newaxis],
        "n_outputs": 1,
        "G": 0.1 * mV / Hz,
        "Q": 30 * mV,
        "learning_rate": 1e-6 * second**2,
        "learn_from": 1 * second,
        "learn_until": 2 * second,
        "duration": 3 * second,
        "source": "this test",
    }
    return Task(**(settings | changes))


def test_sine_has_the_published_settings():
    task = sine()
    assert (task.name, task.n_outputs, task.n_neurons) == ("sine", 1, 1000)
    assert float(task.period / ms) == pytest.approx(200)
    assert float(task.G / (mV / Hz)) == pytest.approx(0.1)
    assert float(task.Q / mV) == pytest.approx(30)
    assert float(task.learning_rate / second**2) == 2.5e-6
    windows = [task.learn_from, task.learn_until, task.duration]
    assert [float(time / second) for time in windows] == [5, 10, 15]


def test_sine_of_another_frequency():
    times = np.linspace(0, 1, 101) * second
    expected = np.sin(2 * np.pi * 3 * np.linspace(0, 1, 101))
    np.testing.assert_allclose(sine(3 * Hz).target(times)[:, 0], expected, atol=1e-14)
    assert float(sine(4 * Hz).period / second) == 0.25


def test_target_has_one_row_per_time():
    assert sine().target([0.0, 0.1] * second).shape == (2, 1)
    assert sine().target(0.1 * second).shape == (1, 1)


def test_tasks_can_be_sent_to_another_process():
    task = pickle.loads(pickle.dumps(sine()))
    times = np.arange(5) * DT
    np.testing.assert_array_equal(task.target(times), sine().target(times))


def test_repr_writes_units_as_the_field_does():
    assert repr(sine()) == (
        "Task(name='sine', n_outputs=1, period=0.2*second, n_neurons=1000, G=0.1*mV/Hz, Q=30*mV, "
        "learning_rate=2.5e-06*second**2, learn_from=5*second, learn_until=10*second, "
        "duration=15*second)"
    )


def test_quantities_of_a_task_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        sine().Q[...] = 1 * mV


@pytest.mark.parametrize(
    ("duration", "n_samples"),
    [(1, 8192), (15, 8192), (8191 * 0.0025, 8192), (8192 * 0.0025, 16384), (41, 32768)],
)
def test_timed_array_has_a_power_of_two_of_samples(duration, n_samples):
    assert sine().timed_array(duration * second, DT).values.shape == (n_samples, 1)


def test_timed_array_is_exact_at_multiples_of_dt():
    table = sine().timed_array(15 * second, DT)
    times = np.arange(6001) * DT
    np.testing.assert_array_equal(table(times, 0), sine().target(times)[:, 0])


def test_timed_array_keeps_its_name_so_that_generated_code_keeps_its_text():
    tables = [sine().timed_array(15 * second, DT) for _ in range(2)]
    assert [table.name for table in tables] == ["task_target", "task_target"]


def test_names_and_get():
    assert "sine" in tasks.names()
    assert [tasks.get(name).name for name in tasks.names()] == tasks.names()


WRONG_CALLS = [
    (
        lambda: tasks.get("sinus"),
        ValueError,
        "The 'name' argument of tasks.get must be one of the known names, but got 'sinus'. "
        "Did you mean 'sine'? Known: ",
    ),
    (
        lambda: wrong_task(G=0.1),
        DimensionMismatchError,
        "The 'G' argument of Task must be in units of mV/Hz, but got 0.1. Write 0.1*mV/Hz.",
    ),
    (
        lambda: wrong_task(learning_rate=1e-6 * second),
        DimensionMismatchError,
        "The 'learning_rate' argument of Task must be in units of second**2, but got 0.001*ms. "
        "Write it in second**2.",
    ),
    (
        lambda: wrong_task(Q="30 mV"),
        TypeError,
        "The 'Q' argument of Task must be a quantity in mV, but got '30 mV'.",
    ),
    (
        lambda: wrong_task(learn_from=2 * second),
        ValueError,
        "The 'learn_from' argument of Task must be before 'learn_until' (2. s), but got 2. s.",
    ),
    (
        lambda: wrong_task(learn_until=4 * second),
        ValueError,
        "The 'learn_until' argument of Task must be within 'duration' (3. s), but got 4. s.",
    ),
    (
        lambda: wrong_task(learn_from=-1 * second),
        ValueError,
        "The 'learn_from' argument of Task must be one finite number, not negative, but got "
        "-1*second.",
    ),
    (
        lambda: wrong_task(signal=3),
        TypeError,
        "The 'signal' argument of Task must be a function of the times in seconds, but got 3.",
    ),
    (
        lambda: wrong_task(n_outputs=0),
        ValueError,
        "The 'n_outputs' argument of Task must be a whole number of at least 1, but got 0.",
    ),
    (
        lambda: wrong_task(n_outputs=2).target(np.arange(3) * second),
        ValueError,
        "The 'signal' argument of the task 'ramp' must be a function that gives finite numbers of "
        "shape (3, 2), but got shape (3, 1).",
    ),
    (
        lambda: wrong_task(signal=lambda times: 1 / times[:, np.newaxis] + np.inf).target(
            1 * second
        ),
        ValueError,
        "The 'signal' argument of the task 'ramp' must be a function that gives finite numbers of "
        "shape (1, 1), but got values that are not finite.",
    ),
    (
        lambda: sine().target(1.0),
        DimensionMismatchError,
        "The 'times' argument of Task.target must be in units of second, but got 1.0.",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG_CALLS)
def test_refusals(call, error, message):
    with pytest.raises(error, match="^" + re.escape(message)):
        call()
