"""What decoders owe to single trials: held-out errors, and FORCE against cross-trial rates.

Trials, targets and decoders are those of `brian_force.analysis.decoders`.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from brian_force.analysis.decoders import error_of, solve_ridge
from brian_force.analysis.samples import (
    Array,
    Pair,
    Trials,
    decoder_columns,
    gram,
    inverse_rate,
    mean_trial,
    paired_trials,
)
from brian_force.arguments import check_count, refusal
from brian_force.metrics import pearson_correlation

__all__ = ["cross_validated_error", "decoder_comparison"]


def cross_validated_error(
    trials_r: Trials, target: Trials, learning_rate: float, folds: int | None = None
) -> xr.Dataset:
    """Return the errors of ridge decoders in trials that they have not seen.

    Parameters
    ----------
    trials_r : array_like, shape (n, T, N), or iterable of (T, N) [Hz]
        At least two trials.
    target : array_like, shape (T, K) or (T,), or one a trial
    learning_rate : float [s^2]
        The penalty is its inverse.
    folds : int, optional
        Number of folds, each of neighbouring trials. Default: each trial is one.

    Returns
    -------
    xarray.Dataset
        Over `fold`: `rms` and `normalised`, those of `DecodingError`, and `n_trials`.

    Raises
    ------
    ValueError
        If there are fewer trials than folds, or as in `ridge_decoders`.

    Notes
    -----
    Sums over all trials are taken once; each fold subtracts its own.
    """
    owner = "cross_validated_error"
    penalty = inverse_rate(owner, learning_rate)
    pairs = list(paired_trials(owner, trials_r, target))
    parts = np.array_split(np.arange(len(pairs)), _n_folds(owner, len(pairs), folds))
    correlation, cross = gram(pairs)
    errors = []
    for part in parts:
        held_out = [pairs[k] for k in part]
        own_correlation, own_cross = gram(held_out)
        phi = solve_ridge(owner, correlation - own_correlation, cross - own_cross, penalty)
        errors.append(error_of(held_out, phi))
    data = {
        "rms": ("fold", [error.rms for error in errors], {"units": "unit of the target"}),
        "normalised": ("fold", [error.normalised for error in errors], {"units": "1"}),
        "n_trials": ("fold", [len(part) for part in parts], {"units": "1"}),
    }
    return xr.Dataset(data, coords={"fold": np.arange(len(parts))})


def decoder_comparison(
    decoders: ArrayLike,
    trials_r: Trials,
    rate_r: ArrayLike,
    target: ArrayLike,
    learning_rate: float,
    *,
    sizes: Sequence[int] | None = None,
    n_held_out: int = 2,
) -> xr.Dataset:
    """Compare FORCE's decoders with ridge decoders of trials, of their means and of rates.

    Parameters
    ----------
    decoders : array_like, shape (N, K) or (N,) [s]
        What FORCE learned in the spiking network.
    trials_r : array_like, shape (n, T, N), or iterable of (T, N) [Hz]
        Repeated trials of the spiking network.
    rate_r : array_like, shape (T, N) [Hz]
        Activity of the matched rate network.
    target : array_like, shape (T, K) or (T,)
        Common to all trials.
    learning_rate : float [s^2]
        That of FORCE; its inverse is the penalty of every ridge regression.
    sizes : sequence of int, optional
        Numbers of trials to average. Default: powers of two, and all trials not held out.
    n_held_out : int
        The last so many trials are kept from all ridge decoders. All errors are theirs.

    Returns
    -------
    xarray.Dataset
        Over `n_averaged`, for ridge decoders of the mean of so many trials: `correlation`
        (Pearson, outputs pooled) with FORCE's decoders and normalised `error`, averaged over
        `n_groups` groups without common trials, with sample standard deviations
        `correlation_spread` and `error_spread`, nan for one group. `control_correlation` is that
        of the mean of the decoders of so many single trials: what averaging alone does. Besides
        `rate_correlation`, `rate_error` and `force_error`; and `learning_rate`, along which to
        concatenate.

    Raises
    ------
    ValueError
        If a size is beyond the trials not held out, or as in `ridge_decoders`.

    Notes
    -----
    Newton & Nicola (2025): what FORCE learns approximates a decoding of cross-trial rates.
    """
    owner = "decoder_comparison"
    penalty = inverse_rate(owner, learning_rate)
    pairs = list(paired_trials(owner, trials_r, target))
    phi = decoder_columns(owner, decoders, pairs[0][0].shape[1])
    n_seen = _n_seen(owner, len(pairs), n_held_out)
    numbers = _sizes(owner, sizes, n_seen)
    held_out = pairs[n_seen:]

    def ridge(seen: Iterable[Pair]) -> Array:
        found = solve_ridge(owner, *gram(seen), penalty)
        if found.shape != phi.shape:
            allowed = f"of shape {found.shape}, for neurons and outputs"
            raise ValueError(refusal("decoders", owner, allowed, f"shape {phi.shape}"))
        return found

    def judge(found: Array) -> tuple[float, float]:
        return pearson_correlation(phi, found), error_of(held_out, found).normalised

    of_rates = judge(ridge(paired_trials(owner, [rate_r], target)))
    single = [ridge([pair]) for pair in pairs[:n_seen]]
    of_means, controls = [], []
    for n in numbers:
        groups = _groups(pairs[:n_seen], n)
        means = single if n == 1 else [ridge([mean_trial(owner, group)]) for group in groups]
        of_means.append(np.array([judge(found) for found in means]))
        averaged = [np.mean(group, axis=0) for group in _groups(single, n)]
        controls.append(np.mean([pearson_correlation(phi, found) for found in averaged]))
    scalars = (*of_rates, error_of(held_out, phi).normalised)
    found = _labelled(numbers, of_means, scalars, 1 / penalty)
    return found.assign(control_correlation=("n_averaged", controls, {"units": "1"}))


def _labelled(
    numbers: list[int], of_means: list[Array], scalars: tuple[float, ...], rate: float
) -> xr.Dataset:
    """Name the correlations and errors, (n_groups, 2) for each number of trials."""
    means = np.array([found.mean(axis=0) for found in of_means])
    unknown = np.full(2, np.nan)
    spreads = [found.std(axis=0, ddof=1) if len(found) > 1 else unknown for found in of_means]
    values = np.column_stack([means, spreads]).T
    curves = ("correlation", "error", "correlation_spread", "error_spread")
    points = ("rate_correlation", "rate_error", "force_error")
    units = {"units": "1"}
    data = {
        **{name: ("n_averaged", row, units) for name, row in zip(curves, values, strict=True)},
        **{name: ((), value, units) for name, value in zip(points, scalars, strict=True)},
        "n_groups": ("n_averaged", [len(found) for found in of_means], units),
    }
    coordinates = {"n_averaged": numbers, "learning_rate": ((), rate, {"units": "s^2"})}
    return xr.Dataset(data, coords=coordinates)


def _groups[Item](trials: list[Item], n: int) -> list[list[Item]]:
    """Return as many groups of n trials, none of them shared, as there are."""
    return [trials[first : first + n] for first in range(0, len(trials) - n + 1, n)]


def _sizes(owner: str, sizes: Sequence[int] | None, n_seen: int) -> list[int]:
    if sizes is None:
        return sorted({2**k for k in range(n_seen.bit_length()) if 2**k <= n_seen} | {n_seen})
    numbers = [check_count("sizes", owner, size) for size in sizes]
    if not numbers or max(numbers) > n_seen:
        allowed = f"numbers from 1 to {n_seen}, the trials not held out"
        raise ValueError(refusal("sizes", owner, allowed, str(numbers)))
    return numbers


def _n_seen(owner: str, n_trials: int, n_held_out: int) -> int:
    if check_count("n_held_out", owner, n_held_out) >= n_trials:
        allowed = f"fewer than there are trials, {n_trials}"
        raise ValueError(refusal("n_held_out", owner, allowed, str(n_held_out)))
    return n_trials - n_held_out


def _n_folds(owner: str, n_trials: int, folds: int | None) -> int:
    if n_trials < 2:
        raise ValueError(refusal("trials_r", owner, "at least two trials", str(n_trials)))
    n_folds = n_trials if folds is None else check_count("folds", owner, folds, 2)
    if n_folds > n_trials:
        allowed = f"at most the number of trials, {n_trials}"
        raise ValueError(refusal("folds", owner, allowed, str(n_folds)))
    return n_folds
