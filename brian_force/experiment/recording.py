"""What a run leaves: one object, one file."""

import dataclasses
import functools
import json
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from brian2 import Hz, Quantity, second
from numpy.typing import NDArray

from brian_force.exchange.arrays import from_arrays, to_arrays
from brian_force.exchange.spike_trials import SpikeTrials
from brian_force.experiment.hdf5 import FileKind
from brian_force.experiment.parts import part_of_recording
from brian_force.metrics import PhaseErrors, phase_errors
from brian_force.networks import LIFParameters

if TYPE_CHECKING:
    from neo import Block

__all__ = ["Recording", "load_recording"]

FILE = FileKind(name="recording", format=1)

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
GROUPS = ("state", "free", "forced")
OPTIONAL = ("period", "P", "free", "forced")


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
        Learning window and length of the run [second]. The window is empty, from 0 to 0, where
        nothing was learned.
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
    free : SpikeTrials or None
        Test trials: one run on from the end, without learning, as one trial. Signals: 'output' and
        'target', of a rate network also 'r' [Hz].
    forced : SpikeTrials or None
        Test trials from different initial states, without learning, the target fed back instead
        of the output. Signals: 'target' and of a rate network 'r' [Hz], every `rule_dt`.
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
    free: SpikeTrials | None = None
    forced: SpikeTrials | None = None
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

    def trials(self, part: str | None = None) -> SpikeTrials:
        """Return spikes and signals of a part of the recording, for analysis and exchange.

        Parameters
        ----------
        part : {'run', 'free', 'forced'}, optional
            'run' is the whole run, as one trial; 'free' the repetitions of the target in the free
            run after learning, each aligned to the target; 'forced' the trials with the target fed
            back. Default: 'free' if there is such a run, else 'run'.

        Returns
        -------
        SpikeTrials
            With the settings of the recording as annotations.

        Raises
        ------
        ValueError
            If the recording has no such part.
        """
        return part_of_recording(self, part)

    def to_neo(self, part: str | None = None) -> "Block":
        """Return a part of the recording as a Neo Block, one Segment a trial.

        Parameters
        ----------
        part : str, optional
            As for `trials`.

        Returns
        -------
        neo.Block
            As `brian_force.exchange.to_neo` makes it.

        Raises
        ------
        ValueError
            If the recording has no such part.
        """
        from brian_force.exchange import to_neo  # noqa: PLC0415, Neo is slow to import

        return to_neo(self.trials(part), name=self.task)

    def save(self, path: str | Path) -> None:
        """Write the recording to one HDF5 file, whole or not at all.

        Raises
        ------
        OSError
            If it cannot be written; a file that was there before stays as it was.
        """
        with FILE.create(path) as file:
            self._write(file)

    def _write(self, file: Any) -> None:
        for field in FIELDS:
            value = getattr(self, field.name)
            if value is None:
                continue
            if field.name in ARRAYS:
                dataset = _store_array(file, field.name, value)
                dataset.attrs["unit"] = _unit_name(field.name)
            elif field.name in GROUPS:
                group = file.create_group(field.name)
                arrays = value if field.name == "state" else to_arrays(value)
                for name, values in arrays.items():
                    _store_array(group, name, values)
            else:
                file.attrs[field.name] = _as_attribute(value)


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
    with FILE.open(path) as file:
        return Recording(**{field.name: _read(file, field.name) for field in FIELDS})


def _read(file: Any, name: str) -> Any:
    if name not in file and name not in file.attrs:
        if name in OPTIONAL:
            return None
        raise KeyError(f"it has no '{name}'")
    if name in GROUPS:
        arrays = {key: dataset[()] for key, dataset in file[name].items()}
        return arrays if name == "state" else from_arrays(arrays)
    if name not in ARRAYS:
        return _from_attribute(name, file.attrs[name])
    values = file[name][()]
    return Quantity(values, dim=UNITS[name].dim) if name in UNITS else values


def _from_attribute(name: str, value: Any) -> Any:
    if name == "parameters":
        return LIFParameters.from_json(value)
    if name == "versions":
        return json.loads(value)
    if name in UNITS:
        return Quantity(value, dim=UNITS[name].dim)
    return value if isinstance(value, str) else value.item()


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
