"""What must be true of the rate neurons, whatever they are taught."""

import numpy as np
import pytest
from brian2 import Network, StateMonitor, ms, mV

from brian_force import tasks
from brian_force.networks import LIFParameters, lif_network, rate_network
from brian_force.networks.rate import firing_rate, rate_neurons


@pytest.mark.parametrize("dt", [0.05, 0.5])
def test_r_settles_at_f(dt):
    """The filter has an area of 1 at every time step: dt leaves no error."""
    above = np.array([-20, 0, 0.001, 1, 5, 20, 100])  # mV above rheobase
    parameters = LIFParameters(n_neurons=above.size, Q=1 * mV, dt=dt * ms)
    neurons = rate_neurons(parameters)
    neurons.feedback = above
    Network(neurons).run(700 * ms)  # 35 decay times
    expected = np.asarray(firing_rate(neurons.I[:], parameters))
    np.testing.assert_array_equal(neurons.r_[:2], 0)
    np.testing.assert_allclose(neurons.r_, expected, rtol=1e-12)


def dense(recurrent, n):
    matrix = np.zeros((n, n))
    np.add.at(matrix, (recurrent.j[:], recurrent.i[:]), recurrent.w_[:])
    return matrix


def euler(r, h, rate, p):
    """One step of the filter of a rate."""
    dt, tau_r, tau_d = float(p.dt), float(p.tau_r), float(p.tau_d)
    return r + dt * (-r / tau_r + h), h + dt * (-h / tau_d + rate / (tau_r * tau_d))


def active_network(n=80):
    """Make a rate network that is active for as long as it runs, with an output that counts."""
    task = tasks.sine().changed(learn_from=10 * ms, learn_until=90 * ms, duration=100 * ms)
    parameters = LIFParameters(n_neurons=n, I_bias=-35 * mV, G=task.G, Q=task.Q)
    return rate_network(task, parameters, seed=1), parameters


def test_the_drive_through_r_equals_the_filtered_drive():
    """By linearity omega r, with r the filtered f, is the filtered omega f."""
    network, parameters = active_network()
    neurons, omega = network["neurons"], dense(network["recurrent"], 80)
    s, h_s = omega @ neurons.r_[:], omega @ neurons.h_[:]
    recorded = StateMonitor(neurons, ["s", "f"], record=True)
    network.add(recorded)
    network.run(100 * ms, namespace={})
    assert np.abs(network["readout"].decoders_).max() > 0
    scale = np.abs(recorded.s_).max()
    for step in range(recorded.s_.shape[1]):
        np.testing.assert_allclose(recorded.s_[:, step], s, atol=1e-12 * scale, rtol=0)
        s, h_s = euler(s, h_s, omega @ recorded.f_[:, step], parameters)


def test_the_whole_network_against_numpy():
    """An independent integration of science.md's equations, without readout."""
    n, parameters = 60, LIFParameters(n_neurons=60, I_bias=-30 * mV)
    network = rate_network(tasks.sine(), parameters, seed=2, learn_from=1 * ms)
    neurons, omega = network["neurons"], dense(network["recurrent"], n)
    r, h = neurons.r_[:].copy(), neurons.h_[:].copy()
    network["readout"].learning = False  # decoders 0: no feedback
    recorded = StateMonitor(neurons, "r", record=True)
    network.add(recorded)
    network.run(50 * ms, namespace={})
    G, bias, v_reset, v_threshold = (
        float(getattr(parameters, name)) for name in ("G", "I_bias", "v_reset", "v_threshold")
    )
    for step in range(recorded.r_.shape[1]):
        np.testing.assert_allclose(recorded.r_[:, step], r, rtol=1e-9, atol=1e-9)
        current = bias + G * (omega @ r)
        f = np.zeros(n)
        above = current > v_threshold
        climb = np.log((current[above] - v_reset) / (current[above] - v_threshold))
        f[above] = 1 / (float(parameters.t_ref) + float(parameters.tau_m) * climb)
        r, h = euler(r, h, f, parameters)


def test_twins_share_everything_random():
    task = tasks.sine().with_clock(4)
    parameters = LIFParameters(n_neurons=100)
    spiking, rate = (make(task, parameters, seed=3) for make in (lif_network, rate_network))
    for name in ("i", "j", "w"):
        one, other = (np.array(getattr(net["recurrent"], name)[:]) for net in (spiking, rate))
        np.testing.assert_array_equal(one, other)
    for name in ("readout", "stimulus"):
        one, other = (np.asarray(net[name].encoders) for net in (spiking, rate))
        np.testing.assert_array_equal(one, other)
    # the rate network starts at the rates of its twin's voltages
    expected = np.asarray(firing_rate(spiking["neurons"].v[:], parameters))
    np.testing.assert_array_equal(rate["neurons"].r_[:], expected)
    assert np.mean(expected > 0) > 0.5


def test_a_rate_network_at_rheobase_that_starts_at_zero_stays_silent():
    parameters = LIFParameters(n_neurons=50)
    zero = {"r": np.zeros(50), "h": np.zeros(50)}
    network = rate_network(tasks.sine(), parameters, seed=1, state=zero)
    network.run(30 * ms, namespace={})
    np.testing.assert_array_equal(network["neurons"].r_[:], 0)
    assert network["neurons"].n_spikes[:].max() == 0
