"""Time the statistics of spikes against Elephant on its own.

Run ``uv run python tests/benchmarks/bench_statistics.py``. Spikes are random, on a grid of
0.05 ms. Elephant on its own gets what it asks for, a `neo.SpikeTrain` of every neuron in every
trial; the time to make these stands in a line of its own. It takes minutes at 2000 neurons and 20
trials, so that it gets ``--elephant`` neurons only (200) and its times are multiplied up. Memory
is the most that the process ever held, after each line. Exits with status 1 if
`spike_statistics` takes longer than ``--bound`` seconds (10).
"""

import argparse
import resource
import sys
import time
import warnings

import numpy as np
import quantities as pq
from brian2 import ms, second
from elephant import statistics as elephant
from elephant.conversion import BinnedSpikeTrain
from elephant.spike_train_correlation import correlation_coefficient
from elephant.trials import TrialsFromLists
from neo import SpikeTrain

from brian_force.analysis.binning import correlation_coefficients, spike_counts, time_histogram
from brian_force.analysis.filtering import filtered_rates, mean_rates
from brian_force.analysis.kernel import SynapticKernel, instantaneous_rates
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

STEP, N_CORRELATED = 0.05e-3, 200
TAUS = 2 * ms, 20 * ms


def random_trials(given):
    rng = np.random.default_rng(1)
    n_spikes = round(given.N * given.trials * given.duration * given.rate)
    return SpikeTrials(
        spike_times=rng.integers(0, round(given.duration / STEP), n_spikes) * STEP * second,
        spike_neurons=rng.integers(0, given.N, n_spikes),
        spike_trials=np.sort(rng.integers(0, given.trials, n_spikes)),
        n_neurons=given.N,
        durations=[given.duration] * given.trials * second,
        dt=STEP * second,
    )


def seconds(call):
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def ours(trials):
    """Return what is timed of ours, by name."""
    kernel = SynapticKernel(*TAUS)
    few = trials.select(neurons=np.arange(min(N_CORRELATED, trials.n_neurons)))
    return {
        "mean firing rates": lambda: mean_firing_rates(trials),
        "intervals": lambda: interspike_intervals(trials),
        "CV": lambda: cv(trials),
        "CV2": lambda: cv2(trials),
        "LV": lambda: lv(trials),
        "Fano factors": lambda: fano_factor(trials),
        "spike_statistics": lambda: spike_statistics(trials),
        "counts, 5 ms": lambda: spike_counts(trials, 5 * ms),
        "histogram, 5 ms": lambda: time_histogram(trials, 5 * ms),
        "correlations of 200, 5 ms": lambda: correlation_coefficients(few, 5 * ms),
        "mean of r, 2.5 ms": lambda: mean_rates(trials, *TAUS),
        "r of one trial, 2.5 ms": lambda: filtered_rates(trials.select(trials=[0]), *TAUS),
        "mean rate by kernel, 1 ms": lambda: instantaneous_rates(
            trials, kernel, 1 * ms, pool_trials=True
        ),
    }


def made_trains(trials, n_neurons):
    trains = []
    for number in range(trials.n_trials):
        times, neurons = trials.trial(number)
        order = np.argsort(neurons, kind="stable")
        borders = np.searchsorted(neurons[order], np.arange(1, n_neurons + 1))
        pieces = np.split(1e3 * times[order], borders)[:n_neurons]
        stop = 1e3 * float(trials.duration)
        trains.append([SpikeTrain(piece, units="ms", t_stop=stop) for piece in pieces])
    return trains


def theirs(trains):
    """Return what is timed of Elephant, by the names of ours."""
    flat = [train for trial in trains for train in trial]
    intervals = [elephant.isi(train).magnitude for train in flat]
    every = TrialsFromLists(trains)
    keywords = {"kernel": SynapticKernel(*TAUS), "cutoff": 10.0, "center_kernel": False}
    bins = {"bin_size": 5 * pq.ms}
    few = trains[0][:N_CORRELATED]
    return {
        "mean firing rates": lambda: [elephant.mean_firing_rate(train) for train in flat],
        "intervals": lambda: [elephant.isi(train) for train in flat],
        "CV": lambda: [elephant.cv(own) for own in intervals],
        "CV2": lambda: [elephant.cv2(own, with_nan=True) for own in intervals],
        "LV": lambda: [elephant.lv(own, with_nan=True) for own in intervals],
        "Fano factors": lambda: elephant.fanofactor(every),
        "counts, 5 ms": lambda: BinnedSpikeTrain(flat, **bins),
        "histogram, 5 ms": lambda: elephant.time_histogram(flat, **bins),
        "correlations of 200, 5 ms": lambda: correlation_coefficient(BinnedSpikeTrain(few, **bins)),
        "mean rate by kernel, 1 ms": lambda: elephant.instantaneous_rate(
            every, sampling_period=1 * pq.ms, pool_trials=True, **keywords
        ),
    }


def time_elephant(trials, n_neurons):
    """Return Elephant's seconds for all neurons, extrapolated from some."""
    factor = trials.n_neurons / n_neurons
    trains = made_trains(trials, n_neurons)
    times = {"making SpikeTrains": factor * seconds(lambda: made_trains(trials, n_neurons))}
    for name, call in theirs(trains).items():
        takes_few = name.startswith("correlations")  # of one trial, whatever the network
        times[name] = seconds(call) * (trials.n_trials if takes_few else factor)
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-N", type=int, default=2000, help="neurons (default: 2000)")
    parser.add_argument("--trials", type=int, default=20, help="(default: 20)")
    parser.add_argument("--duration", type=float, default=5.0, help="of a trial [s] (default: 5)")
    parser.add_argument("--rate", type=float, default=30.0, help="of a neuron [Hz] (default: 30)")
    parser.add_argument("--elephant", type=int, default=200, help="neurons for Elephant (200)")
    parser.add_argument("--bound", type=float, default=10.0, help="of spike_statistics [s] (10)")
    given = parser.parse_args()
    warnings.simplefilter("ignore")  # of old spellings in Elephant
    trials = random_trials(given)
    print(f"{trials.n_spikes} spikes           ours [s]   most memory [GB]")
    times = {}
    for name, call in ours(trials).items():
        times[name] = seconds(call)
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        memory = kilobytes / (1e9 if sys.platform == "darwin" else 1e6)
        print(f"{name:26}{times[name]:9.2f}{memory:16.2f}", flush=True)
    n_asked = min(given.elephant, given.N)
    print(f"\nfrom {n_asked} neurons      Elephant [s]   ours [s]")
    for name, took in time_elephant(trials, n_asked).items():
        own = f"{times[name]:11.2f}" if name in times else ""
        print(f"{name:26}{took:9.2f}{own}")
    sys.exit(int(times["spike_statistics"] > given.bound))


if __name__ == "__main__":
    main()
