"""Spikes counted in bins of time.

A spike at t is counted in the bin k with k b <= t < (k + 1) b, b being the length of a bin. A
spike on the grid of the simulation that stands at an edge of bins, where its time as a floating
point number may lie below, is counted in the bin that begins there. The first bin begins with the
trial. What is left after the last whole bin is not counted; where the trial ends with the last
bin, a spike at the very end is counted in it.
"""

import warnings

import numpy as np
import xarray as xr
from brian2 import Quantity, second
from numpy.typing import NDArray

from brian_force.analysis.spike_data import SpikeData, as_trials, labelled
from brian_force.arguments import check_choice, check_quantity, refusal, shown
from brian_force.exchange.spike_trials import SpikeTrials

__all__ = ["bin_numbers", "correlation_coefficients", "spike_counts", "time_histogram"]

TOLERANCE = 1e-8  # of a bin: that of Elephant's BinnedSpikeTrain
OUTPUTS = ("counts", "mean", "rate")


def bin_numbers(
    trials: SpikeTrials, bin_size: Quantity, owner: str = "bin_numbers"
) -> tuple[NDArray[np.int64], int]:
    """Return the bin of every spike, and the number of bins of a trial.

    Parameters
    ----------
    trials : SpikeTrials
        Spikes of trials that are equally long.
    bin_size : Quantity
        Length of a bin [second].
    owner : str, optional
        Who refuses the bin size.

    Returns
    -------
    bins : ndarray of int, shape (S,)
        Bin of each spike; at least `n_bins` where a spike is not counted.
    n_bins : int
        Number of bins of a trial.

    Raises
    ------
    DimensionMismatchError, TypeError, ValueError
        If `bin_size` is not one positive time, or longer than a trial, or if trials differ in
        length.
    """
    length = float(check_quantity("bin_size", owner, bin_size, second, "positive"))
    n_exact = float(trials.duration) / length
    n_bins = int(n_exact + TOLERANCE)
    if n_bins < 1:
        allowed = f"at most the duration of a trial, {shown(trials.duration)}"
        raise ValueError(refusal("bin_size", owner, allowed, shown(bin_size)))
    times = np.asarray(trials.spike_times)
    if trials.dt is not None:
        step = float(trials.dt)
        times = np.rint(times / step) * step
    bins = (times / length + TOLERANCE).astype(np.int64)
    if n_exact - n_bins <= TOLERANCE:  # the trial ends with the last bin
        bins = np.minimum(bins, n_bins - 1)
    return bins, n_bins


def spike_counts(trials: SpikeData, bin_size: Quantity) -> xr.DataArray:
    """Return the number of spikes of every neuron in every bin of every trial.

    Parameters
    ----------
    trials : SpikeTrials or Neo objects
        Spikes of trials that are equally long. `SpikeTrials.select` chooses trials and neurons.
    bin_size : Quantity
        Length of a bin [second].

    Returns
    -------
    xarray.DataArray of int32, dims (trial, time, neuron)
        Counts, 4 bytes each; the time is that of the beginning of the bin.

    Raises
    ------
    DimensionMismatchError, TypeError, ValueError
        As `bin_numbers`.
    """
    trials = as_trials(trials)
    bins, n_bins = bin_numbers(trials, bin_size, "spike_counts")
    counts = np.zeros((trials.n_trials, n_bins, trials.n_neurons), dtype=np.int32)
    counted = bins < n_bins
    row = trials.spike_trials[counted].astype(np.int64) * n_bins + bins[counted]
    np.add.at(counts.reshape(-1), row * trials.n_neurons + trials.spike_neurons[counted], 1)
    dims = ("trial", "time", "neuron")
    times = np.arange(n_bins) * float(bin_size)
    return labelled(counts, dims, trials, name="spike_counts", units="1", times=times)


def time_histogram(trials: SpikeData, bin_size: Quantity, *, output: str = "rate") -> xr.DataArray:
    """Return the spikes of all neurons and trials over time: the histogram of a raster.

    Parameters
    ----------
    trials : SpikeTrials or Neo objects
        Spikes of trials that are equally long.
    bin_size : Quantity
        Length of a bin [second].
    output : {'rate', 'counts', 'mean'}, optional
        All spikes of a bin ('counts'), or per neuron and trial ('mean'), or these over the
        length of the bin ('rate').

    Returns
    -------
    xarray.DataArray, dims (time,)
        Counts [1], means [1] or rates [Hz]; the time is that of the beginning of the bin.

    Raises
    ------
    DimensionMismatchError, TypeError, ValueError
        As `bin_numbers`, or if `output` is none of the three.
    """
    trials = as_trials(trials)
    check_choice("output", "time_histogram", output, OUTPUTS)
    bins, n_bins = bin_numbers(trials, bin_size, "time_histogram")
    counts = np.bincount(bins, minlength=n_bins)[:n_bins]
    length = float(bin_size)
    n_trains = trials.n_neurons * trials.n_trials
    per = {"counts": 1, "mean": n_trains, "rate": n_trains * length}[output]
    values = counts if output == "counts" else counts / per
    units = "Hz" if output == "rate" else "1"
    times = np.arange(n_bins) * length
    return labelled(values, ("time",), trials, name=output, units=units, times=times)


def correlation_coefficients(trials: SpikeData, bin_size: Quantity) -> xr.DataArray:
    """Return Pearson's correlation of the spike counts of every pair of neurons.

    Computed by `elephant.spike_train_correlation.correlation_coefficient`, from the counts of
    all trials, one after the other.

    Parameters
    ----------
    trials : SpikeTrials or Neo objects
        Spikes of trials that are equally long; choose the neurons by `SpikeTrials.select`.
    bin_size : Quantity
        Length of a bin [second].

    Returns
    -------
    xarray.DataArray, dims (neuron, other)
        Coefficients [1]; nan for a neuron whose counts do not vary.

    Raises
    ------
    DimensionMismatchError, TypeError, ValueError
        As `bin_numbers`.
    """
    trials = as_trials(trials)
    counts = np.moveaxis(spike_counts(trials, bin_size).to_numpy(), -1, 0)
    matrix = _correlation(counts.reshape(len(counts), -1), float(bin_size))
    dims = {"neuron": trials.neuron_ids, "other": trials.neuron_ids}
    return xr.DataArray(matrix, dims, tuple(dims), name="correlation", attrs={"units": "1"})


def _correlation(counts: NDArray[np.int32], bin_size: float) -> NDArray[np.float64]:
    """Return Elephant's correlations of counts, (N, bins)."""
    # Elephant takes a second to import
    import quantities as pq  # noqa: PLC0415
    from elephant.conversion import BinnedSpikeTrain  # noqa: PLC0415
    from elephant.spike_train_correlation import correlation_coefficient  # noqa: PLC0415

    length = pq.Quantity(bin_size, "s")
    with warnings.catch_warnings(), np.errstate(invalid="ignore", divide="ignore"):
        # of silent neurons, which are nan here, and of old spellings that Elephant still uses
        warnings.simplefilter("ignore")
        binned = BinnedSpikeTrain(counts, bin_size=length, t_start=0 * pq.s)
        return np.atleast_2d(correlation_coefficient(binned))
