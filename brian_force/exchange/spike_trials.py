"""Spikes of one population in repeated trials: what analysis takes and files hold."""

import dataclasses
import functools
from collections.abc import Iterable
from typing import Any

import numpy as np
from brian2 import DimensionMismatchError, Quantity, get_dimensions, second
from numpy.typing import ArrayLike, NDArray

from brian_force.arguments import check_count, check_quantity, refusal, shown, unit_name
from brian_force.exchange.signals import Signal

__all__ = ["Signal", "SpikeTrials"]

DEFAULT: Any = None  # what is left out and then is never None


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class SpikeTrials:
    """Spikes of N neurons in repeated trials, as flat arrays, S spikes in all.

    Spikes stand in the order of trials, of time within each, and of neurons at one time: any
    other order given is put into this one. A continuous recording is one trial; `cut` divides it.

    Attributes
    ----------
    spike_times : Quantity, shape (S,)
        Time since the start of the spike's trial, within [0, duration] [second].
    spike_neurons, spike_trials : ndarray of int, shape (S,)
        Neuron, 0 to N - 1, and trial of each spike.
    n_neurons : int
        Number of neurons N, silent ones among them. 0 if only signals were recorded.
    durations : Quantity, shape (n_trials,)
        Length of every trial [second].
    starts : Quantity, shape (n_trials,)
        When each trial started in what was recorded; default: 0 [second].
    dt : Quantity or None
        The grid on which spikes stand, if they stand on one: multiples of dt from the start of
        the trial [second].
    neuron_ids : ndarray, shape (N,)
        What the neurons are called in the recording, each by its own name; default: 0 to N - 1.
    signals : dict of str to Signal
        What was sampled beside the spikes, by name: 'output', 'target', 'r', ...
    annotations : dict of str to str, int, float or bool
        What is known of the data.

    Raises
    ------
    TypeError, ValueError, DimensionMismatchError
        If an argument is not as described.
    """

    spike_times: Quantity
    spike_neurons: NDArray[Any]
    spike_trials: NDArray[Any]
    n_neurons: int
    durations: Quantity
    starts: Quantity = DEFAULT
    dt: Quantity | None = None
    neuron_ids: NDArray[Any] = DEFAULT
    signals: dict[str, Signal] = dataclasses.field(default_factory=dict)
    annotations: dict[str, Any] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        durations = _seconds("durations", self.durations)
        starts = np.zeros(len(durations))
        if self.starts is not None:
            starts = _seconds("starts", self.starts)
        if not (durations > 0).all() or starts.shape != durations.shape or not len(durations):
            allowed = "positive, one a trial, as many as 'starts'"
            got = f"{len(durations)} durations and {len(starts)} starts, the least duration "
            got += f"{durations.min(initial=np.inf):g} s"
            raise ValueError(refusal("durations", "SpikeTrials", allowed, got))
        _set(self, durations=durations * second, starts=starts * second)
        if self.dt is not None:
            _set(self, dt=check_quantity("dt", "SpikeTrials", self.dt, second, "positive"))
        self._check_neurons()
        self._check_spikes()
        self._check_signals()
        self._check_annotations()

    def __repr__(self) -> str:
        lengths = np.asarray(self.durations)
        each = f"{lengths.min():g} s"
        if lengths.max() > lengths.min():
            each = f"{lengths.min():g} to {lengths.max():g} s"
        return (
            f"<SpikeTrials: {self.n_spikes} spikes of {self.n_neurons} neurons in {self.n_trials} "
            f"trials of {each}, signals {', '.join(self.signals) or 'none'}>"
        )

    def _check_neurons(self) -> None:
        n_neurons = check_count("n_neurons", "SpikeTrials", self.n_neurons, least=0)
        ids = np.arange(n_neurons) if self.neuron_ids is None else np.asarray(self.neuron_ids)
        if ids.shape != (n_neurons,):
            allowed = f"one name a neuron, shape ({n_neurons},)"
            raise ValueError(refusal("neuron_ids", "SpikeTrials", allowed, f"shape {ids.shape}"))
        names, counts = np.unique(ids, return_counts=True)
        if len(names) < n_neurons:
            got = f"{names[counts.argmax()].item()!r} {counts.max()} times"
            raise ValueError(refusal("neuron_ids", "SpikeTrials", "different names", got))
        _set(self, neuron_ids=ids)

    def _check_spikes(self) -> None:
        times = _seconds("spike_times", self.spike_times)
        trials = _indices("spike_trials", self.spike_trials, self.n_trials, times)
        neurons = _indices("spike_neurons", self.spike_neurons, self.n_neurons, times)
        length = np.asarray(self.durations)[trials]
        outside = (times < 0) | (times > length)
        if outside.any():
            first = int(np.argmax(outside))
            allowed = f"within [0 s, {length[first]:g} s], the duration of trial {trials[first]}"
            got = f"{times[first]:.9g} s"
            raise ValueError(refusal("spike_times", "SpikeTrials", allowed, got))
        if not _ascending(trials, times, neurons):
            order = np.lexsort((neurons, times, trials))
            times, neurons, trials = times[order], neurons[order], trials[order]
        _set(self, spike_times=times * second, spike_neurons=neurons, spike_trials=trials)

    def _check_signals(self) -> None:
        for name, signal in self.signals.items():
            if len(signal.values) != self.n_trials:
                allowed = f"one array a trial, {self.n_trials} in all"
                got = f"{len(signal.values)} for '{name}'"
                raise ValueError(refusal("signals", "SpikeTrials", allowed, got))

    def _check_annotations(self) -> None:
        plain = {
            name: value.item() if isinstance(value, np.generic) else value
            for name, value in self.annotations.items()
        }
        for name, value in plain.items():
            if not isinstance(value, str | int | float):
                allowed = "of text, numbers and truth values"
                got = f"{shown(value)} for '{name}'"
                raise TypeError(refusal("annotations", "SpikeTrials", allowed, got))
            if name.startswith("brian_force"):
                allowed = "without names that begin with 'brian_force', which are its own"
                raise ValueError(refusal("annotations", "SpikeTrials", allowed, f"'{name}'"))
        _set(self, annotations=plain)

    @property
    def n_trials(self) -> int:
        """Number of trials."""
        return len(self.durations)

    @property
    def n_spikes(self) -> int:
        """Number of spikes in all."""
        return len(self.spike_neurons)

    @functools.cached_property
    def duration(self) -> Quantity:
        """The one duration of all trials [second].

        Raises
        ------
        ValueError
            If trials differ in length.
        """
        lengths = np.asarray(self.durations)
        if np.ptp(lengths) > 1e-9 * lengths.max():
            raise ValueError(
                f"The trials must be equally long, but last {lengths.min():g} to "
                f"{lengths.max():g} s. Cut them: trials.cut(0*second, "
                f"{shown(lengths.min() * second)})."
            )
        return Quantity(self.durations[0])

    def trial(self, number: int) -> tuple[NDArray[np.float64], NDArray[Any]]:
        """Return times [s] and neurons of the spikes of one trial, as views."""
        first, last = np.searchsorted(self.spike_trials, [number, number + 1])
        return np.asarray(self.spike_times)[first:last], self.spike_neurons[first:last]

    def select(
        self, neurons: ArrayLike | None = None, trials: Iterable[int] | None = None
    ) -> "SpikeTrials":
        """Return the spikes of chosen neurons and trials, in the order given.

        Parameters
        ----------
        neurons : array_like of int, optional
            Indices of neurons, each once. Default: all.
        trials : iterable of int, optional
            Numbers of trials. Default: all.

        Raises
        ------
        IndexError
            If there is no such neuron or trial.
        """
        every = range(self.n_trials)
        picked = list(every) if trials is None else [every[k] for k in trials]
        kept = np.arange(self.n_neurons)
        if neurons is not None:
            kept = kept[np.asarray(neurons, dtype=int)]
        place = np.full(self.n_neurons, -1)
        place[kept] = np.arange(len(kept))
        parts = [(times, place[own]) for times, own in map(self.trial, picked)]
        parts = [(times[own >= 0], own[own >= 0]) for times, own in parts]
        values = {name: [signal.values[k] for k in picked] for name, signal in self.signals.items()}
        return dataclasses.replace(
            self,
            **_joined(parts),
            n_neurons=len(kept),
            durations=self.durations[picked],
            starts=self.starts[picked],
            neuron_ids=self.neuron_ids[kept],
            signals=self._signals_of(values),
        )

    def cut(self, starts: Quantity, duration: Quantity) -> "SpikeTrials":
        """Return pieces of equal length as trials of their own.

        Parameters
        ----------
        starts : Quantity, shape () or (n_pieces,)
            When the pieces start, in time since the start of the trial; the pieces of the first
            trial come first [second].
        duration : Quantity
            Length of a piece [second].

        Returns
        -------
        SpikeTrials
            A piece holds the spikes in [start, start + duration), and the samples from the one
            nearest to its start on. Times of pieces that start on the grid of spikes are put
            onto the grid again, so that they are those of a run that began there; pieces that
            start off the grid have none.

        Raises
        ------
        ValueError
            If a piece reaches out of its trial.
        """
        begins = np.atleast_1d(_seconds("starts", starts))
        length = float(check_quantity("duration", "cut", duration, second, "positive"))
        slack = 1e-3 * float(self.dt) if self.dt is not None else 1e-12
        latest = float(np.asarray(self.durations).min()) - length
        if begins.min() < -slack or begins.max() > latest + slack:
            allowed = f"within [0 s, {latest:g} s], so that {length:g} s fit into every trial"
            got = f"{begins.min():g} to {begins.max():g} s"
            raise ValueError(refusal("starts", "cut", allowed, got))
        pieces = [(k, begin) for k in range(self.n_trials) for begin in begins]
        on_grid = self.dt is not None and _whole(begins / float(self.dt))
        grid = self.dt if on_grid else None
        values = {name: signal.pieces(pieces, length) for name, signal in self.signals.items()}
        return dataclasses.replace(
            self,
            **_joined([self._piece(k, begin, length, slack, grid) for k, begin in pieces]),
            durations=np.full(len(pieces), length) * second,
            starts=np.array([float(self.starts[k]) + begin for k, begin in pieces]) * second,
            dt=grid,
            signals=self._signals_of(values),
        )

    def _signals_of(self, values: dict[str, list[NDArray[np.float64]]]) -> dict[str, Signal]:
        """Return the signals with other trials, without those of which no sample is left."""
        return {
            name: dataclasses.replace(signal, values=tuple(values[name]))
            for name, signal in self.signals.items()
            if any(map(len, values[name]))
        }

    def _piece(
        self, number: int, begin: float, length: float, slack: float, grid: Quantity | None
    ) -> Any:
        times, neurons = self.trial(number)
        first, last = np.searchsorted(times, [begin - slack, begin + length - slack])
        times = times[first:last] - begin
        if grid is not None:
            times = np.round(times / float(grid)) * float(grid)
        return np.clip(times, 0, length), neurons[first:last]


