"""The Lorenz attractor: chaos, of which a network can learn the shape but not the course."""

import functools

import numpy as np
import numpy.typing as npt
from brian2 import Hz, mV, second

from brian_force.tasks.curves import cubic_hermite
from brian_force.tasks.task import Task

__all__ = ["lorenz"]

type Array = npt.NDArray[np.float64]
type State = tuple[float, float, float]

#: One second of the task is so long in the units of the equations.
TIME_SCALE = 1.5
#: Length of a step of the integration [second].
STEP = 2.5e-3
#: Left out at the start, in steps: 20 seconds.
TRANSIENT = 8000
#: The solution is computed in pieces of so many steps.
PIECE = 4096
START: State = (1.0, 1.0, 20.0)


def lorenz() -> Task:
    r"""Ask for the three variables of the Lorenz attractor.

    Returns
    -------
    Task
        With three outputs. It has no period; a loop takes 0.50 s on average.

    Notes
    -----
    .. math:: x' = 10 (y - x), \quad y' = x (28 - z) - y, \quad z' = x y - 8 z / 3

    The target is (x, y, z - 25)/10, with 1.5 units of time in each second, from (1, 1, 20) after
    20 s of transient. It is integrated by the classical Runge-Kutta method with steps of 2.5 ms,
    in sums and products of floats alone: chaos would make the last bit by which two machines
    differ grow into another target.
    """
    return Task(
        name="lorenz",
        signal=_lorenz,
        n_outputs=3,
        G=0.15 * mV / Hz,
        Q=20 * mV,
        learning_rate=5e-7 * second**2,
        learn_from=1 * second,
        learn_until=21 * second,
        duration=31 * second,
        source="Nicola & Clopath (2017), Nat. Commun. 8:2208 (the task, there with theta neurons); "
        "settings were found for LIF neurons, for which it is qualitative at 1000 neurons",
    )


def _lorenz(times: Array) -> Array:
    n_pieces = 1 + int(np.max(times, initial=0) / STEP) // PIECE
    points = np.vstack([*(_piece(number)[:-1] for number in range(n_pieces)), _piece(n_pieces)[:1]])
    slopes = np.column_stack(_flow(*points.T)) * TIME_SCALE * STEP
    return (cubic_hermite(times / STEP, points, slopes) - [0, 0, 25]) / 10


@functools.cache
def _piece(number: int) -> Array:
    """Return one piece of the solution, of shape (PIECE + 1, 3); the next begins with its end."""
    start = _steps(START, TRANSIENT)[-1] if number == 0 else _piece(number - 1)[-1].tolist()
    return np.array(_steps(tuple(start), PIECE))


def _steps(state: State, n_steps: int) -> list[State]:
    """Return `state` and what follows, by the classical Runge-Kutta method."""
    h = TIME_SCALE * STEP
    states = [state]
    for _ in range(n_steps):
        k1 = _flow(*state)
        k2 = _flow(*_moved(state, k1, h / 2))
        k3 = _flow(*_moved(state, k2, h / 2))
        k4 = _flow(*_moved(state, k3, h))
        for slope, weight in ((k1, h / 6), (k2, h / 3), (k3, h / 3), (k4, h / 6)):
            state = _moved(state, slope, weight)
        states.append(state)
    return states


def _moved(state: State, slope: State, h: float) -> State:
    return state[0] + h * slope[0], state[1] + h * slope[1], state[2] + h * slope[2]


def _flow[T: (float, Array)](x: T, y: T, z: T) -> tuple[T, T, T]:
    """Return the slopes in the units of the equations."""
    return 10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z
