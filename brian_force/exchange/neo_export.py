"""Spikes and signals as a Neo Block."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import quantities as pq
from neo import AnalogSignal, Block, Segment
from neo.core.spiketrainlist import SpikeTrainList
from numpy.typing import NDArray

from brian_force.exchange.spike_trials import SpikeTrials
from brian_force.exchange.units import quantities_unit

__all__ = ["DT", "VERSION", "block_of", "to_neo"]

#: Names of the annotations of a Block that are not the user's.
VERSION, DT = "brian_force_version", "brian_force_dt"


def to_neo(trials: SpikeTrials, name: str = "spikes") -> Block:
    """Return spikes and signals as a Neo Block, one Segment a trial.

    Parameters
    ----------
    trials : SpikeTrials
        N neurons; silent ones become empty trains.
    name : str
        Name of the Block.

    Returns
    -------
    neo.Block
        With the annotations of `trials`, the version of brian_force and, where spikes stand on a
        grid, its dt [second]. Every Segment has the annotations `trial`, its number, and `start`,
        when it began [second]; N spike trains in seconds from 0 to the duration of the trial,
        with the name of the neuron as annotation `channel_id`; and an AnalogSignal for each
        signal, with the names of its channels as array annotation `channel`. The trains are made
        when they are first asked for.

    Raises
    ------
    ValueError
        If Neo does not know the unit of a signal.

    Notes
    -----
    Times are in seconds, to the last bit those of `trials`. Some functions of Elephant bin
    spikes on a grid wrongly in seconds, others in milliseconds; see the page on exchange.
    """
    annotations: dict[str, Any] = {VERSION: version("brian_force"), **trials.annotations}
    if trials.dt is not None:
        annotations[DT] = float(trials.dt)
    names = trials.neuron_ids.tolist()

    def trains(times: NDArray[Any], neurons: NDArray[Any], duration: Any) -> SpikeTrainList:
        return SpikeTrainList.from_spike_time_array(
            spike_time_array=times.copy(),
            channel_id_array=trials.neuron_ids[neurons],
            all_channel_ids=names,
            units=pq.s,
            t_start=0.0 * pq.s,
            t_stop=duration,
        )

    return block_of(trials, Block(name=name, **annotations), trains)


def block_of(
    trials: SpikeTrials, block: Block, trains: Callable[[NDArray[Any], NDArray[Any], Any], Any]
) -> Block:
    """Give a Block one Segment a trial, with signals, and the spike trains that `trains` makes.

    Parameters
    ----------
    trials : SpikeTrials
        What the Segments shall hold.
    block : neo.Block
        Is changed and returned.
    trains : callable
        Makes the spike trains of a trial from times [second, as plain numbers], neurons and
        duration (a quantity of Neo).
    """
    units = {
        name: quantities_unit(signal.unit, f"Signal '{name}'")
        for name, signal in trials.signals.items()
    }
    for number in range(trials.n_trials):
        start, duration = float(trials.starts[number]), float(trials.durations[number])
        segment = Segment(
            name=f"trial {number}", index=number, trial=number, start=start, duration=duration
        )
        segment.spiketrains = trains(*trials.trial(number), duration * pq.s)
        # Trains that are made later take it from the list.
        segment.spiketrains.segment = segment
        segment.analogsignals.extend(_signals(trials, number, units))
        block.segments.append(segment)
    return block


def _signals(trials: SpikeTrials, number: int, units: dict[str, Any]) -> list[AnalogSignal]:
    return [
        AnalogSignal(
            signal.values[number].copy(),
            units=units[name],
            sampling_period=float(signal.dt) * pq.s,
            t_start=0.0 * pq.s,
            name=name,
            array_annotations={"channel": signal.channels},
            # Neo keeps the rate, whose inverse may not be dt to the last bit, and has its own
            # spelling of units.
            dt=float(signal.dt),
            unit=signal.unit,
        )
        for name, signal in trials.signals.items()
        if len(signal.values[number])
    ]
