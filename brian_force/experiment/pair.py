"""A spiking network and its rate twin: trained alike, compared, and given each other's decoders."""

import dataclasses
import functools
from pathlib import Path
from typing import Any

import numpy as np
from brian2 import Quantity, ms, second
from numpy.typing import NDArray

from brian_force.arguments import check_quantity, refusal, shown
from brian_force.experiment.progress import Report, as_report
from brian_force.experiment.recording import Recording
from brian_force.experiment.run import Run, end_of
from brian_force.experiment.session import choose_device, open_session
from brian_force.experiment.train import record, train
from brian_force.metrics import (
    aligned_error,
    amplitude_ratio,
    dominant_frequency,
    pearson_correlation,
    rms_error,
    scaled_error,
)
from brian_force.tasks import Task

__all__ = ["FreeRun", "Pair", "Swap", "train_pair"]


SHORTEST = 10 * ms  # below it there is nothing to measure


@dataclasses.dataclass(frozen=True, kw_only=True)
class FreeRun:
    """How well a network runs by itself, on decoders that no longer change.

    Attributes
    ----------
    error, error_aligned, error_scaled : float or None
        RMS error: plain, after the best shift of each window, and after one common stretch of
        time besides. A network on foreign decoders often keeps the wave at another speed, which
        the first two would call a failure.
    speed : float or None
        That stretch; 1 is the right speed.
    frequency : float
        Dominant frequency of the output [Hz].
    amplitude : float
        RMS of the output about its mean over that of the target.
    score : float or None
        The task's own score, between 0 and 1, if it has one.
    """

    error: float
    error_aligned: float | None
    error_scaled: float | None
    speed: float | None
    frequency: float
    amplitude: float
    score: float | None


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Swap:
    """Both networks, each from its own state after learning, on the decoders of the other.

    Attributes
    ----------
    lif, rate : Recording
        The spiking network on the rate network's decoders, and the reverse.
    lif_run, rate_run : FreeRun
        How they run.
    """

    lif: Recording
    rate: Recording
    lif_run: FreeRun
    rate_run: FreeRun


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Pair:
    """A spiking network and its rate twin after the same training.

    Attributes
    ----------
    task : Task
        What they learned, with the settings of the run.
    lif, rate : Recording
        What each did.
    """

    task: Task
    lif: Recording
    rate: Recording

    @property
    def decoder_correlations(self) -> NDArray[np.float64]:
        """Pearson's correlation of the decoders of both networks, shape (K,)."""
        columns = zip(self.lif.decoders.T, self.rate.decoders.T, strict=True)
        return np.array([pearson_correlation(spiking, rate) for spiking, rate in columns])

    @property
    def decoder_correlation(self) -> float:
        """Their mean over the outputs."""
        return float(np.mean(self.decoder_correlations))

    @property
    def decoder_correlation_pooled(self) -> float:
        """Pearson's correlation over all decoders, outputs pooled."""
        return pearson_correlation(self.lif.decoders, self.rate.decoders)

    def swap(self, duration: Quantity = 5 * second, report: str | Report | None = None) -> Swap:
        """Run each network on, without learning, on the decoders of the other.

        Parameters
        ----------
        duration : Quantity
            Length of the runs [second].
        report : str or callable, optional
            As in Brian's `run`.

        Returns
        -------
        Swap
            What came out.

        Raises
        ------
        DivergenceError
            If foreign decoders drive an output out of the finite numbers.
        """
        lif = run_on(self.task, self.lif, self.rate.decoders, duration, report)
        rate = run_on(self.task, self.rate, self.lif.decoders, duration, report)
        return Swap(
            lif=lif,
            rate=rate,
            lif_run=free_run(self.task, lif, end_of_run(self.lif)),
            rate_run=free_run(self.task, rate, end_of_run(self.rate)),
        )


def train_pair(task: Task, *, seed: int = 1, **options: Any) -> Pair:
    """Train a spiking network and its rate twin on the same task with the same settings.

    Parameters
    ----------
    task : Task
        What to learn.
    seed : int
        Fixes weights, encoders and initial state of both.
    **options
        As for `train`, without `model`. To the name of a `checkpoint`, that of the model is added.

    Returns
    -------
    Pair
        Both recordings.

    Raises
    ------
    TypeError, ValueError, DivergenceError, InterruptedRunError
        As for `train`.
    """
    checkpoint = options.pop("checkpoint", None)
    recordings = []
    for model in ("lif", "rate"):
        if checkpoint is not None:
            path = Path(checkpoint)
            options["checkpoint"] = path.with_name(f"{path.stem}_{model}{path.suffix}")
        recordings.append(train(task, model, seed=seed, **options))
    return paired(task, *recordings)


def paired(task: Task, lif: Recording, rate: Recording) -> Pair:
    """Join the recordings of two networks that learned a task with the same settings."""
    names = ("learning_rate", "learn_from", "learn_until", "duration")
    task = task.changed(**{name: getattr(lif, name) for name in names})
    return Pair(task=task, lif=lif, rate=rate)


def run_on(
    task: Task,
    recording: Recording,
    decoders: Quantity,
    duration: Quantity,
    report: str | Report | None = None,
) -> Recording:
    """Run a network on from where its recording ends, without learning, on given decoders."""
    duration = check_quantity("duration", "swap", duration, second, "positive")
    if duration < SHORTEST:
        allowed = f"at least {shown(SHORTEST)}"
        raise ValueError(refusal("duration", "swap", allowed, shown(duration)))
    run = Run(
        task=_continued(task, end_of_run(recording), duration),
        parameters=recording.parameters,
        seed=recording.seed,
        model=recording.model,
        decoders=decoders,
        learning=False,
        state=recording.state,
        rule_dt=recording.rule_dt,
    )
    session = open_session(choose_device(recording.device), run)
    try:
        return record(run, recording.device, session.run(run, as_report(report)))
    finally:
        session.close()


def end_of_run(recording: Recording) -> Quantity:
    """Return the time of the last step's end: the duration, in whole steps."""
    return end_of(recording.duration, recording.parameters.dt)


def free_run(task: Task, recording: Recording, start: Quantity) -> FreeRun:
    """Measure a run whose decoders did not change; its time 0 is `start` of the task."""
    x = (recording.times, recording.output, recording.target)
    period = None if recording.period is None else float(recording.period)
    scaled, speed = scaled_error(*x, period, 0.0) or (None, None)
    step = float(recording.times[1] - recording.times[0])
    score = None
    if task.score is not None:
        times = np.asarray(recording.times) + float(start)
        score = task.score(times, recording.output, float(start))
    return FreeRun(
        error=rms_error(recording.output, recording.target),
        error_aligned=aligned_error(*x, period, 0.0),
        error_scaled=scaled,
        speed=speed,
        frequency=dominant_frequency(recording.output, step),
        amplitude=amplitude_ratio(recording.output, recording.target),
        score=score,
    )


def _continued(task: Task, start: Quantity, duration: Quantity) -> Task:
    """Return the task as it goes on from `start`, which becomes time 0."""
    later = functools.partial(_later, offset=float(start))
    return dataclasses.replace(
        task,
        signal=functools.partial(later, task.signal),
        inputs=None if task.inputs is None else functools.partial(later, task.inputs),
        score=None,  # it counts from the end of learning: see `free_run`
        learn_from=0 * second,
        learn_until=duration,
        duration=duration,
    )


def _later(function: Any, times: NDArray[np.float64], offset: float) -> NDArray[np.float64]:
    return np.asarray(function(times + offset))
