"""The parts of a recording as trials of spikes, for exchange and analysis."""

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
from brian2 import second

from brian_force.arguments import refusal
from brian_force.exchange.spike_trials import Signal, SpikeTrials
from brian_force.experiment.run import end_of
from brian_force.networks.assembly import signal_dt
from brian_force.repetitions import aligned_repetitions

if TYPE_CHECKING:
    from brian_force.experiment.recording import Recording

__all__ = ["PARTS", "part_of_recording"]

PARTS = ("run", "free", "forced")


def part_of_recording(recording: "Recording", part: str | None = None) -> SpikeTrials:
    """Return a part of a recording; see `Recording.trials`."""
    present = [name for name in PARTS if name == "run" or getattr(recording, name) is not None]
    if part is None:
        part = "free" if "free" in present else "run"
    if part not in present:
        remedy = "" if part not in PARTS else "Make test trials: train(..., n_trials=10)."
        allowed = " or ".join(repr(name) for name in present)
        raise ValueError(refusal("part", "Recording.trials", allowed, repr(part), remedy))
    made = {"run": _run, "free": _repetitions, "forced": _forced}[part](recording)
    return dataclasses.replace(made, annotations=made.annotations | _annotations(recording, part))


def _run(recording: "Recording") -> SpikeTrials:
    parameters = recording.parameters
    sampled = {"output": recording.output, "target": recording.target}
    interval = signal_dt(parameters)
    return SpikeTrials(
        spike_times=recording.spike_times,
        spike_neurons=recording.spike_neurons,
        spike_trials=np.zeros(len(recording.spike_neurons), dtype=np.int32),
        n_neurons=parameters.n_neurons,
        durations=[float(end_of(recording.duration, parameters.dt))] * second,
        dt=parameters.dt,
        signals={name: Signal(values=(z,), dt=interval) for name, z in sampled.items()},
    )


def _repetitions(recording: "Recording") -> SpikeTrials:
    """Cut the free run into repetitions of the target, each aligned to it."""
    free: Any = recording.free
    output, target = (free.signals[name].values[0] for name in ("output", "target"))
    times = free.signals["output"].times()
    period = float(recording.period)  # type: ignore[arg-type]
    found = aligned_repetitions(times, output, target, period, period / 2)
    within = found.starts <= float(free.duration) - period
    cut: SpikeTrials = free.cut(found.starts[within] * second, recording.period)
    n_samples = len(cut.signals["output"].values[0])
    aligned = (found.target[:n_samples],) * cut.n_trials  # whatever the shift of the repetition
    cut.signals["target"] = dataclasses.replace(cut.signals["target"], values=aligned)
    return cut


def _forced(recording: "Recording") -> SpikeTrials:
    return recording.forced  # type: ignore[return-value]


def _annotations(recording: "Recording", part: str) -> dict[str, Any]:
    return {
        "part": part,
        "task": recording.task,
        "model": recording.model,
        "seed": recording.seed,
        "device": recording.device,
        "learning_rate": float(recording.learning_rate),
        "learn_from": float(recording.learn_from),
        "learn_until": float(recording.learn_until),
        "parameters": recording.parameters.to_json(),
        **{f"version of {package}": number for package, number in recording.versions.items()},
    }
