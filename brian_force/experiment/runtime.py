"""A session on the runtime targets: every run builds its network anew."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from brian2 import get_device, ms, prefs, set_device
from brian2.devices.device import reset_device

from brian_force.errors import InterruptedRunError
from brian_force.experiment.progress import Report
from brian_force.experiment.run import Run, RunResult, build_network, read_result, reasons_of_brian

__all__ = ["RuntimeSession"]


class RuntimeSession:
    """Run networks with NumPy or Cython.

    Parameters
    ----------
    target : {'cython', 'numpy'}
        Brian's code generation target.
    keep_P : bool
        Whether results hold P.
    """

    seconds_build = 0.0

    def __init__(self, target: str, keep_P: bool = False) -> None:
        self.target = target
        self.keep_P = keep_P

    def run(self, run: Run, report: Report | None = None) -> RunResult:
        """Run once.

        Raises
        ------
        DivergenceError
            If the readout left the finite numbers.
        InterruptedRunError
            If the run was stopped.
        """
        started = time.perf_counter()
        with _runtime_device(self.target):
            network = build_network(run, keep_P=self.keep_P)
            built = time.perf_counter()
            with reasons_of_brian():
                network.run(run.duration, report, 200 * ms, namespace={})
            completed = get_device()._last_run_completed_fraction
            if completed < 1:
                raise InterruptedRunError(completed, run.duration)
            ended = time.perf_counter()
            return read_result(network, run, self.keep_P, built - started, ended - built)

    def close(self) -> None:
        """Free what the session holds: nothing."""


@contextmanager
def _runtime_device(target: str) -> Iterator[None]:
    before = prefs.codegen.target
    set_device("runtime")
    prefs.codegen.target = target
    try:
        yield
    finally:
        prefs.codegen.target = before
        reset_device()
