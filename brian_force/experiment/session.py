"""The device session: open it once for a size of network, then run many times."""

import contextlib
import shutil
from collections.abc import Sequence
from typing import Protocol

from brian2.codegen.runtime.cython_rt.cython_rt import CythonCodeObject
from brian2.utils.logger import get_logger

from brian_force.arguments import check_choice
from brian_force.errors import UnsupportedDeviceError
from brian_force.experiment.build_cache import BuildCache
from brian_force.experiment.cuda_session import CUDASession
from brian_force.experiment.progress import Report, part_of
from brian_force.experiment.run import Run, RunResult
from brian_force.experiment.runtime import RuntimeSession
from brian_force.experiment.standalone import StandaloneSession, compiler_command
from brian_force.learning.codegen.cuda_build import what_is_missing

__all__ = ["DEVICES", "Session", "choose_device", "obstacle", "open_session", "run_each"]

DEVICES = ("auto", "cpp", "cython", "numpy", "cuda")

logger = get_logger(__name__)


class Session(Protocol):
    """Runs networks of one size on one device."""

    seconds_build: float

    def run(self, run: Run, report: Report | None = None) -> RunResult:
        """Run once."""
        ...

    def close(self) -> None:
        """Free what the session holds."""
        ...


def open_session(
    device: str, first: Run, keep_P: bool = False, cache: BuildCache | None = None
) -> Session:
    """Open a session on 'cpp', 'cuda', 'cython' or 'numpy' for runs of the size of `first`."""
    if device == "cpp":
        return StandaloneSession(first, keep_P, cache)
    if device == "cuda":
        return CUDASession(first, keep_P, cache)
    return RuntimeSession(device, keep_P)


def run_each(
    device: str,
    runs: Sequence[Run],
    report: Report | None = None,
    cache: BuildCache | None = None,
) -> list[RunResult]:
    """Run networks of one size one after the other, in one session, and close it."""
    with contextlib.closing(open_session(device, runs[0], cache=cache)) as session:
        return [session.run(run, part_of(report, k, len(runs))) for k, run in enumerate(runs)]


def choose_device(wanted: str) -> str:
    """Return the device to use; 'auto' is the fastest CPU device that works here.

    Raises
    ------
    ValueError
        If there is no device of that name.
    UnsupportedDeviceError
        If it cannot work here; the message says what is missing and how to get it.
    """
    check_choice("device", "train", wanted, DEVICES)
    if wanted != "auto":
        lack = obstacle(wanted)
        if lack is not None:
            raise UnsupportedDeviceError(f"The device '{wanted}' {lack}")
        return wanted
    if obstacle("cpp") is None:
        return "cpp"
    device = "cython" if obstacle("cython") is None else "numpy"
    logger.info(f"No C++ compiler with make was found: the network runs with {device}.")
    return device


def obstacle(device: str) -> str | None:
    """Say what a device needs that is missing here and how to get it; None if nothing is."""
    if device == "cpp":
        missing = [tool for tool in (compiler_command(), "make") if shutil.which(tool) is None]
        if missing:
            return (
                f"needs {' and '.join(missing)}, which cannot be found. Install a C++ compiler "
                "and make, or use the device 'numpy'."
            )
    if device == "cython" and not _cython_compiles():
        return "needs a C++ compiler. Install one, or use the device 'numpy'."
    # nvcc leaves what is for the host to the compiler that 'cpp' needs, and make calls both.
    return _obstacle_to_cuda() or obstacle("cpp") if device == "cuda" else None


def _cython_compiles() -> bool:
    # Brian's test module may have been compiled, and kept, while there was a compiler.
    return shutil.which(compiler_command()) is not None and CythonCodeObject.is_available()


def _obstacle_to_cuda() -> str | None:
    missing = what_is_missing()
    if not missing:
        return None
    *others, last = missing
    listed = f"{', '.join(others)} and {last}" if others else last
    return f"needs {listed}. Install what is missing, or use the device 'cpp'."
