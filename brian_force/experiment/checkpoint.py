"""What a training that was stopped goes on from: its whole state, in one file."""

import dataclasses
import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from brian2 import Quantity, second
from numpy.typing import NDArray

from brian_force.experiment.hdf5 import FileKind
from brian_force.experiment.recording import UNITS
from brian_force.experiment.run import Run, RunResult
from brian_force.networks.assembly import data_of
from brian_force.networks.models import MODELS

__all__ = ["Checkpoint", "load_checkpoint", "settings_of"]

FILE = FileKind(
    name="checkpoint", format=1, called="checkpoint", remedy="Start anew without resume."
)

#: Fields of a result that are groups of arrays, and those that are single numbers.
GROUPS = ("state", "carried")
NUMBERS = ("mean_rate", "n_updates", "seconds_build", "seconds_run")
#: Those that a training has at its end only, P, or not at all.
ABSENT = ("P", "r")
PACKAGES = ("brian_force", "brian2", "numpy", "scipy")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Checkpoint:
    """A training up to a moment.

    Nothing else is needed: synapses without delay leave nothing in their queues between two time
    steps, and no equation of the networks draws random numbers.

    Attributes
    ----------
    settings : dict of str to str
        What the numbers of the training depend on, by `settings_of`.
    time : Quantity
        The moment [second].
    result : RunResult
        All that was recorded and learned until then.
    """

    settings: dict[str, str]
    time: Quantity
    result: RunResult

    def save(self, path: str | Path) -> None:
        """Write the checkpoint to one HDF5 file, whole or not at all.

        Raises
        ------
        OSError
            If it cannot be written; a checkpoint that was there before stays as it was.
        """
        with FILE.create(path) as file:
            file.attrs["settings"] = json.dumps(self.settings)
            file.attrs["time"] = float(self.time)
            for field in dataclasses.fields(self.result):
                _write(file, field.name, getattr(self.result, field.name))

    def check(self, settings: dict[str, str], path: str | Path) -> None:
        """Refuse to go on with other settings.

        Raises
        ------
        ValueError
            If a setting differs; the message names it.
        """
        for name, wanted in settings.items():
            found = self.settings.get(name, "unknown")
            if found != wanted:
                raise ValueError(
                    f"The checkpoint '{path}' was written with {name} {found}, but got {wanted}. "
                    "Only a training with the same settings gives the numbers of one that never "
                    "stopped: give them, or start anew without resume."
                )


def _write(file: Any, name: str, value: Any) -> None:
    if name in GROUPS:
        group = file.create_group(name)
        for key, values in value.items():
            group.create_dataset(key, data=values)
    elif name in NUMBERS:
        file.attrs[name] = float(value) if isinstance(value, Quantity) else value
    elif value is not None:
        file.create_dataset(name, data=np.asarray(value))


def load_checkpoint(path: str | Path) -> Checkpoint:
    """Read a checkpoint.

    Parameters
    ----------
    path : str or Path
        A file written by `Checkpoint.save`.

    Raises
    ------
    FileNotFoundError
        If there is none.
    RecordingError
        If the file is damaged or was written by something else; the message says which.
    """
    with FILE.open(path) as file:
        fields = dataclasses.fields(RunResult)
        return Checkpoint(
            settings=json.loads(file.attrs["settings"]),
            time=float(file.attrs["time"]) * second,
            result=RunResult(**{field.name: _read(file, field.name) for field in fields}),
        )


def _read(file: Any, name: str) -> Any:
    if name in GROUPS:
        return {key: dataset[()] for key, dataset in file[name].items()}
    if name in ABSENT:
        return None
    value = file.attrs[name].item() if name in NUMBERS else file[name][()]
    return Quantity(value, dim=UNITS[name].dim) if name in UNITS else value


def settings_of(run: Run, device: str) -> dict[str, str]:
    """Describe all that the numbers of a run depend on, each by a name for messages.

    Parameters
    ----------
    run : Run
        The whole run.
    device : str
        Where it runs: devices round differently.

    Returns
    -------
    dict of str to str
        Values as a user would write them; arrays as digests.
    """
    task = run.task
    data = data_of(MODELS[run.model], task, run.parameters, run.seed, **run.options)
    data["decoders"] = np.zeros(0) if run.decoders is None else np.asarray(run.decoders)
    signals = ("target", "inputs", "decoders", "w", "encoders")
    settings: dict[str, Any] = {
        "task": task.name,
        "model": run.model,
        "device": device,
        "seed": run.seed,
        **{f.name: getattr(run.parameters, f.name) for f in dataclasses.fields(run.parameters)},
        "learning_rate": task.learning_rate,
        "learn_from": task.learn_from,
        "learn_until": task.learn_until,
        "duration": task.duration,
        "Q_inputs": task.Q_inputs,
        "rule_dt": run.rule_dt,
        "gain": run.gain,
        "precision": run.precision,
        "teacher_forced": run.teacher_forced,
        **{name: _digest(data[name]) for name in signals if name in data},
        **{f"{package} version": version(package) for package in PACKAGES},
    }
    return {name: _written(value) for name, value in settings.items()}


def _written(value: Any) -> str:
    """Write a setting so that equal settings, and no others, are written alike."""
    if isinstance(value, Quantity):
        return f"{float(value)!r} (SI)"
    return str(value)


def _digest(values: NDArray[Any]) -> str:
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()[:16]
