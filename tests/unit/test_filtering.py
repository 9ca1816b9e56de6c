"""Filtered spikes are those of the simulated network, to rounding."""

import numpy as np
import pytest
from brian2 import DimensionMismatchError, Hz, SpikeMonitor, StateMonitor, ms, second
from scipy.signal import lfilter

from brian_force import tasks
from brian_force.analysis.filtering import (
    filter_states,
    filtered_rates,
    mean_rates,
    synaptic_filter,
)
from brian_force.exchange import SpikeTrials
from brian_force.networks import LIFParameters, lif_network

TAU_R, TAU_D, DT = 2e-3, 20e-3, 0.05e-3
CONSTANTS = (TAU_R * second, TAU_D * second)
N = 30


@pytest.fixture(scope="module")
def simulated(on_device):
    """Spikes of a small network over 400 ms, and its r and h every 2.5 ms."""
    with on_device("numpy"):
        network = lif_network(tasks.sine(), LIFParameters(n_neurons=N), seed=2)
        neurons = network["neurons"]
        spikes = SpikeMonitor(neurons)
        states = StateMonitor(neurons, ["r", "h"], record=True, dt=2.5 * ms)
        network.add(spikes, states)
        network.run(400 * ms)
        trials = SpikeTrials(
            spike_times=np.array(spikes.t_) * second,
            spike_neurons=np.array(spikes.i),
            spike_trials=np.zeros(spikes.num_spikes, dtype=int),
            n_neurons=N,
            durations=[0.4] * second,
            dt=0.05 * ms,
        )
        yield trials, np.array(states.t_), np.array(states.r_).T, np.array(states.h_).T


@pytest.fixture
def trials(rng):
    """Random spikes on the grid: 4 trials of 300 ms, 7 neurons called 10, 11, ..."""
    n_spikes = 500
    return SpikeTrials(
        spike_times=rng.integers(0, 6000, n_spikes) * DT * second,
        spike_neurons=rng.integers(0, 7, n_spikes),
        spike_trials=rng.integers(0, 4, n_spikes),
        n_neurons=7,
        durations=[0.3] * 4 * second,
        dt=DT * second,
        neuron_ids=np.arange(10, 17),
    )


def dense(times, neurons, n_neurons, n_steps, tau_r=TAU_R, tau_d=TAU_D, dt=DT):
    """Filter on every step, after the equations."""
    counts = np.zeros((n_steps + 1, n_neurons))
    np.add.at(counts, (np.rint(times / dt).astype(int), neurons), 1 / (tau_r * tau_d))
    h = lfilter([0, 1], [1, dt / tau_d - 1], counts, axis=0)
    return lfilter([0, dt], [1, dt / tau_r - 1], h, axis=0)


# The network itself


def test_rates_are_those_of_the_simulated_network(simulated):
    trials, times, r, _ = simulated
    assert trials.n_spikes > 100
    rates = filtered_rates(trials, *CONSTANTS)
    np.testing.assert_allclose(rates.time, times, atol=1e-12)
    np.testing.assert_allclose(rates[0], r, rtol=1e-12)
    assert r.max() > 20


def test_states_are_those_of_the_simulated_network(simulated):
    trials, times, r, h = simulated
    states = filter_states(trials, *CONSTANTS, times * second)
    np.testing.assert_allclose(states["r"], r, rtol=1e-12)
    np.testing.assert_allclose(states["h"], h, rtol=1e-12)


def test_pieces_start_from_the_states_of_the_run(simulated):
    trials, _, r, h = simulated
    starts = [50, 100, 200] * ms
    pieces = trials.cut(starts, 100 * ms)
    state = filter_states(trials, *CONSTANTS, starts)
    whole = filtered_rates(trials, *CONSTANTS)[0]
    expected = [whole[k : k + 40] for k in (20, 40, 80)]
    rates = filtered_rates(pieces, *CONSTANTS, state=state)
    np.testing.assert_allclose(rates, expected, rtol=1e-12)
    mean = mean_rates(pieces, *CONSTANTS, state=state)
    np.testing.assert_allclose(mean, np.mean(expected, axis=0), rtol=1e-12)
    alone = filtered_rates(pieces.select(trials=[1]), *CONSTANTS, state={"r": r[40], "h": h[40]})
    np.testing.assert_allclose(alone[0], expected[1], rtol=1e-12)


# One spike


def test_a_spike_enters_h_at_once_and_r_two_steps_later():
    times = DT * np.arange(10, 14)
    rates = synaptic_filter([10 * DT], [0], 1, times, TAU_R, TAU_D, DT)
    jump = 1 / (TAU_R * TAU_D)
    second_step = (1 - DT / TAU_R) + (1 - DT / TAU_D)
    np.testing.assert_allclose(rates[:, 0], [0, 0, jump * DT, jump * DT * second_step], rtol=1e-12)


@pytest.mark.parametrize("tau_d", [20e-3, 2e-3, 1e-3])
def test_a_spike_has_area_one(tau_d):
    times = DT * np.arange(20_000)
    rates = synaptic_filter([0.0], [0], 1, times, TAU_R, tau_d, DT)
    assert rates.sum() * DT == pytest.approx(1, rel=1e-12)


def test_a_filter_as_short_as_a_step():
    times = 1e-3 * np.arange(20)
    rates = synaptic_filter([0.0], [0], 1, times, 1e-3, 5e-3, 1e-3)
    expected = dense(np.zeros(1), [0], 1, 19, 1e-3, 5e-3, 1e-3)
    np.testing.assert_allclose(rates, expected, rtol=1e-12)


