"""One run of a session: what goes in, the network with its monitors, what comes out."""

import contextlib
import dataclasses
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from brian2 import (
    Clock,
    Network,
    Quantity,
    SpikeMonitor,
    StateMonitor,
    ms,
    second,
)
from brian2.core.base import BrianObjectException
from brian2.core.variables import ArrayVariable
from numpy.typing import NDArray

from brian_force.arguments import refusal
from brian_force.networks import LIFParameters
from brian_force.networks.assembly import assemble, signal_dt
from brian_force.networks.models import MODELS
from brian_force.tasks import Task

__all__ = [
    "Run",
    "RunResult",
    "build_network",
    "carried_variables",
    "end_of",
    "read_result",
    "reasons_of_brian",
]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """The numbers of one run.

    Attributes
    ----------
    task : Task
        Its learning rate, learning window and duration hold.
    parameters : LIFParameters
        The network.
    seed : int
        Seed of weights, encoders and initial state.
    model : {'lif', 'rate'}
        Model of the neurons.
    decoders : Quantity, shape (N, K), optional
        Decoders at the start [1/Hz]; default: 0.
    learning : bool
        False for a run with the decoders as they are.
    teacher_forced : bool
        Whether the target is fed back instead of the output.
    state : dict of str to ndarray, optional
        State of the neurons at the start, in base units.
    rule_dt, gain, precision : Quantity, str, str
        As in `RLS`.
    start, stop : Quantity
        The part of the task's duration to run; default: all of it [second].
    carried : dict of str to ndarray, optional
        What an earlier part left, beside the state of the neurons and the decoders.
    keep_r : bool
        Whether the result holds r of all neurons, every `rule_dt`.
    """

    task: Task
    parameters: LIFParameters
    seed: int
    model: str = "lif"
    decoders: Quantity | None = None
    learning: bool = True
    teacher_forced: bool = False
    state: Mapping[str, NDArray[np.float64]] | None = None
    rule_dt: Quantity = dataclasses.field(default_factory=lambda: 2.5 * ms)
    gain: str = "posterior"
    precision: str = "float64"
    start: Quantity = dataclasses.field(default_factory=lambda: 0 * second)
    stop: Quantity | None = None
    carried: Mapping[str, NDArray[Any]] = dataclasses.field(default_factory=dict)
    keep_r: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.decoders, str):
            allowed = "an array, since a string has no seed"
            raise TypeError(refusal("decoders", "train", allowed, repr(self.decoders)))

    @property
    def options(self) -> dict[str, Any]:
        """What of it the functions that build networks take by name."""
        names = ("rule_dt", "gain", "precision", "teacher_forced", "state", "start")
        return {name: getattr(self, name) for name in names}

    @property
    def duration(self) -> Quantity:
        """How long it runs [second]."""
        return (self.task.duration if self.stop is None else self.stop) - self.start


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class RunResult:
    """What a run left in memory.

    Attributes are those of `Recording`, and `carried` of `Run`; r [Hz] has shape (T, N), the first
    sample at 0 s, or is None.
    """

    times: Quantity
    output: NDArray[np.float64]
    spike_times: Quantity
    spike_neurons: NDArray[np.int32]
    mean_rate: Quantity
    decoders: Quantity
    P: Quantity | None
    state: dict[str, NDArray[np.float64]]
    carried: dict[str, NDArray[Any]]
    n_updates: int
    seconds_build: float
    seconds_run: float
    r: NDArray[np.float64] | None = None


def build_network(run: Run, keep_P: bool, n_synapses: int | None = None) -> Network:
    """Build the network of a run with its monitors.

    They are 'output', of z, and if there are any 'spikes', or if wanted 'activity', of r.
    """
    model = MODELS[run.model]
    options = {**run.options, "n_synapses": n_synapses, "keep_P": keep_P}
    network = assemble(model, run.task, run.parameters, run.seed, **options)
    readout = network["readout"]
    readout.learning = run.learning
    if run.decoders is not None:
        readout.decoders = run.decoders
    for name, variable in carried_variables(network).items():
        if name in run.carried:
            variable.set_value(run.carried[name])
    clock = Clock(signal_dt(run.parameters), name="output_clock")
    network.add(StateMonitor(readout, "z", record=True, clock=clock, name="output"))
    if run.model == "lif":
        network.add(SpikeMonitor(network["neurons"], name="spikes"))
    if run.keep_r:
        clock = Clock(run.rule_dt, name="activity_clock")
        network.add(
            StateMonitor(network["neurons"], "r", record=True, clock=clock, name="activity")
        )
    return network


