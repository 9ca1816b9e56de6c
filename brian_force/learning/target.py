"""What a readout shall produce: a string, an array, a TimedArray or a constant."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from brian2 import DEFAULT_FUNCTIONS, DEFAULT_UNITS, Quantity, TimedArray
from brian2.core.namespace import DEFAULT_CONSTANTS
from brian2.utils.stringtools import get_identifiers

from brian_force.arguments import nearest, refusal

__all__ = ["Target", "read_target"]

OWN_NAMES = {"t", "dt", "i", "N"}
READOUT_NAMES = {
    *("z", "error", "target_value", "n_neurons", "n_updates"),
    *("learning", "learn_from", "learn_until", "learning_rate"),
}
DEFAULT_NAMES = {*DEFAULT_CONSTANTS, *DEFAULT_UNITS, *DEFAULT_FUNCTIONS, "True", "False"}


@dataclass(frozen=True)
class Target:
    """An expression of the time `t` and the output `i`, with the names that it needs.

    `written` is what of it the user wrote, about whose names Brian may warn.
    """

    expression: str
    namespace: Mapping[str, Any] = field(default_factory=dict)
    n_outputs: int | None = None
    end: Quantity | None = None
    samples: TimedArray | None = None
    written: str = ""


def read_target(target: Any, dt: Quantity, names: Mapping[str, Any]) -> Target:
    """Bring every form of a target into one.

    Parameters
    ----------
    target : str, TimedArray, array or Quantity
        What the user gave.
    dt : Quantity
        Interval between the samples of an array.
    names : mapping
        Where the names of a string are looked up.

    Raises
    ------
    TypeError, ValueError
        If it is none of these, has a wrong shape, is not finite or uses an unknown name.
    """
    if isinstance(target, str):
        return _from_string(target, names)
    if isinstance(target, TimedArray):
        return _from_timed_array(target)
    try:
        values = np.array(target, dtype=float)
    except (TypeError, ValueError):
        allowed = "a string, a TimedArray, an array or a constant"
        raise TypeError(refusal("target", "Readout", allowed, repr(target))) from None
    _check_finite(values)
    with_unit = Quantity(values, dim=target.dim) if isinstance(target, Quantity) else values
    if values.ndim == 0:
        return Target("target_signal", {"target_signal": with_unit})
    if values.ndim > 2 or values.size == 0:
        allowed = "of shape (T,) or (T, K), one column per output"
        raise ValueError(refusal("target", "Readout", allowed, f"shape {values.shape}"))
    samples = TimedArray(with_unit, dt=dt, name="target_signal*")
    return replace(_from_timed_array(samples), end=len(values) * dt, samples=samples)


def _from_string(target: str, names: Mapping[str, Any]) -> Target:
    """Keep the names that the string needs: they are resolved now, not when the run begins."""
    wanted = get_identifiers(target) - OWN_NAMES - DEFAULT_NAMES
    for name in sorted(wanted & READOUT_NAMES):
        allowed = "an expression without the names of the readout's own variables"
        raise ValueError(refusal("target", "Readout", allowed, repr(name), "Rename it."))
    for name in sorted(wanted - set(names)):
        allowed = "an expression of t, dt, i and names that are defined where it is written"
        hint = nearest(name, {*OWN_NAMES, *names})
        raise ValueError(refusal("target", "Readout", allowed, repr(name), hint))
    namespace = {name: names[name] for name in wanted}
    return Target(target, namespace, written=f"target_value = {target}")


def _from_timed_array(target: TimedArray) -> Target:
    _check_finite(target.values)
    names = {"target_signal": target}
    if target.values.ndim == 1:
        return Target("target_signal(t)", names)
    return Target("target_signal(t, i)", names, n_outputs=target.values.shape[1])


def _check_finite(values: Any) -> None:
    wrong = np.argwhere(~np.isfinite(values))
    if len(wrong):
        place = tuple(int(k) for k in wrong[0])
        got = f"{values[place]} at index {place[0] if len(place) == 1 else place}"
        raise ValueError(refusal("target", "Readout", "finite everywhere", got))
