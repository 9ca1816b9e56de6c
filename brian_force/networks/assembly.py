"""One network of neurons, connections, readout and stimuli, whatever the model of the neurons."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, TypedDict, Unpack

import numpy as np
from brian2 import Network, NeuronGroup, Quantity, Synapses, TimedArray, ms, second
from numpy.typing import NDArray

from brian_force.arguments import did_you_mean, refusal, shown
from brian_force.learning import RLS, Readout, Stimulus
from brian_force.networks.parameters import LIFParameters
from brian_force.networks.weights import Connections, NetworkArrays, network_arrays
from brian_force.tasks import Task

__all__ = [
    "SHARED_PARAMETERS",
    "Model",
    "NetworkOptions",
    "assemble",
    "connect",
    "data_of",
    "set_parameters",
]

#: The parameters that are shared variables of the neurons.
SHARED_PARAMETERS = (
    *("G", "Q", "I_bias", "v_threshold", "v_reset"),
    *("t_ref", "tau_m", "tau_r", "tau_d"),
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Model:
    """A model of neurons, and how it is connected.

    Attributes
    ----------
    name : str
        'lif' or 'rate'.
    neurons : callable
        Makes the neurons of a set of parameters.
    connect : callable
        Makes the objects that connect them.
    initial_state : callable
        Gives the initial state, as plain numbers, of parameters and initial voltages; its keys
        are all the variables that a run can start from.
    """

    name: str
    neurons: Callable[[LIFParameters], NeuronGroup]
    connect: Callable[[NeuronGroup, Connections], list[Any]]
    initial_state: Callable[[LIFParameters, NDArray[np.float64]], Mapping[str, Any]]


class NetworkOptions(TypedDict, total=False):
    """What `lif_network` and `rate_network` take by name, and explain."""

    learning_rate: Quantity | None
    learn_from: Quantity | None
    learn_until: Quantity | None
    duration: Quantity | None
    rule_dt: Quantity
    gain: str
    precision: str
    forgetting: float
    teacher_forced: bool
    state: Mapping[str, NDArray[np.float64]] | None
    start: Quantity
    n_synapses: int | None
    keep_P: bool


TASK_SETTINGS = ("learning_rate", "learn_from", "learn_until", "duration")
RULE_SETTINGS = ("gain", "precision", "forgetting")


def assemble(
    model: Model,
    task: Task,
    parameters: LIFParameters | None,
    seed: int,
    **options: Unpack[NetworkOptions],
) -> Network:
    """Build a network; see `lif_network` for the options."""
    given: dict[str, Any] = dict(options)
    known = list(NetworkOptions.__annotations__)
    for name in given:
        if name not in known:
            owner = f"{model.name}_network"
            raise TypeError(f"{owner} has no argument '{name}'. {did_you_mean(name, known)}")
    task = task.changed(**{name: given.get(name) for name in TASK_SETTINGS})
    if parameters is None:
        parameters = LIFParameters(n_neurons=task.n_neurons, G=task.G, Q=task.Q)
    owner = f"{model.name}_network"
    arrays = network_arrays(parameters, task, seed, given.get("n_synapses"), owner)
    state = _state(model, parameters, arrays, given.get("state"))
    neurons = model.neurons(parameters)
    neurons.Q_inputs = task.Q_inputs
    _set_state(neurons, state)
    objects = [neurons, *model.connect(neurons, arrays.connections)]
    objects += _readout(neurons, task, arrays, given)
    if task.n_inputs:
        signal = _inputs(task, parameters, given)
        encoders = arrays.input_encoders
        objects.append(
            Stimulus(neurons, "stimulus", signal=signal, encoders=encoders, name="stimulus")
        )
    return Network(*objects, name=f"{model.name}_network")


def _readout(
    neurons: NeuronGroup, task: Task, arrays: NetworkArrays, given: Mapping[str, Any]
) -> list[Any]:
    """Make the readout and, if the target is fed back, the teacher that does so."""
    rule_dt = given.get("rule_dt", 2.5 * ms)
    settings = {name: given[name] for name in RULE_SETTINGS if name in given}
    forced = given.get("teacher_forced", False)
    feedback: dict[str, Any] = {"feedback": "feedback", "encoders": arrays.encoders}
    readout = Readout(
        neurons,
        "r",
        target=_target(task, rule_dt, given),
        rule=RLS(task.learning_rate, dt=rule_dt, **settings),
        keep_P=given.get("keep_P", False),
        name="readout",
        **({} if forced else feedback),
    )
    start = _start(given)
    readout.learn_from, readout.learn_until = task.learn_from - start, task.learn_until - start
    if not forced:
        return [readout]
    signal = _teacher_signal(task, neurons.clock.dt, given)
    teacher = Stimulus(neurons, "feedback", signal=signal, encoders=arrays.encoders, name="teacher")
    return [readout, teacher]


def connect(synapses: Synapses, connections: Connections) -> None:
    """Connect as drawn, also where nothing was drawn."""
    if connections.pre.size == 0:
        synapses.connect(False)
        return
    synapses.connect(i=connections.pre, j=connections.post)
    synapses.w = connections.weight


def set_parameters(neurons: NeuronGroup, parameters: LIFParameters) -> None:
    """Set the shared variables of the neurons."""
    for name in SHARED_PARAMETERS:
        setattr(neurons, name, getattr(parameters, name))


def signal_dt(parameters: LIFParameters) -> Quantity:
    """Return the interval of samples: about a millisecond, in whole steps."""
    dt = float(parameters.dt)
    return max(1, round(1e-3 / dt)) * dt * second


def _start(given: Mapping[str, Any]) -> Quantity:
    """Return the time of the task at which a run starts."""
    return given.get("start", 0 * second)


def _target(task: Task, rule_dt: Quantity, given: Mapping[str, Any]) -> TimedArray:
    return _from(_start(given), task.timed_array(task.duration, rule_dt), rule_dt)


def _inputs(task: Task, parameters: LIFParameters, given: Mapping[str, Any]) -> TimedArray:
    interval = signal_dt(parameters)
    return _from(_start(given), task.input_array(task.duration, interval), interval)


def _teacher_signal(task: Task, dt: Quantity, given: Mapping[str, Any]) -> TimedArray:
    """Sample the target for a teacher that feeds it back."""
    interval = max(1, round(1e-3 / float(dt))) * dt
    samples = task.timed_array(task.duration, interval).values
    samples = TimedArray(samples, dt=interval, name="teacher_signal")
    return _from(_start(given), samples, interval)


def _from(start: Quantity, table: TimedArray, interval: Quantity) -> TimedArray:
    """Drop the samples before `start`: the rest keep their exact values, and their number."""
    n_dropped = round(float(start / interval))
    if abs(float(start / interval) - n_dropped) > 1e-6 or n_dropped < 0:
        allowed = f"a multiple of every sampling interval, {shown(interval)} among them"
        raise ValueError(refusal("start", "the network", allowed, str(start)))
    if n_dropped == 0:
        return table
    kept, last = table.values[n_dropped:], table.values[-1:]
    values = np.concatenate([kept, np.repeat(last, len(table.values) - len(kept), axis=0)])
    return TimedArray(values, dt=interval, name=table.name)


def _state(
    model: Model,
    parameters: LIFParameters,
    arrays: NetworkArrays,
    given: Mapping[str, Any] | None,
) -> Mapping[str, Any]:
    initial = model.initial_state(parameters, arrays.v)
    if given is None:
        return initial
    owner = f"{model.name}_network"
    if not isinstance(given, Mapping) or set(given) != set(initial):
        allowed = f"a dict of {', '.join(sorted(initial))}"
        got = ", ".join(sorted(given)) if isinstance(given, Mapping) else repr(given)
        raise ValueError(refusal("state", owner, allowed, got))
    for name, values in given.items():
        if np.shape(values) != (parameters.n_neurons,) or not np.isfinite(values).all():
            allowed = f"finite arrays of shape ({parameters.n_neurons},)"
            got = f"shape {np.shape(values)} for '{name}'"
            raise ValueError(refusal("state", owner, allowed, got))
    return given


def _set_state(neurons: NeuronGroup, state: Mapping[str, Any]) -> None:
    for name, values in state.items():
        setattr(neurons, f"{name}_", np.asarray(values, dtype=float))


def data_of(
    model: Model, task: Task, parameters: LIFParameters, seed: int, **options: Any
) -> dict[str, NDArray[Any]]:
    """Return every array of a network, as it stands in memory, by a name of its own."""
    arrays = network_arrays(parameters, task, seed, options.get("n_synapses"))
    state = _state(model, parameters, arrays, options.get("state"))
    data = {name: np.asarray(values, dtype=float) for name, values in state.items()}
    data |= {
        "senders": arrays.connections.pre,
        "receivers": arrays.connections.post,
        "w": arrays.connections.weight,
        "encoders": arrays.encoders.T.ravel(),
        "target": _target(task, options["rule_dt"], options).values.ravel(),
    }
    if task.n_inputs:
        data["input encoders"] = arrays.input_encoders.T.ravel()
        data["inputs"] = _inputs(task, parameters, options).values.ravel()
    if options.get("teacher_forced"):
        data["teacher"] = _teacher_signal(task, parameters.dt, options).values.ravel()
    return data
