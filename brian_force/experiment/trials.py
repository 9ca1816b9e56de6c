"""Test trials of a network that has learned: by itself, and with its target fed back."""

import dataclasses
from typing import Any

import numpy as np
from brian2 import Quantity, second
from numpy.typing import NDArray

from brian_force.arguments import check_count, refusal
from brian_force.exchange.spike_trials import Signal, SpikeTrials
from brian_force.experiment.continuing import continued, end_of_run, run_without_learning
from brian_force.experiment.progress import Report, as_report
from brian_force.experiment.recording import Recording
from brian_force.experiment.run import Run, RunResult, end_of
from brian_force.experiment.session import choose_device, run_each
from brian_force.networks.assembly import signal_dt
from brian_force.networks.models import MODELS
from brian_force.tasks import Task

__all__ = ["forced_trials", "free_run_of", "with_trials"]

#: What the drift of phase may cost of a free run, and what the alignment of its first cycle needs.
SPARE = 1.25
SETTLE = 1.0  # the first second of a forced trial: the network forgets where it started


def with_trials(
    task: Task, recording: Recording, n_trials: int, report: str | Report | None = None
) -> Recording:
    """Return a recording with test trials.

    Parameters
    ----------
    task : Task
        The task that was learned.
    recording : Recording
        A training of it.
    n_trials : int
        Number of forced trials of a spiking network, and of repetitions in its free run. A rate
        network has one forced trial: all would be the same.
    report : str or callable, optional
        As in Brian's `run`.

    Returns
    -------
    Recording
        With `forced` and, if the task has a period, `free`.

    Raises
    ------
    TypeError, ValueError
        If the task is not the one that was learned, or the number is none.
    DivergenceError, InterruptedRunError
        As for `train`.
    """
    n_trials = check_count("n_trials", "with_trials", n_trials)
    if task.name != recording.task:
        allowed = f"the one that was learned, '{recording.task}'"
        raise ValueError(refusal("task", "with_trials", allowed, repr(task.name)))
    free = None if task.period is None else free_run_of(task, recording, n_trials, report)
    n_forced = n_trials if recording.model == "lif" else 1
    forced = forced_trials(task, recording, n_forced, report)
    return dataclasses.replace(recording, free=free, forced=forced)


def free_run_of(
    task: Task, recording: Recording, n_repetitions: int, report: str | Report | None = None
) -> SpikeTrials:
    """Run a network on by itself, for at least so many repetitions of its target.

    Parameters
    ----------
    task, recording, report
        As in `with_trials`.
    n_repetitions : int
        Number of repetitions; there is a quarter more, should the network be too slow.

    Returns
    -------
    SpikeTrials
        One trial that starts where the recording ends, with the signals 'output' and 'target',
        about every millisecond, and of a rate network 'r' [Hz], every `rule_dt`.
    """
    if task.period is None:
        raise ValueError(refusal("task", "free_run_of", "one with a period", repr(task.name)))
    duration = np.ceil(SPARE * n_repetitions + 2) * float(task.period) * second
    start = end_of_run(recording)
    run = _test_run(recording, continued(task, start, duration), state=recording.state)
    (result,) = run_each(choose_device(recording.device), [run], as_report(report))
    sampled = {"output": result.output, "target": run.task.target(result.times)}
    interval = signal_dt(run.parameters)
    signals = {name: Signal(values=(z,), dt=interval) for name, z in sampled.items()}
    if result.r is not None:
        signals["r"] = Signal(values=(result.r,), dt=run.rule_dt, unit="Hz")
    return _as_trials(recording, [result], run, signals, start)


def forced_trials(
    task: Task, recording: Recording, n_trials: int, report: str | Report | None = None
) -> SpikeTrials:
    """Run a network on its target, from initial states of their own, as often as there are trials.

    A trial lasts a second and then as long as learning did, so that a decoder learned from it sees
    as many samples as there were updates.

    Parameters
    ----------
    task, recording, n_trials, report
        As in `with_trials`.

    Returns
    -------
    SpikeTrials
        Trials that start with the task, with the signals 'target' and, of a rate network, 'r'
        [Hz], every `rule_dt`. The annotation 'settle' is that first second.
    """
    rule_dt = float(recording.rule_dt)
    settle = np.ceil(SETTLE / rule_dt - 1e-6) * rule_dt
    duration = (settle + max(1, recording.n_updates) * rule_dt) * second
    short = continued(task, 0 * second, duration)
    runs = [
        _test_run(recording, short, state=_initial_state(recording, k), teacher_forced=True)
        for k in range(n_trials)
    ]
    results = run_each(choose_device(recording.device), runs, as_report(report))
    n_samples = round(float(duration) / rule_dt)
    target = task.target(np.arange(n_samples) * recording.rule_dt)
    signals = {"target": Signal(values=(target,) * n_trials, dt=recording.rule_dt)}
    r = [result.r for result in results if result.r is not None]
    if r:
        signals["r"] = Signal(values=tuple(r), dt=recording.rule_dt, unit="Hz")
    return _as_trials(recording, results, runs[0], signals, 0 * second, settle=float(settle))


def _test_run(recording: Recording, task: Task, **settings: Any) -> Run:
    """Return a run that keeps r of a rate network; that of a spiking network is in its spikes."""
    return run_without_learning(recording, task, keep_r=recording.model == "rate", **settings)


def _initial_state(recording: Recording, trial: int) -> dict[str, NDArray[np.float64]]:
    """Draw initial voltages that no other trial has."""
    parameters = recording.parameters
    rng = np.random.default_rng([recording.seed, trial + 1])
    lowest, highest = float(parameters.v_reset), float(parameters.v_initial_max)
    v = rng.uniform(lowest, highest, parameters.n_neurons)
    return dict(MODELS[recording.model].initial_state(parameters, v))


def _as_trials(
    recording: Recording,
    results: list[RunResult],
    run: Run,
    signals: dict[str, Signal],
    start: Quantity,
    **annotations: float,
) -> SpikeTrials:
    counts = [len(result.spike_neurons) for result in results]
    duration = end_of(run.duration, run.parameters.dt)
    return SpikeTrials(
        spike_times=np.concatenate([np.asarray(result.spike_times) for result in results]) * second,
        spike_neurons=np.concatenate([result.spike_neurons for result in results]),
        spike_trials=np.repeat(np.arange(len(results)), counts),
        n_neurons=run.parameters.n_neurons,
        durations=np.full(len(results), float(duration)) * second,
        starts=np.full(len(results), float(start)) * second,
        dt=run.parameters.dt,
        signals=signals,
        annotations={
            "task": recording.task,
            "model": recording.model,
            "seed": recording.seed,
            **annotations,
        },
    )
