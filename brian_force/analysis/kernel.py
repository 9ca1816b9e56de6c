r"""The impulse response of the network's synaptic filter, as a kernel, and rates by any kernel.

In the limit of small time steps, the filter of the network answers a spike at 0 by

.. math::
   K(t) = \frac{e^{-t/\tau_d} - e^{-t/\tau_r}}{\tau_d - \tau_r}, \quad t \geq 0,

the density of the sum of two exponential times of means :math:`\tau_r` and :math:`\tau_d`; so its
area is 1 and its standard deviation :math:`\sqrt{\tau_r^2 + \tau_d^2}`. Where both are
:math:`\tau`, it is the alpha function :math:`t e^{-t/\tau}/\tau^2`.
"""

from typing import Any

import numpy as np
import quantities as pq
import xarray as xr
from brian2 import Quantity, second
from elephant.kernels import Kernel
from elephant.statistics import instantaneous_rate
from neo import SpikeTrain
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import exprel

from brian_force.analysis.binning import bin_numbers
from brian_force.analysis.spike_data import SpikeData, as_trials, labelled
from brian_force.arguments import check_quantity, refusal

__all__ = ["SynapticKernel", "instantaneous_rates"]

type Array = NDArray[np.float64]

BLOCK = 200  # neurons that Elephant gets at once: it is faster in cache, and needs less memory


class SynapticKernel(Kernel):  # type: ignore[misc, unused-ignore]
    """The continuous impulse response of the network's synaptic filter, for Elephant.

    A causal kernel: give ``center_kernel=False`` to Elephant's `instantaneous_rate`, and a
    `cutoff` of at least `min_cutoff`. `filtered_rates` gives the r of the network itself.

    Parameters
    ----------
    tau_r, tau_d : Quantity
        Rise and decay time constants of the filter [second].
    invert : bool, optional
        Whether time is reversed.

    Raises
    ------
    TypeError, DimensionMismatchError, ValueError
        If a time constant is not one positive time.
    """

    def __init__(self, tau_r: Quantity, tau_d: Quantity, invert: bool = False) -> None:
        constants = {"tau_r": tau_r, "tau_d": tau_d}
        shorter, longer = sorted(
            float(check_quantity(name, "SynapticKernel", value, second, "positive"))
            for name, value in constants.items()
        )
        self._shorter, self._longer = shorter, longer  # [s]; the filter is symmetric in them
        super().__init__(pq.Quantity(1e3 * np.hypot(shorter, longer), "ms"), invert)

    def __repr__(self) -> str:
        shorter, longer = 1e3 * self._shorter, 1e3 * self._longer
        return f"SynapticKernel({shorter:g}*ms, {longer:g}*ms, invert={self.invert})"

    @property
    def min_cutoff(self) -> float:
        """Half width of the kernel, in standard deviations: it holds all but 1e-4 of the area."""
        return float(self.boundary_enclosing_area_fraction(1 - 1e-4) / self.sigma)

    def _evaluate(self, times: Any) -> Any:
        density = self._density(self._ahead(times))
        return pq.Quantity(density, 1 / pq.s).rescale(1 / times.units)

    def cdf(self, time: Any) -> Any:
        """Return the area up to a time.

        Parameters
        ----------
        time : quantities.Quantity
            One or several times.

        Returns
        -------
        float or ndarray
            Areas, from 0 to 1.
        """
        self._check_time_input(time)
        remains = self._remaining_area(self._ahead(time))
        return remains if self.invert else 1 - remains

    def icdf(self, fraction: float) -> Any:
        """Return the time up to which the area is a given fraction.

        Parameters
        ----------
        fraction : float
            At least 0 and below 1.

        Returns
        -------
        quantities.Quantity
            Time.
        """
        self._check_fraction(fraction)
        if self.invert:
            return -self._quantile(fraction)
        return self._quantile(1 - fraction)

    def boundary_enclosing_area_fraction(self, fraction: float) -> Any:
        """Return the b for which the area from -b to b is a given fraction.

        Parameters
        ----------
        fraction : float
            At least 0 and below 1.

        Returns
        -------
        quantities.Quantity
            Time b.
        """
        self._check_fraction(fraction)
        return self._quantile(1 - fraction)

    # Plain numbers in seconds, of the kernel that is not inverted

    def _ahead(self, times: Any) -> Array:
        ahead = np.asarray(times.rescale(pq.s).magnitude, dtype=float)
        return -ahead if self.invert else ahead

    def _density(self, t: ArrayLike) -> Array:
        t = np.asarray(t, dtype=float)
        later = np.maximum(t, 0)
        # exprel(-x) = (1 - exp(-x))/x holds the difference of the exponentials, exact as both
        # time constants become one
        difference = exprel(-later * (1 / self._shorter - 1 / self._longer))
        slow = later / (self._shorter * self._longer) * np.exp(-later / self._longer)
        return np.where(t >= 0, slow * difference, 0)

    def _remaining_area(self, t: ArrayLike) -> Array:
        """Return the area after t: P(A + B > t) = P(A > t) + shorter K(t)."""
        later = np.maximum(t, 0)
        return np.exp(-later / self._longer) + self._shorter * self._density(later)

    def _quantile(self, remains: float) -> Any:
        """Return the time after which the given area remains."""
        if remains <= 0:
            return pq.Quantity(np.inf, "ms")
        longest = self._longer * (2 - 2 * np.log(remains))  # remains are exp(-t/longer) (1 + ...)

        def excess(t: float) -> float:
            return float(self._remaining_area(t)) - remains

        root = brentq(excess, 0, longest, xtol=1e-15, rtol=1e-14) if remains < 1 else 0.0
        return pq.Quantity(1e3 * root, "ms")


