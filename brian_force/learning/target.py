"""What a readout shall produce: a string, an array, a TimedArray or a constant."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from brian2 import (
    DEFAULT_FUNCTIONS,
    DEFAULT_UNITS,
    Clock,
    DimensionMismatchError,
    Quantity,
    TimedArray,
)
from brian2.core.namespace import DEFAULT_CONSTANTS
from brian2.core.variables import Constant
from brian2.groups.group import Group
from brian2.parsing.expressions import parse_expression_dimensions
from brian2.units.fundamentalunits import Dimension
from brian2.utils.stringtools import get_identifiers

from brian_force.arguments import nearest, refusal

__all__ = ["Target", "dimension", "read_target"]

OWN_NAMES = {"t", "dt", "i", "N"}
# The name under which a signal that is not a string enters its expression.
SIGNAL = "target_signal"

RESERVED_NAMES = {
    "Readout": {
        *("z", "error", "target_value", "n_neurons", "n_updates"),
        *("learning", "learn_from", "learn_until", "learning_rate"),
    },
    "Stimulus": {"u", "n_neurons"},
}
DEFAULT_NAMES = {*DEFAULT_CONSTANTS, *DEFAULT_UNITS, *DEFAULT_FUNCTIONS, "True", "False"}


@dataclass(frozen=True)
class Target:
    """An expression of the time `t` and the output `i`, with the names that it needs.

    `written` is what of it the user wrote, about whose names Brian may warn; `argument` and
    `owner` name it in messages.
    """

    expression: str
    namespace: Mapping[str, Any] = field(default_factory=dict)
    n_outputs: int | None = None
    end: Quantity | None = None
    samples: TimedArray | None = None
    written: str = ""
    argument: str = "target"
    owner: str = "Readout"


def read_target(
    target: Any,
    dt: Quantity,
    names: Mapping[str, Any],
    argument: str = "target",
    owner: str = "Readout",
) -> Target:
    """Bring every form of a target into one.

    Parameters
    ----------
    target : str, TimedArray, array or Quantity
        What the user gave.
    dt : Quantity
        Interval between the samples of an array.
    names : mapping
        Where the names of a string are looked up.
    argument, owner : str
        Names for messages.

    Raises
    ------
    TypeError, ValueError
        If it is none of these, has a wrong shape, is not finite or uses an unknown name.
    """
    empty = Target("", argument=argument, owner=owner)
    if isinstance(target, str):
        return _from_string(target, names, empty)
    if isinstance(target, TimedArray):
        return _from_timed_array(target, empty)
    try:
        values = np.array(target, dtype=float)
    except (TypeError, ValueError):
        allowed = "a string, a TimedArray, an array or a constant"
        raise TypeError(refusal(argument, owner, allowed, repr(target))) from None
    _check_finite(values, empty)
    with_unit = Quantity(values, dim=target.dim) if isinstance(target, Quantity) else values
    if values.ndim == 0:
        return replace(empty, expression=SIGNAL, namespace={SIGNAL: with_unit})
    if values.ndim > 2 or values.size == 0:
        allowed = "of shape (T,) or (T, K), one column per output"
        raise ValueError(refusal(argument, owner, allowed, f"shape {values.shape}"))
    samples = TimedArray(with_unit, dt=dt, name=f"{SIGNAL}*")
    return replace(_from_timed_array(samples, empty), end=len(values) * dt, samples=samples)


def _from_string(target: str, names: Mapping[str, Any], empty: Target) -> Target:
    """Keep the names that the string needs: they are resolved now, not when the run begins."""
    wanted = get_identifiers(target) - OWN_NAMES - DEFAULT_NAMES
    for name in sorted(wanted & RESERVED_NAMES[empty.owner]):
        allowed = f"an expression without the names of the variables of {empty.owner}"
        raise ValueError(refusal(empty.argument, empty.owner, allowed, repr(name), "Rename it."))
    for name in sorted(wanted - set(names)):
        allowed = "an expression of t, dt, i and names that are defined where it is written"
        hint = nearest(name, {*OWN_NAMES, *names})
        raise ValueError(refusal(empty.argument, empty.owner, allowed, repr(name), hint))
    namespace = {name: names[name] for name in wanted}
    variable = "u" if empty.argument == "signal" else "target_value"
    written = f"{variable} = {target}"
    return replace(empty, expression=target, namespace=namespace, written=written)


def _from_timed_array(target: TimedArray, empty: Target) -> Target:
    _check_finite(target.values, empty)
    two_dimensional = target.values.ndim == 2
    return replace(
        empty,
        expression=f"{SIGNAL}(t, i)" if two_dimensional else f"{SIGNAL}(t)",
        namespace={SIGNAL: target},
        n_outputs=target.values.shape[1] if two_dimensional else None,
    )


def _check_finite(values: Any, empty: Target) -> None:
    wrong = np.argwhere(~np.isfinite(values))
    if len(wrong):
        place = tuple(int(k) for k in wrong[0])
        got = f"{values[place]} at index {place[0] if len(place) == 1 else place}"
        raise ValueError(refusal(empty.argument, empty.owner, "finite everywhere", got))


def dimension(group: Group, target: Target, clock: Clock) -> Dimension:
    """Derive the unit of a target, evaluated by a group at the steps of a clock.

    Raises
    ------
    ValueError
        If Brian cannot evaluate it; the message says why.
    """
    own = {name: clock.variables[name] for name in ("t", "dt")}
    own |= {name: Constant(name, value=0) for name in ("i", "N")}
    try:
        names = group.resolve_all(get_identifiers(target.expression), {}, additional_variables=own)
        return parse_expression_dimensions(target.expression, names)
    except (DimensionMismatchError, KeyError, SyntaxError, ValueError) as error:
        allowed = "an expression that Brian can evaluate"
        reason = f"{target.expression!r} ({error})"
        raise ValueError(refusal(target.argument, target.owner, allowed, reason)) from error
