"""Whether the devices work here: a small network on each, compared with the reference."""

import dataclasses
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from brian2 import Hz, Quantity, mV, second
from numpy.typing import NDArray

from brian_force import tasks
from brian_force.experiment.build_cache import BuildCache
from brian_force.experiment.run import Run, RunResult
from brian_force.experiment.session import obstacle, run_each
from brian_force.learning.reference import rls_update
from brian_force.networks import LIFParameters

__all__ = ["CHECKED", "TOLERANCE", "Finding", "examine", "examine_all"]

CHECKED = ("numpy", "cython", "cpp", "cuda")
#: Of the largest decoder: devices sum in another order.
TOLERANCE = 1e-9
DURATION = 0.1 * second
PARAMETERS = LIFParameters(n_neurons=60, G=0.1 * mV / Hz, Q=30 * mV)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Finding:
    """What was found of a device.

    Attributes
    ----------
    device : str
        'numpy', 'cython', 'cpp' or 'cuda'.
    missing : str or None
        What it needs that is not here, and how to get it.
    difference : float or None
        Largest difference of a decoder from the reference, as a part of the largest decoder.
    failure : str or None
        What went wrong where nothing is missing.
    seconds : float
        How long it took, with compilation.
    """

    device: str
    missing: str | None = None
    difference: float | None = None
    failure: str | None = None
    seconds: float = 0.0

    @property
    def works(self) -> bool:
        """Whether the device ran and agreed."""
        return self.difference is not None and self.difference <= TOLERANCE

    @property
    def healthy(self) -> bool:
        """Whether it works, or is rightly left out."""
        return self.works or self.missing is not None


def examine_all(say: Callable[[str], object] = lambda device: None) -> Iterator[Finding]:
    """Examine every device.

    Parameters
    ----------
    say : callable
        Told the name of each device before its turn.

    Yields
    ------
    Finding
    """
    for device in CHECKED:
        say(device)
        yield examine(device)


def examine(device: str) -> Finding:
    """Run a spiking and a rate network on a device and compare their decoders.

    Those of the rate network are compared with RLS in plain NumPy over the activity that the
    network had; those of the spiking network with the same run on Brian's NumPy target.
    """
    missing = obstacle(device)
    if missing is not None:
        return Finding(device=device, missing=missing)
    started = time.perf_counter()
    try:
        differences = [_from_reference(device), _from_numpy(device)]
    except Exception as error:  # whatever a device may fail with is what was asked for
        return Finding(device=device, failure=str(error), seconds=time.perf_counter() - started)
    difference = max(differences)
    failure = None
    if not difference <= TOLERANCE:
        failure = f"its decoders differ from the reference by {difference:.1e} of the largest"
    seconds = time.perf_counter() - started
    return Finding(device=device, difference=difference, failure=failure, seconds=seconds)


def _from_reference(device: str) -> float:
    run = _run("rate", keep_r=True)
    result = _result(device, run)
    decoders = _replayed(result.r, run)
    return _difference(result.decoders, decoders)


def _from_numpy(device: str) -> float:
    run = _run("lif")
    expected = _result("numpy", run).decoders
    return _difference(_result(device, run).decoders, expected)


def _run(model: str, *, keep_r: bool = False) -> Run:
    window = {"learn_from": 0 * second, "learn_until": DURATION, "duration": DURATION}
    task = tasks.sine().changed(**window)
    return Run(task=task, parameters=PARAMETERS, seed=1, model=model, keep_r=keep_r)


def _result(device: str, run: Run) -> RunResult:
    with tempfile.TemporaryDirectory() as folder:  # so that it is compiled anew
        (result,) = run_each(device, [run], cache=BuildCache(Path(folder)))
        return result


def _replayed(activity: NDArray[np.float64] | None, run: Run) -> NDArray[np.float64]:
    """Learn by the reference from the activity that a network had."""
    if activity is None:
        raise RuntimeError("the run did not keep its activity")
    times: Quantity = np.arange(len(activity)) * run.rule_dt
    phi = np.zeros((PARAMETERS.n_neurons, run.task.n_outputs))
    P = float(run.task.learning_rate) * np.eye(len(phi))
    for r, x in zip(activity, run.task.target(times), strict=True):
        rls_update(P, r, r @ phi - x, phi)
    return phi


def _difference(found: Quantity, expected: Quantity | NDArray[np.float64]) -> float:
    a, b = np.asarray(found), np.asarray(expected)
    return float(np.max(np.abs(a - b)) / np.max(np.abs(b)))
