"""Build a network, run the protocol before - learning - after, and return its recording."""

import dataclasses
from pathlib import Path
from typing import Any

from brian2 import Quantity, ms

from brian_force.arguments import check_choice, check_count, did_you_mean, refusal
from brian_force.experiment.progress import Report, as_report
from brian_force.experiment.recording import Recording
from brian_force.experiment.run import Run, RunResult
from brian_force.experiment.segments import Segments
from brian_force.experiment.session import choose_device, open_session
from brian_force.experiment.trials import with_trials
from brian_force.networks import LIFParameters
from brian_force.networks.models import MODELS
from brian_force.tasks import Task

__all__ = ["perform", "plan", "record", "train"]

#: Arguments of `train` that are settings of the task, and those of the run.
OF_TASK = ("learning_rate", "learn_from", "learn_until", "duration")
OF_RUN = ("decoders", "teacher_forced", "rule_dt", "gain", "precision")


def train(  # noqa: PLR0913, everything after the task is a choice with a default
    task: Task,
    model: str = "lif",
    *,
    seed: int = 1,
    learning_rate: Quantity | None = None,
    learn_from: Quantity | None = None,
    learn_until: Quantity | None = None,
    duration: Quantity | None = None,
    rule_dt: Quantity = 2.5 * ms,
    gain: str = "posterior",
    precision: str = "float64",
    decoders: Quantity | None = None,
    teacher_forced: bool = False,
    keep_P: bool = False,
    n_trials: int = 0,
    checkpoint: str | Path | None = None,
    checkpoint_every: Quantity | None = None,
    resume: bool = False,
    device: str = "auto",
    report: str | Report | None = None,
    **parameters: Any,
) -> Recording:
    """Train a network on a task.

    Parameters
    ----------
    task : Task
        What to learn; it brings the defaults of all that follows.
    model : {'lif', 'rate'}
        Spiking neurons (leaky integrate-and-fire), or their rate twin.
    seed : int
        Fixes weights, encoders and initial state, equally on every device.
    learning_rate, learn_from, learn_until, duration : Quantity, optional
        Instead of those of the task [second**2, second, second, second].
    rule_dt, gain, precision : Quantity, str, str
        As in `RLS`.
    decoders : Quantity, shape (N, K), optional
        Decoders at the start [1/Hz]. Default: 0.
    teacher_forced : bool
        Whether the target is fed back instead of the output.
    keep_P : bool
        Whether the recording holds P.
    n_trials : int
        Number of test trials after learning, as `brian_force.experiment.with_trials` makes them.
    checkpoint : str or Path, optional
        File in which the training is kept while it runs, so that it can go on after anything
        that stops it. Remove it when the recording is saved. Default: none.
    checkpoint_every : Quantity, optional
        Simulated time between two checkpoints [second]. Default: as often as 4 % of the time
        allow, but not within 1 s.
    resume : bool
        Whether to go on from the checkpoint, if there is one. The recording is that of a training
        that never stopped.
    device : {'auto', 'cpp', 'cython', 'numpy', 'cuda'}
        Where to run: C++ standalone, Brian's runtime targets, or a GPU through brian2cuda. 'auto'
        takes the first of the CPU's that works here. A binary is compiled once for each size of
        network and kept.
    report : str or callable, optional
        As in Brian's `run`: 'text', 'stdout', 'stderr' or a function.
    **parameters
        Fields of `LIFParameters` to change, as ``n_neurons=500`` or ``Q=20*mV``.

    Returns
    -------
    Recording
        The whole run.

    Raises
    ------
    TypeError, ValueError, DimensionMismatchError
        If an argument is not as described, or the checkpoint is of other settings.
    DivergenceError
        If output, error or P left the finite numbers.
    InterruptedRunError
        If the run was stopped before its end; the message says what the checkpoint holds.
    RecordingError
        If the checkpoint is damaged.
    UnsupportedDeviceError
        If the device does not work here.

    Examples
    --------
    >>> from brian2 import second
    >>> from brian_force import tasks, train
    >>> recording = train(tasks.sine(), n_neurons=100, device='numpy', learn_from=0*second,
    ...                   learn_until=0.1*second, duration=0.1*second)
    >>> recording.n_updates
    40
    """
    run = plan(
        task,
        model,
        seed=seed,
        learning_rate=learning_rate,
        learn_from=learn_from,
        learn_until=learn_until,
        duration=duration,
        rule_dt=rule_dt,
        gain=gain,
        precision=precision,
        decoders=decoders,
        teacher_forced=teacher_forced,
        **parameters,
    )
    report = as_report(report)
    device = choose_device(device)
    n_trials = check_count("n_trials", "train", n_trials, least=0)
    segments = None
    if checkpoint is not None:
        segments = Segments(run, device, checkpoint, checkpoint_every, resume, keep_P)
    elif resume or checkpoint_every is not None:
        given = "resume" if resume else "checkpoint_every"
        raise ValueError(refusal("checkpoint", "train", f"given with '{given}'", "None"))
    recording = perform(run, device, segments, report, keep_P)
    return with_trials(run.task, recording, n_trials, report) if n_trials else recording


def plan(task: Task, model: str = "lif", *, seed: int = 1, **settings: Any) -> Run:
    """Check what `train` is told about the training, and join it."""
    if not isinstance(task, Task):
        remedy = "Write tasks.get('sine')."
        raise TypeError(refusal("task", "train", "a Task", repr(task), remedy))
    check_choice("model", "train", model, MODELS)
    changes = {name: settings.pop(name, None) for name in OF_TASK}
    rule = {name: settings.pop(name) for name in OF_RUN if name in settings}
    return Run(
        task=task.changed(**changes),
        parameters=_parameters(task, settings),
        seed=check_count("seed", "train", seed, least=0),
        model=model,
        **rule,
    )


def perform(
    run: Run,
    device: str,
    segments: Segments | None,
    report: Report | None,
    keep_P: bool = False,
) -> Recording:
    """Run a training, in segments if any are given, and return its recording."""
    session = open_session(device, run, keep_P or segments is not None)
    try:
        result = segments.run_all(session, report) if segments else session.run(run, report)
        seconds_build = session.seconds_build + result.seconds_build
        result = dataclasses.replace(result, seconds_build=seconds_build)
        return record(run, device, result)
    finally:
        session.close()


def _parameters(task: Task, changes: dict[str, Any]) -> LIFParameters:
    known = [field.name for field in dataclasses.fields(LIFParameters)]
    for name in changes:
        if name not in known:
            raise TypeError(f"train has no argument '{name}'. {did_you_mean(name, known)}")
    defaults = {"n_neurons": task.n_neurons, "G": task.G, "Q": task.Q}
    return LIFParameters(**{**defaults, **changes})


def record(run: Run, device: str, result: RunResult) -> Recording:
    """Join what went into a run and what came out of it."""
    task = run.task
    return Recording(
        task=task.name,
        model=run.model,
        device=device,
        seed=run.seed,
        parameters=run.parameters,
        learning_rate=task.learning_rate,
        rule_dt=run.rule_dt,
        learn_from=task.learn_from,
        learn_until=task.learn_until,
        duration=task.duration,
        period=task.period,
        target=task.target(result.times),
        **{
            field.name: getattr(result, field.name)
            for field in dataclasses.fields(result)
            if field.name not in ("carried", "r")
        },
    )
