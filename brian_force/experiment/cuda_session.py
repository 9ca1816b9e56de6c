"""A session on a GPU: the standalone session with brian2cuda's device and the compiler nvcc."""

import dataclasses
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from brian2 import Network
from brian2.devices.cpp_standalone.device import CPPStandaloneDevice

from brian_force.experiment.build_cache import project_key
from brian_force.experiment.run import Run, RunResult
from brian_force.experiment.standalone import StandaloneSession, compiler_command
from brian_force.learning.codegen.cuda_build import cuda_flags, nvcc

__all__ = ["CUDASession"]

# Brian takes the time when all that a run does is queued: this adds what is left to do then.
NOW = "std::chrono::steady_clock::now()"
WAIT = f"""
const auto _queued = {NOW};
CUDA_SAFE_CALL(cudaDeviceSynchronize());
Network::_last_run_time += std::chrono::duration<double>({NOW} - _queued).count();
"""


class CUDASession(StandaloneSession):
    """Run networks of one size on a GPU; all else is as in `StandaloneSession`.

    A run that diverges goes on to its end, without learning, before it is reported.
    """

    announcement = (
        "Compiling CUDA for {model} networks of {n_neurons} neurons. It takes minutes, and is done "
        "once."
    )

    def _new_device(self) -> CPPStandaloneDevice:
        from brian2cuda.device import CUDAStandaloneDevice  # noqa: PLC0415 (optional)

        device = CUDAStandaloneDevice()
        device.insert_code("after_network_run", WAIT)
        return device

    @contextmanager
    def _building(self) -> Iterator[None]:
        with _quiet(), cuda_flags():
            yield

    def _key(self) -> str:
        return project_key(self.project, compiler_command(), nvcc())

    def _network(self, run: Run) -> Network:
        """Sort what is recorded of spikes: it comes out of a set, and equal sources are wanted."""
        network = super()._network(run)
        if "spikes" in network:
            words = network["spikes"].template_kwds
            words["record_variables"] = dict(sorted(words["record_variables"].items()))
        return network

    def _read(self, folder: Path, run: Run, seconds_build: float, seconds_run: float) -> RunResult:
        """Count what a GPU takes to get ready, which may be seconds, as building; sort spikes.

        The time that the simulation takes sets how far checkpoints are apart: with the start in
        it they would come ever closer. The spikes of a time step come in any order.
        """
        simulating = float((folder / "results" / "last_run_info.txt").read_text().split()[0])
        preparing = seconds_run - simulating
        result = super()._read(folder, run, seconds_build + preparing, simulating)
        times, neurons = result.spike_times, result.spike_neurons
        order = np.lexsort((neurons, times))
        return dataclasses.replace(result, spike_times=times[order], spike_neurons=neurons[order])


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep brian2cuda from telling all its preferences with every project."""
    log = logging.getLogger("brian2.brian2cuda")  # as Brian's logger names it
    before = log.level
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(before)
