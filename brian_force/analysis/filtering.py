r"""Spikes filtered exactly as the synapses of the network do.

The network integrates its filter by Euler's method: a step of length dt takes r and h to

.. math::
   r_{n+1} = (1 - dt/\tau_r) r_n + dt\, h_n, \qquad
   h_{n+1} = (1 - dt/\tau_d) h_n + \frac{c_n}{\tau_r \tau_d}

with :math:`c_n` spikes at the time n dt. A sample at k dt is :math:`r_k`, what a `StateMonitor`
and a learning rule see at that time: a spike at k dt is not in it, one at (k - 1) dt is in h only.
Each spike is carried to the next sample by the response to one spike, and the states from sample
to sample by a power of the step; so the steps between samples cost nothing.
"""

from collections.abc import Mapping

import numpy as np
import xarray as xr
from brian2 import Quantity, get_dimensions, ms, second
from numpy.typing import ArrayLike, NDArray
from scipy.signal import lfilter

from brian_force.analysis.spike_data import SpikeData, as_trials, grid_steps, labelled, step_of
from brian_force.arguments import check_quantity, refusal
from brian_force.exchange.spike_trials import SpikeTrials

__all__ = ["filter_states", "filtered_rates", "mean_rates", "synaptic_filter"]

type Array = NDArray[np.float64]
type State = Mapping[str, ArrayLike]

ROUNDING = 1e-3  # of an interval: times nearer than this are the same
SAMPLE_DT = 2.5 * ms  # the networks' interval between updates of the decoders


def filtered_rates(
    trials: SpikeData,
    tau_r: Quantity,
    tau_d: Quantity,
    *,
    sample_dt: Quantity = SAMPLE_DT,
    dt: Quantity | None = None,
    state: State | None = None,
) -> xr.DataArray:
    """Return the filtered spikes r of every neuron in every trial, as the network has them.

    Parameters
    ----------
    trials : SpikeTrials or Neo objects
        Spikes of trials that are equally long. `SpikeTrials.select` chooses trials and neurons.
    tau_r, tau_d : Quantity
        Rise and decay time constants of the filter [second].
    sample_dt : Quantity, optional
        Interval of samples, a multiple of `dt`; the first is at 0 s [second].
    dt : Quantity, optional
        Time step of the network; default: that of the trials [second].
    state : dict of str to array_like, optional
        What the trials start from: 'r' [Hz] and 'h' [Hz²], in base units, each of shape (N,) or
        (n_trials, N); `filter_states` finds it for trials that are cut out of a run. Default: 0.

    Returns
    -------
    xarray.DataArray, dims (trial, time, neuron)
        Samples of r [Hz]; 8 bytes each.

    Raises
    ------
    TypeError, DimensionMismatchError, ValueError
        If an argument is not as described.
    """
    trials = as_trials(trials)
    constants = _constants(trials, tau_r, tau_d, dt, "filtered_rates")
    times = _sample_times(trials, sample_dt, "filtered_rates")
    starts = _states(state, trials)
    rates = np.empty((trials.n_trials, len(times), trials.n_neurons))
    for k in range(trials.n_trials):
        sampler = _Sampler(trials.n_neurons, times, *constants)
        sampler.add(*trials.trial(k))
        rates[k], _ = sampler.states(*starts[:, k])
    dims = ("trial", "time", "neuron")
    return labelled(rates, dims, trials, name="r", units="Hz", times=times)


