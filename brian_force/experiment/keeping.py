"""A training whose recording is kept in a file, with a checkpoint beside it while it runs."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from brian_force.arguments import check_count
from brian_force.experiment.progress import Report
from brian_force.experiment.recording import Recording, load_recording
from brian_force.experiment.run import Run
from brian_force.experiment.segments import Segments
from brian_force.experiment.session import choose_device
from brian_force.experiment.train import perform, plan
from brian_force.experiment.trials import with_trials
from brian_force.files import discard
from brian_force.tasks import Task

__all__ = ["checkpoint_path", "recordings_in", "train_into"]

#: Names of recordings in a folder that `brian-force train` fills.
NAMES = ("recording.h5", "lif.h5", "rate.h5")


def checkpoint_path(path: Path) -> Path:
    """Name the checkpoint beside a recording."""
    return path.with_suffix(".checkpoint")


def recordings_in(run: Path) -> list[Path]:
    """Return the recordings of a folder that `brian-force train` filled, or the one named.

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    if not run.is_dir():
        return [run]
    found = [run / name for name in NAMES if (run / name).is_file()]
    if not found:
        raise FileNotFoundError(
            f"There is no recording in '{run}'. Give a folder that brian-force train filled."
        )
    return found


def train_into(
    path: Path,
    task: Task,
    model: str,
    *,
    device: str,
    n_trials: int = 0,
    resume: bool = False,
    report: Report | None = None,
    say: Callable[[str], object] = lambda message: None,
    **settings: Any,
) -> Recording:
    """Train, and save the recording; or go on with what was saved of it.

    Parameters
    ----------
    path : Path
        The file of the recording.
    task, model, device, n_trials, report, **settings
        As for `train`. The training is saved before its test trials are made.
    resume : bool
        Whether to return a finished recording of the same training, or to go on from the
        checkpoint of an unfinished one. Where there is neither, the training begins.
    say : callable
        Told what is resumed.

    Returns
    -------
    Recording
        The whole training. Its checkpoint is removed.

    Raises
    ------
    ValueError
        If what is to be resumed has other settings; the message names one.
    RecordingError
        If it is damaged.
    TypeError, DimensionMismatchError, DivergenceError, InterruptedRunError, OSError
        As for `train` and `Recording.save`.
    """
    checkpoint = checkpoint_path(path)
    run, device = plan(task, model, **settings), choose_device(device)
    n_trials = check_count("n_trials", "train", n_trials, least=0)
    if resume and path.exists():
        finished = load_recording(path)
        other = _difference(finished, run, device)
        if other is None:
            discard(checkpoint)
            return _tested(path, run, finished, n_trials, report, say)
        if not checkpoint.exists():
            name, found, wanted = other
            raise ValueError(
                f"The recording '{path}' was made with {name} {found}, but got {wanted}. Give the "
                "same settings to resume, another folder, or leave out resume to replace it."
            )
    segments = Segments(run, device, checkpoint, every=None, resume=resume, keep_P=False)
    if segments.last is not None:
        seconds = float(segments.last.time)
        say(f"Going on from t = {seconds:g} s of {float(run.task.duration):g} s.")
    elif resume:
        say(f"There is nothing to resume in '{path.parent}': starting at t = 0 s.")
    recording = perform(run, device, segments, report)
    recording.save(path)
    discard(checkpoint)
    return _tested(path, run, recording, n_trials, report)


def _tested(
    path: Path,
    run: Run,
    recording: Recording,
    n_trials: int,
    report: Report | None,
    say: Callable[[str], object] = lambda message: None,
) -> Recording:
    """Return the recording with at least so many test trials; save it if they were made now."""
    n_forced = 0 if recording.forced is None else recording.forced.n_trials
    if n_forced >= (n_trials if run.model == "lif" else min(n_trials, 1)):
        say(f"'{path}' is the recording of this training: there is nothing left to do.")
        return recording
    recording = with_trials(run.task, recording, n_trials, report)
    recording.save(path)
    return recording


def _difference(recording: Recording, run: Run, device: str) -> tuple[str, Any, Any] | None:
    """Return a setting in which a recording differs from a run: its name and both values."""
    task = run.task
    wanted = {
        "task": task.name,
        "model": run.model,
        "device": device,
        "seed": run.seed,
        "learning_rate": task.learning_rate,
        "learn_from": task.learn_from,
        "learn_until": task.learn_until,
        "duration": task.duration,
    }
    pairs = {name: (getattr(recording, name), value) for name, value in wanted.items()}
    for field in dataclasses.fields(run.parameters):
        name = field.name
        pairs[name] = getattr(recording.parameters, name), getattr(run.parameters, name)
    for name, (found, value) in pairs.items():
        if found != value:
            return name, found, value
    if not np.array_equal(recording.target, task.target(recording.times)):
        return "target", "of another form", f"that of '{task.name}'"
    return None
