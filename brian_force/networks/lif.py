"""The spiking network: leaky integrate-and-fire neurons that hear their own readout."""

from collections.abc import Mapping
from typing import Any, Unpack

import numpy as np
from brian2 import Clock, Network, NeuronGroup, Synapses
from numpy.typing import NDArray

from brian_force.networks.assembly import Model, NetworkOptions, assemble, connect, set_parameters
from brian_force.networks.parameters import PARAMETER_EQUATIONS, LIFParameters
from brian_force.networks.weights import Connections
from brian_force.tasks import Task

__all__ = ["LIF", "LIF_EQUATIONS", "lif_network", "lif_neurons", "recurrent_synapses"]

LIF_EQUATIONS = f"""
dv/dt = (-v + I)/tau_m : volt (unless refractory)
I = I_bias + G*s + Q*feedback + Q_inputs*stimulus : volt

dr/dt = -r/tau_r + h : Hz            # the filtered spikes of the neuron: area 1 per spike
dh/dt = -h/tau_d : Hz**2
ds/dt = -s/tau_r + h_s : Hz          # s = omega r: those of its senders, weighted
dh_s/dt = -h_s/tau_d : Hz**2
feedback : 1                         # encoders times output, written by the readout
stimulus : 1                         # encoders times inputs, if the task has any
{PARAMETER_EQUATIONS}"""

NEVER = -1e4  # Brian's time of the last spike of a neuron that has not spiked [second]


def lif_neurons(parameters: LIFParameters) -> NeuronGroup:
    """Make the neurons, all at 0 V and without synapses, on a clock of their own.

    Parameters
    ----------
    parameters : LIFParameters
        Their number, time step and constants.

    Returns
    -------
    NeuronGroup
        Named 'neurons', with the variables of `LIF_EQUATIONS`.

    Notes
    -----
    Euler's method, since with it the filter has an area of exactly 1 at every time step:
    dt times the sum of r is 1 for one spike.
    """
    neurons = NeuronGroup(
        parameters.n_neurons,
        LIF_EQUATIONS,
        threshold="v >= v_threshold",
        reset="v = v_reset; h += 1/(tau_r*tau_d)",
        refractory="t_ref",
        method="euler",
        clock=Clock(parameters.dt, name="neurons_clock"),
        name="neurons",
    )
    set_parameters(neurons, parameters)
    return neurons


def recurrent_synapses(neurons: NeuronGroup, connections: Connections) -> Synapses:
    """Connect the neurons; the synapses are named 'recurrent' and share the neurons' clock."""
    recurrent = Synapses(
        neurons,
        neurons,
        "w : 1 (constant)",
        on_pre="h_s_post += w/(tau_r_post*tau_d_post)",
        clock=neurons.clock,
        name="recurrent",
    )
    connect(recurrent, connections)
    return recurrent


def _connect(neurons: NeuronGroup, connections: Connections) -> list[Any]:
    return [recurrent_synapses(neurons, connections)]


def _initial_state(parameters: LIFParameters, v: NDArray[np.float64]) -> Mapping[str, Any]:
    silent = np.zeros(parameters.n_neurons)
    filters = dict.fromkeys(("r", "h", "s", "h_s"), silent)
    return {"v": v, **filters, "lastspike": np.full_like(v, NEVER)}


LIF = Model(name="lif", neurons=lif_neurons, connect=_connect, initial_state=_initial_state)


def lif_network(
    task: Task,
    parameters: LIFParameters | None = None,
    *,
    seed: int,
    **options: Unpack[NetworkOptions],
) -> Network:
    """Build a spiking network that learns a task.

    Parameters
    ----------
    task : Task
        What to learn.
    parameters : LIFParameters, optional
        The neurons and their connections; default: N, G and Q of the task.
    seed : int
        Fixes weights, encoders and initial voltages. Brian's own random state stays as it is.
    learning_rate, learn_from, learn_until, duration : Quantity, optional
        Instead of those of the task [second**2, second, second, second].
    rule_dt : Quantity, optional
        Interval between two updates of the decoders; default 2.5 ms.
    gain, precision, forgetting : optional
        As in `RLS`.
    teacher_forced : bool, optional
        Whether the target is fed back instead of the output.
    state : dict of str to ndarray, optional
        State of the neurons to start from, in base units: that of a `Recording`, say.
    start : Quantity, optional
        Time of the task at which the run starts, for a run that goes on; default 0 s.
    n_synapses : int, optional
        Pad the connections with synapses of weight 0 up to this number. Brian compiles the number
        into the binary: one binary that is to serve several seeds needs it, see `padded_size`.
    keep_P : bool, optional
        Whether P can be read after a standalone run.

    Returns
    -------
    brian2.Network
        Of 'neurons', 'recurrent' and 'readout' (and 'stimulus' where the task has inputs, and
        'teacher'), on clocks of their own: `defaultclock` has no part.

    Raises
    ------
    TypeError, DimensionMismatchError, ValueError
        If an argument is refused by `Task`, `LIFParameters`, `RLS` or `Readout`, or if
        `n_synapses` is below the number of synapses drawn.

    Notes
    -----
    Source: Nicola & Clopath (2017), Nat. Commun. 8:2208. Differs in: Brian frees a neuron from its
    refractory time one step earlier; the filters are integrated by Euler's method.
    """
    return assemble(LIF, task, parameters, seed, **options)
