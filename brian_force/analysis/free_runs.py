"""Repetitions within the free run of a recording: bias and variance, spikes, and currents."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from brian2 import Quantity, second
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.sparse import csr_array

from brian_force.analysis.filtering import filtered_rates
from brian_force.analysis.recordings import described, required_trials
from brian_force.analysis.variability import bias_and_variance
from brian_force.arguments import check_count, refusal
from brian_force.experiment.recording import Recording
from brian_force.networks.weights import random_streams, row_balanced_weights
from brian_force.repetitions import Repetitions, aligned_repetitions

__all__ = ["filtered_currents", "repetition_spikes", "repetition_variability"]

type Array = NDArray[np.float64]
type Neurons = int | Sequence[int] | NDArray[Any]

#: How a cycle of the output is read: over its own mean duration, or over that of the target.
CYCLES = {"own": True, "target": False}


def repetition_variability(recording: Recording) -> xr.Dataset:
    """Align the repetitions of a free run and split its error into bias and variance.

    Parameters
    ----------
    recording : Recording
        With a free run of at least two repetitions.

    Returns
    -------
    xarray.Dataset
        Over `cycle`, which tells how a cycle is read: over the mean duration of the output's own
        cycles ('own'), so that a wrong speed is drift and no bias, or over the period of the
        target ('target'), as Newton & Nicola (2025) do. `outputs` over `repetition`, `phase` [s]
        since the first peak of the target and `output`, the `target`, `mean`, `squared_bias`,
        `variance` and the rest of `BiasVariance`; besides `starts` [s] in the free run, the
        `duration` of a cycle [s] and the `drift` of phase [ms/s].

    Raises
    ------
    ValueError
        If there is no free run, or it holds less than two repetitions.
    """
    both = [_repetitions(recording, stretch=stretch) for stretch in CYCLES.values()]
    n = min(len(one.starts) for one in both)
    if n < 2:
        allowed = "one with at least two repetitions in its free run"
        remedy = "Train with more test trials."
        owner = "repetition_variability"
        raise ValueError(refusal("recording", owner, allowed, f"one with {n}", remedy))
    found = xr.concat([_split(one, n) for one in both], "cycle")
    return found.assign_coords(cycle=list(CYCLES)).assign_attrs(described(recording))


def repetition_spikes(
    recording: Recording, neurons: Neurons = 5, *, stretch: bool = True
) -> xr.Dataset:
    """Return the spikes of chosen neurons within each repetition of the free run.

    Parameters
    ----------
    recording : Recording
        A spiking network with a free run.
    neurons : int or sequence of int
        So many neurons, drawn by the seed of the recording among those with a spike or more a
        repetition; or these.
    stretch : bool
        Read the repetitions over their own mean duration, else over the period of the target.

    Returns
    -------
    xarray.Dataset
        Over `spike`: `spike_phase` [s], since the first peak of the target, the `spike_neuron`,
        its `repetition`, and the `order` of the spike, from 0 on, among those of its neuron in
        this repetition. Over `neuron`: the neurons, ascending. `n_repetitions`.

    Raises
    ------
    ValueError
        If there is no free run, or the neurons are none.
    """
    owner = "repetition_spikes"
    trials = required_trials(recording, "free", owner)
    if recording.model == "rate":
        raise ValueError(refusal("recording", owner, "of a spiking network", "of 'rate'"))
    cycles = _repetitions(recording, stretch=stretch)
    counts = np.bincount(trials.spike_neurons, minlength=trials.n_neurons)
    chosen = _chosen(recording, neurons, counts >= len(cycles.starts), owner)
    times, owners = trials.trial(0)
    kept = np.isin(owners, chosen)
    parts = [
        _spikes_of(number, start, times[kept], owners[kept], cycles)
        for number, start in enumerate(cycles.starts)
    ]
    names = ("spike_phase", "spike_neuron", "repetition", "order")
    units = ("s", "1", "1", "1")
    values = map(np.concatenate, zip(*parts, strict=True))
    data: dict[str, Any] = {
        name: ("spike", value, {"units": unit})
        for name, unit, value in zip(names, units, values, strict=True)
    }
    data["n_repetitions"] = ((), len(cycles.starts), {"units": "1"})
    return xr.Dataset(data, {"neuron": chosen}, described(recording))


def filtered_currents(
    recording: Recording, neurons: Neurons = 5, *, stretch: bool = True
) -> xr.Dataset:
    r"""Return the recurrent currents of chosen neurons over the repetitions of the free run.

    Parameters
    ----------
    recording : Recording
        Of either network, with a free run.
    neurons : int or sequence of int
        So many neurons, drawn by the seed of the recording; or these.
    stretch : bool
        Read the repetitions over their own mean duration, else over the period of the target.

    Returns
    -------
    xarray.Dataset
        Over `neuron`, `phase` [s] since the first peak of the target, and `repetition`:
        `current`, its `mean` over repetitions and sample standard deviation `sd`
        (nan for one repetition), all in mV.

    Raises
    ------
    ValueError
        If there is no free run, or the neurons are none.

    Notes
    -----
    .. math:: s_i = \sum_j G \omega_{ij} r_j                                   \qquad (1)

    with the r of a rate network as it was recorded, and that of a spiking network from its
    spikes and the state in which the free run starts.
    """
    owner = "filtered_currents"
    required_trials(recording, "free", owner)
    n_neurons = recording.parameters.n_neurons
    chosen = _chosen(recording, neurons, np.ones(n_neurons, dtype=bool), owner)
    cycles = _repetitions(recording, stretch=stretch)
    times, currents = _currents(recording, chosen)
    scale = cycles.duration / _period(recording)
    moments = cycles.starts[:, np.newaxis] + cycles.phases * scale
    values = np.moveaxis(CubicSpline(times, currents)(moments), -1, 0)
    unknown = np.full(values[:, 0].shape, np.nan)
    sd = values.std(axis=1, ddof=1) if len(cycles.starts) > 1 else unknown
    units = {"units": "mV"}
    return xr.Dataset(
        {
            "current": (("neuron", "repetition", "phase"), values, units),
            "mean": (("neuron", "phase"), values.mean(axis=1), units),
            "sd": (("neuron", "phase"), sd, units),
        },
        {"neuron": chosen, "phase": ("phase", cycles.phases, {"units": "s"})},
        described(recording),
    )


def _repetitions(recording: Recording, *, stretch: bool) -> Repetitions:
    """Cut the free run into cycles that start at the first peak of the target.

    The peak sought is at least half a period from the start, so that the cycle of an output that
    runs ahead begins in the recording too.
    """
    trials = required_trials(recording, "free", "repetitions")
    output, target = trials.signals["output"], trials.signals["target"]
    period, step = _period(recording), float(target.dt)
    first, last = round(period / 2 / step), round(3 * period / 2 / step)
    peak = first + int(target.values[0][first:last, 0].argmax())
    times = np.arange(len(output.values[0])) * float(output.dt)
    z, x = output.values[0], target.values[0]
    return aligned_repetitions(times, z, x, period, peak * step, stretch=stretch)


def _period(recording: Recording) -> float:
    """Return the period of the target [s]: what has a free run has one."""
    return float(np.asarray(recording.period))


def _split(cycles: Repetitions, n: int) -> xr.Dataset:
    """Return the first n cycles with their bias and variance."""
    found = bias_and_variance(cycles.outputs[:n], cycles.target).to_dataset()
    found = found.rename(sample="phase")
    unit = {"units": "unit of the output"}
    found["outputs"] = (("repetition", "phase", "output"), cycles.outputs[:n], unit)
    found["target"] = (("phase", "output"), cycles.target, unit)
    found["starts"] = ("repetition", cycles.starts[:n], {"units": "s"})
    found["duration"] = ((), cycles.duration, {"units": "s"})
    found["drift"] = ((), cycles.drift, {"units": "ms/s"})
    return found.assign_coords(phase=("phase", cycles.phases, {"units": "s"}))


def _chosen(
    recording: Recording, neurons: Neurons, fit: NDArray[np.bool_], owner: str
) -> NDArray[np.int64]:
    """Return neurons, ascending: those given, or some drawn by seed among those that fit."""
    if np.ndim(neurons) == 0:
        n = check_count("neurons", owner, neurons)
        candidates = np.flatnonzero(fit)
        rng = np.random.default_rng(recording.seed)
        return np.sort(rng.permutation(candidates)[:n])
    chosen = np.sort(np.asarray(neurons, dtype=int))
    if chosen.min(initial=0) < 0 or chosen.max(initial=-1) >= len(fit):
        allowed = f"numbers from 0 to {len(fit) - 1}"
        raise ValueError(refusal("neurons", owner, allowed, str(chosen.tolist())))
    return chosen


def _spikes_of(
    number: int, start: float, times: Array, neurons: NDArray[Any], cycles: Repetitions
) -> tuple[Array, NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return phases, neurons, repetition and order of the spikes of one cycle."""
    first, last = np.searchsorted(times, [start, start + cycles.duration])
    own = neurons[first:last]
    n_phases = len(cycles.phases)
    period = cycles.phases[-1] * n_phases / (n_phases - 1)
    phases = (times[first:last] - start) * (period / cycles.duration)
    order = np.array([np.count_nonzero(own[:k] == own[k]) for k in range(len(own))], dtype=int)
    return phases, own, np.full(len(own), number), order


