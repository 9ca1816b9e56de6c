"""Time the drive of a rate network against Brian's `(summed)` synapses.

Run ``uv run python tests/benchmarks/bench_drive.py``. One C++ standalone program holds, for each
size, a whole network with nothing but a drive in it and one with nothing but the same connections
`(summed)`; they take turns, and the program runs several times. Measured is the processor time of
Brian's time loop, so that what else the machine does counts little (it still takes cache and
memory). Every network runs twice, n and 3n steps, and takes its weights up in the first step of
both: the difference over 2n is the time of a step, and what is left of the first run that of
taking up the weights ('pack'). Exits with status 1 if a drive is not as many times faster as it
must be: 2.5 at 1000 and 2000 neurons, 4 at 5000.

With ``--whole`` it times, instead, whole runs of the rate network that learns the 5 Hz sine, once
as it is and once with `(summed)` synapses in place of the drive; the bound is 2.3 at 2000 neurons.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from brian2 import (
    Clock,
    Network,
    NeuronGroup,
    Synapses,
    get_device,
    ms,
    second,
    seed,
    set_device,
)

from brian_force import tasks
from brian_force.learning import RecurrentDrive
from brian_force.networks import LIFParameters, rate_network
from brian_force.networks.weights import network_arrays

DENSITY, DT, LONG = 0.1, 0.05 * ms, 3
BOUNDS = {1000: 2.5, 2000: 2.5, 5000: 4.0}
BOUND_WHOLE = {2000: 2.3}
SUMMED = "s_post = w*r_pre : Hz (summed)"
SEED = 1
WEIGHT = "w : 1 (constant)"
AHEAD = "r + dt*(h - r/tau_r)"  # as in the rate network
TIMES = "processor_times.txt"


class Timing(NamedTuple):
    """Times of one size over rounds: a step and the packing [seconds]."""

    n_neurons: int
    drive: np.ndarray
    summed: np.ndarray
    packing: np.ndarray

    @property
    def ratio(self):
        return self.summed.min() / self.drive.min()

    @property
    def too_slow(self):
        return self.ratio < BOUNDS.get(self.n_neurons, 0)

    def __str__(self):
        verdict = f"< {BOUNDS[self.n_neurons]}" if self.too_slow else ""
        drive, summed = self.drive * 1e6, self.summed * 1e6
        return (
            f"{self.n_neurons:6}{drive.min():11.1f}{np.median(drive):9.1f}"
            f"{summed.min():11.1f}{np.median(summed):9.1f}"
            f"{self.ratio:11.2f}{np.median(summed) / np.median(drive):9.2f}"
            f"{np.median(self.packing) * 1e3:11.1f}  {verdict}"
        )


# -- the drive alone ------------------------------------------------------------------------------


def only_a_drive(n_neurons, kind):
    """Make a network of neurons that stand still and of what sums their activity."""
    name = f"{kind}_{n_neurons}"
    clock = Clock(DT, name=f"{name}_clock")
    equations = "r : Hz\nh : Hz**2\ns : Hz\ntau_r : second (shared)"
    neurons = NeuronGroup(n_neurons, equations, clock=clock, name=f"{name}_neurons")
    neurons.r, neurons.tau_r = "20*rand()*Hz", 2 * ms
    neurons.h = "r/tau_r"
    model = WEIGHT if kind == "drive" else f"{WEIGHT}\n{SUMMED}"
    synapses = Synapses(neurons, neurons, model, clock=clock, name=f"{name}_synapses")
    synapses.connect(p=DENSITY)
    synapses.w = f"randn()/{np.sqrt(DENSITY * n_neurons)}"
    objects = [neurons, synapses]
    if kind == "drive":
        names = {"activity": "r", "target": "s", "ahead": AHEAD}
        objects.append(RecurrentDrive(synapses, "w", **names, name=name))
    return Network(objects)


def n_steps(n_neurons, seconds):
    """Return as many steps as take `(summed)` a third of the seconds, at about 1 ns a synapse."""
    return max(50, round(seconds / LONG / (1e-9 * DENSITY * n_neurons**2)))


def note_processor_time(device):
    """Have the program write the processor time of every run into a file."""
    device.insert_code("main", "std::clock_t started;")
    device.insert_code("before_network_run", "started = std::clock();")
    file = f'std::ofstream(brian::results_dir + "{TIMES}", std::ios::app)'
    took = "double(std::clock() - started)/CLOCKS_PER_SEC"
    device.insert_code("after_network_run", f"{file} << {took} << std::endl;")


def measure(sizes, seconds, rounds, folder):
    set_device("cpp_standalone", build_on_run=False)
    device = get_device()
    note_processor_time(device)
    seed(SEED)
    steps = {n_neurons: n_steps(n_neurons, seconds) for n_neurons in sizes}
    for n_neurons in sizes:
        networks = [only_a_drive(n_neurons, kind) for kind in ("drive", "summed")]
        for factor in (1, LONG):
            for network in networks:
                network.run(factor * steps[n_neurons] * DT)
    device.build(directory=folder, compile=True, run=False)
    times = []
    for k in range(rounds):
        device.run(results_directory=f"results_{k}", with_output=False)
        lines = (Path(device.results_dir) / TIMES).read_text().split()
        times.append(np.array(lines, dtype=float).reshape(len(sizes), 2, 2))
    for n_neurons, (short, long) in zip(sizes, np.moveaxis(times, 0, -1), strict=True):
        drive, summed = (long - short) / ((LONG - 1) * steps[n_neurons])
        packing = short[0] - steps[n_neurons] * drive
        yield Timing(n_neurons, drive, summed, packing)


def drives_alone(given):
    print("one step [us]       drive             (summed)            ratio         pack")
    print("     N          min   median        min   median        min   median      [ms]")
    slow = False
    with tempfile.TemporaryDirectory() as folder:
        for timing in measure(given.N, given.seconds, given.rounds, folder):
            print(timing, flush=True)
            slow |= timing.too_slow
    return slow


# -- whole networks -------------------------------------------------------------------------------


def summed_instead_of_drive(network, connections):
    """Put `(summed)` synapses in the place of the drive."""
    neurons = network["neurons"]
    model = f"{WEIGHT}\n{SUMMED}"
    summed = Synapses(neurons, neurons, model, clock=neurons.clock, name="summed")
    summed.connect(i=connections.pre, j=connections.post)
    summed.w = connections.weight
    removed = [obj for obj in network.objects if obj.name in ("drive", "recurrent")]
    network.remove(removed)
    network.add(summed)
    return removed  # whose arrays the device will ask for


def make_whole(n_neurons, duration, kind):
    """Make the rate network that learns the sine in the middle third of the run."""
    task, third = tasks.sine(), duration / 3 * second
    parameters = LIFParameters(n_neurons=n_neurons, G=task.G, Q=task.Q)
    window = {"learn_from": third, "learn_until": 2 * third, "duration": 3 * third}
    network, removed = rate_network(task, parameters, seed=SEED, **window), []
    if kind == "summed":
        arrays = network_arrays(parameters, task, SEED)
        removed = summed_instead_of_drive(network, arrays.connections)
    return network, removed


def whole_run(n_neurons, duration, kind, folder):
    """Build and run; return the seconds of the run, without compilation, and the decoders."""
    set_device("cpp_standalone", build_on_run=False)
    device = get_device()
    device.reinit()
    set_device("cpp_standalone", build_on_run=False)
    note_processor_time(device)
    network, _removed = make_whole(n_neurons, duration, kind)
    network.run(duration * second)
    device.build(directory=folder, compile=True, run=True, with_output=False)
    took = float((Path(device.results_dir) / TIMES).read_text())
    return took, np.array(network["readout"].decoders)


def whole_networks(given):
    print("whole run [s]     drive   (summed)   ratio   decoders differ by")
    slow = False
    for n_neurons in given.N:
        found = {}
        for kind in ("drive", "summed"):
            with tempfile.TemporaryDirectory() as folder:
                found[kind] = whole_run(n_neurons, given.duration, kind, folder)
        (drive, ours), (summed, theirs) = found.values()
        ratio, bound = summed / drive, BOUND_WHOLE.get(n_neurons, 0)
        too_slow = ratio < bound
        verdict = f"  < {bound}" if too_slow else ""
        difference = np.abs(ours - theirs).max() / np.abs(theirs).max()
        print(f"{n_neurons:6}{drive:17.1f}{summed:11.1f}{ratio:8.2f}{difference:14.1e}{verdict}")
        slow |= too_slow
    return slow


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-N", type=int, nargs="+", metavar="NEURONS")
    parser.add_argument("--seconds", type=float, default=1, help="per network (default: 1)")
    parser.add_argument("--rounds", type=int, default=7, help="of the program (default: 7)")
    parser.add_argument("--whole", action="store_true", help="time whole rate networks instead")
    parser.add_argument("--duration", type=float, default=15, help="of a whole run [s] (15)")
    given = parser.parse_args()
    if given.N is None:
        given.N = [2000] if given.whole else [1000, 2000, 5000]
    slow = whole_networks(given) if given.whole else drives_alone(given)
    sys.exit(int(slow))


if __name__ == "__main__":
    main()
