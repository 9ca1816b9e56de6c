r"""Statistics of spike trains: rates, intervals, their variation, and counts across trials.

A spike train is one neuron in one trial; what is said of a neuron is said over all its trials. With
the intervals :math:`I_1, I_2, \ldots` between successive spikes of one train, which never span
two trials,

.. math::
   \mathrm{CV} = \frac{\sigma(I)}{\langle I \rangle}, \quad
   \mathrm{CV}_2 = 2 \left\langle \frac{|I_{k+1} - I_k|}{I_{k+1} + I_k} \right\rangle, \quad
   \mathrm{LV} = 3 \left\langle \frac{(I_{k+1} - I_k)^2}{(I_{k+1} + I_k)^2} \right\rangle, \quad
   \mathrm{F} = \frac{\sigma^2(n)}{\langle n \rangle}

where CV is taken over all intervals of the neuron, CV2 and LV over all pairs of successive
intervals, and the Fano factor F over the numbers n of spikes in each trial.

Elephant computes CV, CV2 and LV, from intervals. Rates, intervals and Fano factors are differences
and counts of flat arrays: Elephant would want a `neo.SpikeTrain` of every neuron in every trial,
whose making alone takes a hundred times as long.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from brian_force.analysis.spike_data import SpikeData, as_trials, labelled
from brian_force.exchange.spike_trials import SpikeTrials

__all__ = [
    "cv",
    "cv2",
    "fano_factor",
    "interspike_intervals",
    "lv",
    "mean_firing_rates",
    "spike_statistics",
]

type Array = NDArray[np.float64]

LONG_NAMES = {
    "rate": "mean firing rate",
    "cv": "coefficient of variation of interspike intervals",
    "cv2": "local coefficient of variation CV2 of interspike intervals",
    "lv": "local variation LV of interspike intervals",
    "fano_factor": "Fano factor of spike counts across trials",
}


def mean_firing_rates(trials: SpikeData) -> xr.DataArray:
    """Return the number of spikes over the duration of the trial.

    Parameters
    ----------
    trials : SpikeTrials or Neo objects
        Spikes.

    Returns
    -------
    xarray.DataArray, dims (neuron, trial)
        Rates [Hz].
    """
    trials = as_trials(trials)
    rates = _train_counts(trials) / np.asarray(trials.durations)
    return _labelled("rate", rates, trials, ("neuron", "trial"))


def interspike_intervals(trials: SpikeData) -> xr.DataArray:
    """Return the intervals between successive spikes of every neuron in every trial.

    Parameters
    ----------
    trials : SpikeTrials or Neo objects
        Spikes.

    Returns
    -------
    xarray.DataArray, dims (interval,)
        Intervals [s] in the order of neurons, of trials and of time; coordinates 'neuron' and
        'trial' say whose they are.
    """
    trials = as_trials(trials)
    intervals = _intervals(trials)
    coords = {
        "neuron": ("interval", trials.neuron_ids[intervals.neurons]),
        "trial": ("interval", intervals.trials),
    }
    return xr.DataArray(intervals.lengths, coords, ("interval",), name="isi", attrs={"units": "s"})


def cv(trials: SpikeData) -> xr.DataArray:
    """Return the coefficient of variation of the intervals of every neuron.

    Parameters
    ----------
    trials : SpikeTrials or Neo objects
        Spikes.

    Returns
    -------
    xarray.DataArray, dims (neuron,)
        CV [1]; nan below 2 intervals.
    """
    trials = as_trials(trials)
    return _labelled("cv", _cv(_intervals(trials), trials.n_neurons), trials)


def cv2(trials: SpikeData) -> xr.DataArray:
    """Return Holt's CV2 of every neuron, which compares successive intervals.

    Parameters
    ----------
    trials : SpikeTrials or Neo objects
        Spikes.

    Returns
    -------
    xarray.DataArray, dims (neuron,)
        CV2 [1]; nan without a pair of successive intervals.
    """
    trials = as_trials(trials)
    return _labelled("cv2", _mean_over_pairs("cv2", _intervals(trials), trials.n_neurons), trials)


def lv(trials: SpikeData) -> xr.DataArray:
    """Return Shinomoto's local variation of every neuron.

    Parameters
    ----------
    trials : SpikeTrials or Neo objects
        Spikes.

    Returns
    -------
    xarray.DataArray, dims (neuron,)
        LV [1]; nan without a pair of successive intervals.
    """
    trials = as_trials(trials)
    return _labelled("lv", _mean_over_pairs("lv", _intervals(trials), trials.n_neurons), trials)


def fano_factor(trials: SpikeData) -> xr.DataArray:
    """Return the variance of the spike count across trials over its mean, for every neuron.

    Parameters
    ----------
    trials : SpikeTrials or Neo objects
        Spikes of trials that are equally long.

    Returns
    -------
    xarray.DataArray, dims (neuron,)
        Fano factors [1]; nan for a neuron without spikes, and with one trial only.

    Raises
    ------
    ValueError
        If trials differ in length.
    """
    trials = as_trials(trials)
    _ = trials.duration  # refuses trials whose counts cannot be compared
    return _labelled("fano_factor", _fano_factor(trials), trials)


def spike_statistics(trials: SpikeData) -> xr.Dataset:
    """Return a summary of every neuron: its rate, CV, CV2, LV and Fano factor.

    Parameters
    ----------
    trials : SpikeTrials or Neo objects
        Spikes.

    Returns
    -------
    xarray.Dataset, dims (neuron,)
        'rate' [Hz], over all trials, and 'cv', 'cv2', 'lv', 'fano_factor' [1], which are nan
        where a neuron has too few spikes; the Fano factor also where trials differ in length.
    """
    trials = as_trials(trials)
    n = trials.n_neurons
    intervals = _intervals(trials)
    lengths = np.asarray(trials.durations)
    equal = np.ptp(lengths) <= 1e-9 * lengths.max()
    found = {
        "rate": _train_counts(trials).sum(axis=1) / lengths.sum(),
        "cv": _cv(intervals, n),
        "cv2": _mean_over_pairs("cv2", intervals, n),
        "lv": _mean_over_pairs("lv", intervals, n),
        "fano_factor": _fano_factor(trials) if equal else np.full(n, np.nan),
    }
    labels = {name: _labelled(name, values, trials) for name, values in found.items()}
    attrs = {"n_trials": trials.n_trials, "n_spikes": trials.n_spikes}
    return xr.Dataset(labels, attrs=attrs)


# How it is done


class _Intervals(NamedTuple):
    """Intervals in the order of neurons, of trials and of time: lengths [s] and whose they are."""

    lengths: Array
    neurons: NDArray[np.int32]
    trials: NDArray[np.int32]


def _intervals(trials: SpikeTrials) -> _Intervals:
    # Spikes stand in the order of trials and time, which a stable sort keeps; NumPy sorts numbers
    # of 16 bits twice as fast.
    small = trials.n_neurons <= np.iinfo(np.uint16).max
    keys = trials.spike_neurons.astype(np.uint16) if small else trials.spike_neurons
    order = np.argsort(keys, kind="stable")
    neurons, numbers = trials.spike_neurons[order], trials.spike_trials[order]
    inside = (neurons[1:] == neurons[:-1]) & (numbers[1:] == numbers[:-1])
    lengths = np.diff(np.asarray(trials.spike_times)[order])
    return _Intervals(lengths[inside], neurons[1:][inside], numbers[1:][inside])


def _cv(intervals: _Intervals, n_neurons: int) -> Array:
    from elephant import statistics  # noqa: PLC0415 -- takes a second

    values = np.full(n_neurons, np.nan)
    with np.errstate(invalid="ignore"):  # all intervals of 0 s
        for neuron, own in _pieces(intervals, intervals.neurons):
            values[neuron] = statistics.cv(own)
    return values


def _mean_over_pairs(measure: str, intervals: _Intervals, n_neurons: int) -> Array:
    """Average what Elephant's measure says of each train, weighted by its pairs of intervals."""
    from elephant import statistics  # noqa: PLC0415 -- takes a second

    total, n_pairs = np.zeros((2, n_neurons))
    with np.errstate(invalid="ignore"):  # two intervals of 0 s
        for neuron, own in _pieces(intervals, intervals.trials, intervals.neurons):
            total[neuron] += (len(own) - 1) * getattr(statistics, measure)(own)
            n_pairs[neuron] += len(own) - 1
        return total / n_pairs


