"""The learning rules in plain NumPy: what every kernel is tested against.

The numbers are those of the equations in the theory page of the documentation and of the
comments in the kernels. Shapes: N neurons, K outputs, T samples.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["lms_update", "ridge_decoders", "rls_update", "shrinkage"]

Array = NDArray[np.floating[Any]]


def rls_update(
    P: Array,
    r: Array,
    error: Array,
    decoders: Array,
    gain: str = "posterior",
    forgetting: float = 1.0,
) -> None:
    r"""Update the decoders and P by one step of recursive least squares, in place.

    Parameters
    ----------
    P : ndarray, shape (N, N)
        Running inverse of the correlation of r; symmetric, positive definite.
    r : ndarray, shape (N,)
        Activity.
    error : ndarray, shape (K,)
        ``z - target`` before the update.
    decoders : ndarray, shape (N, K)
        Weights of the readout.
    gain : {'posterior', 'prior'}
        True recursive least squares, or the gain of published FORCE codes.
    forgetting : float
        Forgetting factor, 1 for none.

    Raises
    ------
    ArithmeticError
        If ``forgetting + r @ P @ r`` is not finite and positive.

    Notes
    -----
    .. math::

        g = P r, \quad c = 1/(\gamma + r^T g)                          \qquad (1), (2)

        \phi \leftarrow \phi - c\, g\, e^T \quad\text{(posterior)}     \qquad (3)

        \phi \leftarrow \phi - g\, e^T     \quad\text{(prior)}         \qquad (4)

        P \leftarrow (P - c\, g\, g^T)/\gamma                          \qquad (5)
    """
    g = P @ r  # (1)
    denominator = forgetting + r @ g
    if not (np.isfinite(denominator) and denominator > 0):
        raise ArithmeticError(f"forgetting + r'Pr must be positive, but is {denominator}.")
    c = 1 / denominator  # (2)
    decoders -= (c if gain == "posterior" else 1) * np.outer(g, error)  # (3), (4)
    P -= c * np.outer(g, g)  # (5)
    P /= forgetting


def lms_update(r: Array, error: Array, decoders: Array, learning_rate: float) -> None:
    r"""Update the decoders by one step of least mean squares, in place.

    .. math:: \phi \leftarrow \phi - \lambda\, r\, e^T                 \qquad (6)
    """
    decoders -= learning_rate * np.outer(r, error)  # (6)


def ridge_decoders(r: Array, target: Array, learning_rate: float) -> Array:
    r"""Solve the regularised least squares that (3) and (5) reach step by step.

    .. math:: \phi = \left(\sum r r^T + I/\lambda\right)^{-1} \sum r x^T   \qquad (7)

    with `r` of shape (T, N) and `target` of shape (T, K).
    """
    correlation = r.T @ r + np.eye(r.shape[1]) / learning_rate
    solution: Array = np.linalg.solve(correlation, r.T @ target)  # (7)
    return solution


def shrinkage(eigenvalues: Array, learning_rate: float) -> Array:
    r"""Factor by which learning keeps each principal component of r: a low-pass filter.

    .. math:: s/(s + 1/\lambda)                                         \qquad (8)

    with the eigenvalues s of :math:`\sum r r^T`.
    """
    return eigenvalues / (eigenvalues + 1 / learning_rate)  # (8)
