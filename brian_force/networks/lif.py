"""The spiking network: leaky integrate-and-fire neurons that hear their own readout."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from brian2 import Clock, Network, NeuronGroup, Quantity, Synapses, ms, volt

from brian_force.arguments import check_count
from brian_force.learning import RLS, Readout
from brian_force.networks.parameters import LIFParameters
from brian_force.networks.weights import (
    Connections,
    padded,
    random_streams,
    row_balanced_weights,
    uniform_encoders,
)
from brian_force.tasks import Task

__all__ = [
    "LIF_EQUATIONS",
    "SHARED_PARAMETERS",
    "NetworkArrays",
    "lif_network",
    "lif_neurons",
    "network_arrays",
    "recurrent_synapses",
]

#: The parameters are variables of the group, not numbers in the code, so that one compiled binary
#: serves every set of them through ``run_args``.
LIF_EQUATIONS = """
dv/dt = (-v + I)/tau_m : volt (unless refractory)
I = I_bias + G*s + Q*feedback : volt

dr/dt = -r/tau_r + h : Hz            # the filtered spikes of the neuron: area 1 per spike
dh/dt = -h/tau_d : Hz**2
ds/dt = -s/tau_r + h_s : Hz          # s = omega r: those of its senders, weighted
dh_s/dt = -h_s/tau_d : Hz**2
feedback : 1                         # encoders times output, written by the readout

G : volt/Hz (shared, constant)
Q : volt (shared, constant)
I_bias : volt (shared, constant)
v_threshold : volt (shared, constant)
v_reset : volt (shared, constant)
t_ref : second (shared, constant)
tau_m : second (shared, constant)
tau_r : second (shared, constant)
tau_d : second (shared, constant)
"""

#: The parameters that are shared variables of the neurons.
SHARED_PARAMETERS = (
    "G",
    "Q",
    "I_bias",
    "v_threshold",
    "v_reset",
    "t_ref",
    "tau_m",
    "tau_r",
    "tau_d",
)


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
    for name in SHARED_PARAMETERS:
        setattr(neurons, name, getattr(parameters, name))
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
    recurrent.connect(i=connections.pre, j=connections.post)
    recurrent.w = connections.weight
    return recurrent


def lif_network(  # noqa: PLR0913, everything after the parameters is a choice with a default
    task: Task,
    parameters: LIFParameters | None = None,
    *,
    seed: int,
    learning_rate: Quantity | None = None,
    learn_from: Quantity | None = None,
    learn_until: Quantity | None = None,
    duration: Quantity | None = None,
    rule_dt: Quantity = 2.5 * ms,
    gain: str = "posterior",
    precision: str = "float64",
    n_synapses: int | None = None,
    keep_P: bool = False,
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
    rule_dt : Quantity
        Interval between two updates of the decoders [ms].
    gain, precision : str
        As in `RLS`.
    n_synapses : int, optional
        Pad the connections with synapses of weight 0 up to this number. Brian compiles the number
        into the binary: one binary that is to serve several seeds needs it, see `padded_size`.
    keep_P : bool
        Whether P can be read after a standalone run.

    Returns
    -------
    brian2.Network
        Of 'neurons', 'recurrent' and 'readout', on clocks of their own: `defaultclock` has no part.

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
    task = task.changed(
        learning_rate=learning_rate,
        learn_from=learn_from,
        learn_until=learn_until,
        duration=duration,
    )
    if parameters is None:
        parameters = LIFParameters(n_neurons=task.n_neurons, G=task.G, Q=task.Q)
    arrays = network_arrays(parameters, task.n_outputs, seed, n_synapses)
    neurons = lif_neurons(parameters)
    neurons.v = arrays.v * volt
    readout = Readout(
        neurons,
        "r",
        target=task.timed_array(task.duration, rule_dt),
        rule=RLS(task.learning_rate, dt=rule_dt, gain=gain, precision=precision),
        feedback="feedback",
        encoders=arrays.encoders,
        keep_P=keep_P,
        name="readout",
    )
    readout.learn_from, readout.learn_until = task.learn_from, task.learn_until
    recurrent = recurrent_synapses(neurons, arrays.connections)
    return Network(neurons, recurrent, readout, name="lif_network")


class NetworkArrays(NamedTuple):
    """All that is random in a network."""

    v: npt.NDArray[np.float64]
    """Initial voltages, shape (N,) [volt]."""
    connections: Connections
    """Recurrent synapses."""
    encoders: npt.NDArray[np.float64]
    """Encoders, shape (N, K), without unit."""


def network_arrays(
    parameters: LIFParameters, n_outputs: int, seed: int, n_synapses: int | None = None
) -> NetworkArrays:
    """Draw all that is random in a network; see `lif_network` for `n_synapses`."""
    streams = random_streams(seed)
    lowest, highest = float(parameters.v_reset), float(parameters.v_initial_max)
    connections = row_balanced_weights(
        parameters.n_neurons, parameters.connection_probability, streams.weights
    )
    if n_synapses is not None:
        connections = padded(connections, check_count("n_synapses", "lif_network", n_synapses))
    return NetworkArrays(
        v=streams.initial_state.uniform(lowest, highest, parameters.n_neurons),
        connections=connections,
        encoders=uniform_encoders(parameters.n_neurons, n_outputs, streams.encoders),
    )
