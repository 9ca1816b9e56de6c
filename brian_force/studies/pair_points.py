"""What studies measure on one pair of networks, trained alike: the points of their sweeps.

Each function trains a spiking network and its rate twin, and returns a Dataset over `model`. All
errors called normalised are over the RMS of the target; 'free' is the free-running error, aligned
in phase where the task has a period, and plain where it has none.
"""

import functools
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xarray as xr
from brian2 import Quantity, second

from brian_force import tasks
from brian_force.analysis.recorded_decoders import compare_decoders
from brian_force.experiment.pair import Pair, train_pair
from brian_force.experiment.trials import with_trials
from brian_force.studies import gains, pair_measures
from brian_force.studies.pair_measures import (
    MODELS,
    components,
    growth,
    measured,
    over_models,
    swapped,
    traces,
    variability,
)

__all__ = [
    "code_version",
    "probed_pair",
    "repeated_pair",
    "shown_pair",
    "swap_lasts",
    "swapped_pair",
    "trained_pair",
]

PACKAGE = Path(__file__).parents[1]
#: Parts of the package on which no number of a point depends.
ABOVE = ("cli", "commands", "plotting", "studies")
#: Length of the run after a swap: two periods, or this.
SWAP_LASTS = 3 * second
#: Of the comparison of decoders, what is kept.
OF_CURVES = (
    *("correlation", "error", "control_correlation"),
    *("rate_correlation", "rate_error", "force_error"),
)


def trained_pair(task: str, seed: int, **options: Any) -> xr.Dataset:
    """Train a pair; measure errors and the correlation of decoders.

    Parameters
    ----------
    task : str
        Name of the task.
    seed : int
        Seed of both networks.
    **options
        As for `train_pair`.

    Returns
    -------
    xarray.Dataset
        Over `model`: `learning`, `free`, `plain`, `aligned` and `scaled`, normalised errors;
        `l2` [sqrt(s)], `speed` [1], `drift` [ms/s], `mean_rate` [Hz], and, where the task has one,
        the `score` of the free run. Besides `correlation` of the decoders, the mean over outputs.
    """
    return measured(_pair(task, seed, options))


def swapped_pair(task: str, seed: int, **options: Any) -> xr.Dataset:
    """Train a pair as `trained_pair` does; give each network the decoders of the other.

    Returns
    -------
    xarray.Dataset
        Besides that of `trained_pair`, of the networks on foreign decoders: `swap`, the normalised
        error after one common stretch of time and the best phase, plain for a task without a
        period; `swap_plain`, `swap_aligned`, `swap_speed`, `swap_amplitude` and `swap_score`.
    """
    pair = _pair(task, seed, options)
    return measured(pair).assign(swapped(pair.swap(swap_lasts(pair.task))))


def repeated_pair(task: str, seed: int, n_repetitions: int, **options: Any) -> xr.Dataset:
    """Train a pair; split the error of its free run, and perturb it.

    Parameters
    ----------
    n_repetitions : int
        Repetitions of the target in the free run.

    Returns
    -------
    xarray.Dataset
        Besides that of `trained_pair`: over `model` and `cycle`, the averages of
        `repetition_variability`; over `model` and `size` of a perturbation, its `growth` [1/s]
        and the `distance` at its end [1].
    """
    pair = _pair(task, seed, options)
    both = [variability(pair, recording, n_repetitions) for recording in (pair.lif, pair.rate)]
    return xr.merge([measured(pair), over_models(both), growth(pair)], combine_attrs="drop")


def probed_pair(task: str, seed: int, n_trials: int, **options: Any) -> xr.Dataset:
    """Train a pair; look at its components and decoders in trials with the target fed back.

    Parameters
    ----------
    n_trials : int
        Number of trials of the spiking network.

    Returns
    -------
    xarray.Dataset
        Besides that of `trained_pair`: the main results of `compare_decoders` as `trial_*`, over
        `n_averaged`; of `compare_components` `eigenvalue`, `overlap` and `participation_ratio`;
        and, over `strength`, the logarithm of eigenvalue times learning rate, the pooled
        `force_gain`, `ridge_gain` and `expected_gain`.
    """
    pair = _pair(task, seed, options)
    lif, rate = (with_trials(pair.task, one, n_trials) for one in (pair.lif, pair.rate))
    decoders = compare_decoders(lif, rate)[list(OF_CURVES)].drop_vars("learning_rate")
    decoders = decoders.rename({name: f"trial_{name}" for name in OF_CURVES})
    found = [measured(pair), decoders, components(lif, rate)]
    return xr.merge(found, combine_attrs="drop", compat="no_conflicts")


def shown_pair(task: str, seed: int, **options: Any) -> xr.Dataset:
    """Train and swap a pair as `swapped_pair` does; keep what is worth a look.

    Returns
    -------
    xarray.Dataset
        Besides that of `swapped_pair`: `output` over `model`, `phase` (before, learning, after,
        swapped), `moment` and `channel`, the `target` without `model`; the `moment` of each phase
        counts from its `start` [s]; `decoders` over `model`, `neuron` and `channel` [1/Hz].
    """
    pair = _pair(task, seed, options)
    swap = pair.swap(swap_lasts(pair.task))
    both = [traces(pair.lif, swap.lif), traces(pair.rate, swap.rate)]
    kept = xr.concat(both, "model", combine_attrs="drop").assign_coords(model=list(MODELS))
    kept["target"] = kept["target"].isel(model=0)  # the same for both
    kept["start"] = kept["start"].isel(model=0)
    return xr.merge([measured(pair), swapped(swap), kept], combine_attrs="drop")


def swap_lasts(task: tasks.Task) -> Quantity:
    """Return how long networks run on foreign decoders [second]."""
    return SWAP_LASTS if task.period is None else max(SWAP_LASTS, 2 * task.period)


@functools.cache
def code_version() -> str:
    """Return a digest of the code that trains and measures: no result of another is taken for its.

    Of studies it is this module and what it measures with, but not how that is judged.
    """
    below = [path for path in PACKAGE.rglob("*") if path.relative_to(PACKAGE).parts[0] not in ABOVE]
    files = [path for path in below if path.is_file() and path.suffix != ".pyc"]
    measuring = [Path(file) for file in (__file__, pair_measures.__file__, gains.__file__)]
    code = b"".join(path.read_bytes() for path in sorted(files) + measuring)
    return hashlib.blake2b(code, digest_size=8).hexdigest()


def _pair(task: str, seed: int, options: Mapping[str, Any]) -> Pair:
    return train_pair(tasks.get(task), seed=seed, **options)