def mean_rates(
    trials: SpikeData,
    tau_r: Quantity,
    tau_d: Quantity,
    *,
    sample_dt: Quantity = SAMPLE_DT,
    dt: Quantity | None = None,
    state: State | None = None,
) -> xr.DataArray:
    """Return the cross-trial mean of the filtered spikes r of every neuron.

    The filter is linear: this is the mean of `filtered_rates` over trials, of which it takes the
    arguments, but the spikes of all trials are filtered at once.

    Returns
    -------
    xarray.DataArray, dims (time, neuron)
        Samples of the mean of r [Hz].
    """
    trials = as_trials(trials)
    constants = _constants(trials, tau_r, tau_d, dt, "mean_rates")
    times = _sample_times(trials, sample_dt, "mean_rates")
    sampler = _Sampler(trials.n_neurons, times, *constants)
    for k in range(trials.n_trials):
        sampler.add(*trials.trial(k), weight=1 / trials.n_trials)
    rates, _ = sampler.states(*_states(state, trials).mean(axis=1))
    return labelled(rates, ("time", "neuron"), trials, name="r", units="Hz", times=times)


def filter_states(
    trials: SpikeData,
    tau_r: Quantity,
    tau_d: Quantity,
    times: Quantity,
    *,
    dt: Quantity | None = None,
    state: State | None = None,
) -> dict[str, Array]:
    """Return the states of the filters at given times, to start cut trials from.

    Parameters
    ----------
    trials, tau_r, tau_d, dt, state
        As in `filtered_rates`; trials need not be equally long.
    times : Quantity, shape () or (n_times,)
        Increasing times since the start of the trial, multiples of `dt` [second].

    Returns
    -------
    dict of str to ndarray, shape (n_trials n_times, N) each
        'r' [Hz] and 'h' [Hz²] in base units, in the order of the pieces of `SpikeTrials.cut`.
    """
    trials = as_trials(trials)
    constants = _constants(trials, tau_r, tau_d, dt, "filter_states")
    if get_dimensions(times) is not second.dim:
        check_quantity("times", "filter_states", times, second)  # which refuses it
    moments = np.atleast_1d(np.asarray(times, dtype=float))
    starts = _states(state, trials)
    states = np.empty((2, trials.n_trials, len(moments), trials.n_neurons))
    for k in range(trials.n_trials):
        sampler = _Sampler(trials.n_neurons, moments, *constants)
        sampler.add(*trials.trial(k))
        states[:, k] = sampler.states(*starts[:, k])
    r, h = states.reshape(2, -1, trials.n_neurons)
    return {"r": r, "h": h}


def synaptic_filter(
    spike_times: ArrayLike,
    spike_neurons: ArrayLike,
    n_neurons: int,
    sample_times: ArrayLike,
    tau_r: float,
    tau_d: float,
    dt: float,
    state: tuple[ArrayLike, ArrayLike] | None = None,
) -> Array:
    """Return the filtered spikes r at given times: arrays in, array out.

    Parameters
    ----------
    spike_times, spike_neurons : array_like, shape (S,)
        Time, from 0 on, and neuron of every spike, in any order [s].
    n_neurons : int
        Number of neurons N.
    sample_times : array_like, shape (T,)
        Increasing times, multiples of `dt` [s].
    tau_r, tau_d, dt : float
        Time constants of the filter and time step of the network [s].
    state : tuple of array_like, shape (N,) each, optional
        r [Hz] and h [Hz²] at 0 s; default: 0.

    Returns
    -------
    ndarray, shape (T, N)
        Samples of r [Hz].

    Raises
    ------
    ValueError
        If samples or spikes are not as described.
    """
    times = np.asarray(sample_times, dtype=float)
    sampler = _Sampler(n_neurons, times, float(tau_r), float(tau_d), float(dt))
    sampler.add(np.asarray(spike_times, dtype=float), np.asarray(spike_neurons, dtype=np.int64))
    r, h = (0.0, 0.0) if state is None else state
    rates, _ = sampler.states(np.asarray(r, dtype=float), np.asarray(h, dtype=float))
    return rates


# How it is done


def _constants(
    trials: SpikeTrials, tau_r: Quantity, tau_d: Quantity, dt: Quantity | None, owner: str
) -> tuple[float, float, float]:
    """Return the time constants of the filter and the time step, checked [s]."""
    rise = float(check_quantity("tau_r", owner, tau_r, second, "positive"))
    decay = float(check_quantity("tau_d", owner, tau_d, second, "positive"))
    return rise, decay, step_of(trials, owner, dt)


