"""Repeated trials of any origin: statistics, cross-trial rates, and decoders of a target."""

import numpy as np
import xarray as xr
from brian2 import Quantity, ms, second
from numpy.typing import NDArray

from brian_force.analysis.cross_trial import cross_validated_error
from brian_force.analysis.decoders import ridge_decoders, rls_decoders
from brian_force.analysis.filtering import SAMPLE_DT, filtered_rates
from brian_force.analysis.resampling import Target, target_trials
from brian_force.analysis.spike_data import SpikeData, as_trials
from brian_force.analysis.statistics import spike_statistics
from brian_force.arguments import check_choice, check_quantity, refusal
from brian_force.exchange.spike_trials import SpikeTrials

__all__ = ["analyse_trials"]

type Array = NDArray[np.float64]

FINE = 0.05 * ms  # the time step where that of the spikes is unknown or does not fit
N_FOLDS = 5
DECADES = range(-1, 6)  # of penalties, from ten times the mean eigenvalue downwards


def analyse_trials(
    trials: SpikeData,
    target: Target | None = None,
    learning_rate: Quantity | None = None,
    *,
    tau_r: Quantity = 2 * ms,
    tau_d: Quantity = 20 * ms,
    dt: Quantity | None = None,
    settle: Quantity | None = None,
    method: str = "ridge",
) -> xr.Dataset:
    """Analyse repeated trials: statistics, cross-trial rates, and decoders of a target.

    Parameters
    ----------
    trials : SpikeTrials or Neo objects
        Spikes of trials that are equally long.
    target : str, xarray.DataArray or array_like, optional
        What shall be decoded: the name of a signal of the trials, or a signal over 'time' [s]
        that is common to all of them, both interpolated linearly at the samples; or values at
        the samples, (T, K), or one a trial. Default: nothing is decoded.
    learning_rate : Quantity, optional
        Its inverse is the penalty of ridge regression. Default: the one of least error in
        held-out trials, out of seven powers of ten [second**2].
    tau_r, tau_d : Quantity, optional
        Rise and decay time constants of the filter of spikes [second].
    dt : Quantity, optional
        Time step of the filter; default: that of the spikes, or 0.05 ms where they have none of
        which the 2.5 ms between samples are a multiple [second].
    settle : Quantity, optional
        What is left out at the start of every trial; default: the trials' annotation 'settle'
        [s], or nothing [second].
    method : {'ridge', 'rls'}, optional
        Solve the ridge regression, or reach the same by one update of RLS a sample.

    Returns
    -------
    xarray.Dataset
        Those of `spike_statistics` over `neuron`, the cross-trial `mean_rates` over `time` and
        `neuron` [Hz] and their `mean_rate` over all [Hz]. With a target besides: the `target`
        over `time` and `output`, in the mean over trials, the `decoders` of all trials over
        `neuron` and `output` [s], and of at least two trials `rms` and `normalised`, the errors
        in held-out trials over `fold`. The coordinate `learning_rate` [s^2] tells by its
        attribute 'chosen' how: 'given' or 'by cross-validation', from `grid_error` over
        `grid_learning_rate`.

    Raises
    ------
    TypeError, DimensionMismatchError, ValueError
        If an argument is not as described, or a single trial leaves nothing to choose the
        learning rate by.

    Notes
    -----
    Held-out errors are those of ridge regression, which RLS equals: at most five folds of
    neighbouring trials.
    """
    owner = "analyse_trials"
    check_choice("method", owner, method, ("ridge", "rls"))
    trials = as_trials(trials)
    if not trials.n_neurons:
        raise ValueError(refusal("trials", owner, "of at least one neuron", "none"))
    start = _settle(trials, settle)
    settled = trials.cut(start, trials.duration - start)
    found = spike_statistics(settled)
    found["mean_rate"] = ((), float(found["rate"].mean()), {"units": "Hz"})
    trials_r = _trial_rates(trials, start, tau_r, tau_d, _step(trials, dt))
    found["mean_rates"] = sum(trials_r) / trials.n_trials
    if target is None:
        return found
    goals = target_trials(trials, target, found["time"].to_numpy())
    return found.assign(_decoded([r.to_numpy() for r in trials_r], goals, learning_rate, method))


