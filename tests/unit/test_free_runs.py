"""Repetitions in the free run: bias and variance, spikes, currents."""

import dataclasses

import numpy as np
import pytest
from brian2 import ms
from numpy.testing import assert_allclose, assert_array_equal

from brian_force.analysis import (
    bias_and_variance,
    filtered_currents,
    repetition_spikes,
    repetition_variability,
)
from brian_force.analysis.free_runs import _currents
from brian_force.exchange import Signal

PERIOD, STEP, N_NEURONS = 0.2, 1e-3, 40


def with_output(recording, output):
    """Return a recording whose free run has a given output at 0, 1, ... ms."""
    wave = np.cos(2 * np.pi * np.arange(len(output)) * STEP / PERIOD)
    signals = {
        "output": Signal(values=(output[:, np.newaxis],), dt=1 * ms),
        "target": Signal(values=(wave[:, np.newaxis],), dt=1 * ms),
    }
    rates = recording.free.signals
    signals |= {"r": rates["r"]} if "r" in rates else {}
    return dataclasses.replace(recording, free=dataclasses.replace(recording.free, signals=signals))


def wave_at(speed, n=1200):
    return np.cos(2 * np.pi * speed * np.arange(n) * STEP / PERIOD)


def test_a_wrong_speed_is_drift_and_bias_only_where_cycles_are_read_over_the_period(trained_twins):
    found = repetition_variability(with_output(trained_twins[0], wave_at(1.02)))
    own, target = found.sel(cycle="own"), found.sel(cycle="target")
    assert float(own["duration"]) == pytest.approx(PERIOD / 1.02, rel=1e-3)
    assert float(own["drift"]) == pytest.approx(20, rel=0.03)
    assert float(own["mean_squared_bias"]) < 1e-6
    assert float(target["mean_squared_bias"]) > 1e-4
    assert found["phase"].attrs["units"] == "s"
    assert_allclose(own["target"][0], 1, atol=1e-6)


def test_bias_and_variance_are_those_of_the_repetitions(trained_twins):
    rng = np.random.default_rng(1)
    noise = np.convolve(rng.normal(size=1200), np.ones(20) / 20, "same")
    found = repetition_variability(with_output(trained_twins[0], wave_at(1) + 0.1 * noise))
    own = found.sel(cycle="own")
    expected = bias_and_variance(own["outputs"].to_numpy(), own["target"].to_numpy())
    assert float(own["mean_variance"]) == pytest.approx(expected.mean_variance)
    assert float(own["variance_to_bias"]) == pytest.approx(expected.variance_to_bias)
    assert own.sizes["repetition"] == own["n_repetitions"]


def test_spikes_stand_in_their_repetitions_in_order(trained_twins):
    lif = with_output(trained_twins[0], wave_at(1))
    found = repetition_spikes(lif, [7, 3])
    assert found["neuron"].values.tolist() == [3, 7]
    times, neurons = lif.free.trial(0)
    starts = repetition_variability(lif)["starts"].sel(cycle="own").to_numpy()
    expected = times[(neurons == 7) & (times >= starts[1]) & (times < starts[1] + PERIOD)]
    own = found.isel(spike=np.flatnonzero((found.spike_neuron == 7) & (found.repetition == 1)))
    assert_allclose(own["spike_phase"], expected - starts[1], atol=1e-4)
    assert_array_equal(own["order"], np.arange(len(expected)))


def test_neurons_are_drawn_by_seed_among_those_that_fire(trained_twins):
    lif = trained_twins[0]
    found, again = repetition_spikes(lif, 5), repetition_spikes(lif, 5)
    assert found.identical(again)
    assert found.sizes["neuron"] == 5
    counts = np.bincount(found["spike_neuron"], minlength=N_NEURONS)[found["neuron"]]
    assert (counts >= 1).all()
    other = repetition_spikes(dataclasses.replace(lif, seed=4), 5)
    assert other["neuron"].values.tolist() != found["neuron"].values.tolist()


def test_currents_of_spikes_begin_with_those_of_the_state(trained_twins):
    """The network itself holds s = sum omega r [Hz]."""
    lif = trained_twins[0]
    neurons = np.array([2, 30])
    times, currents = _currents(lif, neurons)
    G = 0.1  # mV/Hz
    assert times[0] == 0
    assert_allclose(currents[0], G * lif.state["s"][neurons], rtol=1e-6)


@pytest.mark.parametrize("which", [0, 1])
def test_currents_have_a_mean_and_a_spread(trained_twins, which):
    found = filtered_currents(with_output(trained_twins[which], wave_at(1)), [1, 5, 20])
    current = found["current"]
    assert current.dims == ("neuron", "repetition", "phase")
    assert_allclose(found["mean"], current.mean("repetition"))
    assert_allclose(found["sd"], current.std("repetition", ddof=1))
    assert {found[name].attrs["units"] for name in found} == {"mV"}


def test_what_has_no_repetitions_is_refused(trained_twins):
    lif, rate = trained_twins
    with pytest.raises(ValueError, match="must be one with test trials"):
        repetition_variability(dataclasses.replace(lif, free=None, forced=None))
    with pytest.raises(ValueError, match="must be of a task with a period, but got 'sine'"):
        filtered_currents(dataclasses.replace(lif, free=None))
    with pytest.raises(ValueError, match="must be of a spiking network, but got of 'rate'"):
        repetition_spikes(rate)
    with pytest.raises(ValueError, match=r"at least two repetitions in its free run"):
        repetition_variability(with_output(lif, wave_at(1, n=450)))


@pytest.mark.parametrize("neurons", [[40], [-1]])
def test_neurons_that_are_none_are_refused(trained_twins, neurons):
    with pytest.raises(ValueError, match=r"'neurons' argument .* must be numbers from 0 to 39"):
        filtered_currents(trained_twins[0], neurons)