def _pieces(intervals: _Intervals, *keys: NDArray[np.int32]) -> Iterator[tuple[np.int32, Array]]:
    """Give the intervals of one key after the other, where there are two, and their neuron."""
    changes = [np.diff(key, prepend=-1) != 0 for key in keys]
    firsts = np.flatnonzero(np.any(changes, axis=0))
    pieces = np.split(intervals.lengths, firsts)[1:]
    for neuron, own in zip(intervals.neurons[firsts], pieces, strict=True):
        if len(own) > 1:
            yield neuron, own


def _train_counts(trials: SpikeTrials) -> NDArray[np.int64]:
    """Return the number of spikes of every neuron in every trial, shape (N, n_trials)."""
    train = trials.spike_neurons.astype(np.int64) * trials.n_trials + trials.spike_trials
    shape = (trials.n_neurons, trials.n_trials)
    return np.bincount(train, minlength=shape[0] * shape[1]).reshape(shape)


def _fano_factor(trials: SpikeTrials) -> Array:
    counts = _train_counts(trials)
    if trials.n_trials < 2:
        return np.full(trials.n_neurons, np.nan)
    with np.errstate(invalid="ignore"):  # silent neurons
        return np.asarray(counts.var(axis=1) / counts.mean(axis=1))


def _labelled(
    name: str, values: Array, trials: SpikeTrials, dims: tuple[str, ...] = ("neuron",)
) -> xr.DataArray:
    units = "Hz" if name == "rate" else "1"
    array = labelled(values, dims, trials, name=name, units=units)
    array.attrs["long_name"] = LONG_NAMES[name]
    return array
