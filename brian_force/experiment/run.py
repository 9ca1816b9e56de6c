"""One run of a session: what goes in, the network with its monitors, what comes out."""

import contextlib
import dataclasses
from collections.abc import Iterator
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
from numpy.typing import NDArray

from brian_force.arguments import refusal
from brian_force.networks import LIFParameters, lif_network
from brian_force.tasks import Task

__all__ = ["Run", "RunResult", "build_network", "read_result", "reasons_of_brian"]


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
    decoders : Quantity, shape (N, K), optional
        Decoders at the start [1/Hz]; default: 0.
    rule_dt, gain, precision : Quantity, str, str
        As in `RLS`.
    """

    task: Task
    parameters: LIFParameters
    seed: int
    decoders: Quantity | None = None
    rule_dt: Quantity = dataclasses.field(default_factory=lambda: 2.5 * ms)
    gain: str = "posterior"
    precision: str = "float64"

    def __post_init__(self) -> None:
        if isinstance(self.decoders, str):
            allowed = "an array, since a string has no seed"
            raise TypeError(refusal("decoders", "train", allowed, repr(self.decoders)))


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class RunResult:
    """What a run left in memory; attributes as those of `Recording`."""

    times: Quantity
    output: NDArray[np.float64]
    spike_times: Quantity
    spike_neurons: NDArray[np.int32]
    decoders: Quantity
    P: Quantity | None
    n_updates: int
    seconds_build: float
    seconds_run: float


def build_network(run: Run, keep_P: bool, n_synapses: int | None = None) -> Network:
    """Build the network of a run, with monitors of its spikes ('spikes') and z ('output')."""
    network = lif_network(
        run.task,
        run.parameters,
        seed=run.seed,
        rule_dt=run.rule_dt,
        gain=run.gain,
        precision=run.precision,
        n_synapses=n_synapses,
        keep_P=keep_P,
    )
    readout = network["readout"]
    if run.decoders is not None:
        readout.decoders = run.decoders
    network.add(
        SpikeMonitor(network["neurons"], name="spikes"),
        StateMonitor(readout, "z", record=True, clock=_sample_clock(run.parameters), name="output"),
    )
    return network


def _sample_clock(parameters: LIFParameters) -> Clock:
    """Sample about every millisecond, at steps of the network."""
    dt = float(parameters.dt)
    return Clock(max(1, round(1e-3 / dt)) * dt * second, name="output_clock")


@contextlib.contextmanager
def reasons_of_brian() -> Iterator[None]:
    """Raise what stopped Brian from preparing a run, instead of Brian's remark that it did."""
    try:
        yield
    except BrianObjectException as error:
        raise (error.__cause__ or error) from None


def read_result(
    network: Network, keep_P: bool, seconds_build: float, seconds_run: float
) -> RunResult:
    """Copy what a run left out of its network."""
    spikes, output, readout = network["spikes"], network["output"], network["readout"]
    return RunResult(
        times=_copy(output.t),
        output=np.array(output.z_).T,
        spike_times=_copy(spikes.t),
        spike_neurons=np.array(spikes.i[:], dtype=np.int32),
        decoders=readout.decoders,
        P=readout.P if keep_P else None,
        n_updates=int(readout.n_updates[:]),
        seconds_build=seconds_build,
        seconds_run=seconds_run,
    )


def _copy(values: Any) -> Quantity:
    return Quantity(np.array(values[:], dtype=float), dim=values.dim)