def carried_variables(network: Network) -> dict[str, ArrayVariable]:
    """Return what a run that goes on needs beside the state of the neurons and the decoders.

    P stands as the kernels keep it, packed and without its last change, so that going on rounds
    as not having stopped does.
    """
    names = {
        "readout": ("_P", "_P_ready", "_gain", "_pending"),
        "neurons": ("n_spikes",),
    }
    return {
        name: network[group].variables[name]
        for group, variables in names.items()
        for name in variables
        if name in network[group].variables
    }


@contextlib.contextmanager
def reasons_of_brian() -> Iterator[None]:
    """Raise what stopped Brian from preparing a run, instead of Brian's remark that it did."""
    try:
        yield
    except BrianObjectException as error:
        raise (error.__cause__ or error) from None


def read_result(
    network: Network, run: Run, keep_P: bool, seconds_build: float, seconds_run: float
) -> RunResult:
    """Copy what a run left out of its network."""
    output, readout = network["output"], network["readout"]
    spike_times, spike_neurons = _spikes(network)
    return RunResult(
        times=_copy(output.t),
        output=np.array(output.z_).T,
        spike_times=spike_times,
        spike_neurons=spike_neurons,
        mean_rate=_mean_rate(network, len(spike_times), run.duration),
        decoders=readout.decoders,
        P=readout.P if keep_P and run.stop is None else None,
        state=_state(network, run),
        carried=_carried(network) if keep_P else {},
        n_updates=int(readout.n_updates),
        seconds_build=seconds_build,
        seconds_run=seconds_run,
        r=np.array(network["activity"].r_).T if run.keep_r else None,
    )


def _spikes(network: Network) -> tuple[Quantity, NDArray[np.int32]]:
    if "spikes" not in network:
        return np.empty(0) * second, np.empty(0, dtype=np.int32)
    spikes = network["spikes"]
    return _copy(spikes.t), np.array(spikes.i[:], dtype=np.int32)


def _mean_rate(network: Network, n_spikes: int, duration: Quantity) -> Quantity:
    """Return the rate over all neurons and the run; of a rate network, the mean of f."""
    neurons = network["neurons"]
    if "n_spikes" in neurons.variables:
        return np.mean(neurons.variables["n_spikes"].get_value()) / duration
    return n_spikes / (len(neurons) * duration)


def end_of(duration: Quantity, dt: Quantity) -> Quantity:
    """Return the time at which a run of this duration ends: whole steps, as Brian counts them."""
    return math.ceil(duration / dt - 1e-3) * dt


def _state(network: Network, run: Run) -> dict[str, NDArray[np.float64]]:
    """Return the state of the neurons, with times counted from the end of the run."""
    variables = network["neurons"].variables
    zero = np.zeros(run.parameters.n_neurons)
    names = MODELS[run.model].initial_state(run.parameters, zero)
    state = {name: np.array(variables[name].get_value(), dtype=float) for name in names}
    if "lastspike" in state:
        state["lastspike"] -= float(end_of(run.duration, run.parameters.dt))
    return state


def _carried(network: Network) -> dict[str, NDArray[Any]]:
    """Copy what is carried on; P only once it is more than a multiple of the identity."""
    variables = carried_variables(network)
    carried = {name: np.array(variable.get_value()) for name, variable in variables.items()}
    if not carried["_P_ready"]:
        del carried["_P"]
    return carried


def _copy(values: Any) -> Quantity:
    return Quantity(np.array(values[:], dtype=float), dim=values.dim)