def _trial_rates(
    trials: SpikeTrials, start: Quantity, tau_r: Quantity, tau_d: Quantity, dt: Quantity
) -> list[xr.DataArray]:
    """Return r of every trial from the start on, over time and neuron [Hz]."""
    r = filtered_rates(trials, tau_r, tau_d, dt=dt)
    kept = np.flatnonzero(r["time"] >= float(start) - 1e-6 * float(SAMPLE_DT))
    return [r.isel(trial=k, time=kept, drop=True) for k in range(trials.n_trials)]


def _decoded(
    activity: list[Array], goals: list[Array], learning_rate: Quantity | None, method: str
) -> xr.Dataset:
    """Return target, decoders and held-out errors."""
    found = xr.Dataset({"target": (("time", "output"), np.mean(goals, axis=0))})
    if learning_rate is None:
        found = found.assign(_grid_errors(activity, goals))
        best = int(np.argmin(found["grid_error"].to_numpy()))
        rate, chosen = float(found["grid_learning_rate"][best]), "by cross-validation"
    else:
        checked = check_quantity(
            "learning_rate", "analyse_trials", learning_rate, second**2, "positive"
        )
        rate, chosen = float(checked), "given"
    solve = ridge_decoders if method == "ridge" else rls_decoders
    found["decoders"] = (("neuron", "output"), solve(activity, goals, rate), {"units": "s"})
    if len(activity) > 1:
        found = found.assign(_held_out(activity, goals, rate))
    attrs = {"units": "s^2", "chosen": chosen}
    return found.assign_coords(learning_rate=((), rate, attrs))


def _grid_errors(activity: list[Array], goals: list[Array]) -> xr.Dataset:
    """Return the normalised error in held-out trials for every learning rate of the grid."""
    if len(activity) < 2:
        allowed = "given where there is a single trial"
        remedy = "Give it, or cut the trial: trials.cut(...)."
        raise ValueError(refusal("learning_rate", "analyse_trials", allowed, "None", remedy))
    grid = _learning_rate_grid(activity)
    errors = [float(_held_out(activity, goals, rate)["rms"].mean()) for rate in grid]
    return xr.Dataset(
        {"grid_error": ("grid_learning_rate", errors, {"units": "unit of the target"})},
        {"grid_learning_rate": ("grid_learning_rate", grid, {"units": "s^2"})},
    )


def _learning_rate_grid(activity: list[Array]) -> Array:
    """Return seven powers of ten as learning rates [s^2], from the mean eigenvalue of r r^T."""
    total = sum(float((r**2).sum()) for r in activity)
    if total == 0:
        allowed, remedy = "with spikes", "There is nothing to decode from."
        raise ValueError(refusal("trials", "analyse_trials", allowed, "none", remedy))
    mean = total / activity[0].shape[1]
    return np.array([float(f"1e{round(-np.log10(mean)) + decade}") for decade in DECADES])


def _held_out(activity: list[Array], goals: list[Array], rate: float) -> xr.Dataset:
    folds = min(N_FOLDS, len(activity))
    found = cross_validated_error(activity, goals, rate, folds)
    return found[["rms", "normalised"]]


def _settle(trials: SpikeTrials, settle: Quantity | None) -> Quantity:
    if settle is None:
        return float(trials.annotations.get("settle", 0.0)) * second
    return check_quantity("settle", "analyse_trials", settle, second, "not negative")


def _step(trials: SpikeTrials, dt: Quantity | None) -> Quantity:
    """Return the time step of the filter."""
    if dt is not None or trials.dt is None:
        return FINE if dt is None else dt
    ratio = float(SAMPLE_DT) / float(trials.dt)
    return trials.dt if abs(ratio - round(ratio)) < 1e-6 and ratio > 0.5 else FINE
