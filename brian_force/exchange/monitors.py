"""Spikes and signals of the monitors of any Brian script."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import quantities as pq
from brian2 import EventMonitor, Quantity, SpikeMonitor, StateMonitor, second
from neo import Block, Event
from numpy.typing import NDArray

from brian_force.arguments import check_quantity, refusal
from brian_force.exchange.neo_export import to_neo
from brian_force.exchange.signals import Signal
from brian_force.exchange.spike_trials import SpikeTrials
from brian_force.exchange.units import unit_of

__all__ = ["neo_from_monitors", "trials_from_monitors"]


def trials_from_monitors(
    spikes: SpikeMonitor | None = None,
    states: StateMonitor | Sequence[StateMonitor] = (),
    *,
    starts: Quantity | None = None,
    duration: Quantity | None = None,
) -> SpikeTrials:
    """Return what monitors recorded, as one trial or cut into several.

    Parameters
    ----------
    spikes : SpikeMonitor, optional
        The neurons. Without it there are none, only signals.
    states : StateMonitor or sequence of StateMonitor
        Each of their variables becomes a signal of that name, in the base unit in which Brian
        holds it: 'V', 'A', 'Hz', '1', so that no number changes. If two monitors recorded a
        variable of one name, that of the second is named '<monitor>_<variable>'. Channels are
        the recorded neurons.
    starts : Quantity, shape () or (n_trials,), optional
        When trials start [second].
    duration : Quantity, optional
        Length of a trial [second]. Without `starts`, trials follow one another from 0 on as
        often as they fit. Without both, all that was simulated is one trial.

    Returns
    -------
    SpikeTrials
        On the time step of the neurons. A spike that Brian notes at t is at t to the last bit;
        in a trial that starts on the grid it is at the multiple of dt it would have in a run
        from there.

    Raises
    ------
    TypeError
        If these are other monitors, there is none, or `starts` comes without `duration`.
    ValueError
        If the spikes were only counted, nothing was simulated, or a trial reaches out of it.
    """
    owner = "trials_from_monitors"
    monitors = _checked(owner, spikes, states)
    # A SpikeMonitor without spikes is False.
    end = max(_end(monitor) for monitor in [spikes, *monitors] if monitor is not None)
    if not end > 0:
        raise ValueError(refusal("spikes", owner, "monitors of a run", "monitors that did not run"))
    whole = SpikeTrials(
        **_spikes(spikes),
        durations=np.array([end]) * second,
        signals=_signals(monitors),
    )
    begins = _starts(owner, starts, duration, end)
    return whole if begins is None else whole.cut(begins, duration)


def neo_from_monitors(
    spikes: SpikeMonitor | None = None,
    states: StateMonitor | Sequence[StateMonitor] = (),
    events: EventMonitor | Sequence[EventMonitor] = (),
    *,
    starts: Quantity | None = None,
    duration: Quantity | None = None,
    name: str = "simulation",
) -> Block:
    """Return what monitors recorded as a Neo Block.

    Parameters
    ----------
    spikes, states, starts, duration
        As for `trials_from_monitors`.
    events : EventMonitor or sequence of EventMonitor
        Each becomes a Neo Event in every Segment, with the name of the event, the neurons as
        labels and array annotation `neuron`, and the recorded variables in base units as further
        array annotations. Spikes are spike trains, events of any other kind are points in time
        with a label: that is what Neo tells apart.
    name : str
        Name of the Block.

    Returns
    -------
    neo.Block
        As `to_neo` makes it: one Segment a trial, times in seconds.

    Raises
    ------
    TypeError, ValueError
        As for `trials_from_monitors`.
    """
    watched = _listed(events)
    for monitor in watched:
        _check_events("events", "neo_from_monitors", monitor)
    trials = trials_from_monitors(spikes, states, starts=starts, duration=duration)
    block = to_neo(trials, name)
    for number, segment in enumerate(block.segments):
        start, length = float(trials.starts[number]), float(trials.durations[number])
        segment.events.extend([_event(monitor, start, length) for monitor in watched])
    return block


def _checked(owner: str, spikes: Any, states: Any) -> list[StateMonitor]:
    if spikes is not None:
        _check_events("spikes", owner, spikes)
    monitors = _listed(states)
    for monitor in monitors:
        if not isinstance(monitor, StateMonitor):
            got = f"a {type(monitor).__name__}"
            raise TypeError(refusal("states", owner, "a StateMonitor or several", got))
    if spikes is None and not monitors:
        raise TypeError(refusal("spikes", owner, "given if there is no StateMonitor", "None"))
    return monitors


def _check_events(argument: str, owner: str, monitor: Any) -> None:
    kind = SpikeMonitor if argument == "spikes" else EventMonitor
    if not isinstance(monitor, kind):
        got = f"a {type(monitor).__name__}"
        raise TypeError(refusal(argument, owner, f"a {kind.__name__}", got))
    if not monitor.record:
        got = "one with record=False, which only counts"
        raise ValueError(refusal(argument, owner, "a monitor that records", got))


def _listed(monitors: Any) -> list[Any]:
    return list(monitors) if isinstance(monitors, Sequence) else [monitors]


def _end(monitor: Any) -> float:
    """Return until when the monitor's clock ran [second], on every device."""
    return float(np.asarray(monitor.clock.t_).item())


