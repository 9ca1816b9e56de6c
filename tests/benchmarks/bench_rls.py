"""Time one RLS update against the memory traffic that it cannot do without.

Run ``uv run python tests/benchmarks/bench_rls.py``. The yardstick is a plain double loop that
reads and writes the rows of the lower triangle of a square array, `row[j] *= a`. Update and loop
take turns in one process. Exits with status 1 if an update of a large P is above 1.3 loops.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from brian2.codegen.cpp_prefs import get_compiler_and_args

import brian_force.learning.codegen

KERNELS = Path(brian_force.learning.codegen.__file__).parent / "kernels"
SOURCE = Path(__file__).with_suffix(".cpp")
LIMIT = 1.3
LIMITED_FROM = 2000  # neurons


class Timing(NamedTuple):
    """Minima and medians over repetitions [microseconds]."""

    n_neurons: int
    bits: int
    update: float
    update_median: float
    loop: float
    loop_median: float

    @property
    def ratio(self):
        return self.update / self.loop

    @property
    def too_slow(self):
        return self.n_neurons >= LIMITED_FROM and self.ratio > LIMIT

    def __str__(self):
        verdict = f"> {LIMIT}" if self.too_slow else ""
        return (
            f"{self.n_neurons:6} float{self.bits}"
            f"{self.update:11.0f}{self.update_median:9.0f}{self.loop:11.0f}{self.loop_median:9.0f}"
            f"{self.ratio:11.2f}{self.update_median / self.loop_median:9.2f}  {verdict}"
        )


def compile_program(folder):
    """Compile as Brian does."""
    program = folder / "bench_rls"
    _, flags = get_compiler_and_args()
    compiler = os.environ.get("CXX", "g++")
    subprocess.run([compiler, *flags, f"-I{KERNELS}", SOURCE, "-o", program], check=True)
    return program


def measure(program, n_neurons, bits, seconds):
    n_repetitions = max(21, round(seconds * 1e9 / n_neurons**2))  # about 1 ns per entry of P
    command = [program, str(n_neurons), str(bits), str(n_repetitions), "1.0"]
    line = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    n_neurons, bits, *times = line.split()
    return Timing(int(n_neurons), int(bits), *map(float, times))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-N", type=int, nargs="+", default=[1000, 2000, 5000], metavar="NEURONS")
    parser.add_argument("--seconds", type=float, default=4, help="per row (default: 4)")
    given = parser.parse_args()
    print("one update [us]          RLS           plain loop            ratio")
    print("     N P              min   median        min   median        min   median")
    slow = False
    with tempfile.TemporaryDirectory() as folder:
        program = compile_program(Path(folder))
        for bits in (64, 32):
            for n_neurons in given.N:
                timing = measure(program, n_neurons, bits, given.seconds)
                print(timing, flush=True)
                slow |= timing.too_slow
    sys.exit(int(slow))


if __name__ == "__main__":
    main()
