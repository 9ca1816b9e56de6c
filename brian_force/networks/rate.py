"""The rate network matched to the spiking one: its spikes replaced by rates."""

from collections.abc import Mapping
from typing import Any, Unpack

import numpy as np
from brian2 import Clock, Network, NeuronGroup, Quantity, Synapses, hertz, volt
from brian2.units.fundamentalunits import fail_for_dimension_mismatch
from numpy.typing import NDArray

from brian_force.learning import RecurrentDrive
from brian_force.networks.assembly import Model, NetworkOptions, assemble, connect, set_parameters
from brian_force.networks.parameters import PARAMETER_EQUATIONS, LIFParameters
from brian_force.networks.weights import Connections
from brian_force.tasks import Task

__all__ = ["RATE", "RATE_EQUATIONS", "firing_rate", "rate_network", "rate_neurons"]

#: f is the rate at which a leaky integrate-and-fire neuron spikes at constant current:
#: 1/(t_ref + tau_m*log((I - v_reset)/(I - v_threshold))), and 0 at and below threshold. The
#: logarithm is written so that it is finite at every current.
RATE_EQUATIONS = f"""
I = I_bias + G*s + Q*feedback + Q_inputs*stimulus : volt
f = int(I > v_threshold)/(t_ref + tau_m*log1p((v_threshold - v_reset)/excess)) : Hz
excess = clip(I - v_threshold, 1e-30*volt, 1e30*volt) : volt

dr/dt = -r/tau_r + h : Hz            # the filtered rate of the neuron
dh/dt = -h/tau_d + f/(tau_r*tau_d) : Hz**2
dn_spikes/dt = f : 1                 # the spikes that the neuron would have sent
s : Hz                               # s = omega r, written by the drive
feedback : 1                         # encoders times output, written by the readout
stimulus : 1                         # encoders times inputs, if the task has any
{PARAMETER_EQUATIONS}"""


def firing_rate(current: Any, parameters: LIFParameters) -> Quantity:
    """Return the rate of a leaky integrate-and-fire neuron at a constant current.

    Parameters
    ----------
    current : Quantity or array
        Current times membrane resistance [volt].
    parameters : LIFParameters
        Threshold, reset and time constants of the neuron.

    Returns
    -------
    Quantity
        Of the shape of `current` [Hz]; exactly 0 at and below threshold.
    """
    fail_for_dimension_mismatch(current, volt, "The current must be in units of volt.")
    excess = np.asarray(current, dtype=float) - float(parameters.v_threshold)
    gap = float(parameters.v_threshold - parameters.v_reset)
    interval = np.log1p(gap / np.clip(excess, 1e-30, None)) * float(parameters.tau_m)
    return (excess > 0) / (float(parameters.t_ref) + interval) * hertz


def rate_neurons(parameters: LIFParameters) -> NeuronGroup:
    """Make the neurons, silent and without synapses, on a clock of their own.

    Parameters
    ----------
    parameters : LIFParameters
        Their number, time step and constants.

    Returns
    -------
    NeuronGroup
        Named 'neurons', with the variables of `RATE_EQUATIONS`.
    """
    neurons = NeuronGroup(
        parameters.n_neurons,
        RATE_EQUATIONS,
        method="euler",
        clock=Clock(parameters.dt, name="neurons_clock"),
        name="neurons",
    )
    set_parameters(neurons, parameters)
    return neurons


def _connect(neurons: NeuronGroup, connections: Connections) -> list[Any]:
    recurrent = Synapses(
        neurons, neurons, "w : 1 (constant)", clock=neurons.clock, name="recurrent"
    )
    connect(recurrent, connections)
    drive = RecurrentDrive(
        recurrent,
        "w",
        activity="r",
        target="s",
        ahead="r + dt*(h - r/tau_r)",  # Euler's step, as in the equations
        name="drive",
    )
    return [recurrent, drive]


def _initial_state(parameters: LIFParameters, v: NDArray[np.float64]) -> Mapping[str, Any]:
    """Start each neuron at the rate of its twin's initial voltage, taken as a current."""
    r = np.asarray(firing_rate(v * volt, parameters))
    return {"r": r, "h": r / float(parameters.tau_r)}


RATE = Model(name="rate", neurons=rate_neurons, connect=_connect, initial_state=_initial_state)


def rate_network(
    task: Task,
    parameters: LIFParameters | None = None,
    *,
    seed: int,
    **options: Unpack[NetworkOptions],
) -> Network:
    """Build the rate network that is the twin of a spiking network of the same seed.

    Weights, encoders, bias, filters, G, Q and readout are those of `lif_network`; the spikes of a
    neuron are replaced by the rate at which it would spike if its current stayed as it is.

    Parameters
    ----------
    task, parameters, seed, **options
        As for `lif_network`.

    Returns
    -------
    brian2.Network
        Of 'neurons', 'recurrent', 'drive' and 'readout' (and 'stimulus' where the task has
        inputs, and 'teacher').

    Raises
    ------
    TypeError, DimensionMismatchError, ValueError
        As for `lif_network`.

    Notes
    -----
    Source: Newton & Nicola (2025), PLoS Comput. Biol. 21(7):e1013224. The filter is linear, so
    the filtered input of a neuron is the weighted sum of its senders' r: one filter per neuron.
    """
    return assemble(RATE, task, parameters, seed, **options)
