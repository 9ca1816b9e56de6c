"""Going on where a recording ends."""

import dataclasses
import functools
from typing import Any

import numpy as np
from brian2 import Quantity, second
from numpy.typing import NDArray

from brian_force.experiment.recording import Recording
from brian_force.experiment.run import Run, end_of
from brian_force.tasks import Task

__all__ = ["continued", "end_of_run", "run_without_learning"]


def end_of_run(recording: Recording) -> Quantity:
    """Return the time of the last step's end: the duration, in whole steps."""
    return end_of(recording.duration, recording.parameters.dt)


def run_without_learning(recording: Recording, task: Task, **settings: Any) -> Run:
    """Return a run of the network of a recording, on the decoders that it learned or on others."""
    return Run(
        task=task,
        parameters=recording.parameters,
        seed=recording.seed,
        model=recording.model,
        learning=False,
        rule_dt=recording.rule_dt,
        **{"decoders": recording.decoders, **settings},
    )


def continued(task: Task, start: Quantity, duration: Quantity) -> Task:
    """Return the task as it goes on from `start`, which becomes time 0."""
    later = functools.partial(_later, offset=float(start))
    return dataclasses.replace(
        task,
        signal=functools.partial(later, task.signal),
        inputs=None if task.inputs is None else functools.partial(later, task.inputs),
        score=None,  # it counts from the end of learning: see `pair.free_run`
        learn_from=0 * second,
        learn_until=duration,
        duration=duration,
    )


def _later(function: Any, times: NDArray[np.float64], offset: float) -> NDArray[np.float64]:
    return np.asarray(function(times + offset))
