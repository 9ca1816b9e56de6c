"""A compiled network as a process of its own, which is watched and can be stopped."""

import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from brian2 import Quantity, second

from brian_force.experiment.progress import Report

__all__ = ["REPORT", "run_process"]

#: The C++ that reports progress: a line of its own on standard error.
REPORT = 'std::cerr << "progress " << completed << std::endl;'


def run_process(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    duration: Quantity,
    report: Report | None = None,
) -> None:
    """Run a binary to its end, in a folder, and pass its progress on.

    Raises
    ------
    RuntimeError
        If the binary failed, or said anything but its progress.
    """
    started = time.perf_counter()
    messages = []
    # In a session of its own, so that Ctrl-C reaches Python alone, which then ends the binary.
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            for line in process.stderr or ():
                if not line.startswith("progress "):
                    messages.append(line)
                elif report is not None:
                    elapsed = (time.perf_counter() - started) * second
                    report(elapsed, float(line.split()[1]), 0 * second, duration)
        except BaseException:
            process.kill()
            raise
    status = process.returncode
    if status != 0 or messages:
        said = "".join(messages[-5:]).strip()
        raise RuntimeError(f"The compiled network failed with status {status}: {said}")
