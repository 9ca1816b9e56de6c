"""Time what it takes to hand spikes to Neo and to files.

Run ``uv run python tests/benchmarks/bench_exchange.py``. By default 2000 neurons in 20 trials of
5 s with 1e6 spikes and two signals of two channels. Exits with status 1 if something takes longer
than it may: 0.1 s to Neo, 0.5 s back, 10 s to NWB and NIX, 1 s to NPZ.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from brian2 import ms, second

from brian_force.exchange import Signal, SpikeTrials, from_neo, read, to_neo, write

DT, DURATION, N_TRIALS = 1e-4, 5.0, 20
BOUNDS = {"to_neo": 0.1, "from_neo": 0.5, "npz": 1.0, "nwb": 10.0, "nix": 10.0}


def random_trials(n_neurons, n_spikes):
    rng = np.random.default_rng(1)
    values = [tuple(rng.random((1000, 2)) for _ in range(N_TRIALS)) for _ in range(2)]
    return SpikeTrials(
        spike_times=rng.integers(0, round(DURATION / DT), n_spikes) * DT * second,
        spike_neurons=rng.integers(0, n_neurons, n_spikes),
        spike_trials=np.sort(rng.integers(0, N_TRIALS, n_spikes)),
        n_neurons=n_neurons,
        durations=np.full(N_TRIALS, DURATION) * second,
        starts=np.arange(N_TRIALS) * DURATION * second,
        dt=DT * second,
        signals={
            "output": Signal(values=values[0], dt=5 * ms),
            "v": Signal(values=values[1], dt=5 * ms, unit="mV"),
        },
    )


def timed(call, *arguments):
    started = time.perf_counter()
    result = call(*arguments)
    return result, time.perf_counter() - started


def told(name, seconds, size=None):
    bound = BOUNDS.get(name, np.inf)
    verdict = f"  > {bound:g}" if seconds > bound else ""
    print(f"{name:12}{seconds:8.3f} s{'' if size is None else f'{size / 1e6:9.1f} MB'}{verdict}")
    return seconds > bound


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-N", type=int, default=2000, metavar="NEURONS")
    parser.add_argument("--spikes", type=int, default=1_000_000)
    given = parser.parse_args()
    trials = random_trials(given.N, given.spikes)
    block, seconds = timed(to_neo, trials)
    slow = told("to_neo", seconds)
    slow |= told("from_neo", timed(from_neo, block)[1])
    with tempfile.TemporaryDirectory() as folder:
        for name in ("npz", "nwb", "nix"):
            path = Path(folder) / f"spikes.{name}"
            seconds = timed(write, trials, path)[1]
            slow |= told(name, seconds, path.stat().st_size)
            slow |= told(f"  read {name}", timed(read, path)[1])
    sys.exit(int(slow))


if __name__ == "__main__":
    main()