@pytest.mark.parametrize("steps", [[0], [5999], [1, 2, 3, 700, 4000], range(0, 6000, 7)])
def test_any_samples(trials, steps):
    times, neurons = trials.trial(2)
    everywhere = dense(times, neurons, 7, 6000)
    shuffled = np.random.default_rng(3).permutation(len(times))
    spikes = (times[shuffled], neurons[shuffled])
    rates = synaptic_filter(*spikes, 7, DT * np.array(steps), TAU_R, TAU_D, DT)
    np.testing.assert_allclose(rates, everywhere[list(steps)], rtol=1e-11, atol=1e-290)


def test_the_state_decays():
    times = DT * np.arange(2000)
    rates = synaptic_filter([], [], 2, times[::40], TAU_R, TAU_D, DT, ([5.0, 0.0], [0.0, 900.0]))
    decay = 5 * (1 - DT / TAU_R) ** np.arange(0, 2000, 40)
    np.testing.assert_allclose(rates[:, 0], decay, rtol=1e-12)
    assert rates[0, 1] == 0
    total = synaptic_filter([], [], 1, DT * np.arange(20_000), TAU_R, TAU_D, DT, ([0.0], [900.0]))
    assert total.sum() * DT == pytest.approx(900 * TAU_R * TAU_D)


def test_a_spike_between_two_steps_belongs_to_the_earlier_one():
    times = DT * np.arange(50)
    between = synaptic_filter([10.6 * DT], [0], 1, times, TAU_R, TAU_D, DT)
    np.testing.assert_array_equal(
        between, synaptic_filter([10 * DT], [0], 1, times, TAU_R, TAU_D, DT)
    )


# Trials


def test_the_mean_is_the_mean_of_trials(trials):
    rates = filtered_rates(trials, *CONSTANTS)
    np.testing.assert_allclose(mean_rates(trials, *CONSTANTS), rates.mean("trial"), rtol=1e-12)
    some = mean_rates(trials.select(trials=[0, 3]), *CONSTANTS)
    np.testing.assert_allclose(some, rates[[0, 3]].mean("trial"), rtol=1e-12)


def test_rates_are_labelled(trials):
    rates = filtered_rates(trials.select(neurons=[5, 2]), *CONSTANTS, sample_dt=1 * ms)
    assert rates.dims == ("trial", "time", "neuron")
    assert rates.shape == (4, 300, 2)
    assert rates.neuron.values.tolist() == [15, 12]
    assert rates.attrs["units"] == "Hz"
    assert rates.time.attrs["units"] == "s"
    assert float(rates.time[-1]) == pytest.approx(0.299)
    assert mean_rates(trials, *CONSTANTS).dims == ("time", "neuron")


def test_the_last_sample_is_within_the_trial(trials):
    rates = filtered_rates(trials, *CONSTANTS, sample_dt=7 * ms)
    assert float(rates.time[-1]) == pytest.approx(0.294)


# What is refused


def without_grid(trials):
    return SpikeTrials(
        spike_times=trials.spike_times,
        spike_neurons=trials.spike_neurons,
        spike_trials=trials.spike_trials,
        n_neurons=7,
        durations=trials.durations,
    )


def test_spikes_without_a_grid_need_a_time_step(trials):
    with pytest.raises(TypeError, match=r"'dt' argument of filtered_rates.*dt=0.05\*ms"):
        filtered_rates(without_grid(trials), *CONSTANTS)
    given = filtered_rates(without_grid(trials), *CONSTANTS, dt=DT * second)
    np.testing.assert_array_equal(given, filtered_rates(trials, *CONSTANTS))


def test_units_are_checked(trials):
    with pytest.raises(DimensionMismatchError, match="'tau_r' argument of mean_rates"):
        mean_rates(trials, 2 * Hz, 20 * ms)
    with pytest.raises(DimensionMismatchError, match="'times' argument of filter_states"):
        filter_states(trials, *CONSTANTS, [0.1, 0.2])
    with pytest.raises(ValueError, match="'sample_dt'"):
        filtered_rates(trials, *CONSTANTS, sample_dt=0 * ms)


def test_samples_off_the_grid_are_refused(trials):
    with pytest.raises(ValueError, match=r"multiples of the time step, 0.05 ms.*got 0.00012 s"):
        filtered_rates(trials, *CONSTANTS, sample_dt=0.12 * ms)
    with pytest.raises(ValueError, match="another order"):
        filter_states(trials, *CONSTANTS, [20, 10] * ms)
    with pytest.raises(ValueError, match="another order"):
        synaptic_filter([], [], 1, [-DT, 0], TAU_R, TAU_D, DT)


def test_early_spikes_are_refused():
    with pytest.raises(ValueError, match=r"at 0 s or later, but got -0.1 s"):
        synaptic_filter([-0.1], [0], 1, [0.0], TAU_R, TAU_D, DT)


@pytest.mark.parametrize(
    "state", [{"r": np.zeros(7)}, {"r": np.zeros(7), "h": np.zeros(6)}, np.zeros((2, 7)), {}]
)
def test_a_state_of_another_form_is_refused(trials, state):
    with pytest.raises(ValueError, match=r"a dict of 'r' and 'h', each of shape \(7,\)"):
        mean_rates(trials, *CONSTANTS, state=state)


def test_trials_of_several_lengths_are_refused(trials):
    unequal = SpikeTrials(
        spike_times=[] * second,
        spike_neurons=[],
        spike_trials=[],
        n_neurons=1,
        durations=[0.1, 0.2] * second,
        dt=DT * second,
    )
    with pytest.raises(ValueError, match="equally long"):
        filtered_rates(unequal, *CONSTANTS)
