"""A sine wave: the simplest thing that a network can learn to do by itself."""

import functools

import numpy as np
import numpy.typing as npt
from brian2 import Hz, Quantity, mV, second

from brian_force.arguments import check_quantity
from brian_force.tasks.task import Task

__all__ = ["sine"]


def sine(frequency: Quantity = 5 * Hz) -> Task:
    """Ask for sin(2 pi f t).

    Parameters
    ----------
    frequency : Quantity
        Frequency f [Hz].

    Returns
    -------
    Task
        With one output.

    Raises
    ------
    DimensionMismatchError, ValueError
        If `frequency` is not one positive frequency.
    """
    frequency = check_quantity("frequency", "tasks.sine", frequency, Hz, "positive")
    return Task(
        name="sine",
        # a partial of a module's function, unlike a closure, can be sent to another process
        signal=functools.partial(_sine, frequency=float(frequency)),
        n_outputs=1,
        period=1 / frequency,
        G=0.1 * mV / Hz,
        Q=30 * mV,
        learning_rate=2.5e-6 * second**2,
        learn_from=5 * second,
        learn_until=10 * second,
        duration=15 * second,
        source="Nicola & Clopath (2017), Nat. Commun. 8:2208, supplement: LIF network, 5 Hz sine",
    )


def _sine(times: npt.NDArray[np.float64], frequency: float) -> npt.NDArray[np.float64]:
    return np.sin(2 * np.pi * frequency * times)[:, np.newaxis]
