"""No spike is lost, none is counted in a wrong bin; filters are linear; Elephant agrees."""

from fractions import Fraction

import numpy as np
import pytest
import quantities as pq
from brian2 import second
from elephant import statistics as elephant
from elephant.conversion import BinnedSpikeTrain
from hypothesis import given, settings
from hypothesis import strategies as st
from neo import SpikeTrain

from brian_force.analysis.binning import spike_counts, time_histogram
from brian_force.analysis.filtering import filtered_rates, mean_rates
from brian_force.analysis.statistics import spike_statistics
from brian_force.exchange import SpikeTrials

STEPS = [Fraction(1, 20), Fraction(1, 25), Fraction(1, 10), Fraction(1, 3), Fraction(1, 2), 1]  # ms

often = settings(max_examples=100, deadline=None)

# what Elephant still writes
pytestmark = pytest.mark.filterwarnings("ignore:The 'copy' argument in Quantity:DeprecationWarning")


@st.composite
def on_grid(draw, dts=tuple(STEPS)):
    """Spikes on a grid: trials, and steps, neurons and trials of their spikes, dt in ms."""
    dt = draw(st.sampled_from(dts))
    n_steps = draw(st.integers(1, 200_000))
    n_neurons, n_trials = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_spikes = draw(st.integers(0, 300))
    steps, neurons, numbers = (
        rng.integers(0, top, n_spikes) for top in (n_steps, n_neurons, n_trials)
    )
    step = float(dt) * 1e-3
    trials = SpikeTrials(
        spike_times=steps * step * second,
        spike_neurons=neurons,
        spike_trials=numbers,
        n_neurons=n_neurons,
        durations=[n_steps * step] * n_trials * second,
        dt=step * second,
    )
    return trials, (steps, neurons, numbers), n_steps, dt


@often
@given(data=on_grid(), per_bin=st.integers(1, 60))
def test_every_spike_on_the_grid_is_counted_in_its_bin(data, per_bin):
    trials, (steps, neurons, numbers), n_steps, dt = data
    per_bin = min(per_bin, n_steps)
    counts = spike_counts(trials, float(per_bin * dt) * 1e-3 * second)
    n_bins = n_steps // per_bin
    expected = np.zeros((trials.n_trials, n_bins + 1, trials.n_neurons), dtype=int)
    np.add.at(expected, (numbers, steps // per_bin, neurons), 1)
    np.testing.assert_array_equal(counts, expected[:, :n_bins])
    histogram = time_histogram(trials, float(per_bin * dt) * 1e-3 * second, output="counts")
    np.testing.assert_array_equal(histogram, expected[:, :n_bins].sum(axis=(0, 2)))
    if n_steps % per_bin == 0:
        assert int(counts.sum()) == trials.n_spikes


@often
@given(data=on_grid(), length=st.fractions(Fraction(1, 10), 100, max_denominator=40))
def test_bins_need_not_be_multiples_of_the_step(data, length):
    trials, (steps, _, _), n_steps, dt = data
    n_bins = n_steps * dt // length
    if n_bins < 1:
        return
    histogram = time_histogram(trials, float(length) * 1e-3 * second, output="counts")
    bins = np.array([step * dt // length for step in steps.tolist()], dtype=int)
    expected = np.bincount(bins, minlength=n_bins)[:n_bins]
    np.testing.assert_array_equal(histogram, expected)


@pytest.mark.filterwarnings("ignore:Binning discarded")  # what is left after the last whole bin
@settings(max_examples=30, deadline=None)
@given(data=on_grid(), per_bin=st.integers(1, 60))
def test_counts_of_spikes_on_the_grid_are_those_of_elephant(data, per_bin):
    trials, _, n_steps, dt = data
    per_bin = min(per_bin, n_steps)
    length, stop = float(per_bin * dt) * pq.ms, float(n_steps * dt)
    counts = spike_counts(trials, float(per_bin * dt) * 1e-3 * second)
    for k in range(trials.n_trials):
        times, neurons = trials.trial(k)
        trains = [
            SpikeTrain(1e3 * times[neurons == n], units="ms", t_stop=stop)
            for n in range(trials.n_neurons)
        ]
        t_stop = counts.shape[1] * length
        binned = BinnedSpikeTrain(trains, bin_size=length, t_stop=min(t_stop, stop * pq.ms))
        np.testing.assert_array_equal(counts[k], binned.to_array().T)


@often
@given(data=on_grid())
def test_statistics_are_those_of_elephant(data):
    trials, (steps, neurons, numbers), n_steps, dt = data
    found = spike_statistics(trials)
    step = float(dt) * 1e-3
    for n in range(trials.n_neurons):
        trains = [
            step * np.sort(steps[(neurons == n) & (numbers == k)]) for k in range(trials.n_trials)
        ]
        rate = sum(map(len, trains)) / (trials.n_trials * n_steps * step)
        assert found.rate[n].item() == pytest.approx(rate, rel=1e-12)
        fano = elephant.fanofactor(trains) if trials.n_trials > 1 else np.nan
        np.testing.assert_allclose(found.fano_factor[n], fano, rtol=1e-12)
        intervals = [elephant.isi(train) for train in trains]
        pooled = np.concatenate(intervals)
        if len(pooled) > 1 and pooled.any():
            assert found.cv[n].item() == pytest.approx(elephant.cv(pooled), rel=1e-9, abs=1e-9)
        long = [own for own in intervals if len(own) > 1]
        if long and all((own[1:] + own[:-1]).all() for own in long):
            weights = [len(own) - 1 for own in long]
            for name, measure in (("cv2", elephant.cv2), ("lv", elephant.lv)):
                expected = np.average([measure(own) for own in long], weights=weights)
                assert found[name][n].item() == pytest.approx(expected, rel=1e-9, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(
    data=on_grid(dts=(Fraction(1, 20), Fraction(1, 10))),
    every=st.integers(50, 3000),
    taus=st.tuples(st.floats(1e-3, 0.05), st.floats(1e-3, 0.05)),
)
def test_the_mean_rate_is_the_mean_of_rates(data, every, taus):
    trials, _, _, dt = data
    constants = [tau * second for tau in taus]
    sample_dt = float(every * dt) * 1e-3 * second
    rates = filtered_rates(trials, *constants, sample_dt=sample_dt)
    mean = mean_rates(trials, *constants, sample_dt=sample_dt)
    np.testing.assert_allclose(mean, rates.mean("trial"), rtol=1e-10, atol=1e-12)
