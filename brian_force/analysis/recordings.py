"""What analysis reads of recordings: activity in the test trials, and statistics of neurons."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from brian2 import Hz, mV, second
from numpy.typing import NDArray

from brian_force.analysis.filtering import filtered_rates
from brian_force.analysis.statistics import spike_statistics
from brian_force.arguments import refusal
from brian_force.exchange.spike_trials import SpikeTrials
from brian_force.experiment.recording import Recording

__all__ = [
    "Activity",
    "activity",
    "check_twins",
    "described",
    "recorded_spikes",
    "recording_statistics",
    "required_trials",
]

type Array = NDArray[np.float64]

ROUNDING = 1e-6  # of an interval: a sample as near to the end of settling counts


@dataclass(frozen=True, eq=False, slots=True)
class Activity:
    """Activity r of a network in its teacher-forced trials, one trial at a time.

    Iterating gives the samples of one trial after the other, shape (T, N) [Hz]; no two of them
    are held. It may be iterated more than once, and goes wherever analysis takes trials.

    Attributes
    ----------
    recording : Recording
        With test trials.
    """

    recording: Recording

    def __len__(self) -> int:
        return self._trials.n_trials

    def __iter__(self) -> Iterator[Array]:
        for number in range(len(self)):
            yield self.trial(number)

    def trial(self, number: int) -> Array:
        """Return the activity of one trial, shape (T, N) [Hz]."""
        if self.recording.model == "rate":
            return self._trials.signals["r"].values[number][self._kept]
        parameters = self.recording.parameters
        trial = self._trials.select(trials=[number])
        interval = self.recording.rule_dt
        r = filtered_rates(trial, parameters.tau_r, parameters.tau_d, sample_dt=interval)
        return np.asarray(r[0, self._kept])

    @property
    def times(self) -> Array:
        """Times of the samples since the start of the trial, shape (T,) [s]."""
        n_samples = len(self._trials.signals["target"].values[0])
        return np.asarray(np.arange(n_samples) * float(self.recording.rule_dt))[self._kept]

    @property
    def target(self) -> Array:
        """The target at the samples, common to all trials, shape (T, K)."""
        return self._trials.signals["target"].values[0][self._kept]

    @property
    def _trials(self) -> SpikeTrials:
        return required_trials(self.recording, "forced", "activity")

    @property
    def _kept(self) -> slice:
        """The samples after the network has forgotten where it started."""
        settle = float(self._trials.annotations["settle"])
        return slice(int(np.ceil(settle / float(self.recording.rule_dt) - ROUNDING)), None)


def activity(recording: Recording) -> Activity:
    """Return the activity r of the teacher-forced trials at the samples of the learning rule.

    Parameters
    ----------
    recording : Recording
        With test trials. Spikes are filtered exactly as the network does; of a rate network, r
        was recorded.

    Returns
    -------
    Activity
        From the end of settling on: as many samples a trial as learning had updates.

    Raises
    ------
    ValueError
        If the recording has no test trials.
    """
    required_trials(recording, "forced", "activity")
    return Activity(recording)


def recording_statistics(recording: Recording) -> xr.Dataset:
    """Return statistics of every neuron in the test trials or, without any, in the whole run.

    Parameters
    ----------
    recording : Recording
        Of either network.

    Returns
    -------
    xarray.Dataset
        Of a spiking network those of `spike_statistics` over `neuron`, of a rate network the
        'rate' [Hz], the mean of r over all trials and samples. Besides `mean_rate` [Hz], over all
        neurons: all there is of a rate network without test trials. The attribute 'source' tells
        what was analysed.
    """
    forced = recording.forced
    if recording.model == "rate":
        found = xr.Dataset() if forced is None else _mean_activity(recording)
    else:
        found = spike_statistics(recorded_spikes(recording))
    mean = found["rate"].mean() if "rate" in found else float(recording.mean_rate / Hz)
    found["mean_rate"] = ((), float(mean), {"units": "Hz"})
    source = "the whole run" if forced is None else "teacher-forced trials"
    return found.assign_attrs(described(recording), source=source)


def recorded_spikes(recording: Recording) -> SpikeTrials:
    """Return the spikes of the teacher-forced trials, settled, or else of the whole run."""
    trials = recording.forced
    if trials is not None:
        settle = float(trials.annotations["settle"]) * second
        return trials.cut(settle, trials.duration - settle)
    return recording.trials("run")


def required_trials(recording: Recording, kind: str, owner: str) -> SpikeTrials:
    """Return the 'free' or 'forced' trials of a recording.

    Raises
    ------
    ValueError
        If it has none.
    """
    trials = getattr(recording, kind)
    if trials is not None:
        return trials  # type: ignore[no-any-return]
    if kind == "free" and recording.forced is not None:
        allowed, remedy = "of a task with a period", "Only that has repetitions."
        raise ValueError(refusal("recording", owner, allowed, f"'{recording.task}'", remedy))
    remedy = "Train with n_trials=10, or on the command line with --trials 10."
    allowed = "one with test trials"
    raise ValueError(refusal("recording", owner, allowed, "one without", remedy))


def check_twins(lif: Recording, rate: Recording, owner: str) -> None:
    """Refuse two recordings that are not a spiking network and its rate twin.

    Raises
    ------
    ValueError
        If their models, tasks, seeds, parameters, learning rates or numbers of updates differ.
    """
    models = (lif.model, rate.model)
    if models != ("lif", "rate"):
        allowed = "of a spiking network and of a rate network, in this order"
        raise ValueError(refusal("lif", owner, allowed, f"of {models[0]} and {models[1]}"))
    for name in ("task", "seed", "parameters", "learning_rate", "rule_dt", "n_updates"):
        ours, theirs = getattr(lif, name), getattr(rate, name)
        if ours != theirs:
            allowed = f"of the same {name.replace('_', ' ')} as the spiking network"
            got = "others" if name == "parameters" else f"{theirs} instead of {ours}"
            raise ValueError(refusal("rate", owner, allowed, got, "Train both alike."))


def described(recording: Recording) -> dict[str, Any]:
    """Return what was run, as attributes of a Dataset: plain, in mV/Hz, mV and s^2."""
    parameters = recording.parameters
    return {
        "task": recording.task,
        "model": recording.model,
        "seed": recording.seed,
        "n_neurons": parameters.n_neurons,
        "G": float(f"{float(parameters.G / (mV / Hz)):.12g}"),
        "Q": float(f"{float(parameters.Q / mV):.12g}"),
        "learning_rate": float(recording.learning_rate / second**2),
    }


def _mean_activity(recording: Recording) -> xr.Dataset:
    """Return the mean of r of every neuron, over all trials and samples."""
    means = np.mean([r.mean(axis=0) for r in activity(recording)], axis=0)
    attrs = {"units": "Hz", "long_name": "mean of r"}
    return xr.Dataset({"rate": ("neuron", means, attrs)}, {"neuron": np.arange(len(means))})
