"""The spiking neurons and their synapses, as objects."""

import numpy as np
import pytest
from brian2 import Network, SpikeMonitor, ms, mV, volt

from brian_force.networks import LIFParameters
from brian_force.networks.assembly import SHARED_PARAMETERS
from brian_force.networks.lif import LIF, lif_neurons, recurrent_synapses
from brian_force.networks.weights import Connections

PARAMETERS = LIFParameters(n_neurons=3, tau_m=11 * ms, dt=0.1 * ms)


def test_every_parameter_is_a_variable_of_the_neurons():
    neurons = lif_neurons(PARAMETERS)
    for name in SHARED_PARAMETERS:
        assert getattr(neurons, name) == getattr(PARAMETERS, name)
        assert neurons.variables[name].scalar


def test_the_current_is_the_sum_of_its_parts():
    neurons = lif_neurons(PARAMETERS)
    neurons.Q_inputs = 3 * mV
    neurons.s_, neurons.feedback, neurons.stimulus = [10, 20, 30], [1, -1, 0], [0, 1, -2]
    G, Q = float(PARAMETERS.G), float(PARAMETERS.Q)
    expected = -0.04 + G * np.array([10, 20, 30]) + Q * np.array([1, -1, 0])
    expected += 3e-3 * np.array([0, 1, -2])
    np.testing.assert_allclose(neurons.I / volt, expected, rtol=1e-14)


def test_a_spike_resets_and_is_filtered():
    neurons = lif_neurons(PARAMETERS)
    neurons.v = [-40, -40.0001, 10] * mV  # one step pulls the first two towards the bias
    spikes = SpikeMonitor(neurons)
    Network(neurons, spikes).run(0.1 * ms)
    assert sorted(spikes.i) == [0, 2]
    jump = 1 / float(PARAMETERS.tau_r * PARAMETERS.tau_d)
    np.testing.assert_allclose(neurons.h_, [jump, 0, jump])
    np.testing.assert_allclose(neurons.v[[0, 2]] / mV, -65)
    assert neurons.v[1] < PARAMETERS.v_threshold


@pytest.mark.parametrize("t_ref", [1, 2, 5])
def test_a_neuron_stays_at_reset_while_it_is_refractory(t_ref):
    parameters = LIFParameters(n_neurons=2, t_ref=t_ref * ms, I_bias=0 * mV, dt=0.1 * ms)
    neurons = lif_neurons(parameters)
    neurons.v = [0, -65] * mV
    net = Network(neurons)
    net.run((t_ref - 0.2) * ms)
    assert neurons.v[0] == parameters.v_reset
    assert neurons.v[1] > parameters.v_reset
    net.run(0.4 * ms)
    assert neurons.v[0] > parameters.v_reset


def test_a_spike_drives_its_receivers_by_the_weight():
    neurons = lif_neurons(PARAMETERS)
    neurons.v = [0, -65, -65] * mV
    connections = Connections(np.array([0, 0, 1]), np.array([1, 2, 0]), np.array([0.5, -2, 9]))
    recurrent = recurrent_synapses(neurons, connections)
    assert recurrent.name == "recurrent"
    Network(neurons, recurrent).run(0.1 * ms)
    jump = 1 / float(PARAMETERS.tau_r * PARAMETERS.tau_d)
    np.testing.assert_allclose(neurons.h_s_, [0, 0.5 * jump, -2 * jump])


def test_initial_state():
    v = np.array([-0.06, 0, 0.03])
    state = LIF.initial_state(PARAMETERS, v)
    assert set(state) == {"v", "r", "h", "s", "h_s", "lastspike"}
    np.testing.assert_array_equal(state["v"], v)
    for name in ("r", "h", "s", "h_s"):
        np.testing.assert_array_equal(state[name], 0)
    assert state["lastspike"].max() < -1000  # no neuron starts refractory
