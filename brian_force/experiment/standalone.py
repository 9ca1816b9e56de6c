"""A session in C++ standalone: one binary, generated and compiled once, started many times.

Everything that differs between runs reaches the binary as data: numbers as arguments, arrays
as files in a folder of the run. What the code depends on (sizes, time steps, the rule) is the
same for all runs of a session.
"""

import math
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
from brian2 import Network, Quantity, prefs, second, set_device
from brian2.codegen.cpp_prefs import get_compiler_and_args
from brian2.core.variables import VariableView
from brian2.devices.cpp_standalone.device import CPPStandaloneDevice
from brian2.devices.device import reset_device
from brian2.utils.logger import get_logger

from brian_force.errors import InterruptedRunError
from brian_force.experiment.build_cache import BuildCache, project_key
from brian_force.experiment.process import REPORT, run_process
from brian_force.experiment.progress import Report
from brian_force.experiment.run import (
    Run,
    RunResult,
    build_network,
    carried_variables,
    read_result,
    reasons_of_brian,
)
from brian_force.experiment.sizes import arrays_of, n_synapses, placeholder_of, size_of
from brian_force.networks.assembly import SHARED_PARAMETERS

__all__ = ["StandaloneSession", "compiler_command"]

logger = get_logger(__name__)

# Often enough for a smooth bar.
REPORT_PERIOD = 0.2 * second

# The files of the tables, which may be equal: Brian names them.
TABLES = {
    "target": "task_target_values",
    "inputs": "task_inputs_values",
    "teacher": "teacher_signal_values",
}

NOT_WHOLE = "The results of the run are not whole. Is the disk full?"

# Stands in the generated call of Network::run until it is replaced by the last argument of the
# command line: the duration is data too.
ANY_DURATION = 1 * second


