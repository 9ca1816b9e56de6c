"""A spiking network and its rate twin: trained alike, compared, and given each other's decoders."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
from brian2 import Quantity, ms, second
from numpy.typing import NDArray

from brian_force.arguments import check_quantity, refusal, shown
from brian_force.experiment.continuing import continued, end_of_run, run_without_learning
from brian_force.experiment.progress import Report, as_report
from brian_force.experiment.recording import Recording
from brian_force.experiment.session import choose_device, run_each
from brian_force.experiment.train import record, train
from brian_force.metrics import (
    amplitude_ratio,
    dominant_frequency,
    l2_error,
    pearson_correlation,
    phase_errors,
    rms_error,
)
from brian_force.tasks import Task

__all__ = ["FreeRun", "Pair", "Swap", "train_pair"]


SHORTEST = 10 * ms  # below it there is nothing to measure


@dataclasses.dataclass(frozen=True, kw_only=True)
class FreeRun:
    """How well a network runs by itself, on decoders that no longer change.

    Attributes
    ----------
    error, error_normalised, error_l2 : float or None
        Error: RMS, over the RMS of the target (None for a target of zero), and as L2 norm [unit
        of the target times second**0.5].
    error_aligned, error_scaled : float or None
        RMS error after the best shift of each window, and after one common stretch of time
        besides. A network on foreign decoders often keeps the wave at another speed, which all
        but the last would call a failure.
    speed : float or None
        That stretch; 1 is the right speed.
    drift : float or None
        Drift of phase [ms/s], positive where the output runs ahead more and more.
    frequency : float
        Dominant frequency of the output [Hz].
    amplitude : float
        RMS of the output about its mean over that of the target.
    score : float or None
        The task's own score, between 0 and 1, if it has one.
    """

    error: float
    error_normalised: float | None
    error_l2: float
    error_aligned: float | None
    error_scaled: float | None
    speed: float | None
    drift: float | None
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
    later = continued(task, end_of_run(recording), duration)
    run = run_without_learning(recording, later, state=recording.state, decoders=decoders)
    (result,) = run_each(choose_device(recording.device), [run], as_report(report))
    made = record(run, recording.device, result)
    # a task must have a learning window, but in this run nothing was learned in it
    return dataclasses.replace(made, learn_from=0 * second, learn_until=0 * second)


def free_run(task: Task, recording: Recording, start: Quantity) -> FreeRun:
    """Measure a run whose decoders did not change; its time 0 is `start` of the task."""
    z, x, times = recording.output, recording.target, np.asarray(recording.times)
    period = None if recording.period is None else float(recording.period)
    step = float(times[1] - times[0])
    errors = phase_errors(times, z, x, 0.0, 0.0, period)
    score = None
    if task.score is not None:
        score = task.score(times + float(start), z, float(start))
    return FreeRun(
        error=rms_error(z, x),
        error_normalised=errors.normalised_after,
        error_l2=l2_error(z, x, step),
        error_aligned=errors.rms_after_aligned,
        error_scaled=errors.rms_after_scaled,
        speed=errors.speed_after,
        drift=errors.drift_after,
        frequency=dominant_frequency(z, step),
        amplitude=amplitude_ratio(z, x),
        score=score,
    )
