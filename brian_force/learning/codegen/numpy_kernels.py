"""The arithmetic of a readout for the NumPy target: BLAS on the packed triangle of P.

Equation numbers are those of brian_force/learning/reference.py; the layout of P and the codes
of failure are those of kernels/readout.h.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import blas

__all__ = ["descend", "set_diagonal", "update_rls"]

Array = NDArray[Any]

FINITE, OUTPUT_NOT_FINITE, ERROR_NOT_FINITE, GAIN_NOT_POSITIVE = range(4)


def descend(decoders: Array, direction: Array, error: Array, factor: float) -> None:
    """Change the decoders, shape (K, N), by ``-factor * error direction^T``."""
    decoders -= factor * np.outer(error, direction)


def set_diagonal(P: Array, n: int, value: float) -> None:
    """Make P `value` times the identity."""
    P[:] = 0
    i = np.arange(n)
    P[i * (i + 3) // 2] = value


def update_rls(
    P: Array, r: Array, error: Array, decoders: Array, forgetting: float, posterior: bool
) -> int:
    """Update the decoders, shape (K, N), and P by one step of RLS; return a code of failure.

    The lower triangle, row after row, is to BLAS the upper one, column after column.
    """
    multiply, update = (blas.dspmv, blas.dspr) if P.dtype == np.float64 else (blas.sspmv, blas.sspr)
    with np.errstate(all="ignore"):
        g = multiply(len(r), 1, P, r.astype(P.dtype, copy=False))  # (1)
        denominator = forgetting + float(np.dot(r, g))
        if not (np.isfinite(denominator) and denominator > 0):
            return GAIN_NOT_POSITIVE
        c = 1 / denominator  # (2)
        descend(decoders, g, error, c if posterior else 1)  # (3), (4)
        update(len(r), -c, g, P, overwrite_ap=True)  # (5)
        if forgetting != 1:
            P /= forgetting
    return FINITE
