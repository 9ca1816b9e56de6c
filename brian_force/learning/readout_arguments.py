"""Checks of what a readout is given: source, activity, feedback and what goes with what."""

from typing import Any

import numpy as np
from brian2 import prefs
from brian2.core.variables import ArrayVariable, DynamicArrayVariable
from brian2.groups.group import Group

from brian_force.arguments import did_you_mean, refusal
from brian_force.learning.rules import RLS, Rule

__all__ = ["check_activity", "check_combination", "check_feedback", "check_source", "overlap"]


def check_source(source: Any) -> None:
    """Refuse a source that is not a group."""
    if not isinstance(source, Group) or "N" not in source.variables:
        allowed = "a NeuronGroup or a Subgroup"
        raise TypeError(refusal("source", "Readout", allowed, repr(source)))


def check_combination(rule: Any, target: Any, feedback: Any, encoders: Any, P: Any) -> None:
    """Refuse arguments that make no sense without each other."""
    if rule is not None and not isinstance(rule, Rule):
        raise TypeError(refusal("rule", "Readout", "RLS, LMS, PythonRule or None", repr(rule)))
    if rule is not None and target is None:
        remedy = "Say what the output shall be."
        raise ValueError(refusal("target", "Readout", "given with a rule", "None", remedy))
    if (feedback is None) != (encoders is None):
        missing, given = ("feedback", "encoders") if feedback is None else ("encoders", "feedback")
        raise ValueError(refusal(missing, "Readout", f"given with '{given}'", "None"))
    if P is not None and not isinstance(rule, RLS):
        raise ValueError(refusal("P", "Readout", "None without the rule RLS", "a matrix"))


def check_activity(source: Group, activity: str) -> ArrayVariable:
    """Return the state variable to read."""
    variable = _array_of(source, activity)
    if variable is None or not np.issubdtype(variable.dtype, np.floating):
        raise ValueError(_no_such_variable("activity", "a state variable", source, activity))
    _check_precision("activity", variable)
    return variable


def check_feedback(source: Group, feedback: str) -> ArrayVariable:
    """Return the parameter to write."""
    variable = _array_of(source, feedback)
    equations = getattr(source, "equations", None)
    parameters = set() if equations is None else set(equations.parameter_names)
    if variable is None or feedback not in parameters or variable.read_only or variable.constant:
        allowed = "a parameter that is not constant or shared"
        raise ValueError(_no_such_variable("feedback", allowed, source, feedback))
    _check_precision("feedback", variable)
    return variable


def _check_precision(argument: str, variable: ArrayVariable) -> None:
    """Refuse a precision of its own: the kernels read all state in the default one."""
    default = np.dtype(prefs.core.default_float_dtype)
    if variable.dtype != default:
        allowed = f"a variable of type {default.name}, as prefs.core.default_float_dtype says"
        raise TypeError(refusal(argument, "Readout", allowed, np.dtype(variable.dtype).name))


def _array_of(source: Group, name: str) -> ArrayVariable | None:
    """Return the variable if it is a plain array with one value for each neuron."""
    variable = source.variables.get(name) if isinstance(name, str) else None
    if not isinstance(variable, ArrayVariable) or isinstance(variable, DynamicArrayVariable):
        return None
    plain = source.variables.indices[name] == source.variables.default_index
    return variable if plain and not variable.scalar else None


def _no_such_variable(argument: str, what: str, source: Group, name: str) -> str:
    known = [
        other
        for other, variable in source.variables.items()
        if _array_of(source, other) is not None
        and np.issubdtype(variable.dtype, np.floating)
        and not other.startswith("_")
        and other not in ("lastspike",)
    ]
    allowed = f"the name of {what} of '{source.name}'"
    return refusal(argument, "Readout", allowed, repr(name), did_you_mean(str(name), known))


def overlap(a: Group, b: Group) -> bool:
    """Whether two groups, or subgroups of one, share neurons."""

    def span(group: Group) -> tuple[int, int]:
        start = getattr(group, "start", 0)
        return start, start + len(group)

    return span(a)[0] < span(b)[1] and span(b)[0] < span(a)[1]
