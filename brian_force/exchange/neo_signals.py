"""Signals of Neo Segments, by name, from the start of each."""

from typing import Any

import numpy as np
from brian2 import second
from neo import Segment
from numpy.typing import NDArray

from brian_force.exchange.neo_trains import seconds
from brian_force.exchange.signals import Signal
from brian_force.exchange.units import name_of, quantities_unit

__all__ = ["signals_of"]

#: Array annotations that name channels, ours first.
CHANNELS = ("channel", "channel_ids", "channel_names")


def signals_of(
    segments: list[Segment], starts: list[float], dropped: dict[str, list[str]]
) -> dict[str, Signal]:
    """Return the signals of Segments.

    Parameters
    ----------
    segments : list of neo.Segment
        One a trial.
    starts : list of float
        When each begins [second].
    dropped : dict of str to list of str
        Takes the names of signals that differ in sampling, channels or dimension from Segment to
        Segment, and so are no one signal.

    Returns
    -------
    dict of str to Signal
        A Segment without the signal has 0 samples of it.
    """
    named = [_named(segment) for segment in segments]
    names = dict.fromkeys(name for signals in named for name in signals)
    found = {}
    for name in names:
        parts = [signals.get(name) for signals in named]
        first = next(part for part in parts if part is not None)
        if all(part is None or _alike(part, first) for part in parts):
            if any(part is not None and part.size for part in parts):
                found[name] = _signal(parts, first, starts)
        else:
            dropped.setdefault("signals that differ between segments", []).append(name)
    return found


def _named(segment: Segment) -> dict[str, Any]:
    signals: dict[str, Any] = {}
    for number, held in enumerate(segment.analogsignals):
        signal = held.load() if hasattr(held, "load") else held
        name = signal.name or f"signal {number}"
        signals[f"{name} {number}" if name in signals else name] = signal
    return signals


def _alike(one: Any, other: Any) -> bool:
    return (
        one.shape[1] == other.shape[1]
        and bool(np.isclose(_dt(one), _dt(other), rtol=1e-9, atol=0))
        and one.dimensionality.simplified == other.dimensionality.simplified
    )


def _signal(parts: list[Any], first: Any, starts: list[float]) -> Signal:
    dt = _dt(first)
    values = tuple(
        np.empty((0, first.shape[1])) if part is None else _from_start(part, first, start, dt)
        for part, start in zip(parts, starts, strict=True)
    )
    unit = first.annotations.get("unit")
    if not isinstance(unit, str) or not _is(unit, first.units):
        unit = name_of(first.units)
    lists = [first.array_annotations[key] for key in CHANNELS if key in first.array_annotations]
    channels = np.asarray(lists[0]) if lists else np.arange(first.shape[1])
    return Signal(values=values, dt=dt * second, unit=unit, channels=channels)


def _from_start(part: Any, first: Any, start: float, dt: float) -> NDArray[np.float64]:
    """Return samples from the start of the Segment on, NaN where there was none yet."""
    if part.dimensionality != first.dimensionality:
        part = part.rescale(first.units)
    values = np.array(part.magnitude, dtype=float)
    late = round((seconds(part.t_start) - start) / dt)
    return np.pad(values[max(0, -late) :], ((max(0, late), 0), (0, 0)), constant_values=np.nan)


def _dt(signal: Any) -> float:
    """Return the interval of samples [second], as it was noted if it still is the interval."""
    dt = seconds(signal.sampling_period)
    noted = signal.annotations.get("dt")
    if isinstance(noted, float) and np.isclose(noted, dt, rtol=1e-12, atol=0):
        return float(noted)
    return dt


def _is(name: str, unit: Any) -> bool:
    try:
        return bool(quantities_unit(name, "Signal").dimensionality == unit.dimensionality)
    except ValueError:
        return False
