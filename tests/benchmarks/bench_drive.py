"""Time the drive of a rate network against Brian's `(summed)` synapses.

Run ``uv run python tests/benchmarks/bench_drive.py``. One C++ standalone program holds, for each
size, a network with nothing but a drive in it and one with nothing but the same connections
`(summed)`; they take turns, and the program runs several times. Brian's profile times each object
on its own. Every network runs twice, n and 3n steps, and takes its weights up in the first step
of both: the difference over 2n is the time of a step, and what is left of the first run that of
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

DENSITY, DT, LONG = 0.1, 0.05 * ms, 3
BOUNDS = {1000: 2.5, 2000: 2.5, 5000: 4.0}
BOUND_WHOLE = {2000: 2.3}
SUMMED = "s_post = w*r_pre : Hz (summed)"
WEIGHT = "w : 1 (constant)"


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
            f"{self.packing.min() * 1e3:11.1f}  {verdict}"
        )


# -- the drive alone ------------------------------------------------------------------------------


def only_a_drive(n_neurons, kind):
    """Make a network of neurons that stand still and of what sums their activity."""
    name = f"{kind}_{n_neurons}"
    clock = Clock(DT, name=f"{name}_clock")
    neurons = NeuronGroup(n_neurons, "r : Hz\ns : Hz", clock=clock, name=f"{name}_neurons")
    neurons.r = "20*rand()*Hz"
    model = WEIGHT if kind == "drive" else f"{WEIGHT}\n{SUMMED}"
    synapses = Synapses(neurons, neurons, model, clock=clock, name=f"{name}_synapses")
    synapses.connect(p=DENSITY)
    synapses.w = f"randn()/{np.sqrt(DENSITY * n_neurons)}"
    objects = [neurons, synapses]
    if kind == "drive":
        objects.append(RecurrentDrive(synapses, "w", activity="r", target="s", name=name))
    return Network(objects)


def n_steps(n_neurons, seconds):
    """Return as many steps as take `(summed)` a third of the seconds, at about 1 ns a synapse."""
    return max(50, round(seconds / LONG / (1e-9 * DENSITY * n_neurons**2)))


def profiled(results):
    """Read how long each object took, by name [seconds]."""
    lines = (results / "profiling_info.txt").read_text().splitlines()
    return {name: float(time) for name, time in (line.split("\t") for line in lines)}


def measure(sizes, seconds, rounds, folder):
    set_device("cpp_standalone", build_on_run=False)
    seed(1)
    objects = {"drive": "drive_{}_multiply", "summed": "summed_{}_synapses_summed_variable_s_post"}
    steps = {n_neurons: n_steps(n_neurons, seconds) for n_neurons in sizes}
    for n_neurons in sizes:
        for kind in objects:
            network = only_a_drive(n_neurons, kind)
            for factor in (1, LONG):
                network.run(factor * steps[n_neurons] * DT, profile=True)
    device = get_device()
    device.build(directory=folder, compile=True, run=False)
    times = {(kind, n_neurons): [] for kind in objects for n_neurons in sizes}
    for k in range(rounds):
        device.run(results_directory=f"results_{k}", with_output=False)
        took = profiled(Path(device.results_dir))
        for (kind, n_neurons), pairs in times.items():
            name = objects[kind].format(n_neurons) + "_codeobject"
            pairs.append((took[name], took[f"{name}_1"]))
    for n_neurons in sizes:
        n = steps[n_neurons]
        short, long = (np.array(times[kind, n_neurons]).T for kind in objects)
        drive, summed = ((pair[1] - pair[0]) / ((LONG - 1) * n) for pair in (short, long))
        yield Timing(n_neurons, drive, summed, packing=short[0] - n * drive)


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


def summed_instead_of_drive(network):
    """Put `(summed)` synapses in the place of the drive."""
    neurons, recurrent = network["neurons"], network["recurrent"]
    summed = Synapses(neurons, neurons, f"{WEIGHT}\n{SUMMED}", clock=neurons.clock, name="summed")
    summed.connect(i=recurrent.i[:], j=recurrent.j[:])
    summed.w = recurrent.w[:]
    network.remove(network["drive"], recurrent)
    network.add(summed)
    return network


def connections(network):
    recurrent = network["recurrent"]
    return np.array(recurrent.i), np.array(recurrent.j), np.array(recurrent.w)


def make_whole(n_neurons, duration):
    task = tasks.sine()
    third = duration / 3 * second
    return rate_network(
        task,
        LIFParameters(n_neurons=n_neurons, G=task.G, Q=task.Q),
        seed=1,
        learn_from=third,
        learn_until=2 * third,
        duration=3 * third,
    )


def whole_run(n_neurons, duration, kind, folder):
    """Build and run; return the seconds of the run, without compilation, and the decoders."""
    set_device("cpp_standalone", build_on_run=False)
    network = make_whole(n_neurons, duration)
    if kind == "summed":
        network = summed_instead_of_drive(network)
    network.run(duration * second)
    device = get_device()
    device.build(directory=folder, compile=True, run=True, with_output=False)
    result = device._last_run_time, np.array(network["readout"].decoders)
    device.reinit()
    set_device("runtime")
    return result


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
    parser.add_argument("--seconds", type=float, default=1.5, help="per network (default: 1.5)")
    parser.add_argument("--rounds", type=int, default=5, help="of the program (default: 5)")
    parser.add_argument("--whole", action="store_true", help="time whole rate networks instead")
    parser.add_argument("--duration", type=float, default=15, help="of a whole run [s] (15)")
    given = parser.parse_args()
    if given.N is None:
        given.N = [2000] if given.whole else [1000, 2000, 5000]
    slow = whole_networks(given) if given.whole else drives_alone(given)
    sys.exit(int(slow))


if __name__ == "__main__":
    main()
