"""Statistics of spike trains: small cases by hand, the rest against Elephant."""

import subprocess
import sys

import numpy as np
import pytest
from brian2 import second
from elephant import statistics as elephant
from neo import SpikeTrain

from brian_force.analysis.statistics import (
    cv,
    cv2,
    fano_factor,
    interspike_intervals,
    lv,
    mean_firing_rates,
    spike_statistics,
)
from brian_force.exchange import SpikeTrials

NAMES = ("rate", "cv", "cv2", "lv", "fano_factor")


def made_trials(trains, duration=1.0, **keywords):
    """Make trials of trains[trial][neuron]."""
    flat = [(k, n, t) for k, trial in enumerate(trains) for n, own in enumerate(trial) for t in own]
    trials, neurons, times = np.array(flat).reshape(-1, 3).T
    options = {"durations": np.full(len(trains), duration) * second, **keywords}
    return SpikeTrials(
        spike_times=times * second,
        spike_neurons=neurons.astype(int),
        spike_trials=trials.astype(int),
        n_neurons=len(trains[0]),
        **options,
    )


@pytest.fixture
def trains(rng):
    """Trains of 5 trials and 6 neurons of rising rates; the first is silent."""
    return [[np.sort(rng.uniform(0, 1, rng.poisson(4 * n))) for n in range(6)] for _ in range(5)]


@pytest.fixture
def trials(trains):
    return made_trials(trains, neuron_ids=np.array(list("abcdef")))


def of_neuron(trains, n):
    return [trial[n] for trial in trains]


# By hand


def test_a_few_spikes():
    trials = made_trials([[[0.1, 0.2, 0.4]], [[0.5, 0.6, 0.9]]], duration=2.0)
    assert mean_firing_rates(trials).values.tolist() == [[1.5, 1.5]]
    np.testing.assert_allclose(interspike_intervals(trials), [0.1, 0.2, 0.1, 0.3])
    spread = np.std([0.1, 0.2, 0.1, 0.3]) / 0.175
    assert cv(trials).item() == pytest.approx(spread)
    assert cv2(trials).item() == pytest.approx((2 / 3 + 1) / 2)  # no pair spans two trials
    assert lv(trials).item() == pytest.approx(3 * (1 / 9 + 1 / 4) / 2)
    assert fano_factor(trials).item() == 0


def test_regular_and_silent_neurons():
    trials = made_trials([[np.arange(0.1, 1, 0.1), []]] * 2)
    for measure in (cv, cv2, lv):
        regular, silent = measure(trials).values
        assert regular == pytest.approx(0, abs=1e-12)
        assert np.isnan(silent)
    np.testing.assert_array_equal(fano_factor(trials), [0, np.nan])


@pytest.mark.parametrize("train", [[], [0.5], [0.5, 0.6], [0.5, 0.5, 0.5]])
def test_too_few_spikes_are_nan(train):
    found = spike_statistics(made_trials([[train]]))
    assert found.rate.item() == len(train)
    assert all(np.isnan(found[name].item()) for name in NAMES[1:])


def test_a_poisson_process_has_variations_near_one(rng):
    trains = [[np.sort(rng.uniform(0, 100, 4000))] for _ in range(3)]
    found = spike_statistics(made_trials(trains, duration=100))
    for name in ("cv", "cv2", "lv"):
        assert found[name].item() == pytest.approx(1, abs=0.05)


# Against Elephant


def test_rates_are_those_of_elephant(trials, trains):
    rates = mean_firing_rates(trials)
    assert rates.dims == ("neuron", "trial")
    expected = [
        [
            elephant.mean_firing_rate(SpikeTrain(train, units="s", t_stop=1)).rescale("Hz").item()
            for train in of_neuron(trains, n)
        ]
        for n in range(6)
    ]
    np.testing.assert_allclose(rates, expected, rtol=1e-12)


def test_intervals_are_those_of_elephant(trials, trains):
    intervals = interspike_intervals(trials)
    for n, name in enumerate("abcdef"):
        for k in range(5):
            own = intervals[(intervals.neuron == name) & (intervals.trial == k)]
            np.testing.assert_allclose(own, elephant.isi(trains[k][n]), rtol=1e-12)
    assert intervals.attrs["units"] == "s"


