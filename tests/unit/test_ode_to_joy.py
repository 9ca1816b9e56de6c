"""The Ode to Joy."""

import numpy as np
import pytest
from brian2 import Hz, mV, second

from brian_force import tasks

SHORT = [2, 2, 3, 4, 4, 3, 2, 1, 0, 0, 1, 2, 2, 1, 1, 1]


def sounding(task, times):
    target = task.target(times * second)
    assert np.all(np.count_nonzero(target > 1e-9, axis=1) == 1)
    return np.argmax(target, axis=1)


def test_the_notes_are_those_of_the_first_line():
    slots = np.arange(32) * 0.25 + 0.1
    assert sounding(tasks.ode_to_joy(), slots).tolist() == 2 * SHORT


def test_a_quarter_is_half_a_sine_and_the_last_note_is_twice_as_long():
    target = tasks.ode_to_joy().target([0, 0.0625, 0.125, 0.1875] * second)
    rise = np.sin(np.pi * np.array([0, 0.25, 0.5, 0.75]))
    np.testing.assert_allclose(target[:, 2], rise, atol=1e-9)
    target = tasks.ode_to_joy().target([3.5, 3.625, 3.75, 3.875] * second)
    np.testing.assert_allclose(target[:, 1], rise, atol=1e-9)


def test_the_long_one_has_four_lines():
    task = tasks.ode_to_joy_long()
    assert float(task.period) == 16
    slots = np.arange(64) * 0.25 + 0.05
    notes = sounding(task, slots).reshape(4, 16).tolist()
    assert notes[0] == SHORT
    assert notes[1] == notes[3] == [*SHORT[:12], 1, 0, 0, 0]
    assert notes[2] == [1, 1, 2, 0, 1, 2, 2, 0, 1, 2, 2, 1, 0, 1, 4, 4]


def test_eighths_share_a_slot():
    eighths = 8 + 0.25 * np.array([5.25, 5.75, 9.25, 9.75])
    assert sounding(tasks.ode_to_joy_long(), eighths).tolist() == [2, 3, 2, 3]


@pytest.mark.parametrize(("make", "n"), [(tasks.ode_to_joy, 32), (tasks.ode_to_joy_long, 128)])
def test_the_clock_has_eight_slots_a_second(make, n):
    task = make()
    assert (task.n_inputs, float(task.Q_inputs / mV)) == (n, pytest.approx(40))
    middles = (np.arange(n) + 0.5) * 0.125 * second
    np.testing.assert_allclose(task.input_signal(middles), np.eye(n), atol=1e-9)


def test_without_its_clock_it_learns_for_forty_seconds():
    task = tasks.ode_to_joy(clock=False)
    assert (task.inputs, task.n_inputs) == (None, 0)
    assert float((task.learn_until - task.learn_from) / second) == 40
    assert float(task.G / (mV / Hz)) == pytest.approx(0.1)
    times = np.linspace(0, 8, 1000) * second
    np.testing.assert_array_equal(task.target(times), tasks.ode_to_joy().target(times))
