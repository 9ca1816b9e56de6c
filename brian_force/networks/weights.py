"""Everything random in a network, from one whole number."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from brian_force.arguments import check_count, refusal
from brian_force.networks.parameters import LIFParameters
from brian_force.tasks import Task

__all__ = [
    "Connections",
    "NetworkArrays",
    "RandomStreams",
    "network_arrays",
    "padded",
    "padded_size",
    "random_streams",
    "row_balanced_weights",
    "uniform_encoders",
]


class RandomStreams(NamedTuple):
    """Independent generators, so that a change in one draw leaves the others as they are."""

    weights: np.random.Generator
    encoders: np.random.Generator
    initial_state: np.random.Generator
    input_encoders: np.random.Generator


def random_streams(seed: int, owner: str = "lif_network") -> RandomStreams:
    """Make the random generators of a network.

    Parameters
    ----------
    seed : int
        A whole number of at least 0.

    Returns
    -------
    RandomStreams
        A further stream at the end would not change the present ones.

    Raises
    ------
    ValueError
        If `seed` is not such a number.
    """
    seed = check_count("seed", owner, seed, least=0)
    children = np.random.SeedSequence(seed).spawn(len(RandomStreams._fields))
    return RandomStreams(*map(np.random.default_rng, children))


class Connections(NamedTuple):
    """S synapses, in the order of their senders, those of one sender in that of the receivers.

    In this order the synapses of a neuron that spikes lie side by side in memory.
    """

    pre: npt.NDArray[np.int32]
    """Senders, shape (S,)."""
    post: npt.NDArray[np.int32]
    """Receivers, shape (S,)."""
    weight: npt.NDArray[np.float64]
    """Weights omega, shape (S,), without unit."""


def row_balanced_weights(
    n_neurons: int, connection_probability: float, rng: np.random.Generator
) -> Connections:
    r"""Draw sparse recurrent weights that sum to zero for every receiver.

    Parameters
    ----------
    n_neurons : int
        Number of neurons N.
    connection_probability : float
        Probability p of each of the N*N synapses.
    rng : numpy.random.Generator
        Source of the random numbers.

    Returns
    -------
    Connections
        A receiver with a single synapse gets it with weight 0.

    Notes
    -----
    .. math:: \omega_{ij} = \frac{\xi_{ij}}{p\sqrt N} - m_i, \quad \xi_{ij} \sim N(0, 1)   (1)

    for a synapse from j to i, with :math:`m_i` the mean of row i before the subtraction.
    Source: Nicola & Clopath (2017), Nat. Commun. 8:2208, code of the LIF network.
    """
    senders, weights = [], []
    for _ in range(n_neurons):
        row = np.flatnonzero(rng.random(n_neurons) < connection_probability)
        omega = rng.standard_normal(row.size) / (connection_probability * math.sqrt(n_neurons))
        senders.append(row.astype(np.int32))
        weights.append(omega - omega.mean() if row.size else omega)  # (1)
    sizes = [row.size for row in senders]
    post = np.repeat(np.arange(n_neurons, dtype=np.int32), sizes)
    return _sorted(np.concatenate(senders), post, np.concatenate(weights))


def _sorted(
    pre: npt.NDArray[np.int32], post: npt.NDArray[np.int32], weight: npt.NDArray[np.float64]
) -> Connections:
    order = np.lexsort((post, pre))
    return Connections(pre[order], post[order], weight[order])


def padded_size(n_neurons: int, connection_probability: float) -> int:
    """Bound the number of synapses by one that depends on N and p alone.

    Returns
    -------
    int
        Mean plus six standard deviations of the binomial number, rounded up to a multiple of
        1024, at most N*N. One seed in 10**9 draws more.
    """
    pairs = n_neurons**2
    mean = pairs * connection_probability
    bound = mean + 6 * math.sqrt(mean * (1 - connection_probability))
    return min(1024 * math.ceil(bound / 1024), pairs)


def padded(connections: Connections, n_synapses: int, owner: str = "lif_network") -> Connections:
    """Add synapses of weight 0, each from a neuron to itself, evenly over the neurons.

    Parameters
    ----------
    connections : Connections
        What to pad.
    n_synapses : int
        Number of synapses to end with.

    Returns
    -------
    Connections
        In the same order as any other.

    Raises
    ------
    ValueError
        If there are more synapses than `n_synapses`.
    """
    n_drawn = connections.pre.size
    if n_synapses < n_drawn:
        allowed = f"at least the number of synapses drawn ({n_drawn})"
        raise ValueError(refusal("n_synapses", owner, allowed, str(n_synapses)))
    n_neurons = connections.pre.max(initial=0) + 1
    itself = np.arange(n_synapses - n_drawn, dtype=np.int32) % n_neurons
    return _sorted(
        np.concatenate([connections.pre, itself]),
        np.concatenate([connections.post, itself]),
        np.concatenate([connections.weight, np.zeros(itself.size)]),
    )


def uniform_encoders(
    n_neurons: int, n_outputs: int, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Draw encoders, shape (N, K), uniform in [-1, 1] and without unit."""
    return rng.uniform(-1, 1, size=(n_neurons, n_outputs))


class NetworkArrays(NamedTuple):
    """All that is random in a network: the same in a spiking network and its rate twin."""

    v: npt.NDArray[np.float64]
    """Initial voltages, shape (N,) [volt]."""
    connections: Connections
    """Recurrent synapses."""
    encoders: npt.NDArray[np.float64]
    """Encoders of the feedback, shape (N, K), without unit."""
    input_encoders: npt.NDArray[np.float64]
    """Encoders of the inputs, shape (N, C), without unit."""


def network_arrays(
    parameters: LIFParameters,
    task: Task,
    seed: int,
    n_synapses: int | None = None,
    owner: str = "lif_network",
) -> NetworkArrays:
    """Draw all that is random in a network; `n_synapses` as in `lif_network`."""
    streams = random_streams(seed, owner)
    lowest, highest = float(parameters.v_reset), float(parameters.v_initial_max)
    n, p = parameters.n_neurons, parameters.connection_probability
    connections = row_balanced_weights(n, p, streams.weights)
    if n_synapses is not None:
        connections = padded(connections, check_count("n_synapses", owner, n_synapses), owner)
    return NetworkArrays(
        v=streams.initial_state.uniform(lowest, highest, n),
        connections=connections,
        encoders=uniform_encoders(n, task.n_outputs, streams.encoders),
        input_encoders=uniform_encoders(n, task.n_inputs, streams.input_encoders),
    )