def test_cv_is_that_of_elephant_over_all_intervals(trials, trains):
    pooled = [
        np.concatenate([elephant.isi(train) for train in of_neuron(trains, n)]) for n in range(6)
    ]
    expected = [elephant.cv(own) if len(own) > 1 else np.nan for own in pooled]
    np.testing.assert_allclose(cv(trials), expected, rtol=1e-12)


@pytest.mark.parametrize("name", ["cv2", "lv"])
def test_local_variation_is_the_mean_of_elephant_over_pairs(trials, trains, name):
    ours, theirs = {"cv2": (cv2, elephant.cv2), "lv": (lv, elephant.lv)}[name]
    for n in range(1, 6):
        trained = [elephant.isi(train) for train in of_neuron(trains, n) if len(train) > 2]
        n_pairs = [len(own) - 1 for own in trained]
        expected = np.average([theirs(own) for own in trained], weights=n_pairs)
        assert ours(trials)[n].item() == pytest.approx(expected, rel=1e-12)
    single = ours(trials.select(trials=[2]))
    np.testing.assert_allclose(single[5], theirs(elephant.isi(trains[2][5])), rtol=1e-12)


def test_fano_factors_are_those_of_elephant(trials, trains):
    expected = [elephant.fanofactor(of_neuron(trains, n)) for n in range(6)]
    np.testing.assert_allclose(fano_factor(trials), expected, rtol=1e-12)


# All at once


def test_the_summary_holds_all(trials):
    found = spike_statistics(trials)
    assert set(found) == set(NAMES)
    assert found.attrs == {"n_trials": 5, "n_spikes": trials.n_spikes}
    assert found.neuron.values.tolist() == list("abcdef")
    assert {name: found[name].attrs["units"] for name in found} == {
        name: "Hz" if name == "rate" else "1" for name in NAMES
    }
    np.testing.assert_allclose(found.rate, mean_firing_rates(trials).mean("trial"))
    for measure in (cv, cv2, lv, fano_factor):
        np.testing.assert_array_equal(found[measure.__name__], measure(trials))


def test_trials_of_several_lengths():
    trials = made_trials([[[0.1, 0.2, 0.4]], [[0.5]]], durations=[0.5, 1.5] * second)
    assert mean_firing_rates(trials).values.tolist() == [[6, 2 / 3]]
    found = spike_statistics(trials)
    assert found.rate.item() == 2
    assert np.isnan(found.fano_factor.item())
    with pytest.raises(ValueError, match="equally long"):
        fano_factor(trials)


def test_many_neurons():
    """More than a number of 16 bits counts."""
    n = 70_000
    trials = SpikeTrials(
        spike_times=[0.1, 0.2, 0.3, 0.4] * second,
        spike_neurons=[1, n - 1, n - 1, 1 + 65_536],
        spike_trials=[0] * 4,
        n_neurons=n,
        durations=[1] * second,
    )
    intervals = interspike_intervals(trials)
    assert intervals.neuron.values.tolist() == [n - 1]


ANALYSIS = """
import resource, sys
import numpy as np
from brian2 import ms, second
from brian_force.analysis.binning import spike_counts, time_histogram
from brian_force.analysis.filtering import mean_rates
from brian_force.analysis.kernel import SynapticKernel, instantaneous_rates
from brian_force.analysis.statistics import spike_statistics
from brian_force.exchange import SpikeTrials

rng = np.random.default_rng(1)
trials = SpikeTrials(
    spike_times=rng.integers(0, 100_000, 6_000_000) * 0.05 * ms,
    spike_neurons=rng.integers(0, 2000, 6_000_000),
    spike_trials=np.sort(rng.integers(0, 20, 6_000_000)),
    n_neurons=2000,
    durations=[5] * 20 * second,
    dt=0.05 * ms,
)
taus = (2 * ms, 20 * ms)
spike_statistics(trials)
time_histogram(trials, 5 * ms)
spike_counts(trials, 5 * ms)
mean_rates(trials, *taus)
instantaneous_rates(trials, SynapticKernel(*taus), 1 * ms, pool_trials=True)
kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(kilobytes / (1e9 if sys.platform == "darwin" else 1e6))
"""


@pytest.mark.slow
def test_the_analysis_of_a_large_network_needs_less_than_two_gigabytes():
    """2000 neurons, 20 trials of 5 s, 30 Hz: 6 million spikes."""
    command = [sys.executable, "-c", ANALYSIS]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 2
