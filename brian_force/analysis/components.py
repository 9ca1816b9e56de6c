r"""Principal components of activity, and how far two networks share them.

Activity is that of `brian_force.analysis.decoders`. Its components :math:`u_k` and eigenvalues
:math:`s_k` are those of the sum over samples, not of the mean, since this is what learning sees:

.. math:: \sum r r^T = \sum_k s_k u_k u_k^T                                \qquad (1)
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike
from scipy.linalg import eigh, subspace_angles

from brian_force.alignment import columns
from brian_force.analysis.samples import Array, Trials, activity_trials
from brian_force.arguments import check_count, refusal

__all__ = [
    "PrincipalComponents",
    "basis_alignment",
    "participation_ratio",
    "principal_components",
]

ROUNDING = np.finfo(float).eps


@dataclass(frozen=True, eq=False, slots=True)
class PrincipalComponents:
    """Principal components of activity, the largest first.

    Attributes
    ----------
    eigenvalues : ndarray, shape (N,) [Hz^2]
        The s_k of (1), a sum over samples.
    basis : ndarray, shape (N, N)
        The u_k as orthonormal columns; the largest entry of each is positive.
    n_samples : int
        Samples of all trials.
    centred : bool
        Whether the mean of every neuron was taken off.
    """

    eigenvalues: Array
    basis: Array
    n_samples: int
    centred: bool

    @property
    def explained_variance(self) -> Array:
        """Part of the sum of squares in each component, shape (N,); nan for silence."""
        total = self.eigenvalues.sum()
        return self.eigenvalues / (total if total > 0 else np.nan)

    @property
    def rank(self) -> int:
        """Number of components above rounding."""
        least = len(self.eigenvalues) * ROUNDING * self.eigenvalues[0]
        return int(np.count_nonzero(self.eigenvalues > least))

    def spectrum(self) -> xr.Dataset:
        """Return eigenvalues and explained variance, also cumulated, over `component`."""
        part = self.explained_variance
        data = {
            "eigenvalue": ("component", self.eigenvalues, {"units": "Hz^2"}),
            "explained_variance": ("component", part, {"units": "1"}),
            "cumulated_variance": ("component", np.cumsum(part), {"units": "1"}),
        }
        return xr.Dataset(data, coords={"component": np.arange(1, len(part) + 1)})


def principal_components(r: Trials, centred: bool = False) -> PrincipalComponents:
    """Find the principal components of activity.

    Parameters
    ----------
    r : array_like, shape (T, N) or (n, T, N), or iterable of (T, N) [Hz]
        All samples of all trials count alike.
    centred : bool
        Take off the mean of every neuron over all samples. Learning does not.

    Returns
    -------
    PrincipalComponents

    Raises
    ------
    ValueError
        If the shape is another one, or values are not finite.
    """
    n_samples = 0
    total: Any = 0.0
    correlation: Any = 0.0
    for activity in activity_trials("principal_components", r):
        n_samples += len(activity)
        total = total + activity.sum(axis=0)
        correlation = correlation + activity.T @ activity
    if centred:
        correlation = correlation - np.outer(total, total) / n_samples
    eigenvalues, basis = eigh(correlation, overwrite_a=True, check_finite=False)
    basis = basis[:, ::-1]
    largest = np.abs(basis).argmax(axis=0)
    signs = np.sign(basis[largest, np.arange(basis.shape[1])])
    return PrincipalComponents(eigenvalues[::-1].clip(0), basis * signs, n_samples, centred)


def participation_ratio(eigenvalues: ArrayLike) -> float:
    r"""Return the effective number of components; nan for silence.

    .. math:: \left(\sum s_k\right)^2 / \sum s_k^2                         \qquad (2)
    """
    s = checked_eigenvalues("participation_ratio", eigenvalues)
    return float(s.sum() ** 2 / (s**2).sum()) if s.any() else float("nan")


def basis_alignment(a: ArrayLike, b: ArrayLike, n: int) -> xr.Dataset:
    r"""Compare the spaces that the first components of two networks span.

    Parameters
    ----------
    a, b : array_like, shape (N, M)
        Orthonormal columns, the dominant first: the `basis` of two `PrincipalComponents`.
    n : int
        Largest number of components.

    Returns
    -------
    xarray.Dataset
        Over `n_components`, 1 to n: `overlap`, (3), and `chance`, n/N, its mean for spaces at
        random. Over `angle`: `principal_angle`, the n angles between the two spaces of n
        components, the smallest first [rad].

    Raises
    ------
    ValueError
        If the shapes do not agree or columns are not orthonormal.

    Notes
    -----
    .. math:: \|A_n^T B_n\|_F^2 / n                                        \qquad (3)

    is the mean squared cosine of the principal angles: 1 for the same space.
    """
    owner = "basis_alignment"
    n_components = check_count("n", owner, n)
    first = _orthonormal(owner, "a", a, n_components)
    second = _orthonormal(owner, "b", b, n_components, len(first))
    numbers = np.arange(1, n_components + 1)
    squares = ((first.T @ second) ** 2).cumsum(axis=0).cumsum(axis=1)
    overlap = squares.diagonal() / numbers  # (3)
    angles = subspace_angles(first, second)[::-1]
    data = {
        "overlap": ("n_components", overlap, {"units": "1"}),
        "chance": ("n_components", numbers / len(first), {"units": "1"}),
        "principal_angle": ("angle", angles, {"units": "rad"}),
    }
    return xr.Dataset(data, coords={"n_components": numbers, "angle": numbers})


def checked_eigenvalues(owner: str, eigenvalues: ArrayLike) -> Array:
    """Return finite eigenvalues that are not negative, shape (M,)."""
    s = np.asarray(eigenvalues, dtype=float)
    if s.ndim != 1 or s.size == 0 or not (s >= 0).all() or not np.isfinite(s).all():
        allowed = "of shape (M,), not empty, finite and not negative"
        got = f"shape {s.shape}, the least value {s.min(initial=np.inf):g}"
        raise ValueError(refusal("eigenvalues", owner, allowed, got))
    return s


def _orthonormal(
    owner: str, argument: str, basis: ArrayLike, n: int, n_neurons: int | None = None
) -> Array:
    vectors = columns(argument, owner, basis)
    if vectors.shape[1] < n or len(vectors) != (n_neurons or len(vectors)):
        allowed = f"of shape ({n_neurons or 'N'}, M), M at least {n}"
        raise ValueError(refusal(argument, owner, allowed, f"shape {vectors.shape}"))
    dominant = vectors[:, :n]
    if not np.allclose(dominant.T @ dominant, np.eye(n), atol=1e-6):
        remedy = "Give the 'basis' of principal_components."
        raise ValueError(refusal(argument, owner, "orthonormal columns", "others", remedy))
    return dominant
