"""Signals brought to the times of samples."""

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from brian_force.alignment import columns
from brian_force.arguments import did_you_mean, refusal
from brian_force.exchange.spike_trials import SpikeTrials

__all__ = ["Target", "resampled", "target_trials"]

type Array = NDArray[np.float64]
#: The name of a signal, a signal over time, or samples of all trials or of each.
type Target = str | xr.DataArray | ArrayLike


def resampled(times: ArrayLike, values: ArrayLike, at: ArrayLike) -> Array:
    """Interpolate a signal linearly.

    Parameters
    ----------
    times : array_like, shape (T,) [s]
        Increasing.
    values : array_like, shape (T, K) or (T,)
    at : array_like, shape (S,) [s]
        Times at which the signal is wanted: not before its first sample, and not later than its
        last one by more than the largest interval of its samples. It is constant there.

    Returns
    -------
    ndarray, shape (S, K)

    Raises
    ------
    ValueError
        If times are not increasing, not as many as values, or do not cover `at`.
    """
    t, x, wanted = (np.asarray(times, dtype=float), columns("values", "resampled", values), at)
    if t.shape != (len(x),) or not np.isfinite(t).all() or (np.diff(t) <= 0).any():
        allowed = f"increasing and finite, one a value, shape ({len(x)},)"
        raise ValueError(refusal("times", "resampled", allowed, f"shape {t.shape}, or others"))
    moments = np.asarray(wanted, dtype=float)
    last = t[-1] + (np.diff(t).max() if len(t) > 1 else 0.0)
    slack = 1e-9 * max(1.0, abs(last))
    if moments.size and (moments.min() < t[0] - slack or moments.max() > last + slack):
        allowed = f"within the signal, {t[0]:g} to {last:g} s"
        got = f"{moments.min():g} to {moments.max():g} s"
        raise ValueError(refusal("at", "resampled", allowed, got, "Give a longer signal."))
    return np.column_stack([np.interp(moments, t, column) for column in x.T])


def target_trials(trials: SpikeTrials, target: Target, times: Array) -> list[Array]:
    """Return the target of every trial at the times of samples, shape (T, K) each.

    Parameters
    ----------
    trials : SpikeTrials
        The trials.
    target : str, xarray.DataArray or array_like
        The name of one of their signals, or a signal over 'time' [s] that is common to all
        trials: both are interpolated linearly. Otherwise values at `times`: of shape (T, K) or
        (T,), common to all trials, or (n_trials, T, K).
    times : ndarray, shape (T,) [s]
        Times of the samples since the start of the trial.

    Raises
    ------
    ValueError
        If there is no such signal, it does not cover the trials, or the shape is another one.
    """
    if isinstance(target, str):
        return _signal(trials, target, times)
    if isinstance(target, xr.DataArray):
        if "time" not in target.coords:
            allowed = "a DataArray with the coordinate 'time' [s]"
            got = f"one with {', '.join(map(str, target.coords)) or 'none'}"
            raise ValueError(refusal("target", "analyse_trials", allowed, got))
        values = target.transpose("time", ...).to_numpy()
        return [resampled(target["time"], values, times)] * trials.n_trials
    values = np.asarray(target, dtype=float)
    each = values if values.ndim == 3 else [values] * trials.n_trials
    shapes = {np.shape(one)[:1] for one in each}
    if len(each) != trials.n_trials or shapes != {(len(times),)}:
        allowed = f"of shape ({len(times)}, K), for the samples, or one a trial"
        remedy = "A DataArray over 'time' is interpolated."
        got = f"shape {values.shape}"
        raise ValueError(refusal("target", "analyse_trials", allowed, got, remedy))
    return [columns("target", "analyse_trials", one) for one in each]


def _signal(trials: SpikeTrials, name: str, times: Array) -> list[Array]:
    if name not in trials.signals:
        allowed = "a signal of the trials"
        remedy = "There are none." if not trials.signals else did_you_mean(name, trials.signals)
        raise ValueError(refusal("target", "analyse_trials", allowed, repr(name), remedy))
    signal = trials.signals[name]
    step = float(signal.dt)
    return [resampled(np.arange(len(x)) * step, x, times) for x in signal.values]