def _spikes(monitor: SpikeMonitor | None) -> dict[str, Any]:
    if monitor is None:
        nothing = np.empty(0, dtype=np.int32)
        times, neurons, n_neurons, dt = np.empty(0), nothing, 0, None
    else:
        times, neurons = np.array(monitor.t_), np.array(monitor.i)
        n_neurons, dt = len(monitor.source), float(monitor.clock.dt_) * second
    return {
        "spike_times": times * second,
        "spike_neurons": neurons,
        "spike_trials": np.zeros(len(times), dtype=np.int32),
        "n_neurons": n_neurons,
        "dt": dt,
    }


def _signals(monitors: list[StateMonitor]) -> dict[str, Signal]:
    signals: dict[str, Signal] = {}
    for monitor in monitors:
        dt = float(monitor.clock.dt_)
        places = np.round(np.asarray(monitor.t_) / dt).astype(np.int64)
        for variable in monitor.record_variables:
            name = f"{monitor.name}_{variable}" if variable in signals else variable
            recorded = np.asarray(getattr(monitor, f"{variable}_"), dtype=float).T
            if len(recorded):
                signals[name] = Signal(
                    values=(_from_zero(recorded, places),),
                    dt=dt * second,
                    unit=unit_of(monitor.variables[variable].dim),
                    channels=np.asarray(monitor.record),
                )
    return signals


def _from_zero(recorded: NDArray[np.float64], places: NDArray[np.int64]) -> NDArray[np.float64]:
    """Put samples at their times: NaN while the monitor was not active, or did not exist yet."""
    values = np.full((places[-1] + 1, recorded.shape[1]), np.nan)
    values[places] = recorded
    return values


def _starts(
    owner: str, starts: Quantity | None, duration: Quantity | None, end: float
) -> Quantity | None:
    if duration is None:
        if starts is not None:
            raise TypeError(refusal("duration", owner, "given together with 'starts'", "None"))
        return None
    if starts is not None:
        return starts
    length = float(check_quantity("duration", owner, duration, second, "positive"))
    n_trials = int(end / length + 1e-6)
    if not n_trials:
        got = f"{length:g} s"
        raise ValueError(refusal("duration", owner, f"within what was simulated, {end:g} s", got))
    return np.arange(n_trials) * length * second


def _event(monitor: EventMonitor, start: float, length: float) -> Event:
    times, neurons = np.asarray(monitor.t_), np.asarray(monitor.i)
    slack = 1e-3 * float(monitor.clock.dt_)
    own = (times >= start - slack) & (times < start + length - slack)
    variables = sorted(monitor.record_variables - {"i", "t"})
    units = {f"{name}_unit": unit_of(monitor.variables[name].dim) for name in variables}
    recorded = {name: np.asarray(getattr(monitor, f"{name}_"))[own] for name in variables}
    return Event(
        times=np.clip(times[own] - start, 0, length),
        units=pq.s,
        labels=neurons[own].astype(str),
        name=monitor.event,
        array_annotations={"neuron": neurons[own], **recorded},
        **units,
    )
