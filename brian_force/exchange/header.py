"""What is known of spikes and signals beside their numbers, as one line of JSON in every file."""

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from brian2 import second
from numpy.typing import ArrayLike, NDArray

from brian_force.errors import RecordingError
from brian_force.exchange.spike_trials import Signal, SpikeTrials

__all__ = ["FORMAT", "header_of", "read_header", "trials_of"]

FORMAT = 1


def header_of(trials: SpikeTrials) -> str:
    """Write all but the spikes and the values of signals as JSON; every float comes back exactly.

    Parameters
    ----------
    trials : SpikeTrials
        What is to be saved.

    Returns
    -------
    str
        JSON in ASCII.
    """
    header = {
        "brian_force": version("brian_force"),
        "format": FORMAT,
        "dt": None if trials.dt is None else float(trials.dt),
        "durations": np.asarray(trials.durations).tolist(),
        "starts": np.asarray(trials.starts).tolist(),
        "neuron_ids": _written(trials.neuron_ids),
        "annotations": trials.annotations,
        "signals": {name: _of_signal(signal) for name, signal in trials.signals.items()},
    }
    return json.dumps(header)


def read_header(text: str) -> dict[str, Any] | None:
    """Read what `header_of` wrote; None if the text is anything else.

    Raises
    ------
    RecordingError
        If a later version wrote it, in another format.
    """
    try:
        header = json.loads(text)
    except ValueError:
        return None
    if not isinstance(header, dict) or "brian_force" not in header:
        return None
    if header.get("format") != FORMAT:
        raise RecordingError(
            f"it has format {header.get('format')}, but this version of brian_force reads "
            f"format {FORMAT}"
        )
    return header


def trials_of(
    header: Mapping[str, Any],
    times: ArrayLike,
    neurons: ArrayLike,
    numbers: ArrayLike,
    values: Mapping[str, Sequence[NDArray[np.float64]]],
) -> SpikeTrials:
    """Put together what a file held.

    Parameters
    ----------
    header : dict
        What `read_header` returned.
    times, neurons, numbers : array_like, shape (S,)
        Time since the start of the trial [second, as plain numbers], neuron and trial of spikes.
    values : dict of str to sequence of ndarray, shape (T, C)
        Values of every signal, by trial.

    Raises
    ------
    KeyError, TypeError, ValueError
        If they do not fit together.
    """
    ids = _read(header["neuron_ids"])
    return SpikeTrials(
        spike_times=np.asarray(times, dtype=float) * second,
        spike_neurons=np.asarray(neurons, dtype=np.int32),
        spike_trials=np.asarray(numbers, dtype=np.int32),
        n_neurons=len(ids),
        durations=np.array(header["durations"]) * second,
        starts=np.array(header["starts"]) * second,
        dt=None if header["dt"] is None else header["dt"] * second,
        neuron_ids=ids,
        annotations=header["annotations"],
        signals={
            name: Signal(
                values=tuple(values[name]),
                dt=about["dt"] * second,
                unit=about["unit"],
                channels=_read(about["channels"]),
            )
            for name, about in header["signals"].items()
        },
    )


def _of_signal(signal: Signal) -> dict[str, Any]:
    return {
        "dt": float(signal.dt),
        "unit": signal.unit,
        "channels": _written(signal.channels),
        "samples": [len(trial) for trial in signal.values],
    }


def _written(names: NDArray[Any]) -> dict[str, Any]:
    return {"dtype": names.dtype.str, "names": names.tolist()}


def _read(written: Mapping[str, Any]) -> NDArray[Any]:
    return np.array(written["names"], dtype=written["dtype"])
