"""Time a whole training by brian_force against the classical way to write it in Brian.

Run ``uv run python tests/benchmarks/bench_run.py``. Both learn the 5 Hz sine with the same 2000
neurons, sparse synapses, weights and encoders, record spikes and z, and are timed from building
the network to having the results in memory, without imports. The classical way is Brian's runtime
under Cython with network operations in NumPy. Every row is a process of its own; 'cold' starts
with empty caches and so counts all compilations, 'warm' finds what 'cold' left behind.
"""

import argparse
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from brian2 import Network, SpikeMonitor, ms, network_operation, prefs, second, volt
from tqdm import tqdm

from brian_force import tasks, train
from brian_force.metrics import phase_errors
from brian_force.networks import LIFParameters
from brian_force.networks.lif import lif_neurons, recurrent_synapses
from brian_force.networks.weights import random_streams, row_balanced_weights, uniform_encoders

N_NEURONS = 2000
SEED = 1
DT, RULE_DT, SAMPLE_DT = 0.05 * ms, 2.5 * ms, 1 * ms


def sine(seconds):
    """Ask for the sine, learned in the middle third of the run."""
    third = seconds / 3 * second
    return dataclasses.replace(
        tasks.sine(), learn_from=third, learn_until=2 * third, duration=3 * third
    )


def brian_force(task):
    started = time.perf_counter()
    recording = train(task, n_neurons=N_NEURONS, seed=SEED, device="cpp")
    total = time.perf_counter() - started
    rms = rms_in_learning(task, recording.output)
    return {"build": total - recording.seconds_run, "run": recording.seconds_run, "rms": rms}


def classical(task):
    prefs.codegen.target = "cython"
    started = time.perf_counter()
    neurons, recurrent, eta = draw_network(task)
    phi = np.zeros(N_NEURONS)
    P = np.eye(N_NEURONS) * float(task.learning_rate)
    output, first_step = [], []

    @network_operation(dt=DT, when="before_start", order=0)
    def decode():
        if not output:
            first_step.append(time.perf_counter())
        z = phi @ neurons.r_[:]
        neurons.feedback = eta * z
        output.append(z)

    @network_operation(dt=RULE_DT, when="before_start", order=1)
    def learn(t):
        nonlocal P, phi
        if not task.learn_from <= t < task.learn_until:
            return
        e = output[-1] - task.target(t)[0, 0]
        r = neurons.r_[:]
        k = P @ r
        c = 1 / (1 + r @ k)
        P -= np.outer(k, k) * c
        phi -= c * k * e

    spikes = SpikeMonitor(neurons)
    Network(neurons, recurrent, decode, learn, spikes).run(task.duration)
    z = np.array(output)[:: round(float(SAMPLE_DT / DT))]
    _ = np.array(spikes.t_), np.array(spikes.i)
    build, run = first_step[0] - started, time.perf_counter() - first_step[0]
    return {"build": build, "run": run, "rms": rms_in_learning(task, z)}


def draw_network(task):
    """Draw the neurons, synapses and encoders that `train` draws."""
    parameters = LIFParameters(n_neurons=N_NEURONS, G=task.G, Q=task.Q, dt=DT)
    streams = random_streams(SEED)
    neurons = lif_neurons(parameters)
    lowest, highest = float(parameters.v_reset), float(parameters.v_initial_max)
    neurons.v = streams.initial_state.uniform(lowest, highest, N_NEURONS) * volt
    p = parameters.connection_probability
    recurrent = recurrent_synapses(neurons, row_balanced_weights(N_NEURONS, p, streams.weights))
    return neurons, recurrent, uniform_encoders(N_NEURONS, 1, streams.encoders)[:, 0]


def rms_in_learning(task, z):
    times = np.arange(len(z)) * SAMPLE_DT
    window = float(task.learn_from), float(task.learn_until)
    return phase_errors(times, z, task.target(times), *window).rms_learning


WAYS = {"brian_force": brian_force, "classical": classical}


def measure_here(way, seconds, cache):
    """Measure in this process; print the result as one line of JSON."""
    prefs.codegen.runtime.cython.cache_dir = str(cache / "cython")
    print(json.dumps(WAYS[way](sine(seconds))))


def measure(way, seconds, cache):
    """Measure in a new process that keeps its caches in the folder `cache`."""
    command = [sys.executable, __file__, "--seconds", str(seconds), "--measure", way, str(cache)]
    # As brian_force, NumPy gets one thread: on a busy machine more of them wait for each other.
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    environment = {**os.environ, **one_thread, "XDG_CACHE_HOME": str(cache)}
    output = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout
    return json.loads(output.splitlines()[-1])


def compare(seconds, n_rounds):
    """Print the fastest total of every row, over rounds that all begin with empty caches."""
    rows = {(way, start): [] for way in WAYS for start in ("cold", "warm")}
    for _ in tqdm(range(n_rounds), "rounds", leave=False):
        with tempfile.TemporaryDirectory() as folder:
            for start in ("cold", "warm"):
                for way in WAYS:
                    rows[way, start].append(measure(way, seconds, Path(folder) / way))
    best = {row: min(results, key=total) for row, results in rows.items()}
    print(f"N = {N_NEURONS}, {seconds:g} s     build [s]   run [s]  total [s]  rms in learning")
    for (way, start), result in best.items():
        print(
            f"{way:12} {start}{result['build']:12.1f}{result['run']:10.1f}"
            f"{total(result):11.1f}{result['rms']:17.4f}"
        )
    for start in ("cold", "warm"):
        ratio = total(best["classical", start]) / total(best["brian_force", start])
        print(f"classical / brian_force, {start}{ratio:20.1f}")


def total(result):
    return result["build"] + result["run"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=15, help="simulated time (default: 15)")
    parser.add_argument("--rounds", type=int, default=1, help="the fastest counts (default: 1)")
    parser.add_argument("--measure", nargs=2, metavar=("WAY", "CACHE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        way, cache = given.measure
        measure_here(way, given.seconds, Path(cache))
    else:
        compare(given.seconds, given.rounds)


if __name__ == "__main__":
    main()