def _sample_times(trials: SpikeTrials, sample_dt: Quantity, owner: str) -> Array:
    """Return the times of samples within the trials [s]."""
    interval = float(check_quantity("sample_dt", owner, sample_dt, second, "positive"))
    n_samples = int(np.ceil(float(trials.duration) / interval - ROUNDING))
    return np.asarray(np.arange(n_samples) * interval)


class _Sampler:
    """Filters of N neurons at chosen steps: spikes go in, in any order, and states come out."""

    def __init__(
        self, n_neurons: int, sample_times: Array, tau_r: float, tau_d: float, dt: float
    ) -> None:
        self.dt = dt
        self.samples = _sample_steps(sample_times, dt)
        self.gaps = np.diff(self.samples, prepend=0)
        lags = np.arange(self.gaps.max(initial=0) + 1)
        self.decay_r = (1 - dt / tau_r) ** lags  # of r and h after so many steps, and r of h = 1
        self.decay_h = (1 - dt / tau_d) ** lags
        self.rise = lfilter([0, dt], [1, dt / tau_r - 1], self.decay_h)
        self.jump = 1 / (tau_r * tau_d)
        self.r, self.h = np.zeros((2, len(self.samples), n_neurons))

    def add(self, spike_times: Array, spike_neurons: NDArray[np.int64], weight: float = 1) -> None:
        """Carry each spike to the first sample after it."""
        steps = grid_steps(spike_times, self.dt)
        if steps.min(initial=0) < 0:
            got = f"{spike_times.min():g} s"
            raise ValueError(refusal("spike_times", "the filter", "at 0 s or later", got))
        after = np.searchsorted(self.samples, steps, side="right")
        heard = after < len(self.samples)
        row, steps, column = after[heard], steps[heard], spike_neurons[heard]
        lag = self.samples[row] - 1 - steps
        place = row * self.r.shape[1] + column
        np.add.at(self.r.reshape(-1), place, weight * self.jump * self.rise[lag])
        np.add.at(self.h.reshape(-1), place, weight * self.jump * self.decay_h[lag])

    def states(self, r: Array, h: Array) -> tuple[Array, Array]:
        """Return r and h at the samples, (T, N) each, from those at 0 s; to be called once."""
        for row, gap in enumerate(self.gaps):
            self.r[row] += self.decay_r[gap] * r + self.rise[gap] * h
            self.h[row] += self.decay_h[gap] * h
            r, h = self.r[row], self.h[row]
        return self.r, self.h


def _sample_steps(times: Array, dt: float) -> NDArray[np.int64]:
    steps = np.rint(times / dt)
    off_grid = np.abs(times / dt - steps) > ROUNDING
    if off_grid.any() or (np.diff(steps, prepend=-1) <= 0).any():
        allowed = f"at increasing multiples of the time step, {dt * 1e3:g} ms, from 0 s on"
        got = f"{times[off_grid][0]:.9g} s" if off_grid.any() else "times in another order"
        raise ValueError(refusal("sample times", "the filter", allowed, got))
    return steps.astype(np.int64)


def _states(state: State | None, trials: SpikeTrials) -> Array:
    """Return r and h at the start of every trial, shape (2, n_trials, N)."""
    shape = (trials.n_trials, trials.n_neurons)
    if state is None:
        return np.zeros((2, *shape))
    names = [name for name in ("r", "h") if isinstance(state, Mapping) and name in state]
    values = [np.asarray(state[name], dtype=float) for name in names]
    if len(values) < 2 or any(part.shape not in (shape, shape[1:]) for part in values):
        allowed = f"a dict of 'r' and 'h', each of shape {shape[1:]} or {shape}"
        got = " and ".join(f"'{name}' of shape {np.shape(state[name])}" for name in names)
        raise ValueError(refusal("state", "the filter", allowed, got or "neither"))
    return np.stack([np.broadcast_to(part, shape) for part in values])
