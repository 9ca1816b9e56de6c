"""What must be true of the spiking neurons, whatever they are taught."""

import numpy as np
import pytest
from brian2 import Network, SpikeMonitor, StateMonitor, defaultclock, ms, mV, prefs, second

from brian_force import tasks
from brian_force.networks import LIFParameters, lif_network
from brian_force.networks.lif import lif_neurons, recurrent_synapses
from brian_force.networks.rate import firing_rate
from brian_force.networks.weights import Connections, random_streams, row_balanced_weights


@pytest.fixture(autouse=True)
def numpy_target():
    before, prefs.codegen.target = prefs.codegen.target, "numpy"
    yield
    prefs.codegen.target = before


def measured_and_theoretical(above_rheobase, dt):
    """Return the rates [Hz] of neurons at constant currents [mV], and f of the rate network."""
    parameters = LIFParameters(n_neurons=len(above_rheobase), Q=1 * mV, dt=dt * ms)
    neurons = lif_neurons(parameters)
    neurons.v = parameters.v_reset
    neurons.feedback = above_rheobase
    spikes = SpikeMonitor(neurons)
    Network(neurons, spikes).run(500 * ms)
    trains = [np.asarray(train) for train in spikes.spike_trains().values()]
    rates = [
        (train.size - 1) / (train[-1] - train[0]) if train.size > 1 else 0.0 for train in trains
    ]
    return np.array(rates), np.asarray(firing_rate(neurons.I[:], parameters))


def test_rate_at_constant_current():
    rates, expected = measured_and_theoretical([-5, 0, 1, 2, 5, 10, 20, 30, 40], dt=0.05)
    assert rates[:2].tolist() == [0, 0]  # at rheobase the threshold is never reached
    assert rates[2] > 25
    # Brian frees a neuron one time step before t_ref has passed: up to 1.7 %
    np.testing.assert_allclose(rates, expected, rtol=0.02)


def test_rate_converges_as_the_time_step_is_halved():
    errors = []
    for dt in (0.2, 0.1, 0.05):
        rates, expected = measured_and_theoretical(np.linspace(1, 40, 60), dt)
        errors.append(np.sqrt(np.mean((rates / expected - 1) ** 2)))
    assert errors[0] < 0.05
    # of first order: each is half of the one before
    assert 0.35 < errors[1] / errors[0] < 0.65
    assert 0.35 < errors[2] / errors[1] < 0.65


@pytest.mark.parametrize("amplitude", [2, 10])
def test_filtered_spikes_have_the_mean_of_the_filtered_rate(amplitude):
    """The mean of r is the rate: what the rate network puts in the place of spikes."""
    parameters = LIFParameters(n_neurons=2, Q=1 * mV)
    neurons = lif_neurons(parameters)
    neurons.v = parameters.v_reset
    neurons.feedback = [amplitude, 0]
    r = StateMonitor(neurons, "r", record=True)
    spikes = SpikeMonitor(neurons)
    Network(neurons, r, spikes).run(500 * ms)
    times = np.asarray(spikes.t)
    period = np.diff(times).mean()
    settled = r.t_ > 0.5 - np.floor(0.2 / period) * period  # whole periods
    expected = float(firing_rate(neurons.I[0], parameters))
    assert abs(np.mean(r.r_[0, settled]) / expected - 1) < 0.02


@pytest.mark.parametrize("dt", [0.05, 0.5])
def test_filters_have_area_one(dt):
    parameters = LIFParameters(n_neurons=2, I_bias=-60 * mV, dt=dt * ms)
    neurons = lif_neurons(parameters)
    neurons.v = [0, -60] * mV  # the first neuron spikes at once, and never again
    weight = 0.7
    one = Connections(np.array([0]), np.array([1]), np.array([weight]))
    spikes, filtered = SpikeMonitor(neurons), StateMonitor(neurons, ["r", "s"], record=True)
    Network(neurons, recurrent_synapses(neurons, one), spikes, filtered).run(400 * ms)
    assert spikes.count[:].tolist() == [1, 0]
    areas = np.array([filtered.r / (1 / second), filtered.s / (1 / second)]).sum(axis=2)
    # 400 ms are 20 decay times, so nothing is missing
    np.testing.assert_allclose(areas * dt * 1e-3, [[1, 0], [0, weight]], atol=1e-7)


@pytest.mark.parametrize(("v_initial_max", "silent"), [(-40.1, True), (30, False)])
def test_only_a_start_above_threshold_sets_a_network_going(v_initial_max, silent):
    parameters = LIFParameters(n_neurons=200, v_initial_max=v_initial_max * mV)
    streams = random_streams(1)
    neurons = lif_neurons(parameters)
    v_reset = float(parameters.v_reset / mV)
    neurons.v = streams.initial_state.uniform(v_reset, v_initial_max, 200) * mV
    weights = row_balanced_weights(200, parameters.connection_probability, streams.weights)
    spikes = SpikeMonitor(neurons)
    Network(neurons, recurrent_synapses(neurons, weights), spikes).run(150 * ms)
    still_spiking = np.sum(spikes.t > 100 * ms)
    assert (spikes.num_spikes == 0) if silent else (still_spiking > 0)


def small_network(**options):
    return lif_network(tasks.sine(), LIFParameters(n_neurons=100), **options)


def arrays_of(network):
    neurons, recurrent, readout = (network[name] for name in ("neurons", "recurrent", "readout"))
    variables = neurons.v_, recurrent.i, recurrent.j, recurrent.w, readout.encoders_
    return [np.array(variable[:]) for variable in variables]


def test_seed_decides_every_array():
    first, same, other = (arrays_of(small_network(seed=seed)) for seed in (1, 1, 2))
    for one, equal, different in zip(first, same, other, strict=True):
        np.testing.assert_array_equal(one, equal)
        assert not np.array_equal(one, different)


def test_padding_leaves_encoders_and_voltages_alone():
    plain, more = (
        arrays_of(small_network(seed=1)),
        arrays_of(small_network(seed=1, n_synapses=2000)),
    )
    assert more[3].size == 2000
    np.testing.assert_array_equal(more[0], plain[0])
    np.testing.assert_array_equal(more[4], plain[4])


def test_network_has_its_own_time_step():
    before = float(defaultclock.dt)
    network = small_network(seed=1)
    assert float(defaultclock.dt) == before
    names = ("neurons", "recurrent", "readout")
    assert [float(network[name].clock.dt) for name in names] == [5e-5] * 3


def test_task_gives_what_is_left_out():
    network = lif_network(tasks.sine(), seed=1, learn_from=2 * second)
    assert network["neurons"].N == 1000
    assert float(network["neurons"].Q / mV) == pytest.approx(30)
    assert network["readout"].learn_from == 2 * second
    assert network["readout"].learn_until == 10 * second


def test_window_must_fit_into_the_run():
    with pytest.raises(ValueError, match=r"'learn_until' .* must be within 'duration' \(8. s\)"):
        small_network(seed=1, duration=8 * second)
