"""Spikes in NWB files that others wrote."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from brian2 import second
from brian2.utils.logger import get_logger
from numpy.typing import NDArray
from pynwb import NWBFile, TimeSeries

from brian_force.arguments import did_you_mean
from brian_force.errors import RecordingError
from brian_force.exchange.signals import Signal
from brian_force.exchange.spike_trials import SpikeTrials

__all__ = ["read_others"]

logger = get_logger(__name__)

type Array = NDArray[Any]


def read_others(file: NWBFile, wanted: Sequence[str]) -> SpikeTrials:
    """Return the units of a file, cut by its table of trials.

    Parameters
    ----------
    file : pynwb.NWBFile
        Open.
    wanted : sequence of str
        Names of TimeSeries to take along.

    Raises
    ------
    RecordingError
        If the file has no units, or no such TimeSeries.
    """
    if file.units is None or "spike_times" not in file.units.colnames:
        raise RecordingError("it has no units with spike times")
    times, neurons = _spikes(file.units)
    starts, ends = _spans(file, times)
    parts = [slice(*np.searchsorted(times, span)) for span in zip(starts, ends, strict=True)]
    durations = ends - starts
    clipped = [
        np.clip(times[part] - start, 0, length)
        for part, start, length in zip(parts, starts, durations, strict=True)
    ]
    ids = np.asarray(file.units.id[:])
    return SpikeTrials(
        spike_times=np.concatenate(clipped) * second,
        spike_neurons=np.concatenate([neurons[part] for part in parts]),
        spike_trials=np.repeat(np.arange(len(parts)), [len(part) for part in clipped]),
        n_neurons=len(ids),
        durations=durations * second,
        starts=starts * second,
        neuron_ids=ids,
        signals=_signals(file, wanted, starts, ends),
        annotations=_annotations(file),
    )


def _spikes(units: Any) -> tuple[Array, Array]:
    """Return times of all spikes, ascending, and their rows."""
    column = units["spike_times"]
    ends = column.data[:].astype(np.int64)
    times = np.asarray(column.target.data[:], dtype=float)
    neurons = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0))
    order = np.argsort(times, kind="stable")
    return times[order], neurons[order]


def _spans(file: NWBFile, times: Array) -> tuple[Array, Array]:
    """Return starts and ends of trials that last."""
    if file.trials is None:
        first = min(0.0, times.min(initial=0))
        last = times.max(initial=first)
        if not last > first:
            raise RecordingError("it has neither trials nor a spike that would tell how long it is")
        return np.array([first]), np.array([np.nextafter(last, np.inf)])  # with the last spike
    starts, ends = (
        np.asarray(file.trials[name][:], dtype=float) for name in ("start_time", "stop_time")
    )
    lasting = ends > starts  # also not where one of them is not a number
    if not lasting.any():
        raise RecordingError("none of its trials lasts")
    if not lasting.all():
        left_out = ", ".join(map(str, np.flatnonzero(~lasting)))
        logger.warn(f"Left out of what was read from NWB: trials that do not last ({left_out}).")
    return starts[lasting], ends[lasting]


def _annotations(file: NWBFile) -> dict[str, str]:
    about = {name: getattr(file, name) for name in ("identifier", "session_description")}
    return {name: text for name, text in about.items() if isinstance(text, str)}


def _signals(file: NWBFile, wanted: Sequence[str], starts: Array, ends: Array) -> dict[str, Signal]:
    known = {
        item.name: item
        for item in file.objects.values()
        if isinstance(item, TimeSeries) and np.ndim(item.data) in (1, 2)
    }
    for name in wanted:
        if name not in known:
            raise RecordingError(f"it has no TimeSeries '{name}'. {did_you_mean(name, known)}")
    left = sorted(name for name in known if name not in wanted)
    if left:
        listed = ", ".join(left)
        logger.warn(
            f"Left out of what was read from NWB: signals ({listed}). Take some of them along: "
            f"read_nwb(..., signals=('{left[0]}',))."
        )
    return {name: _signal(known[name], starts, ends) for name in wanted}


def _signal(series: TimeSeries, starts: Array, ends: Array) -> Signal:
    first, dt = _clock(series)
    length = series.data.shape[0]
    values = []
    for start, end in zip(starts, ends, strict=True):
        low, high = (round((time - first) / dt) for time in (start, end))
        part = np.asarray(series.data[max(0, low) : max(0, high)], dtype=float)
        part = part * series.conversion + (series.offset or 0.0)
        missing = max(0, min(-low, high - low)) if length else 0
        columns = part.reshape(len(part), -1) if part.ndim == 1 else part
        values.append(np.pad(columns, ((missing, 0), (0, 0)), constant_values=np.nan))
    return Signal(values=tuple(values), dt=dt * second, unit=series.unit or "1")


def _clock(series: TimeSeries) -> tuple[float, float]:
    """Return the time of the first sample and the interval of samples [second]."""
    if series.rate is not None:
        return float(series.starting_time or 0), 1 / float(series.rate)
    times = np.asarray(series.timestamps[:], dtype=float)
    steps = np.diff(times)
    if not len(steps) or not np.allclose(steps, steps[0], rtol=1e-3, atol=0):
        raise RecordingError(f"its TimeSeries '{series.name}' is not sampled regularly")
    return float(times[0]), float(times[-1] - times[0]) / len(steps)
