"""The command ``brian-force train``: one network, or a spiking network and its rate twin."""

import contextlib
import dataclasses
from collections.abc import Callable
from math import isnan
from pathlib import Path
from typing import Any

from brian2 import Hz, mV, second

from brian_force import tasks
from brian_force.commands.doctor import TITLES
from brian_force.commands.figures import save_figure
from brian_force.experiment.keeping import train_into
from brian_force.experiment.pair import paired
from brian_force.experiment.progress import ProgressBar
from brian_force.experiment.recording import Recording
from brian_force.experiment.session import choose_device
from brian_force.plotting import plot_pair, plot_training
from brian_force.tasks import Task

__all__ = ["train"]

type Say = Callable[[str], Any]


def train(
    name: str, *, model: str, device: str, out: str | Path, say: Say = print, **options: Any
) -> dict[str, Any]:
    """Train on a task; leave what was recorded and a figure.

    Parameters
    ----------
    name : str
        Name of a task.
    model : {'lif', 'rate', 'both'}
        Network; of both, each is tested on the decoders of the other, too.
    device : str
        As for `brian_force.train`.
    out : str or Path
        Folder for recording.h5 and figure.png, or for lif.h5, rate.h5 and pair.png.
    say : callable
        Where to say where it runs, and what is resumed.
    **options
        `n_trials`, `resume` and settings, as for `train_into`. What is None comes from the task.

    Returns
    -------
    dict
        Plain numbers, as JSON has them.

    Raises
    ------
    ValueError, TypeError, RecordingError, DivergenceError, InterruptedRunError, OSError
        As for `brian_force.tasks.get` and `train_into`.
    """
    task, folder = tasks.get(name), Path(out)
    given = {key: value for key, value in options.items() if value is not None}
    given |= {"device": device, "say": say}
    if model == "both":
        return _train_pair(task, folder, **given)
    return _train_one(task, model, folder, **given)


def _train_one(task: Task, model: str, folder: Path, **options: Any) -> dict[str, Any]:
    """Train one network, save recording and figure, and collect what is printed."""
    recording = _train_into(folder / "recording.h5", task, model, **options)
    save_figure(plot_training(recording), folder / "figure.png")
    return {
        **_settings(recording, model),
        **_measures(recording),
        "decoder_correlation": None,
        "seconds_build": recording.seconds_build,
        "seconds_run": recording.seconds_run,
        "recording": str(folder / "recording.h5"),
        "figures": [str(folder / "figure.png")],
    }


def _train_pair(task: Task, folder: Path, **options: Any) -> dict[str, Any]:
    """Train both networks, swap their decoders, save all, and collect what is printed."""
    paths = {model: folder / f"{model}.h5" for model in ("lif", "rate")}
    models = {model: _train_into(path, task, model, **options) for model, path in paths.items()}
    pair = paired(task, **models)
    with contextlib.closing(ProgressBar(task.name)) as bar:
        swap = pair.swap(report=bar)
    save_figure(plot_pair(pair, swap), folder / "pair.png")
    measures = {model: _measures(recording) for model, recording in models.items()}
    runs = {"lif": swap.lif_run, "rate": swap.rate_run}
    return {
        **_settings(pair.lif, "both"),
        **{name: {model: measures[model][name] for model in models} for name in measures["lif"]},
        "decoder_correlation": pair.decoder_correlation,
        "seconds_build": pair.lif.seconds_build + pair.rate.seconds_build,
        "seconds_run": pair.lif.seconds_run + pair.rate.seconds_run,
        "recording": {model: str(path) for model, path in paths.items()},
        "figures": [str(folder / "pair.png")],
        "swap": {model: _without_nan(dataclasses.asdict(run)) for model, run in runs.items()},
    }


def _train_into(
    path: Path, task: Task, model: str, device: str, say: Say, **options: Any
) -> Recording:
    device = choose_device(device)
    say(f"Training '{task.name}' with {TITLES[device]}.")
    with contextlib.closing(ProgressBar(task.name)) as bar:
        return train_into(path, task, model, device=device, report=bar, say=say, **options)


def _settings(recording: Recording, model: str) -> dict[str, Any]:
    return {
        "task": recording.task,
        "model": model,
        "n_neurons": recording.parameters.n_neurons,
        "G": _plain(recording.parameters.G / (mV / Hz)),
        "Q": _plain(recording.parameters.Q / mV),
        "learning_rate": _plain(recording.learning_rate / second**2),
        "seed": recording.seed,
        "device": recording.device,
    }


def _measures(recording: Recording) -> dict[str, Any]:
    rate = {"mean_rate_hz": float(recording.mean_rate / Hz)}
    return dataclasses.asdict(recording.errors) | rate


def _without_nan(values: dict[str, Any]) -> dict[str, Any]:
    """Put None for nan, as of the frequency of a constant: JSON has no word for it."""
    lost = {name for name, value in values.items() if isinstance(value, float) and isnan(value)}
    return {name: None if name in lost else value for name, value in values.items()}


def _plain(value: Any) -> float:
    # 0.1*mV/Hz divided by mV/Hz is 0.1 but for the last digit
    return float(f"{float(value):.15g}")
