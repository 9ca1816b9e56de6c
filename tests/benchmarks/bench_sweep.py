"""Time a sweep of trainings on one worker against the same on two.

Run ``uv run python tests/benchmarks/bench_sweep.py``. 32 trainings (``--runs``) of 500 neurons on
the C++ standalone device, one thread each, their learning rates and seeds different. Three times
are told apart: the build of the one binary, which is made before and shared; the start of the
cluster; and the runs. How busy the workers were says what the engine costs, also on a machine whose
cores have other work. Caches begin empty. On a busy machine the fastest of some ``--rounds``
counts. Exits with status 1 if two workers are less than ``--bound`` times (1.8) as fast as one.
"""

import argparse
import importlib
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import xarray as xr
from brian2 import second
from distributed import Client

from brian_force import tasks, train
from brian_force.studies import sweep
from brian_force.studies.workers import ImportBrian, local_cluster

N_NEURONS = 500


def learned(learning_rate, seconds, seed):
    """Train on the sine in the middle third of the run."""
    started = time.perf_counter()
    third = seconds / 3 * second
    recording = train(
        tasks.sine(),
        n_neurons=N_NEURONS,
        learning_rate=learning_rate,
        learn_from=third,
        learn_until=2 * third,
        duration=3 * third,
        device="cpp",
        seed=seed,
    )
    rms = recording.errors.rms_learning
    return {"rms": rms, "seconds": time.perf_counter() - started}


def measure(n_workers, given):
    """Return the times of a sweep, and its results."""
    grid = {"learning_rate": np.geomspace(1e-7, 1e-5, given.runs // 4) * second**2}
    started = time.perf_counter()
    with (
        tempfile.TemporaryDirectory() as out,
        local_cluster(n_workers, n_workers) as cluster,
        Client(cluster) as client,
    ):
        client.register_plugin(ImportBrian())
        client.run(importlib.import_module, "brian_force.experiment")
        start = time.perf_counter() - started
        found = sweep(
            learned,
            grid,
            seeds=[1, 2, 3, 4],
            fixed={"seconds": given.seconds},
            out=out,
            client=client,
            report=lambda *_: None,
        )
        runs = time.perf_counter() - started - start
    busy = float(found["seconds"].sum()) / n_workers / runs
    return {"start": start, "runs": runs, "busy": busy}, found["rms"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=32, help="a multiple of 4 (default: 32)")
    parser.add_argument("--seconds", type=float, default=15, help="simulated time (default: 15)")
    parser.add_argument("--rounds", type=int, default=1, help="the fastest counts (default: 1)")
    parser.add_argument("--bound", type=float, default=1.8)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as caches:
        os.environ["XDG_CACHE_HOME"] = caches
        started = time.perf_counter()
        learned(1e-6 * second**2, given.seconds, seed=1)
        print(f"first training, with the build   {time.perf_counter() - started:8.1f} s")
        rounds = [[measure(n, given) for n in (1, 2)] for _ in range(given.rounds)]
        n_binaries = len(list(Path(caches).rglob("binaries/[!.]*")))
    ways = zip(*rounds, strict=True)
    (one, found), (two, same) = (min(way, key=lambda measured: measured[0]["runs"]) for way in ways)
    xr.testing.assert_identical(found, same)
    for name, times in (("one worker", one), ("two workers", two)):
        print(
            f"{name:12} start {times['start']:6.1f} s, {given.runs} runs {times['runs']:8.1f} s, "
            f"workers busy {times['busy']:.0%} of them"
        )
    ratio = one["runs"] / two["runs"]
    print(f"binaries compiled {n_binaries}; one worker / two workers {ratio:.2f}")
    return int(ratio < given.bound or n_binaries != 1)


if __name__ == "__main__":
    sys.exit(main())
