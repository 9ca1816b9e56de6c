"""Spikes in a file of NumPy: flat arrays and a line of JSON, which any language can read."""

import zipfile
from pathlib import Path

import numpy as np

from brian_force.errors import RecordingError
from brian_force.exchange.arrays import from_arrays, to_arrays
from brian_force.exchange.reading import reading
from brian_force.exchange.spike_trials import SpikeTrials
from brian_force.files import written_aside

__all__ = ["read_npz", "save_npz"]


def save_npz(trials: SpikeTrials, path: str | Path) -> None:
    """Write spikes and signals to one file of NumPy, whole or not at all.

    The file holds `spike_times` [second], `spike_neurons` and `spike_trials`; `signal_0`,
    `signal_1`, ... with the samples of all trials one after the other, shape (sum of T, C); and
    `header`, everything else as JSON in bytes. Nothing in it is pickled.

    Parameters
    ----------
    trials : SpikeTrials
        What to save.
    path : str or Path
        Where; a file that is there is replaced.

    Raises
    ------
    OSError
        If it cannot be written; a file that was there before stays as it was.
    """
    with written_aside(Path(path)) as aside, aside.open("wb") as file:
        np.savez(file, allow_pickle=False, **to_arrays(trials))


def read_npz(path: str | Path) -> SpikeTrials:
    """Read what `save_npz` wrote.

    Parameters
    ----------
    path : str or Path
        The file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    RecordingError
        If it is damaged or was written by something else.
    """
    path = Path(path)
    with reading(path, "an NPZ file of brian_force"):
        if not zipfile.is_zipfile(path):  # NumPy would take it for a pickled file, and say so
            raise RecordingError("it is no archive of arrays, or was not written to its end")
        with np.load(path, allow_pickle=False) as arrays:
            return from_arrays(arrays)
