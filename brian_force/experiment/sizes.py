"""The size of network that a binary is compiled for; all else of a run reaches it as data."""

import dataclasses
from typing import Any

import numpy as np
from brian2 import Quantity, second

from brian_force.experiment.run import Run
from brian_force.networks.assembly import data_of, signal_dt
from brian_force.networks.models import MODELS
from brian_force.networks.parameters import LIFParameters
from brian_force.networks.weights import padded_size
from brian_force.tasks.task import table_length

__all__ = ["arrays_of", "n_synapses", "placeholder_of", "size_of"]


def size_of(run: Run) -> dict[str, Any]:
    """Return what the generated code depends on."""
    return {
        "n_neurons": run.parameters.n_neurons,
        "connection_probability": run.parameters.connection_probability,
        "dt": run.parameters.dt,
        "n_outputs": run.task.n_outputs,
        "target samples": table_length(run.task.duration, run.rule_dt),
        "rule_dt": run.rule_dt,
        "gain": run.gain,
        "precision": run.precision,
        "model": run.model,
        "teacher_forced": run.teacher_forced,
        "n_inputs": run.task.n_inputs,
        "signal samples": _signal_samples(run),
        "keep_r": run.keep_r,
    }


def placeholder_of(run: Run) -> Run:
    """Give all that is data the same values for every run of this size, for equal sources."""
    size = size_of(run)
    task = dataclasses.replace(
        run.task,
        learning_rate=1e-6 * second**2,
        learn_from=0 * second,
        learn_until=_longest(run),
        duration=_longest(run),
    )
    kept = ("n_neurons", "connection_probability", "dt")
    parameters = LIFParameters(**{name: size[name] for name in kept})
    # Numbers that occur once, so that each array can be found by its contents.
    rng = np.random.default_rng(0)
    state = MODELS[run.model].initial_state(parameters, np.zeros(parameters.n_neurons))
    state = {name: rng.random(parameters.n_neurons) for name in state}
    return dataclasses.replace(
        run,
        task=task,
        parameters=parameters,
        decoders=None,
        state=state,
        learning=True,
        start=0 * second,
        stop=None,
        carried={},
    )


def arrays_of(run: Run) -> dict[str, Any]:
    """Return the arrays of a run as they stand in the binary."""
    options = {**run.options, "n_synapses": n_synapses(run)}
    return data_of(MODELS[run.model], run.task, run.parameters, run.seed, **options)


def n_synapses(run: Run) -> int:
    """Return the number of synapses in the binary, which is the same for every seed."""
    return padded_size(run.parameters.n_neurons, run.parameters.connection_probability)


def _signal_samples(run: Run) -> int:
    """Return the length of the tables of inputs and teacher, 0 where there are none."""
    used = run.task.n_inputs or run.teacher_forced
    return table_length(run.task.duration, signal_dt(run.parameters)) if used else 0


def _longest(run: Run) -> Quantity:
    """Return the longest duration with tables of the same lengths."""
    ends = [(table_length(run.task.duration, run.rule_dt) - 1) * run.rule_dt]
    if _signal_samples(run):
        ends.append((_signal_samples(run) - 1) * signal_dt(run.parameters))
    return min(ends)
