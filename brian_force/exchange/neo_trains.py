"""Spike trains of one Neo Segment as flat arrays."""

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from neo import Segment
from neo.core.spiketrainlist import SpikeTrainList
from numpy.typing import NDArray

__all__ = ["Trains", "matched", "seconds", "trains_of"]

#: Array annotation of a pooled spike train: the neuron of every spike.
NEURON = "neuron"

#: Annotations that may tell which neuron a train is of, the most telling first. Several units can
#: share a channel, so it comes last.
IDENTIFYING = ("unit_id", "id", "cluster_id", "neuron_id", "channel_id", "name")

#: Seconds in the units of time that occurred.
SECONDS: dict[str, float] = {"s": 1.0}


@dataclasses.dataclass(frozen=True, eq=False)
class Trains:
    """Spikes of one Segment.

    Attributes
    ----------
    times : ndarray, shape (S,)
        Times since `start` [second].
    neurons : ndarray of int, shape (S,)
        Place of the spike's train in the Segment.
    names : dict of str to list
        What may tell the trains apart, by annotation; of those that every train has.
    n_trains : int
        Number of trains.
    start, duration : float
        Earliest start of a train, and time to the latest end [second].
    pooled : bool
        If there is one train of all neurons.
    """

    times: NDArray[np.float64]
    neurons: NDArray[np.int64]
    names: dict[str, list[Any]]
    n_trains: int
    start: float
    duration: float
    pooled: bool = False


def trains_of(segment: Segment) -> Trains | None:
    """Return the spikes of a Segment; None if nothing in it lasts."""
    trains = segment.spiketrains
    # Trains that nobody has asked for yet are two arrays, and making them takes minutes. Neo has
    # no public word for that.
    if isinstance(trains, SpikeTrainList) and trains._items is None and len(trains):
        return _of_arrays(trains)
    loaded = [train.load() if hasattr(train, "load") else train for train in trains]
    if len(loaded) == 1 and NEURON in loaded[0].array_annotations:
        return _of_pool(loaded[0])
    spans = loaded or list(segment.analogsignals)
    if not spans:
        return None
    start = min(seconds(item.t_start) for item in spans)
    duration = max(seconds(item.t_stop) for item in spans) - start
    if not duration > 0:
        return None
    neurons = np.repeat(np.arange(len(loaded)), [len(train) for train in loaded])
    times = np.concatenate([_in_seconds(train) for train in loaded] or [np.empty(0)])
    times = _within(times - start, duration)
    return Trains(times, neurons, _names(loaded), len(loaded), start, duration)


def matched(parts: list[Trains]) -> tuple[NDArray[Any], list[NDArray[np.int64]]]:
    """Know neurons again across Segments.

    Parameters
    ----------
    parts : list of Trains
        One a Segment.

    Returns
    -------
    names : ndarray, shape (N,)
        Names of all neurons, in the order in which they first occur.
    neurons : list of ndarray of int
        For each Segment, the neuron of each spike, 0 to N - 1.
    """
    named = [part for part in parts if part.n_trains]
    for key in IDENTIFYING:
        lists = [part.names.get(key) for part in named]
        if named and all(names is not None for names in lists):
            break
    else:
        return np.arange(max((p.n_trains for p in parts), default=0)), [p.neurons for p in parts]
    places: dict[Any, int] = {}
    for names in lists:
        for name in names or ():
            places.setdefault(name, len(places))
    neurons = []
    for part in parts:
        own = [places[name] for name in part.names[key]] if part.n_trains else []
        neurons.append(np.array(own, dtype=np.int64)[part.neurons])
    return np.array(list(places)), neurons


def seconds(time: Any) -> float:
    """Return a time of Neo in seconds, as a plain number."""
    return float(time.magnitude) * _in_a_unit(time)


def _of_arrays(trains: SpikeTrainList) -> Trains | None:
    channels, times = trains.multiplexed
    ids = np.asarray(trains.all_channel_ids)
    order = np.argsort(ids, kind="stable")
    channels = np.asarray(channels)
    places = np.searchsorted(ids, channels, sorter=order)
    # Neo leaves out spikes of channels that are not listed, and so do we.
    listed = places < len(ids)
    listed[listed] = ids[order[places[listed]]] == channels[listed]
    neurons = order[places[listed]]
    start = seconds(trains.t_start)
    duration = seconds(trains.t_stop) - start
    if not duration > 0:
        return None
    times = _within(_in_seconds(times)[listed] - start, duration)
    return Trains(times, neurons, {"channel_id": ids.tolist()}, len(ids), start, duration)


def _of_pool(train: Any) -> Trains:
    start = seconds(train.t_start)
    duration = seconds(train.t_stop) - start
    neurons = np.asarray(train.array_annotations[NEURON]).astype(np.int64)
    n_trains = int(neurons.max(initial=-1)) + 1
    times = _within(_in_seconds(train) - start, duration)
    return Trains(times, neurons, {}, n_trains, start, duration, pooled=True)


def _names(trains: list[Any]) -> dict[str, list[Any]]:
    lists = {key: list(_annotated(trains, key)) for key in IDENTIFYING}
    return {
        key: names
        for key, names in lists.items()
        if all(isinstance(name, str | int) for name in names) and len(set(names)) == len(trains)
    }


def _annotated(trains: Iterable[Any], key: str) -> Iterator[Any]:
    for train in trains:
        value = train.name if key == "name" else train.annotations.get(key)
        yield value.item() if isinstance(value, np.generic) else value


def _in_seconds(times: Any) -> NDArray[np.float64]:
    return np.asarray(times.magnitude, dtype=float) * _in_a_unit(times)


def _in_a_unit(times: Any) -> float:
    """Return how many seconds the unit of times is; to rescale every train takes a minute."""
    name = times.dimensionality.string
    if name not in SECONDS:
        SECONDS[name] = float((1.0 * times.units).rescale("s"))
    return SECONDS[name]


def _within(times: NDArray[np.float64], duration: float) -> NDArray[np.float64]:
    """Take back what the difference of two times can be off by."""
    return np.clip(times, 0, duration)
