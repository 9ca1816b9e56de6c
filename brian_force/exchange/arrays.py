"""Spikes and signals as a few flat arrays, the common form of our files."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brian_force.errors import RecordingError
from brian_force.exchange.header import header_of, read_header, trials_of
from brian_force.exchange.spike_trials import SpikeTrials

__all__ = ["from_arrays", "to_arrays"]


def to_arrays(trials: SpikeTrials) -> dict[str, NDArray[Any]]:
    """Lay trials out flat.

    Returns
    -------
    dict of str to ndarray
        `spike_times` [second], `spike_neurons` and `spike_trials`, shape (S,); `signal_0`,
        `signal_1`, ... with the samples of all trials one after the other, shape (sum of T, C);
        and `header`, everything else as JSON in bytes.
    """
    signals = enumerate(trials.signals.values())
    return {
        "header": np.frombuffer(header_of(trials).encode("ascii"), dtype=np.uint8),
        "spike_times": np.asarray(trials.spike_times),
        "spike_neurons": trials.spike_neurons,
        "spike_trials": trials.spike_trials,
        **{f"signal_{k}": np.concatenate(signal.values) for k, signal in signals},
    }


def from_arrays(arrays: Mapping[str, Any]) -> SpikeTrials:
    """Put together again what `to_arrays` laid out.

    Raises
    ------
    RecordingError
        If the arrays are not such.
    KeyError, TypeError, ValueError
        If they do not fit together.
    """
    text = np.asarray(arrays["header"]).tobytes() if "header" in arrays else b""
    header = read_header(text.decode("ascii", errors="replace"))
    if header is None:
        raise RecordingError("it has no header of brian_force")
    values = {
        name: np.split(arrays[f"signal_{k}"], np.cumsum(about["samples"])[:-1])
        for k, (name, about) in enumerate(header["signals"].items())
    }
    times, neurons, numbers = (arrays[f"spike_{part}"] for part in ("times", "neurons", "trials"))
    return trials_of(header, times, neurons, numbers, values)
