"""Spikes and signals of a Neo Block, whoever made it."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from brian2 import second
from brian2.utils.logger import get_logger
from neo import Block, Segment, SpikeTrain
from neo.core.spiketrainlist import SpikeTrainList

from brian_force.arguments import refusal
from brian_force.exchange.header import read_header
from brian_force.exchange.neo_export import DT, VERSION
from brian_force.exchange.neo_signals import signals_of
from brian_force.exchange.neo_trains import Trains, matched, trains_of
from brian_force.exchange.spike_trials import SpikeTrials

__all__ = ["HEADER", "from_neo"]

#: Annotation of a Block with one spike train a trial, as `save_nix` writes it.
HEADER = "brian_force"

logger = get_logger(__name__)


def from_neo(data: Block | Segment | Iterable[SpikeTrain]) -> SpikeTrials:
    """Return the spikes and signals of a Neo Block, a Segment or a list of SpikeTrains.

    Parameters
    ----------
    data : neo.Block, neo.Segment or iterable of neo.SpikeTrain
        Of anyone's making. Every Segment with spike trains or signals is a trial; a Segment alone
        or a list is one trial.

    Returns
    -------
    SpikeTrials
        With times since the start of each Segment, which is the earliest `t_start` of its trains
        (of its signals, if there are no trains); `starts` holds it. A neuron is known again in
        other Segments by the first of the annotations 'unit_id', 'id', 'cluster_id',
        'neuron_id', 'channel_id' or the name that every train has, different within each Segment;
        if there is none, by its place. A neuron that a Segment lacks is silent there.
        A signal is known by its name; where it begins later than its Segment, or is missing in
        one, the samples that lack are NaN or none. What was made by `to_neo` comes back to the
        last bit.

    Raises
    ------
    TypeError
        If `data` is something else.
    ValueError
        If it holds neither spike trains nor signals.

    Warns
    -----
    Events, epochs, irregularly sampled signals and annotations that are neither text nor number
    cannot be taken over. Brian's log names them.
    """
    segments, block = _segments(data)
    trains = [trains_of(segment) for segment in segments]
    filled = [k for k, part in enumerate(trains) if part is not None]
    if not filled:
        allowed = "a Block, a Segment or SpikeTrains of some duration"
        raise ValueError(refusal("data", "from_neo", allowed, "nothing that lasts"))
    parts = [part for part in trains if part is not None]
    kept = [segments[k] for k in filled]
    dropped = _dropped(segments, filled)
    signals = signals_of(kept, [part.start for part in parts], dropped)
    annotations = {} if block is None else dict(block.annotations)
    header = read_header(str(annotations.pop(HEADER, ""))) or {}
    ours = VERSION in annotations or bool(header)
    about = _about(annotations, header, dropped)
    _say(dropped)
    return SpikeTrials(
        **_spikes(parts, header),
        durations=np.array([part.duration for part in parts]) * second,
        starts=np.array([_start(*pair, ours) for pair in zip(kept, parts, strict=True)]) * second,
        signals=signals,
        **about,
    )


def _segments(data: Any) -> tuple[list[Segment], Block | None]:
    if isinstance(data, Block):
        return list(data.segments), data
    if isinstance(data, Segment):
        return [data], data.block
    trains = list(data) if isinstance(data, Iterable) and not isinstance(data, SpikeTrain) else None
    if trains is None or not all(isinstance(train, SpikeTrain) for train in trains):
        allowed = "a Neo Block, a Segment or a list of SpikeTrains"
        raise TypeError(refusal("data", "from_neo", allowed, f"a {type(data).__name__}"))
    segment = Segment()
    segment.spiketrains = SpikeTrainList(items=trains)  # they stay in the Segment they belong to
    return [segment], None


def _spikes(parts: list[Trains], header: dict[str, Any]) -> dict[str, Any]:
    """Return spikes of all trials, with one numbering of the neurons."""
    if all(part.pooled for part in parts) and header:
        ids = np.array(header["neuron_ids"]["names"], dtype=header["neuron_ids"]["dtype"])
        neurons = [part.neurons for part in parts]
    else:
        ids, neurons = matched(parts)
    counts = [len(own) for own in neurons]
    return {
        "spike_times": np.concatenate([part.times for part in parts]) * second,
        "spike_neurons": np.concatenate(neurons).astype(np.int32),
        "spike_trials": np.repeat(np.arange(len(parts)), counts),
        "n_neurons": len(ids),
        "neuron_ids": ids,
    }


def _start(segment: Segment, part: Trains, ours: bool) -> float:
    return float(segment.annotations.get("start", part.start)) if ours else part.start


def _about(
    annotations: dict[str, Any], header: dict[str, Any], dropped: dict[str, list[str]]
) -> dict[str, Any]:
    """Return dt and annotations, as we wrote them or as others did."""
    if header:
        dt, annotations = header["dt"], header["annotations"]
    else:
        dt = annotations.pop(DT, None)
    plain = {}
    for name, value in annotations.items():
        scalar = value.item() if isinstance(value, np.generic) else value
        if isinstance(scalar, str | int | float):
            if not name.startswith("brian_force") and name != "nix_name":
                plain[name] = scalar
        elif value is not None:
            dropped.setdefault("annotations", []).append(name)
    return {"dt": None if dt is None else float(dt) * second, "annotations": plain}


def _dropped(segments: list[Segment], filled: list[int]) -> dict[str, list[str]]:
    """Return the names of what is no train and no signal, by kind."""
    kinds = {
        "irregularly sampled signals": "irregularlysampledsignals",
        "events": "events",
        "epochs": "epochs",
        "images": "imagesequences",
    }
    dropped: dict[str, list[str]] = {}
    for kind, attribute in kinds.items():
        for segment in segments:
            for item in getattr(segment, attribute, []):
                dropped.setdefault(kind, []).append(item.name or "without name")
    empty = [str(k) for k in range(len(segments)) if k not in filled]
    return dropped | ({"empty segments": empty} if empty else {})


def _say(dropped: dict[str, list[str]]) -> None:
    if dropped:
        listed = [
            f"{kind} ({', '.join(dict.fromkeys(map(str, names)))})"
            for kind, names in dropped.items()
        ]
        logger.warn(f"Left out of what was read from Neo: {'; '.join(listed)}.", "left_out")