def instantaneous_rates(
    trials: SpikeData,
    kernel: Kernel,
    sampling_period: Quantity,
    *,
    pool_trials: bool = False,
    center_kernel: bool | None = None,
    cutoff: float = 5.0,
) -> xr.DataArray:
    """Return rates over time: spikes convolved with a kernel, by Elephant.

    Parameters
    ----------
    trials : SpikeTrials or Neo objects
        Spikes of trials that are equally long. `SpikeTrials.select` chooses trials and neurons.
    kernel : elephant.kernels.Kernel
        What a spike becomes: a `SynapticKernel`, or `elephant.kernels.GaussianKernel(...)`.
    sampling_period : Quantity
        Interval of samples [second].
    pool_trials : bool, optional
        Whether to return the mean over trials.
    center_kernel : bool, optional
        Whether to shift the kernel by its median. Default: if it is symmetric, so that rates by
        a causal kernel follow the spikes.
    cutoff : float, optional
        Half width of the kernel, in its standard deviations; at least ``kernel.min_cutoff``, and
        extended to a whole number of samples.

    Returns
    -------
    xarray.DataArray, dims (trial, time, neuron) or (time, neuron)
        Rates [Hz].

    Raises
    ------
    TypeError, DimensionMismatchError, ValueError
        If an argument is not as described.

    Notes
    -----
    Elephant gets spikes in the middle of their bins of `sampling_period`: it counts spikes on an
    edge in the bin before. The kernel gets a whole number of samples: else Elephant moves them
    together, which stretches the kernel in time. The mean over trials is the rate of the spikes
    of all trials together over the number of trials, since convolution is linear.
    """
    trials, owner = as_trials(trials), "instantaneous_rates"
    if not isinstance(kernel, Kernel):
        allowed = "a kernel of elephant.kernels, or a SynapticKernel"
        raise TypeError(refusal("kernel", owner, allowed, repr(kernel)))
    bins, n_bins = bin_numbers(trials, sampling_period, owner)
    options = {
        "kernel": kernel,
        "sampling_period": pq.Quantity(1e3 * float(sampling_period), "ms"),
        "cutoff": _whole_cutoff(kernel, float(sampling_period), cutoff),
        "center_kernel": kernel.is_symmetric() if center_kernel is None else center_kernel,
    }
    groups = np.zeros(trials.n_spikes) if pool_trials else trials.spike_trials
    rates = np.empty((1 if pool_trials else trials.n_trials, n_bins, trials.n_neurons))
    for k in range(len(rates)):
        own = (bins < n_bins) & (groups == k)
        _convolve(rates[k], bins[own], trials.spike_neurons[own], options)
    labels: dict[str, Any] = {"name": "rate", "units": "Hz"}
    labels["times"] = np.arange(n_bins) * float(sampling_period)
    if pool_trials:
        return labelled(rates[0] / trials.n_trials, ("time", "neuron"), trials, **labels)
    return labelled(rates, ("trial", "time", "neuron"), trials, **labels)


def _whole_cutoff(kernel: Kernel, period: float, cutoff: float) -> float:
    """Return the least allowed half width of a whole number of samples, in deviations."""
    sigma = float(kernel.sigma.rescale(pq.s))
    n_samples = np.ceil(max(float(cutoff), float(kernel.min_cutoff)) * sigma / period)
    return float(n_samples * (1 - 1e-12) * period / sigma)  # Elephant rounds up


def _convolve(
    rates: Array, bins: NDArray[np.int64], neurons: NDArray[np.int32], options: dict[str, Any]
) -> None:
    """Fill rates, (T, N), with those of spikes in given bins."""
    n_bins, n_neurons = rates.shape
    period = options["sampling_period"].item()
    order = np.argsort(neurons, kind="stable")
    borders = np.searchsorted(neurons[order], np.arange(1, n_neurons))
    trains = np.split((bins[order] + 0.5) * period, borders)
    t_stop = (n_bins + 0.5) * period  # so that rounding takes no bin away
    for first in range(0, n_neurons, BLOCK):
        block = slice(first, first + BLOCK)
        spiketrains = [SpikeTrain(train, units="ms", t_stop=t_stop) for train in trains[block]]
        rates[:, block] = instantaneous_rate(spiketrains, **options).magnitude
