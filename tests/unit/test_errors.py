"""The errors of brian_force: Python's own kinds, with numbers that callers can use."""

import pickle

import pytest
from brian2 import second

from brian_force.errors import (
    DivergenceError,
    InterruptedRunError,
    RecordingError,
    UnsupportedDeviceError,
)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (DivergenceError, ArithmeticError),
        (InterruptedRunError, RuntimeError),
        (RecordingError, ValueError),
        (UnsupportedDeviceError, NotImplementedError),
    ],
)
def test_each_is_of_a_kind_that_python_knows(error, kind):
    assert issubclass(error, kind)


def test_divergence_tells_which_readout_and_when():
    error = DivergenceError("It diverged.", "readout", 2 * second)
    assert str(error) == "It diverged."
    assert (error.readout, error.time) == ("readout", 2 * second)


def test_an_interruption_tells_how_far_it_came():
    error = InterruptedRunError(0.25, 2 * second)
    assert str(error) == "The run was stopped at t = 0.5 s of 2 s. Nothing of it was saved."
    assert error.completed == 0.25


@pytest.mark.parametrize(
    "error",
    [
        DivergenceError("It diverged.", "readout", 2 * second),
        InterruptedRunError(0.25, 2 * second),
        InterruptedRunError(0.25, 2 * second, "A checkpoint was."),
        RecordingError("It is damaged."),
        UnsupportedDeviceError("No."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_reaches_another_process_whole(error):
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)