class StandaloneSession:
    """Run networks of one size in C++ standalone.

    Parameters
    ----------
    first : Run
        A run of the size, time step and task to compile for.
    keep_P : bool
        Whether results hold P.
    cache : BuildCache, optional
        Where binaries are kept. Default: the user's cache folder.

    Raises
    ------
    RuntimeError
        If the project cannot be compiled.
    """

    announcement = "Compiling C++ for {model} networks of {n_neurons} neurons. This is done once."

    def __init__(self, first: Run, keep_P: bool = False, cache: BuildCache | None = None) -> None:
        started = time.perf_counter()
        self.keep_P = keep_P
        self.size = size_of(first)
        self.device = self._new_device()
        self.folder = tempfile.TemporaryDirectory(prefix="brian_force_")
        self.project = Path(self.folder.name)
        try:
            with self._building():
                self._generate(placeholder_of(first))
                self.compiled = self._compile(cache or BuildCache())
        except BaseException:
            self.close()
            raise
        self.seconds_build = time.perf_counter() - started

    def _new_device(self) -> CPPStandaloneDevice:
        """Return a device of this session's own: the user's stays as it is."""
        return CPPStandaloneDevice()

    def _building(self) -> AbstractContextManager[None]:
        """Set what holds while the project is generated and compiled."""
        return nullcontext()

    def _key(self) -> str:
        """Digest all that the binary depends on."""
        return project_key(self.project, compiler_command())

    def _generate(self, run: Run) -> None:
        """Write the project of a network with placeholders for all that is data."""
        with _device(self.device):
            self.network = self._network(run)
            with reasons_of_brian():
                self.network.run(ANY_DURATION, REPORT, REPORT_PERIOD, namespace={})
            self._make_duration_an_argument()
            self.device.build(directory=str(self.project), compile=False, run=False)
        self.files = self._files_of(arrays_of(run))

    def _network(self, run: Run) -> Network:
        return build_network(run, self.keep_P, n_synapses(run))

    def _make_duration_an_argument(self) -> None:
        (lines,) = [args[1] for step, args in self.device.main_queue if step == "run_network"]
        literal = f".run({float(ANY_DURATION)!r}, "
        (call,) = [k for k, line in enumerate(lines) if literal in line]
        lines[call] = lines[call].replace(literal, ".run(_duration, ")
        self.device.insert_code(
            "before_start", "const double _duration = std::stod(args.back()); args.pop_back();"
        )

    def _files_of(self, arrays: Mapping[str, Any]) -> dict[str, str]:
        """Find the file into which Brian wrote each array of the network, by its contents."""
        files = {name: file for name, file in TABLES.items() if name in arrays}
        for name, values in arrays.items():
            if name in TABLES:
                continue
            same = [
                file
                for file, written in self.device.static_arrays.items()
                if np.array_equal(written.ravel(), values)
            ]
            if len(same) != 1:
                raise RuntimeError(f"Brian wrote {len(same)} files for the array '{name}', not 1.")
            files[name] = same[0]
        return files

    def _compile(self, cache: BuildCache) -> bool:
        """Bring the binary into the project; say whether it had to be compiled."""
        key = self._key()
        binary = self.project / "main"
        if cache.fetch(key, binary):
            return False
        with cache.compiling(key):
            if cache.fetch(key, binary):  # another process was compiling it
                return False
            self._compile_anew()
            try:
                cache.store(key, binary)
            except OSError as error:
                logger.warn(f"The binary could not be kept for the next time: {error}")
        return True

    def _compile_anew(self) -> None:
        names = {"lif": "spiking", "rate": "rate"}
        model = names[self.size["model"]]
        logger.info(self.announcement.format(model=model, n_neurons=self.size["n_neurons"]))
        compiler, _ = get_compiler_and_args()
        try:
            self.device.compile_source(str(self.project), compiler, debug=False, clean=False)
        except RuntimeError as error:
            raise RuntimeError(
                f"{error} Try device='numpy', or compile a script of Brian's with "
                "device.build(debug=True) to see what the compiler says."
            ) from error

    def run(self, run: Run, report: Report | None = None) -> RunResult:
        """Run once, without compiling.

        Raises
        ------
        ValueError
            If the run needs another binary: other sizes, time step or rule.
        DivergenceError
            If the readout left the finite numbers.
        InterruptedRunError
            If the run was stopped.
        RuntimeError
            If the binary failed, or its results are not whole.
        """
        if size_of(run) != self.size:
            raise ValueError(
                f"This session was compiled for {self.size}, but got {size_of(run)}. "
                "Open another session."
            )
        started = time.perf_counter()
        with tempfile.TemporaryDirectory(dir=self.project, prefix="run_") as name:
            folder = Path(name)
            (folder / "results").mkdir()
            (folder / "static_arrays").mkdir()
            self._write_arrays(run, folder)
            command = [
                str(self.project / "main"),
                "--results_dir",
                f"{folder}/results/",
                *self._arguments(run, folder),
                repr(float(run.duration)),
            ]
            prepared = time.perf_counter()
            run_process(command, folder, self._environment(), run.duration, report)
            ended = time.perf_counter()
            return self._read_whole(folder, run, prepared - started, ended - prepared)

    def _write_arrays(self, run: Run, folder: Path) -> None:
        arrays = arrays_of(run)
        new = {file: arrays[name] for name, file in self.files.items()}
        for file, written in self.device.static_arrays.items():
            values = np.asarray(new.get(file, written), dtype=written.dtype)
            values.tofile(folder / "static_arrays" / file)

    def _arguments(self, run: Run, folder: Path) -> list[str]:
        """Write all scalars, and the decoders, as ``group.variable=value``."""
        neurons, readout = self.network["neurons"], self.network["readout"]
        values = {neurons.state(name): getattr(run.parameters, name) for name in SHARED_PARAMETERS}
        task = run.task
        values |= readout.run_args(
            learning_rate=task.learning_rate,
            learn_from=task.learn_from - run.start,
            learn_until=task.learn_until - run.start,
            learning=run.learning,
        )
        values[neurons.state("Q_inputs")] = task.Q_inputs
        if run.decoders is not None:
            values |= readout.run_args(decoders=run.decoders)
        for name, variable in carried_variables(self.network).items():
            if name in run.carried:
                values[variable.owner.state(name)] = run.carried[name]
        return [_argument(view, value, folder) for view, value in values.items()]

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **prefs["devices.cpp_standalone.run_environment_variables"],
            **self.device.run_environment_variables,
        }

    def _read(self, folder: Path, run: Run, seconds_build: float, seconds_run: float) -> RunResult:
        """Let Brian read the results from the folder of this run."""
        info = (folder / "results" / "last_run_info.txt").read_text().split()
        self.device.results_dir = f"{folder}/results/"
        self.device.has_been_run = True
        self.device.array_cache = dict.fromkeys(self.device.array_cache)
        # Brian takes the size of the last run for that of every run.
        self.network["output"].variables["z"].size = (0, run.task.n_outputs)
        if run.keep_r:
            self.network["activity"].variables["r"].size = (0, run.parameters.n_neurons)
        self.network["readout"]._check_for_invalid_states()
        if float(info[1]) < 1:
            raise InterruptedRunError(float(info[1]), run.duration)
        with _device(self.device):
            return read_result(self.network, run, self.keep_P, seconds_build, seconds_run)

    def _read_whole(
        self, folder: Path, run: Run, seconds_build: float, seconds_run: float
    ) -> RunResult:
        """Read the results and check their sizes: Brian writes without looking for errors."""
        try:
            result = self._read(folder, run, seconds_build, seconds_run)
            spiking = "spikes" in self.network
            n_spikes = int(self.network["spikes"].N[:]) if spiking else 0
        except (IndexError, OSError, ValueError) as error:
            raise RuntimeError(NOT_WHOLE) from error
        n_samples = _n_samples(run.duration, self.network["output"].clock.dt)
        sizes = [
            (len(result.times), n_samples),
            (len(result.output), n_samples),
            (len(result.spike_times), n_spikes),
            (len(result.spike_neurons), n_spikes),
        ]
        if result.r is not None:
            sizes.append((len(result.r), _n_samples(run.duration, run.rule_dt)))
        if any(found != expected for found, expected in sizes):
            raise RuntimeError(NOT_WHOLE)
        return result

    def close(self) -> None:
        """Remove the project and the binary; the cache keeps its copy."""
        self.folder.cleanup()


def _n_samples(duration: Quantity, dt: Quantity) -> int:
    """Count the samples of a run; a thousandth guards against rounding, as in Brian's clocks."""
    return math.ceil(float(duration / dt) - 1e-3)


def compiler_command() -> str:
    """Name the C++ compiler that make will call."""
    return os.environ.get("CXX", "g++")


@contextmanager
def _device(device: CPPStandaloneDevice) -> Iterator[None]:
    set_device(device, build_on_run=False)
    try:
        yield
    finally:
        reset_device()


def _argument(view: VariableView, value: Any, folder: Path) -> str:
    """Write one value for the command line; an array goes into a file."""
    name = f"{view.group_name}.{view.name}"
    values = np.asarray(value, dtype=view.dtype)
    if values.ndim == 0:
        return f"{name}={values.item()!r}"
    # The program of brian2cuda looks for a file by its name in lower case.
    file = Path("static_arrays") / f"{name}.dat".lower()
    values.tofile(folder / file)
    return f"{name}={file}"
