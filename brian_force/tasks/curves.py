"""Curves through computed points."""

import numpy as np
import numpy.typing as npt

__all__ = ["cubic_hermite"]

type Array = npt.NDArray[np.float64]


def cubic_hermite(position: Array, values: Array, slopes: Array) -> Array:
    """Follow a smooth curve through points whose slopes are known.

    Unlike a spline, the curve between two points depends on nothing but these two: a solution
    that is computed further has the same beginning, bit by bit.

    Parameters
    ----------
    position : ndarray, shape (T,)
        Where to read the curve: 0 at the first point, 1 at the second, and so on.
    values, slopes : ndarray, shape (S, K)
        The curve and its slope per step at each point.

    Returns
    -------
    ndarray, shape (T, K)
        Values of the curve; the error is of fourth order in the distance of the points.
    """
    left = np.minimum(position.astype(int), len(values) - 2)
    s = (position - left)[:, np.newaxis]
    rest = 1 - s
    curve: Array = rest**2 * (1 + 2 * s) * values[left] + s**2 * (1 + 2 * rest) * values[left + 1]
    curve += s * rest * (rest * slopes[left] - s * slopes[left + 1])
    return curve
