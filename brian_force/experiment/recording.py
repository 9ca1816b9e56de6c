"""What a run leaves: one object, one file."""

import dataclasses
import functools
import json
import os
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from brian2 import Hz, Quantity, second
from numpy.typing import NDArray

from brian_force.errors import RecordingError
from brian_force.metrics import PhaseErrors, phase_errors
from brian_force.networks import LIFParameters

__all__ = ["Recording", "load_recording"]

KIND = "brian_force recording"
FORMAT = 1

#: The unit of every stored number that has one.
UNITS: dict[str, Quantity] = {
    "learning_rate": second**2,
    "rule_dt": second,
    "learn_from": second,
    "learn_until": second,
    "duration": second,
    "period": second,
    "times": second,
    "spike_times": second,
    "mean_rate": Hz,
    "decoders": 1 / Hz,
    "P": second**2,
}
ARRAYS = ("times", "output", "target", "spike_times", "spike_neurons", "decoders", "P")


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Recording:
    """The record of one run: before, while and after a network learned a task.

    N neurons, K outputs, T samples, S spikes.

    Attributes
    ----------
    task, model, device : str
        Name of the task, 'lif' or 'rate', and where it ran: 'cpp', 'cython' or 'numpy'.
    seed : int
        Seed of weights, encoders and initial state.
    parameters : LIFParameters
        The network.
    learning_rate : Quantity
        Learning rate of RLS [second**2].
    rule_dt : Quantity
        Interval between updates of the decoders [second].
    learn_from, learn_until, duration : Quantity
        Learning window and length of the run [second].
    period : Quantity or None
        Period of the target [second].
    times : Quantity, shape (T,)
        Times of the samples [second].
    output, target : ndarray, shape (T, K)
        z and x at those times.
    spike_times : Quantity, shape (S,)
        Times of the spikes, ascending [second].
    spike_neurons : ndarray of int, shape (S,)
        Their neurons.
    mean_rate : Quantity
        Mean rate over all neurons and the whole run, of spikes or of f [Hz].
    decoders : Quantity, shape (N, K)
        Decoders at the end [1/Hz].
    P : Quantity, shape (N, N), or None
        Running inverse correlation at the end, if it was asked for [second**2].
    state : dict of str to ndarray, shape (N,)
        State of the neurons at the end, in base units, with times counted from there: what
        another run can start from.
    n_updates : int
        Number of updates of the decoders.
    seconds_build, seconds_run : float
        Wall time for building the network (with generating and compiling code) and running it.
    versions : dict
        Versions of the packages that made it.
    """

    task: str
    model: str
    device: str
    seed: int
    parameters: LIFParameters
    learning_rate: Quantity
    rule_dt: Quantity
    learn_from: Quantity
    learn_until: Quantity
    duration: Quantity
    period: Quantity | None
    times: Quantity
    output: NDArray[Any]
    target: NDArray[Any]
    spike_times: Quantity
    spike_neurons: NDArray[Any]
    mean_rate: Quantity
    decoders: Quantity
    P: Quantity | None = None
    state: dict[str, NDArray[Any]]
    n_updates: int
    seconds_build: float
    seconds_run: float
    versions: dict[str, str] = dataclasses.field(
        default_factory=lambda: {name: version(name) for name in ("brian_force", "brian2", "numpy")}
    )

    @functools.cached_property
    def errors(self) -> PhaseErrors:
        """Errors before, while and after learning, as `metrics.phase_errors` defines them."""
        period = None if self.period is None else float(self.period)
        return phase_errors(
            self.times,
            self.output,
            self.target,
            float(self.learn_from),
            float(self.learn_until),
            period,
        )

    def save(self, path: str | Path) -> None:
        """Write the recording to one HDF5 file, whole or not at all.

        Raises
        ------
        OSError
            If it cannot be written; a file that was there before stays as it was.
        """
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
        try:
            with h5py.File(name, "w") as file:
                self._write(file)
            _flush_to_disk(Path(name))
            Path(name).chmod(0o666 & ~_umask())
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)

    def _write(self, file: Any) -> None:
        file.attrs["kind"], file.attrs["format"] = KIND, FORMAT
        for field in FIELDS:
            value = getattr(self, field.name)
            if value is None:
                continue
            if field.name in ARRAYS:
                dataset = _store_array(file, field.name, value)
                dataset.attrs["unit"] = _unit_name(field.name)
            elif field.name == "state":
                group = file.create_group("state")
                for name, values in value.items():
                    _store_array(group, name, values)
            else:
                file.attrs[field.name] = _as_attribute(value)
        file.attrs["whole"] = True


FIELDS = dataclasses.fields(Recording)


def load_recording(path: str | Path) -> Recording:
    """Read a recording.

    Parameters
    ----------
    path : str or Path
        A file written by `Recording.save`.

    Raises
    ------
    FileNotFoundError
        If there is none.
    RecordingError
        If the file is damaged or was written by something else; the message says which.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no recording '{path}'.")
    try:
        with h5py.File(path, "r") as file:
            _check_kind(path, file)
            return Recording(**{field.name: _read(file, field.name) for field in FIELDS})
    except RecordingError:
        raise
    except (OSError, KeyError, TypeError, ValueError, RuntimeError) as error:
        reason = error.args[0] if isinstance(error, KeyError) else error
        raise RecordingError(f"The file '{path}' is damaged: {reason}.") from error


def _check_kind(path: Path, file: Any) -> None:
    if file.attrs.get("kind") != KIND:
        raise RecordingError(
            f"The file '{path}' is an HDF5 file, but not a recording of brian_force."
        )
    if file.attrs.get("format") != FORMAT:
        raise RecordingError(
            f"The file '{path}' has format {file.attrs.get('format')}, but this version of "
            f"brian_force reads format {FORMAT}."
        )
    if not file.attrs.get("whole"):
        raise RecordingError(f"The file '{path}' is damaged: it was not written to its end.")


def _read(file: Any, name: str) -> Any:
    if name not in file and name not in file.attrs:
        if name in ("period", "P"):
            return None
        raise KeyError(f"it has no '{name}'")
    if name == "state":
        return {key: dataset[()] for key, dataset in file[name].items()}
    value = file[name][()] if name in ARRAYS else file.attrs[name]
    if name == "parameters":
        return LIFParameters.from_json(value)
    if name == "versions":
        return json.loads(value)
    if name in UNITS:
        return Quantity(value, dim=UNITS[name].dim)
    return value if name in ARRAYS or isinstance(value, str) else value.item()


def _store_array(group: Any, name: str, values: Any) -> Any:
    data = np.asarray(values)
    return group.create_dataset(
        name, data=data, compression="gzip", compression_opts=1, shuffle=True
    )


def _as_attribute(value: Any) -> Any:
    if isinstance(value, LIFParameters):
        return value.to_json()
    if isinstance(value, dict):
        return json.dumps(value)
    return float(value) if isinstance(value, Quantity) else value


def _unit_name(name: str) -> str:
    return {"times": "s", "spike_times": "s", "decoders": "1/Hz", "P": "s**2"}.get(name, "1")


def _flush_to_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
