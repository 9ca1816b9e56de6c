"""The device session: open it once for a size of network, then run many times."""

import shutil
from typing import Protocol

from brian2.codegen.runtime.cython_rt.cython_rt import CythonCodeObject
from brian2.utils.logger import get_logger

from brian_force.arguments import check_choice
from brian_force.errors import UnsupportedDeviceError
from brian_force.experiment.progress import Report
from brian_force.experiment.run import Run, RunResult
from brian_force.experiment.runtime import RuntimeSession
from brian_force.experiment.standalone import StandaloneSession, compiler_command

__all__ = ["DEVICES", "Session", "choose_device", "open_session"]

DEVICES = ("auto", "cpp", "cython", "numpy")

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


def open_session(device: str, first: Run, keep_P: bool = False) -> Session:
    """Open a session on 'cpp', 'cython' or 'numpy' for runs of the size of `first`."""
    if device == "cpp":
        return StandaloneSession(first, keep_P)
    return RuntimeSession(device, keep_P)


def choose_device(wanted: str) -> str:
    """Return the device to use; 'auto' is the fastest one that works here.

    Raises
    ------
    ValueError
        If there is no device of that name.
    UnsupportedDeviceError
        If it cannot work here; the message says what is missing.
    """
    check_choice("device", "train", wanted, DEVICES)
    missing = [tool for tool in (compiler_command(), "make") if shutil.which(tool) is None]
    if wanted == "cpp" and missing:
        raise UnsupportedDeviceError(
            f"The device 'cpp' needs {' and '.join(missing)}, which cannot be found. Install a C++ "
            "compiler and make, or use the device 'numpy'."
        )
    if wanted != "auto":
        return wanted
    if not missing:
        return "cpp"
    device = "cython" if CythonCodeObject.is_available() else "numpy"
    logger.info(f"No C++ compiler with make was found: the network runs with {device}.")
    return device
