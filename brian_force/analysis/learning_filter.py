r"""What learning keeps of each principal component: the learning rate is a low-pass filter.

Components :math:`u_k` with eigenvalues :math:`s_k` are those of
`brian_force.analysis.components`. With the projections :math:`a_k = u_k^T \phi` of learned
decoders and :math:`b_k` of the least-squares solution, (K,) each:

.. math:: b_k = u_k^T \sum r x^T / s_k                                     \qquad (1)

.. math:: a_k = g_k b_k, \quad g_k = s_k/(s_k + 1/\lambda)                 \qquad (2)

hold for ridge decoders, which FORCE approaches (Newton & Nicola 2025). Measured gains are

.. math:: g_k = a_k \cdot b_k / |b_k|^2                                    \qquad (3)
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from brian_force.alignment import columns
from brian_force.analysis.components import ROUNDING, PrincipalComponents, checked_eigenvalues
from brian_force.analysis.samples import (
    Array,
    Trials,
    decoder_columns,
    inverse_rate,
    paired_trials,
)
from brian_force.arguments import refusal
from brian_force.learning.reference import shrinkage

__all__ = ["expected_gain", "filter_gain", "least_squares_decoders", "projected_decoders"]

MEASURABLE = 1e-3  # a gain that rounding may change by more is not measured


def projected_decoders(decoders: ArrayLike, basis: ArrayLike) -> Array:
    """Return decoders (N, K) or (N,) along the columns of a basis (N, M), shape (M, K) [s]."""
    vectors = columns("basis", "projected_decoders", basis)
    return vectors.T @ decoder_columns("projected_decoders", decoders, len(vectors))


def least_squares_decoders(r: Trials, target: Trials, components: PrincipalComponents) -> Array:
    """Return the decoders without penalty, of least norm: nothing along what is rounding.

    Parameters
    ----------
    r, target
        Those of `brian_force.analysis.decoders.ridge_decoders`.
    components : PrincipalComponents
        Those of `r`, not centred.

    Returns
    -------
    ndarray, shape (N, K) [s]

    Raises
    ------
    ValueError
        If components are centred or of another number of neurons.
    """
    owner = "least_squares_decoders"
    _check_not_centred(owner, components)
    kept = slice(components.rank)
    cross: Any = sum(activity.T @ x for activity, x in paired_trials(owner, r, target))
    if len(components.basis) != len(cross):
        allowed = f"those of 'r', of {len(cross)} neurons"
        got = f"components of {len(components.basis)} neurons"
        raise ValueError(refusal("components", owner, allowed, got))
    along = components.basis[:, kept].T @ cross / components.eigenvalues[kept, np.newaxis]  # (1)
    return np.asarray(components.basis[:, kept] @ along)


def expected_gain(eigenvalues: ArrayLike, learning_rate: float) -> Array:
    """Return the gains (2), shape (M,), for eigenvalues [Hz^2] and a learning rate [s^2]."""
    rate = 1 / inverse_rate("expected_gain", learning_rate)
    return np.asarray(shrinkage(checked_eigenvalues("expected_gain", eigenvalues), rate))  # (2)


def filter_gain(
    decoders: ArrayLike, reference: ArrayLike, components: PrincipalComponents
) -> Array:
    r"""Measure how much of the reference decoders learned decoders hold along each component.

    Parameters
    ----------
    decoders, reference : array_like, shape (N, K) or (N,) [s]
        Learned decoders, and those of `least_squares_decoders`, or others to compare with.
    components : PrincipalComponents
        Not centred.

    Returns
    -------
    ndarray, shape (N,)
        The gains (3), to be compared with `expected_gain`; nan where rounding may change them
        by more than 0.001.

    Raises
    ------
    ValueError
        If shapes do not agree or components are centred.

    Notes
    -----
    Rounding may put a part :math:`N \epsilon s_1/s_k` of all reference decoders into
    :math:`b_k`; where that is not small beside :math:`b_k`, nothing is measured.
    """
    _check_not_centred("filter_gain", components)
    n_neurons = len(components.basis)
    learned = components.basis.T @ decoder_columns("filter_gain", decoders, n_neurons)
    whole = components.basis.T @ decoder_columns("filter_gain", reference, n_neurons, "reference")
    if learned.shape != whole.shape:
        allowed = f"of the shape of 'decoders', {learned.shape}"
        raise ValueError(refusal("reference", "filter_gain", allowed, f"shape {whole.shape}"))
    sizes = np.linalg.norm(whole, axis=1)
    uncertain = n_neurons * ROUNDING * components.eigenvalues[0] * np.linalg.norm(whole)
    measured = sizes * components.eigenvalues * MEASURABLE > uncertain
    gain = np.full(n_neurons, np.nan)
    gain[measured] = (learned * whole).sum(axis=1)[measured] / sizes[measured] ** 2  # (3)
    return gain


def _check_not_centred(owner: str, components: PrincipalComponents) -> None:
    if components.centred:
        allowed = "components of the activity as it is, which is what learning sees"
        remedy = "Take principal_components(r)."
        raise ValueError(refusal("components", owner, allowed, "centred ones", remedy))
