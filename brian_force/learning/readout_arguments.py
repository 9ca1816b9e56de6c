"""Checks of what a readout is given: source, activity, feedback and what goes with what."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from brian2 import Subgroup, prefs
from brian2.core.variables import ArrayVariable, DynamicArrayVariable
from brian2.groups.group import Group

from brian_force.arguments import check_count, did_you_mean, refusal
from brian_force.learning.rules import RLS, Rule

__all__ = [
    "check_activity",
    "check_combination",
    "check_feedback",
    "check_precision",
    "check_source",
    "count_columns",
    "first_neuron",
    "whole_group",
]


def whole_group(group: Group) -> Group:
    """Return the group whose arrays a group or subgroup uses."""
    return group.source if isinstance(group, Subgroup) else group


def first_neuron(group: Group) -> int:
    """Return the index in those arrays at which a group or subgroup begins."""
    return int(group.start) if isinstance(group, Subgroup) else 0


def check_source(source: Any, owner: str = "Readout", argument: str = "source") -> None:
    """Refuse a source that is not a group."""
    if not isinstance(source, Group) or "N" not in source.variables:
        allowed = "a NeuronGroup or a Subgroup"
        raise TypeError(refusal(argument, owner, allowed, repr(source)))


def count_columns(
    owner: str, told: Mapping[str, int | None], matrices: Mapping[str, Any], noun: str = "outputs"
) -> int:
    """Find the number of outputs or channels, and refuse arguments that disagree about it."""
    counts = {}
    for argument, count in told.items():
        if count is not None:
            counts[argument] = check_count(argument, owner, count)
    for matrix, value in matrices.items():
        if value is not None and not isinstance(value, str) and np.ndim(value) > 0:
            counts[matrix] = np.shape(value)[1] if np.ndim(value) == 2 else 1
    first, expected = next(iter(counts.items()), ("", 1))
    for argument, count in counts.items():
        if count != expected:
            symbol = noun[0].upper() if noun != "outputs" else "K"
            allowed = f"for as many {noun} as '{first}' ({symbol}={expected})"
            raise ValueError(refusal(argument, owner, allowed, f"{symbol}={count}"))
    return expected


def check_combination(rule: Any, target: Any, feedback: Any, encoders: Any, P: Any) -> None:
    """Refuse arguments that make no sense without each other."""
    if rule is not None and not isinstance(rule, Rule):
        remedy = "Write RLS(learning_rate)." if isinstance(rule, type) else ""
        allowed = "RLS, LMS, PythonRule or None"
        raise TypeError(refusal("rule", "Readout", allowed, repr(rule), remedy))
    if rule is not None and target is None:
        remedy = "Say what the output shall be."
        raise ValueError(refusal("target", "Readout", "given with a rule", "None", remedy))
    if (feedback is None) != (encoders is None):
        missing, given = ("feedback", "encoders") if feedback is None else ("encoders", "feedback")
        remedy = {
            "encoders": "Give encoders='2*rand() - 1' or an array of shape (N, K).",
            "feedback": "Name the parameter that receives encoders @ z.",
        }[missing]
        raise ValueError(refusal(missing, "Readout", f"given with '{given}'", "None", remedy))
    if P is not None and not isinstance(rule, RLS):
        raise ValueError(refusal("P", "Readout", "left out unless the rule is RLS", "a matrix"))


def check_activity(source: Group, activity: str, owner: str = "Readout") -> ArrayVariable:
    """Return the state variable to read."""
    readable = _float_arrays(source)
    if activity not in readable:
        allowed = f"the name of a variable of '{source.name}' with one number for each neuron"
        raise ValueError(_unknown("activity", owner, allowed, activity, readable))
    check_precision("activity", owner, readable[activity])
    return readable[activity]


def check_feedback(
    source: Group, feedback: str, argument: str = "feedback", owner: str = "Readout"
) -> ArrayVariable:
    """Return the parameter to write."""
    equations = getattr(source, "equations", None)
    parameters = set() if equations is None else set(equations.parameter_names)
    writable = {
        name: variable
        for name, variable in _float_arrays(source).items()
        if name in parameters and not variable.read_only and not variable.constant
    }
    if feedback not in writable:
        allowed = f"the name of a parameter of '{source.name}', neither constant nor shared"
        raise ValueError(_unknown(argument, owner, allowed, feedback, writable))
    check_precision(argument, owner, writable[feedback])
    return writable[feedback]


def _float_arrays(source: Group) -> dict[str, ArrayVariable]:
    """Return the variables that are plain arrays with one number for each neuron."""
    return {
        name: variable
        for name, variable in source.variables.items()
        if isinstance(variable, ArrayVariable)
        and not isinstance(variable, DynamicArrayVariable)
        and not variable.scalar
        and source.variables.indices[name] == source.variables.default_index
        and np.issubdtype(variable.dtype, np.floating)
        and not name.startswith("_")
        and name != "lastspike"
    }


def _unknown(argument: str, owner: str, allowed: str, name: object, known: Iterable[str]) -> str:
    hint = did_you_mean(str(name), known) if known else ""
    return refusal(argument, owner, allowed, repr(name), hint)


def check_precision(argument: str, owner: str, variable: ArrayVariable) -> None:
    """Refuse a precision of its own: the kernels read all state in the default one."""
    default = np.dtype(prefs.core.default_float_dtype)
    if variable.dtype != default:
        allowed = f"a variable of type {default.name}, as prefs.core.default_float_dtype says"
        raise TypeError(refusal(argument, owner, allowed, np.dtype(variable.dtype).name))
