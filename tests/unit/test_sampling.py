"""Times and tables: lengths, and what is refused."""

import re

import numpy as np
import pytest
from brian2 import DimensionMismatchError, ms, mV, second

from brian_force.tasks.sampling import plain_seconds, sampled, table_length, table_times


def test_times_become_plain_seconds():
    np.testing.assert_array_equal(plain_seconds([0, 500] * ms, "f"), [0, 0.5])
    assert plain_seconds(2 * second, "f").shape == (1,)


@pytest.mark.parametrize(
    ("steps", "length"),
    [(1, 32768), (32767, 32768), (32768, 65536), (65535, 65536), (70000, 131072)],
)
def test_a_table_reaches_beyond_the_run(steps, length):
    dt = 0.05 * ms
    assert table_length(steps * dt, dt) == length
    times, checked = table_times("f", steps * dt, dt)
    assert (len(times), checked) == (length, dt)
    assert times[1] == dt


def test_signals_are_checked():
    np.testing.assert_array_equal(sampled(np.atleast_2d, np.zeros(1), 1, "signal", "f"), [[0]])
    message = (
        "The 'signal' argument of f must be a function that gives finite numbers of shape (3, 2), "
        "but got shape (1, 3)."
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        sampled(np.atleast_2d, np.zeros(3), 2, "signal", "f")


@pytest.mark.parametrize(
    ("duration", "dt", "name"), [(1 * mV, 1 * ms, "duration"), (1 * second, 1, "dt")]
)
def test_tables_need_times(duration, dt, name):
    with pytest.raises(DimensionMismatchError, match=f"^The '{name}' argument of f must be"):
        table_times("f", duration, dt)
