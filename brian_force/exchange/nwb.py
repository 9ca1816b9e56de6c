"""Spikes in NWB files, the format of archives of neurophysiology.

They go through `pynwb` and not through Neo: Neo writes a unit for every neuron and trial, renames
signals, lets every trial begin at 0 and leaves files open.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np
from hdmf.backends.hdf5 import H5DataIO
from hdmf.common import VectorData, VectorIndex
from numpy.typing import NDArray
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.epoch import TimeIntervals
from pynwb.file import Subject
from pynwb.misc import Units

from brian_force.exchange.header import header_of, read_header, trials_of
from brian_force.exchange.nwb_of_others import read_others
from brian_force.exchange.reading import reading
from brian_force.exchange.spike_trials import Signal, SpikeTrials
from brian_force.files import written_aside

__all__ = ["GAP", "read_nwb", "save_nwb"]

#: Time between trials that are laid end to end [second].
GAP = 1.0


def save_nwb(
    trials: SpikeTrials,
    path: str | Path,
    *,
    session_start_time: datetime | None = None,
    session_description: str = "Spikes of a population in repeated trials",
    **session: Any,
) -> None:
    """Write spikes and signals to an NWB file, whole or not at all.

    The file has one axis of time. Trials stand on it at their `starts` if these ascend from 0 or
    later and no trial begins before the one before ends. Otherwise they are laid end to end from
    0 s on with gaps of 1 s, and the column `start_in_recording` of the table of trials holds
    where they were.

    The table of units has a row a neuron, with its spikes in all trials and, beside each spike,
    `spike_trials`, its trial, and `spike_times_in_trial`, the time since the start of it, which
    is exact where differences of times on the axis are not. A signal is one TimeSeries of all
    trials.

    Parameters
    ----------
    trials : SpikeTrials
        What to save.
    path : str or Path
        Where; a file that is there is replaced.
    session_start_time : datetime, optional
        When 0 on the axis was. Default: now. Without a time zone it is local time.
    session_description : str
        What was recorded.
    **session
        Other fields of `pynwb.NWBFile`: experimenter, institution, lab, keywords, subject, ...
        Without a subject one is written of which nothing is known.

    Raises
    ------
    TypeError
        If `pynwb.NWBFile` has no such field.
    OSError
        If it cannot be written; a file that was there before stays as it was.
    """
    start = session_start_time or datetime.now()
    axis = _axis(trials)
    file = NWBFile(
        session_description=session_description,
        session_start_time=start if start.tzinfo else start.astimezone(),
        units=_units(trials, axis),
        trials=_intervals(trials, axis),
        notes=header_of(trials),
        **_unless_given(trials, session),
    )
    for name, signal in zip(_series_names(trials.signals), trials.signals.values(), strict=True):
        file.add_acquisition(_series(name, signal, axis))
    with (
        written_aside(Path(path)) as aside,
        h5py.File(aside, "w") as opened,  # since pynwb wants names that end in .nwb
        NWBHDF5IO(file=opened, mode="w") as target,
    ):
        target.write(file)


def read_nwb(path: str | Path, signals: tuple[str, ...] = ()) -> SpikeTrials:
    """Read an NWB file, of `save_nwb` or of others.

    Parameters
    ----------
    path : str or Path
        The file.
    signals : tuple of str
        TimeSeries to take along from a file of others, by name: what was recorded beside the
        spikes can be larger than the memory. Those of `save_nwb` always come.

    Returns
    -------
    SpikeTrials
        Of a file of others: the table of units, cut by the table of trials. Spikes between
        trials are left out; without trials there is one, from 0 s or the first spike, whichever
        is earlier, to the last one. Other columns of the tables are left behind.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    RecordingError
        If it is damaged, no NWB file or without spikes.
    """
    path = Path(path)
    with (
        reading(path, "an NWB file"),
        h5py.File(path, "r") as opened,
        NWBHDF5IO(file=opened, mode="r", load_namespaces=True) as source,
    ):
        file = source.read()
        header = read_header(file.notes or "")
        return read_others(file, signals) if header is None else _ours(file, header)


def _unless_given(trials: SpikeTrials, session: dict[str, Any]) -> dict[str, Any]:
    """Return what `nwbinspector` misses in a file, as far as it is known."""
    known: dict[str, Any] = {
        "identifier": str(uuid.uuid4()),
        "was_generated_by": [("brian_force", version("brian_force"))],
        "experiment_description": f"{trials.n_neurons} neurons in {trials.n_trials} trials",
        "keywords": ["spike trains", "trials"],
    }
    if "subject" not in session:
        description = "No subject was given. A simulation has none."
        known["subject"] = Subject(
            subject_id="unknown", description=description, sex="U", age="P0D/"
        )
    return known | session


class _Axis(NamedTuple):
    """Where trials start on the axis of the file, and whether that is where they were [second]."""

    starts: NDArray[np.float64]
    original: bool


def _axis(trials: SpikeTrials) -> _Axis:
    starts, lengths = np.asarray(trials.starts), np.asarray(trials.durations)
    ends = starts + lengths
    if starts[0] >= 0 and (starts[1:] >= ends[:-1] - 1e-9).all() and (np.diff(starts) > 0).all():
        return _Axis(starts, True)
    return _Axis(np.concatenate([[0.0], np.cumsum(lengths + GAP)[:-1]]), False)


def _units(trials: SpikeTrials, axis: _Axis) -> Units:
    """Make the table of units from whole columns: row by row takes twenty times as long."""
    times, numbers = np.asarray(trials.spike_times), trials.spike_trials
    order = np.argsort(trials.spike_neurons, kind="stable")
    ends = np.cumsum(np.bincount(trials.spike_neurons, minlength=trials.n_neurons))
    ragged = {
        "spike_times": ("Times of spikes on the axis of the file", axis.starts[numbers] + times),
        "spike_trials": ("Row of the table of trials that each spike belongs to", numbers),
        "spike_times_in_trial": ("Time of each spike since the start of its trial [s]", times),
    }
    columns: list[VectorData] = []
    for name, (description, values) in ragged.items():
        data = VectorData(name=name, description=description, data=_packed(values[order]))
        columns += [data, VectorIndex(name=f"{name}_index", data=ends, target=data)]
    names = VectorData(
        name="neuron_id",
        description="What the neuron is called in the recording",
        data=_plain(trials.neuron_ids),
    )
    return Units(
        name="units",
        description="Neurons, silent ones among them",
        id=np.arange(trials.n_neurons),
        columns=[*columns, names],
        colnames=[*ragged, "neuron_id"],
        **({} if trials.dt is None else {"resolution": float(trials.dt)}),
    )


def _plain(names: NDArray[Any]) -> Any:
    """Return numbers as an array and text as a list, which is what HDMF takes of each."""
    if not len(names):
        return np.empty(0, dtype=np.int64)
    return names if names.dtype.kind in "iuf" else names.tolist()


def _intervals(trials: SpikeTrials, axis: _Axis) -> TimeIntervals:
    columns = {
        "start_time": ("Start of the trial on the axis of the file [s]", axis.starts),
        "stop_time": ("End of the trial [s]", axis.starts + np.asarray(trials.durations)),
    }
    if not axis.original:
        where = ("When the trial started in what was recorded [s]", np.asarray(trials.starts))
        columns["start_in_recording"] = where
    return TimeIntervals(
        name="trials",
        description="Trials",
        id=np.arange(trials.n_trials),
        columns=[
            VectorData(name=name, description=description, data=values)
            for name, (description, values) in columns.items()
        ],
        colnames=list(columns),
    )


def _series_names(names: Iterable[str]) -> list[str]:
    """Name a TimeSeries a signal; one that HDF5 would take for a path gets its number."""
    plain = [(name, name.replace("/", "_").replace(":", "_")) for name in names]
    return [
        new if new == old and new.strip(".") else f"{new.strip('.') or 'signal'} {number}"
        for number, (old, new) in enumerate(plain)
    ]


def _series(name: str, signal: Signal, axis: _Axis) -> TimeSeries:
    dt = float(signal.dt)
    times = np.concatenate(
        [
            start + np.arange(len(trial)) * dt
            for start, trial in zip(axis.starts, signal.values, strict=True)
        ]
    )
    even = bool(np.allclose(np.diff(times), dt, rtol=1e-6, atol=0))
    sampled = {"starting_time": times[0], "rate": 1 / dt} if even else {"timestamps": times}
    return TimeSeries(
        name=name,
        data=_packed(np.concatenate(signal.values)),
        unit=signal.unit,
        description=f"Sampled every {dt:g} s in every trial",
        comments=f"Channels: {', '.join(map(str, signal.channels))}",
        **sampled,
    )


def _packed(values: NDArray[Any]) -> Any:
    if not values.size:  # HDF5 cannot pack nothing
        return values
    return H5DataIO(values, compression="gzip", compression_opts=1, shuffle=True)


def _ours(file: NWBFile, header: dict[str, Any]) -> SpikeTrials:
    times, ends = _ragged(file, "spike_times_in_trial")
    numbers, _ = _ragged(file, "spike_trials")
    signals = header["signals"]
    values = {
        name: np.split(file.acquisition[series].data[:], np.cumsum(about["samples"])[:-1])
        for series, (name, about) in zip(_series_names(signals), signals.items(), strict=True)
    }
    neurons = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0))
    return trials_of(header, times, neurons, numbers, values)


def _ragged(file: NWBFile, name: str) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return all values of a column of the units, and where those of each unit end."""
    index = file.units[f"{name}_index"] if f"{name}_index" in file.units else file.units[name]
    return index.target.data[:], index.data[:].astype(np.int64)