def _joined(parts: list[tuple[NDArray[Any], NDArray[Any]]]) -> dict[str, Any]:
    times, neurons = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    trials = np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts])
    return {"spike_times": times * second, "spike_neurons": neurons, "spike_trials": trials}


def _seconds(name: str, values: Any) -> NDArray[np.float64]:
    """Return times as plain numbers in seconds; refuse another unit and what is not finite."""
    if get_dimensions(values) is not second.dim:
        allowed = "in units of second"
        got = f"an array in units of {unit_name(get_dimensions(values))}"
        raise DimensionMismatchError(refusal(name, "SpikeTrials", allowed, got))
    times = np.array(values, dtype=float)
    if times.ndim > 1 or not np.isfinite(times).all():
        allowed = "an array of finite times, of one dimension"
        raise ValueError(refusal(name, "SpikeTrials", allowed, f"shape {times.shape}"))
    return times


def _indices(name: str, values: Any, below: int, times: NDArray[np.float64]) -> NDArray[np.int32]:
    numbers = np.asarray(values)
    if numbers.shape != times.shape or (numbers.size and numbers.dtype.kind not in "iu"):
        allowed = f"whole numbers, one a spike, shape {times.shape}"
        got = f"{numbers.dtype} of shape {numbers.shape}"
        raise ValueError(refusal(name, "SpikeTrials", allowed, got))
    if numbers.size and (numbers.min() < 0 or numbers.max() >= below):
        got = f"{numbers.min()} to {numbers.max()}"
        raise ValueError(refusal(name, "SpikeTrials", f"within 0 to {below - 1}", got))
    return numbers.astype(np.int32)


def _whole(numbers: NDArray[np.float64]) -> bool:
    return bool((np.abs(numbers - np.round(numbers)) < 1e-3).all())


def _ascending(*keys: NDArray[Any]) -> bool:
    """Tell whether rows ascend by the first key, then by the second, and so on."""
    tied = np.ones(max(0, len(keys[0]) - 1), dtype=bool)
    for key in keys:
        if (key[1:] < key[:-1])[tied].any():
            return False
        tied &= key[1:] == key[:-1]
    return True


def _set(record: Any, **values: Any) -> None:
    for name, value in values.items():
        object.__setattr__(record, name, value)
