r"""Decoders of recorded activity, without a network: ridge regression, RLS, and their errors.

Activity r is one array (T, N) [Hz], or n trials of it: an array (n, T, N) or any iterable of
arrays (T, N). A target x is an array (T, K) or (T,), common to all trials, or one a trial. Of
Brian quantities the value in SI units is taken. Decoders :math:`\phi` have the shape (N, K) [s].

.. math:: \phi = \left(\sum r r^T + I/\lambda\right)^{-1} \sum r x^T       \qquad (1)

With the posterior gain, FORCE reaches (1) for the samples at which it had its updates (Nicola &
Clopath 2017): as many samples under the same learning rate :math:`\lambda` are penalised alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from brian_force.analysis.samples import (
    Array,
    Pair,
    Trials,
    activity_trials,
    decoder_columns,
    gram,
    inverse_rate,
    mean_trial,
    paired_trials,
)
from brian_force.arguments import check_choice, refusal
from brian_force.learning.reference import rls_update
from brian_force.metrics import normalised_error, rms_error

__all__ = [
    "DecodingError",
    "decode",
    "decoding_error",
    "ridge_decoders",
    "rls_decoders",
]


def ridge_decoders(
    r: Trials, target: Trials, learning_rate: float, *, average: bool = False
) -> Array:
    """Solve the ridge regression (1) of the target on activity.

    Parameters
    ----------
    r : array_like, shape (T, N) or (n, T, N), or iterable of (T, N) [Hz]
        All samples of all trials count alike.
    target : array_like, shape (T, K) or (T,), or one a trial
    learning_rate : float [s^2]
        The penalty is its inverse.
    average : bool
        Decode the mean over trials instead: T samples in all.

    Returns
    -------
    ndarray, shape (N, K) [s]

    Raises
    ------
    ValueError
        If shapes do not agree, values are not finite, or the learning rate is not positive or so
        large that its penalty is lost in rounding.
    """
    owner = "ridge_decoders"
    penalty = inverse_rate(owner, learning_rate)
    pairs: Iterable[Pair] = paired_trials(owner, r, target)
    if average:
        pairs = [mean_trial(owner, pairs)]
    return solve_ridge(owner, *gram(pairs), penalty)


def rls_decoders(
    r: Trials,
    target: Trials,
    learning_rate: float,
    forgetting: float = 1.0,
    gain: str = "posterior",
) -> Array:
    """Learn decoders by one update of RLS a sample, trial after trial.

    Parameters
    ----------
    r, target, learning_rate
        Those of `ridge_decoders`, which the posterior gain equals without forgetting.
    forgetting : float
        Factor in (0, 1], 1 for none.
    gain : {'posterior', 'prior'}
        That of `brian_force.learning.reference.rls_update`.

    Returns
    -------
    ndarray, shape (N, K) [s]

    Raises
    ------
    ValueError
        If an argument is not as described.

    Notes
    -----
    A sample takes of the order of N^2 operations, `ridge_decoders` N^3 for all of them.
    """
    owner = "rls_decoders"
    check_choice("gain", owner, gain, ("posterior", "prior"))
    if not 0 < forgetting <= 1:
        raise ValueError(refusal("forgetting", owner, "in (0, 1]", f"{forgetting:g}"))
    rate = 1 / inverse_rate(owner, learning_rate)
    P, decoders = np.empty((0, 0)), np.empty((0, 0))
    for activity, goal in paired_trials(owner, r, target):
        if not P.size:  # the first trial says how many neurons and outputs there are
            P = rate * np.eye(activity.shape[1])
            decoders = np.zeros((activity.shape[1], goal.shape[1]))
        for now, x in zip(activity, goal, strict=True):
            rls_update(P, now, now @ decoders - x, decoders, gain, forgetting)
    return decoders


def decode(r: ArrayLike, decoders: ArrayLike) -> Array:
    """Return the output, shape (T, K), of activity (T, N) [Hz] under decoders (N, K) or (N,) [s].

    Raises
    ------
    ValueError
        If shapes do not agree or values are not finite.
    """
    (activity,) = activity_trials("decode", [r])
    return activity @ decoder_columns("decode", decoders, activity.shape[1])


@dataclass(frozen=True, slots=True)
class DecodingError:
    """Error of decoded outputs over all trials, samples and outputs.

    Attributes
    ----------
    rms : float
        Root mean square of output minus target, in the unit of the target.
    normalised : float
        The same over the RMS of the target; nan for a target that is zero.
    """

    rms: float
    normalised: float


def decoding_error(r: Trials, target: Trials, decoders: ArrayLike) -> DecodingError:
    """Return the error with which decoders read a target from activity.

    Parameters
    ----------
    r, target
        Those of `ridge_decoders`.
    decoders : array_like, shape (N, K) or (N,) [s]

    Returns
    -------
    DecodingError

    Raises
    ------
    ValueError
        If shapes do not agree or values are not finite.
    """
    pairs = list(paired_trials("decoding_error", r, target))
    return error_of(pairs, decoder_columns("decoding_error", decoders, pairs[0][0].shape[1]))


# Shared with brian_force.analysis.cross_trial


def solve_ridge(owner: str, correlation: Array, cross: Array, penalty: float) -> Array:
    """Solve (1) from its two sums, (N, N) and (N, K), and the penalty [Hz^2]."""
    penalised = correlation.copy()
    penalised.flat[:: len(penalised) + 1] += penalty
    try:
        factor = cho_factor(penalised.T, overwrite_a=True, check_finite=False)
    except LinAlgError as reason:
        allowed = "so small that its inverse counts beside the largest eigenvalue of sum r r'"
        got = f"{1 / penalty:g} s^2"
        raise ValueError(refusal("learning_rate", owner, allowed, got)) from reason
    return np.asarray(cho_solve(factor, cross, check_finite=False))  # (1)


def error_of(pairs: list[Pair], decoders: Array) -> DecodingError:
    """Return the error of decoders over all trials."""
    output = np.concatenate([r @ decoders for r, _ in pairs])
    target = np.concatenate([x for _, x in pairs])
    return DecodingError(rms_error(output, target), normalised_error(output, target))
