r"""Activity and targets of one or more trials, checked, and the sums that regression needs.

Trials enter sums over samples one by one and are never stacked.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brian_force.alignment import columns
from brian_force.arguments import refusal

__all__ = [
    "Array",
    "Pair",
    "Trials",
    "activity_trials",
    "decoder_columns",
    "gram",
    "inverse_rate",
    "mean_trial",
    "paired_trials",
]

type Array = NDArray[np.float64]
type Pair = tuple[Array, Array]  # activity (T, N) and target (T, K) of one trial
type Trials = ArrayLike | Iterable[ArrayLike]


def activity_trials(owner: str, r: Trials) -> Iterator[Array]:
    """Yield the activity of every trial, shape (T, N); T may differ."""
    n_neurons = None
    trials: Any = [r] if _is_one(r) else r
    for trial in trials:
        activity = np.asarray(trial, dtype=float)
        if activity.ndim != 2 or activity.size == 0:
            allowed = "of shape (T, N), or trials of that shape, not empty"
            raise ValueError(refusal("r", owner, allowed, f"shape {activity.shape}"))
        if n_neurons not in {None, activity.shape[1]}:
            allowed = f"trials of equally many neurons, {n_neurons}"
            raise ValueError(refusal("r", owner, allowed, f"shape {activity.shape}"))
        if not np.isfinite(activity).all():
            n_lost = int(np.count_nonzero(~np.isfinite(activity)))
            raise ValueError(refusal("r", owner, "finite", f"{n_lost} values that are not"))
        n_neurons = activity.shape[1]
        yield activity
    if n_neurons is None:
        raise ValueError(refusal("r", owner, "at least one trial", "none"))


def paired_trials(owner: str, r: Trials, target: Trials) -> Iterator[Pair]:
    """Yield activity and target of every trial; one target is common to all trials."""
    common = _is_one(target)
    goals: Iterator[Any] = itertools.repeat(target) if common else iter(target)  # type: ignore[arg-type]
    n_outputs = None
    for number, activity in enumerate(activity_trials(owner, r)):
        goal = next(goals, None)
        if goal is None:
            allowed = "common to all trials, or one a trial"
            raise ValueError(refusal("target", owner, allowed, f"{number} targets for more trials"))
        x = columns("target", owner, goal)
        if x.shape != (len(activity), n_outputs or x.shape[1]):
            allowed = f"of shape ({len(activity)}, {n_outputs or 'K'}), for the samples of 'r'"
            raise ValueError(refusal("target", owner, allowed, f"shape {x.shape}"))
        n_outputs = x.shape[1]
        yield activity, x
    if not common and next(goals, None) is not None:
        allowed = "common to all trials, or one a trial"
        raise ValueError(refusal("target", owner, allowed, "more targets than trials"))


def decoder_columns(
    owner: str, decoders: ArrayLike, n_neurons: int, argument: str = "decoders"
) -> Array:
    """Return decoders as finite values, shape (N, K)."""
    phi = columns(argument, owner, decoders)
    if len(phi) != n_neurons:
        allowed = f"of shape ({n_neurons}, K) or ({n_neurons},), for {n_neurons} neurons"
        raise ValueError(refusal(argument, owner, allowed, f"shape {np.shape(decoders)}"))
    return phi


def inverse_rate(owner: str, learning_rate: ArrayLike) -> float:
    """Return the penalty 1/learning_rate [Hz^2] of ridge regression."""
    rate = float(np.asarray(learning_rate, dtype=float))
    if not 0 < rate < np.inf:
        raise ValueError(refusal("learning_rate", owner, "positive and finite", f"{rate:g} s^2"))
    return 1 / rate


def gram(pairs: Iterable[Pair]) -> Pair:
    r"""Return the sums over all samples :math:`\sum r r^T`, (N, N), and :math:`\sum r x^T`."""
    correlation: Any = 0.0
    cross: Any = 0.0
    for r, x in pairs:
        correlation = correlation + r.T @ r
        cross = cross + r.T @ x
    return correlation, cross


def mean_trial(owner: str, pairs: Iterable[Pair]) -> Pair:
    """Return the means over trials of activity and target."""
    total_r: Any = 0.0
    total_x: Any = 0.0
    n_trials = 0
    for r, x in pairs:
        if n_trials and r.shape != total_r.shape:
            allowed = f"trials of equally many samples, {len(total_r)}, to have a mean"
            raise ValueError(refusal("r", owner, allowed, f"shape {r.shape}"))
        total_r = total_r + r
        total_x = total_x + x
        n_trials += 1
    return total_r / n_trials, total_x / n_trials


def _is_one(values: Any) -> bool:
    """Tell one array of at most two dimensions, or a list of numbers, from trials."""
    if hasattr(values, "ndim"):
        return bool(values.ndim < 3)
    if isinstance(values, Sequence):
        return len(values) > 0 and np.ndim(values[0]) == 0
    return not isinstance(values, Iterable)
