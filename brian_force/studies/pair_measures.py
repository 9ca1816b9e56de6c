"""Measurements on a trained pair of networks, over `model`."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from brian2 import Hz, second

from brian_force.analysis.free_runs import repetition_variability
from brian_force.analysis.recorded_components import compare_components
from brian_force.experiment.pair import FreeRun, Pair, Swap
from brian_force.experiment.recording import Recording
from brian_force.experiment.stability import perturbation_growth
from brian_force.experiment.trials import free_run_of
from brian_force.studies.gains import pooled_gains

__all__ = [
    "GROWTH_LASTS",
    "MODELS",
    "PERTURBATIONS",
    "components",
    "growth",
    "measured",
    "over_models",
    "swapped",
    "traces",
    "variability",
]

MODELS = ("lif", "rate")
#: How long the growth of a perturbation is followed, and its sizes: the one of the paper moves no
#: spike as a rule, the other does.
GROWTH_LASTS = 2 * second
PERTURBATIONS = (1e-8, 1e-4)
#: How much of each phase is shown: two periods, within these bounds [s].
SHOWN = (1.0, 4.0)
#: Of the variability, what is kept.
OF_CYCLES = (
    *("mean_squared_bias", "mean_variance", "variance_to_bias", "mean_squared_bias_corrected"),
    *("variance_to_bias_corrected", "duration", "drift", "n_repetitions"),
)


def measured(pair: Pair) -> xr.Dataset:
    """Return errors of both networks, and the correlation of their decoders."""
    both = [_errors(pair, recording) for recording in (pair.lif, pair.rate)]
    found = over_models(both)
    found["correlation"] = ((), pair.decoder_correlation, {"units": "1"})
    return found


def _errors(pair: Pair, recording: Recording) -> xr.Dataset:
    errors, scale = recording.errors, _size(recording)
    free = errors.rms_after if recording.period is None else errors.rms_after_aligned
    score = pair.task.score_of(recording.times, recording.output)
    values = {
        "learning": (errors.normalised_learning, 1),
        "free": (free, scale),
        "plain": (errors.normalised_after, 1),
        "aligned": (errors.rms_after_aligned, scale),
        "scaled": (errors.rms_after_scaled, scale),
        "l2": (errors.l2_after, 1),
        "speed": (errors.speed_after, 1),
        "drift": (errors.drift_after, 1),
        "mean_rate": (float(recording.mean_rate / Hz), 1),
        "score": (score, 1),
    }
    return _scalars({name: _over(*value) for name, value in values.items()})


def swapped(swap: Swap) -> xr.Dataset:
    """Return how both networks run on the decoders of the other."""
    runs = (swap.lif, swap.lif_run), (swap.rate, swap.rate_run)
    return over_models([_foreign(recording, run) for recording, run in runs])


def _foreign(recording: Recording, run: FreeRun) -> xr.Dataset:
    scale = _size(recording)
    free = run.error if recording.period is None else run.error_scaled
    values = {
        "swap": _over(free, scale),
        "swap_plain": _over(run.error, scale),
        "swap_aligned": _over(run.error_aligned, scale),
        "swap_speed": _over(run.speed, 1),
        "swap_amplitude": run.amplitude,
        "swap_score": _over(run.score, 1),
    }
    return _scalars(values)


def variability(pair: Pair, recording: Recording, n_repetitions: int) -> xr.Dataset:
    """Return bias and variance of the repetitions of one network."""
    free = free_run_of(pair.task, recording, n_repetitions)
    found = repetition_variability(dataclasses.replace(recording, free=free))
    kept = found[list(OF_CYCLES)].drop_vars("bound", errors="ignore")
    return kept.rename(duration="cycle_duration", drift="cycle_drift")


def growth(pair: Pair) -> xr.Dataset:
    """Return how fast perturbations of both networks grow, over their `size`."""
    every = [
        [_grown(pair, recording, size) for size in PERTURBATIONS]
        for recording in (pair.lif, pair.rate)
    ]
    growth, distance = np.moveaxis(np.array(every), -1, 0)
    dims = ("model", "size")
    data = {
        "growth": (dims, growth, {"units": "1/s"}),
        "distance": (dims, distance, {"units": "1"}),
    }
    return xr.Dataset(data, {"model": list(MODELS), "size": list(PERTURBATIONS)})


def _grown(pair: Pair, recording: Recording, size: float) -> tuple[float, float]:
    grown = perturbation_growth(pair.task, recording, size, GROWTH_LASTS)
    return float(np.asarray(grown.rate)), float(grown.distance[-1])


def components(lif: Recording, rate: Recording) -> xr.Dataset:
    """Return principal components of both networks, and pooled gains of learning along them."""
    found = compare_components(lif, rate)
    learning_rate = float(lif.learning_rate / second**2)
    pooled = [pooled_gains(found.sel(model=model, drop=True), learning_rate) for model in MODELS]
    kept = found[["eigenvalue", "overlap", "participation_ratio"]]
    kept = kept.reindex(n_components=found["component"].to_numpy())
    return xr.merge([kept, over_models(pooled)], combine_attrs="drop")


def traces(recording: Recording, swapped: Recording) -> xr.Dataset:
    """Return what is shown of one network, with its run on foreign decoders."""
    periods = SHOWN[1] if recording.period is None else 2 * float(recording.period)
    length = float(np.clip(periods, *SHOWN))
    begin, end = float(recording.learn_from), float(recording.learn_until)
    last, lasts = float(recording.duration), float(swapped.duration)
    parts = {
        "before": (recording, max(0.0, begin - length), begin),
        "learning": (recording, max(begin, end - length), end),
        "after": (recording, max(end, last - length), last),
        "swapped": (swapped, max(0.0, lasts - length), lasts),
    }
    found = [_stretch(*part) for part in parts.values()]
    together = xr.concat(found, "phase", join="outer").assign_coords(phase=list(parts))
    phi = np.asarray(recording.decoders)
    return together.assign(decoders=(("neuron", "channel"), phi, {"units": "1/Hz"}))


def _stretch(recording: Recording, start: float, stop: float) -> xr.Dataset:
    """Return output and target from a start to a stop [s]."""
    times = np.asarray(recording.times)
    step = times[1] - times[0]
    first = int(np.searchsorted(times, start - step / 2))
    kept = slice(first, first + round((stop - start) / step))
    data: dict[str, Any] = {
        name: (("moment", "channel"), np.asarray(values[kept], dtype=np.float32))
        for name, values in (("output", recording.output), ("target", recording.target))
    }
    data["start"] = ((), times[first])
    n_samples, n_outputs = data["output"][1].shape
    moments = np.round(np.arange(n_samples) * step, 9)
    return xr.Dataset(data, {"moment": moments, "channel": np.arange(n_outputs)})


def over_models(both: list[xr.Dataset]) -> xr.Dataset:
    """Join what was measured of the spiking network and of the rate network."""
    found = xr.concat(both, "model", join="outer", combine_attrs="drop")
    return found.assign_coords(model=list(MODELS))


def _scalars(values: Mapping[str, float]) -> xr.Dataset:
    return xr.Dataset({name: ((), value) for name, value in values.items()})


def _over(error: float | None, scale: float) -> float:
    """Divide what has a value."""
    return np.nan if error is None else error / scale


def _size(recording: Recording) -> float:
    """Return the RMS of the target, over the whole run."""
    return float(np.sqrt(np.mean(np.square(recording.target)))) or np.nan
