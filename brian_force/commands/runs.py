"""What a command is given: recordings, files of spikes of others, and targets."""

from pathlib import Path

import numpy as np
import xarray as xr
from brian2 import second
from numpy.typing import NDArray

from brian_force.arguments import refusal
from brian_force.errors import RecordingError
from brian_force.exchange.formats import read
from brian_force.exchange.spike_trials import SpikeTrials
from brian_force.experiment.keeping import recordings_in
from brian_force.experiment.recording import Recording, load_recording

__all__ = ["Recordings", "equally_long", "read_run", "read_target"]

#: One recording by the name of its model, or a spiking network and its rate twin.
type Recordings = dict[str, Recording]

OURS = ".h5"
PAIR = ("lif.h5", "rate.h5")
TARGETS = (".npy", ".csv")


def read_run(path: Path) -> Recordings | SpikeTrials:
    """Read what a run left, or spikes of others.

    Parameters
    ----------
    path : Path
        A recording (.h5) or another file that `brian_force.exchange.read` takes; or the folder
        of `brian-force train`, of which lif.h5 and rate.h5, either or both, go before
        recording.h5.

    Raises
    ------
    FileNotFoundError
        If there is nothing, or nothing to read in a folder.
    ValueError
        If nothing reads such files.
    RecordingError
        If a file is damaged or of another kind.
    """
    if not path.exists():
        raise FileNotFoundError(f"There is no file or folder '{path}'.")
    if path.is_dir():
        return _read_folder(path)
    if path.suffix.lower() == OURS:
        return _by_model([path])
    return read(path)


def _read_folder(folder: Path) -> Recordings | SpikeTrials:
    """Read the recordings in a folder, or a folder that is a file to Neo."""
    try:
        paths = recordings_in(folder)
    except FileNotFoundError as nothing:
        try:
            return read(folder)
        except (RecordingError, ValueError):
            raise nothing from None
    pair = [path for path in paths if path.name in PAIR]
    return _by_model(pair or paths)


def _by_model(paths: list[Path]) -> Recordings:
    """Read recordings, the spiking network first."""
    recordings = {one.model: one for one in map(load_recording, paths)}
    return dict(sorted(recordings.items()))


def equally_long(trials: SpikeTrials) -> SpikeTrials:
    """Return the trials, cut to the shortest of them where they differ."""
    lengths = np.asarray(trials.durations)
    if np.ptp(lengths) <= 1e-9 * lengths.max():
        return trials
    return trials.cut(0 * second, lengths.min() * second)


def read_target(name: str | None, trials: SpikeTrials) -> str | xr.DataArray | None:
    """Find a target by the name of a signal of the trials, or in a file.

    Parameters
    ----------
    name : str or None
        A signal of the trials; or a file. In .npy, samples of shape (T, K) or (T,) at equal
        intervals, from the start of a trial to its end. In .csv, with or without a line of names,
        the first column is the time since the start of the trial [s] and each other one an output.
        None: the signal 'target' if there is one.
    trials : SpikeTrials
        Trials that are equally long.

    Returns
    -------
    str or xarray.DataArray or None
        The name of a signal, or values over 'time' [s] and 'output'.

    Raises
    ------
    ValueError
        If there is neither a signal nor a file of this name, or it cannot be read.
    """
    if name is None:
        return "target" if "target" in trials.signals else None
    if name in trials.signals:
        return name
    path = Path(name)
    if path.suffix.lower() not in TARGETS or not path.is_file():
        allowed = f"a signal of the run ({', '.join(trials.signals) or 'it has none'}), "
        allowed += f"or a file that ends in {' or '.join(TARGETS)}"
        raise ValueError(refusal("target", "analyse", allowed, repr(name)))
    values = _numbers(path)
    if path.suffix.lower() == ".npy":
        times = np.arange(len(values)) * (float(trials.duration) / len(values))
    else:
        times, values = values[:, 0], values[:, 1:]
    return xr.DataArray(values, {"time": times}, ("time", "output"))


def _numbers(path: Path) -> NDArray[np.float64]:
    """Return the numbers in a file, at least two columns of them in a table."""
    binary = path.suffix.lower() == ".npy"
    try:
        values = np.asarray(np.load(path) if binary else _table(path), dtype=float)
    except ValueError as error:
        raise _no_target(path, str(error)) from error
    values = values[:, np.newaxis] if values.ndim == 1 and binary else values
    if values.ndim != 2 or len(values) < 2 or values.shape[1] < (1 if binary else 2):
        raise _no_target(path, f"shape {values.shape}")
    if not np.isfinite(values).all():
        raise _no_target(path, "values that are not finite")
    return values


def _table(path: Path) -> NDArray[np.float64]:
    """Read a table with commas between numbers, with or without a line of names."""
    try:
        return np.loadtxt(path, delimiter=",", ndmin=2)
    except ValueError:
        return np.loadtxt(path, delimiter=",", ndmin=2, skiprows=1)


def _no_target(path: Path, got: str) -> ValueError:
    allowed = {
        ".npy": "samples of shape (T, K) or (T,)",
        ".csv": "columns of finite numbers: the time in seconds, and one or more outputs",
    }[path.suffix.lower()]
    return ValueError(refusal("target", "analyse", f"a file of {allowed}", f"'{path}' with {got}"))
