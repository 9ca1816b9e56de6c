"""Inputs that tell the time: the high-dimensional temporal signal (HDTS)."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

__all__ = ["half_sines", "side_by_side"]

type Array = npt.NDArray[np.float64]
type Signal = Callable[[Array], Array]


def half_sines(times: Array, period: float, n_slots: int) -> Array:
    """Give each slot of the period the positive half period of a sine, in a column of its own.

    Parameters
    ----------
    times : ndarray, shape (T,)
        Times [second, as plain numbers].
    period : float
        What the slots tile together [second].
    n_slots : int
        Number of slots, all of the same length.

    Returns
    -------
    ndarray, shape (T, n_slots)
        Between 0 and 1; at any time at most one column is not 0.

    References
    ----------
    .. [1] Nicola & Clopath (2017), Nat. Commun. 8:2208, "high-dimensional temporal signal".
    """
    position = times % period / period * n_slots
    slot = np.minimum(position.astype(int), n_slots - 1)
    values = np.zeros((len(times), n_slots))
    # beyond 1 a slot could only come by rounding
    values[np.arange(len(times)), slot] = np.sin(np.pi * np.minimum(position - slot, 1))
    return values


def side_by_side(times: Array, parts: tuple[tuple[Signal, float], ...]) -> Array:
    """Return several signals side by side, each multiplied by its factor."""
    return np.hstack([factor * np.asarray(signal(times)) for signal, factor in parts])
