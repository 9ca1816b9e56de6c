"""Time whole runs on a GPU against C++ standalone. Needs an NVIDIA GPU; exits with 1 without one.

Run ``uv run --extra cuda python tests/benchmarks/bench_cuda.py``. For each size it compiles and
runs three networks on both devices: 'spiking' and 'rates' learn the 5 Hz sine in the middle third
of the run and record z, 'drive' is the rate network's sum over synapses and nothing else. Measured
is the wall time of Brian's time loop, on the GPU until it has finished; making the synapses and
copying results is not in it, nor is compilation, which is given apart. The table is printed as
Markdown and written to ``bench_cuda.md``.

Every row is a process of its own: Brian has one standalone device in each.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

import numpy as np
from brian2 import Network, NeuronGroup, Synapses, get_device, ms, second, seed, set_device
from tqdm import tqdm

from brian_force import tasks
from brian_force.learning import RecurrentDrive
from brian_force.learning.codegen.cuda_build import cuda_flags, what_is_missing
from brian_force.networks import LIFParameters, lif_network, rate_network
from brian_force.networks.assembly import connect
from brian_force.networks.weights import padded, padded_size, row_balanced_weights

DENSITY, DT, SEED = 0.1, 0.05 * ms, 1
DEVICES = {"C++": "cpp_standalone", "GPU": "cuda_standalone"}
SECONDS = "seconds.txt"
HEAD = """| network | N | C++ [s/s] | GPU [s/s] | C++/GPU | C++ build [s] | GPU build [s] |
|---|---|---|---|---|---|---|"""


def sine(network, n_neurons, duration):
    task, third = tasks.sine(), duration / 3 * second
    parameters = LIFParameters(n_neurons=n_neurons, G=task.G, Q=task.Q)
    window = {"learn_from": third, "learn_until": 2 * third, "duration": 3 * third}
    # Padded as in sessions: brian2cuda puts pairs into a map until it finds one twice.
    n_synapses = padded_size(n_neurons, parameters.connection_probability)
    return network(task, parameters, seed=SEED, n_synapses=n_synapses, **window)


def only_a_drive(n_neurons, _):
    neurons = NeuronGroup(n_neurons, "r : Hz\ns : Hz", dt=DT, name="neurons")
    neurons.r = "20*rand()*Hz"
    synapses = Synapses(neurons, neurons, "w : 1 (constant)", dt=DT, name="synapses")
    drawn = row_balanced_weights(n_neurons, DENSITY, np.random.default_rng(SEED))
    connect(synapses, padded(drawn, padded_size(n_neurons, DENSITY)))
    return Network(
        neurons, synapses, RecurrentDrive(synapses, "w", activity="r", target="s", name="drive")
    )


NETWORKS = {
    "spiking": lambda *given: sine(lif_network, *given),
    "rates": lambda *given: sine(rate_network, *given),
    "drive": only_a_drive,
}


def note_wall_time(device, cuda):
    """Have the program write the wall time of its time loop into a file."""
    clock = "std::chrono::steady_clock::now()"
    wait = "CUDA_SAFE_CALL(cudaDeviceSynchronize());" if cuda else ""
    took = f"std::chrono::duration<double>({clock} - started).count()"
    file = f'std::ofstream(brian::results_dir + "{SECONDS}")'
    device.insert_code("before_network_run", f"{wait} const auto started = {clock};")
    device.insert_code("after_network_run", f"{wait} {file} << {took} << std::endl;")


def time_one(name, n_neurons, duration, device_name):
    """Build and run one network in this process; return seconds of building and of running."""
    cuda = device_name == "cuda_standalone"
    with tempfile.TemporaryDirectory() as folder, cuda_flags() if cuda else nullcontext():
        set_device(device_name, directory=folder, build_on_run=False)
        device = get_device()
        seed(SEED)
        network = NETWORKS[name](n_neurons, duration)
        note_wall_time(device, cuda)
        network.run(duration * second)
        started = time.perf_counter()
        device.build(directory=folder, compile=True, run=False)
        build = time.perf_counter() - started
        device.run(with_output=False)
        return {"build": build, "run": float((Path(device.results_dir) / SECONDS).read_text())}


def in_a_process(name, n_neurons, duration, device_name):
    given = [name, str(n_neurons), str(duration), device_name]
    command = [sys.executable, __file__, "--one", *given]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def row(name, n_neurons, duration):
    try:
        found = [in_a_process(name, n_neurons, duration, device) for device in DEVICES.values()]
    except subprocess.CalledProcessError as error:  # the other rows are wanted all the same
        *_, said = [str(error), *error.stderr.splitlines()]
        return f"| {name} | {n_neurons} | {error.cmd[-1]} failed: {said} |"
    (cpp, gpu), (slow, fast) = ([times[key] for times in found] for key in ("run", "build"))
    return (
        f"| {name} | {n_neurons} | {cpp / duration:.2f} | {gpu / duration:.2f} "
        f"| {cpp / gpu:.1f} | {slow:.0f} | {fast:.0f} |"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    sizes = [2000, 5000, 10000, 20000]
    parser.add_argument("-N", type=int, nargs="+", default=sizes, metavar="NEURONS")
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=list(NETWORKS))
    parser.add_argument("--duration", type=float, default=0.3, help="simulated seconds (0.3)")
    parser.add_argument("--output", type=Path, default=Path("bench_cuda.md"))
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        name, n_neurons, duration, device = given.one
        print(json.dumps(time_one(name, int(n_neurons), float(duration), device)))
        return
    missing = what_is_missing()
    if missing:
        sys.exit("This benchmark needs a GPU. Missing here:\n- " + "\n- ".join(missing))
    lines = [HEAD]
    for name, n_neurons in tqdm([(name, n) for name in given.networks for n in given.N]):
        lines.append(row(name, n_neurons, given.duration))
        given.output.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
