"""Signals at given times, and the times of the tables that networks look them up in."""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from brian2 import DimensionMismatchError, Quantity, get_dimensions, second

from brian_force.arguments import check_quantity, refusal

__all__ = ["plain_seconds", "sampled", "table_length", "table_times"]

type Array = npt.NDArray[np.float64]


def plain_seconds(times: Quantity, owner: str) -> Array:
    """Return times as an array of plain numbers.

    Raises
    ------
    DimensionMismatchError
        If they are not times; the message names `owner`.
    """
    if get_dimensions(times) is not second.dim:
        message = refusal("times", owner, "in units of second", repr(times))
        raise DimensionMismatchError(message)
    return np.atleast_1d(np.asarray(times, dtype=float))


def sampled(
    signal: Callable[[Array], Array], seconds: Array, n_columns: int, argument: str, owner: str
) -> Array:
    """Call a signal.

    Returns
    -------
    ndarray, shape (T, n_columns)
        Its values at the times of `seconds`.

    Raises
    ------
    ValueError
        If they are not finite or not of this shape; the message names `argument` and `owner`.
    """
    values = np.asarray(signal(seconds), dtype=float)
    shape = (len(seconds), n_columns)
    if values.shape != shape or not np.all(np.isfinite(values)):
        allowed = f"a function that gives finite numbers of shape {shape}"
        got = f"shape {values.shape}" if values.shape != shape else "values that are not finite"
        raise ValueError(refusal(argument, owner, allowed, got))
    return values


def table_length(duration: Quantity, dt: Quantity) -> int:
    """Return the number of samples in a table for a run: a power of two, at least 32768.

    Brian compiles the number into the binary; so one binary serves every shorter run.
    """
    n_needed = math.ceil(float(duration / dt) * (1 - 1e-12)) + 1
    return max(32768, 1 << (n_needed - 1).bit_length())


def table_times(owner: str, duration: Quantity, dt: Quantity) -> tuple[Quantity, Quantity]:
    """Return the times of a table, shape (S,), and the checked interval between them [second]."""
    duration = check_quantity("duration", owner, duration, second, "positive")
    dt = check_quantity("dt", owner, dt, second, "positive")
    return np.arange(table_length(duration, dt)) * dt, dt