def _currents(recording: Recording, chosen: NDArray[np.int64]) -> tuple[Array, Array]:
    """Return times [s] and currents (1), shape (T, len(chosen)) [mV], of the free run."""
    parameters = recording.parameters
    n, p = parameters.n_neurons, parameters.connection_probability
    pre, post, omega = row_balanced_weights(n, p, random_streams(recording.seed).weights)
    rows = csr_array((omega, (post, pre)), shape=(n, n))[chosen]
    senders = np.unique(rows.indices)  # r of no others is needed
    times, r = _free_activity(recording, senders)
    G = 1e3 * float(parameters.G)  # mV/Hz
    return times, np.asarray(G * (rows[:, senders] @ r.T).T)


def _free_activity(recording: Recording, neurons: NDArray[np.int64]) -> tuple[Array, Array]:
    """Return times [s] and r of some neurons, shape (T, n) [Hz], in the free run."""
    trials = required_trials(recording, "free", "filtered_currents")
    if recording.model == "rate":
        signal = trials.signals["r"]
        values = signal.values[0]
        return np.asarray(np.arange(len(values)) * float(signal.dt)), values[:, neurons]
    parameters = recording.parameters
    r = filtered_rates(
        trials.select(neurons),
        parameters.tau_r,
        parameters.tau_d,
        sample_dt=Quantity(trials.signals["output"].dt, dim=second.dim),
        state={name: recording.state[name][neurons] for name in ("r", "h")},
    )
    return np.asarray(r["time"]), np.asarray(r[0])
