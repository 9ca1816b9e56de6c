"""Counts in bins, on the grid and off it."""

import numpy as np
import pytest
import quantities as pq
from brian2 import DimensionMismatchError, Hz, ms, second
from elephant.conversion import BinnedSpikeTrain
from elephant.spike_train_correlation import correlation_coefficient
from elephant.statistics import time_histogram as elephant_histogram
from neo import SpikeTrain

from brian_force.analysis.binning import (
    bin_numbers,
    correlation_coefficients,
    spike_counts,
    time_histogram,
)
from brian_force.exchange import SpikeTrials

# what Elephant still writes
pytestmark = [
    pytest.mark.filterwarnings("ignore:The 'copy' argument in Quantity:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning"),
]


def made_trials(times, neurons, numbers, n_neurons=4, durations=(1.0, 1.0), **keywords):
    return SpikeTrials(
        spike_times=np.array(times, dtype=float) * second,
        spike_neurons=np.array(neurons, dtype=int),
        spike_trials=np.array(numbers, dtype=int),
        n_neurons=n_neurons,
        durations=durations * second,
        **keywords,
    )


@pytest.fixture
def trials(rng):
    """2 trials of 1 s, 4 neurons 'a' to 'd', spikes at any time."""
    n_spikes = 300
    places = rng.integers(0, 4, n_spikes), rng.integers(0, 2, n_spikes)
    return made_trials(rng.uniform(0, 1, n_spikes), *places, neuron_ids=np.array(list("abcd")))


def neo_trains(trials, number, n_neurons=4):
    times, neurons = trials.trial(number)
    return [SpikeTrain(times[neurons == n], units="s", t_stop=1.0) for n in range(n_neurons)]


def test_counts_of_a_few_spikes():
    trials = made_trials([0.05, 0.1, 0.1, 0.95, 1.0], [0, 0, 1, 3, 3], [0, 0, 0, 1, 1])
    counts = spike_counts(trials, 100 * ms)
    assert counts.dims == ("trial", "time", "neuron")
    assert counts.shape == (2, 10, 4)
    assert int(counts.sum()) == 5
    assert counts[0, 0, 0] == counts[0, 1, 0] == counts[0, 1, 1] == 1
    assert counts[1, 9, 3] == 2  # the trial ends with this bin, and the spike with the trial


def test_counts_are_labelled(trials):
    counts = spike_counts(trials.select(neurons=[2, 0]), 10 * ms)
    assert counts.neuron.values.tolist() == ["c", "a"]
    np.testing.assert_allclose(counts.time, 0.01 * np.arange(100))
    assert (counts.attrs["units"], counts.time.attrs["units"]) == ("1", "s")
    assert counts.dtype == np.int32


def test_counts_are_those_of_elephant(trials):
    counts = spike_counts(trials, 7 * ms)  # the last 6 ms are no whole bin
    for number in range(2):
        stop = 142 * 7 * pq.ms
        binned = BinnedSpikeTrain(neo_trains(trials, number), bin_size=7 * pq.ms, t_stop=stop)
        np.testing.assert_array_equal(counts[number], binned.to_array().T)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_spike_at_an_edge_opens_its_bin(dtype):
    steps = np.arange(20_000)
    times = (steps * 0.05e-3).astype(dtype).astype(float)
    trials = made_trials(times, steps * 0, steps * 0, 1, (1.0,), dt=0.05 * ms)
    for per_bin in (1, 2, 3, 10, 20, 50):
        bins, n_bins = bin_numbers(trials, per_bin * 0.05 * ms)
        np.testing.assert_array_equal(bins, steps // per_bin)
        assert n_bins == 20_000 // per_bin


def test_what_is_left_of_a_trial_is_not_counted():
    trials = made_trials([0.1, 0.899, 0.9, 1.0], [0] * 4, [0] * 4, 1, (1.0,))
    counts = spike_counts(trials, 300 * ms)
    assert counts[0, :, 0].values.tolist() == [1, 0, 1]
    assert time_histogram(trials, 300 * ms, output="counts").values.tolist() == [1, 0, 1]


@pytest.mark.parametrize("output", ["counts", "mean", "rate"])
def test_histograms_are_those_of_elephant(trials, output):
    histogram = time_histogram(trials, 5 * ms, output=output)
    trains = neo_trains(trials, 0) + neo_trains(trials, 1)
    expected = elephant_histogram(trains, bin_size=5 * pq.ms, output=output)
    values = (expected.rescale("Hz") if output == "rate" else expected).magnitude[:, 0]
    np.testing.assert_allclose(histogram, values, rtol=1e-12)
    assert histogram.attrs["units"] == ("Hz" if output == "rate" else "1")


@pytest.mark.parametrize("bin_size", [1, 50])  # few and many bins are empty: Elephant has two ways
def test_correlations_are_those_of_numpy_and_elephant(trials, bin_size):
    matrix = correlation_coefficients(trials, bin_size * ms)
    counts = spike_counts(trials, bin_size * ms).to_numpy().reshape(-1, 4)
    np.testing.assert_allclose(matrix, np.corrcoef(counts.T), atol=1e-12)
    assert matrix.dims == ("neuron", "other")
    assert matrix.sel(neuron="b", other="b") == pytest.approx(1)
    alone = correlation_coefficients(trials.select(trials=[1]), bin_size * ms)
    binned = BinnedSpikeTrain(neo_trains(trials, 1), bin_size=bin_size * pq.ms)
    np.testing.assert_allclose(alone, correlation_coefficient(binned), atol=1e-12)


@pytest.mark.parametrize("bin_size", [1, 50])
def test_silent_neurons_have_no_correlation(trials, bin_size):
    times, neurons = trials.trial(0)
    silent = made_trials(times, neurons, neurons * 0, 5, (1.0,))
    matrix = correlation_coefficients(silent, bin_size * ms)
    assert np.isnan(matrix[4]).all()
    assert np.isfinite(matrix[:4, :4]).all()


def test_one_neuron_correlates_with_itself(trials):
    assert correlation_coefficients(trials.select(neurons=[1]), 10 * ms).shape == (1, 1)


def test_no_spikes_at_all():
    trials = made_trials([], [], [], 2)
    assert spike_counts(trials, 10 * ms).sum() == 0
    assert time_histogram(trials, 10 * ms).sum() == 0


def test_arguments_are_checked(trials):
    with pytest.raises(DimensionMismatchError, match="'bin_size' argument of spike_counts"):
        spike_counts(trials, 5 * Hz)
    with pytest.raises(ValueError, match=r"at most the duration of a trial, 1000\*ms"):
        time_histogram(trials, 2 * second)
    with pytest.raises(ValueError, match="'counts', 'mean' or 'rate'"):
        time_histogram(trials, 5 * ms, output="sum")
    with pytest.raises(ValueError, match="equally long"):
        spike_counts(made_trials([], [], [], 1, (1.0, 1.1)), 5 * ms)
