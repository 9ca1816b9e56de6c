"""Checks of arguments, and one form of words for refusing them."""

import difflib
import numbers
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from brian2 import DimensionMismatchError, Quantity, get_dimensions, get_unit, ms, second
from brian2.units.fundamentalunits import DIMENSIONLESS, Dimension

__all__ = [
    "check_choice",
    "check_count",
    "check_known",
    "check_quantity",
    "did_you_mean",
    "nearest",
    "refusal",
    "shown",
    "unit_name",
]


def refusal(argument: str, owner: str, allowed: str, got: object, remedy: str = "") -> str:
    """Word the refusal of an argument: what it must be, what was got, what to do."""
    message = f"The '{argument}' argument of {owner} must be {allowed}, but got {got}."
    return f"{message} {remedy}".rstrip()


def unit_name(dimensions: Dimension) -> str:
    """Write a unit as users would write it in a script."""
    if dimensions is DIMENSIONLESS:
        return "1"
    if dimensions is (second**2).dim:  # Brian has a name of its own for it
        return "second**2"
    return repr(get_unit(dimensions)).replace(" ** ", "**")


def shown(value: object) -> str:
    """Write a value as a user would: milliseconds for times, names for functions."""
    if not isinstance(value, Quantity) or np.ndim(value) > 0:
        return getattr(value, "__name__", None) or repr(value)
    if value.dim is second.dim and np.isfinite(value):
        return f"{np.format_float_positional(float(value / ms), trim='-')}*ms"
    return f"{float(value)!r}*{unit_name(value.dim)}"


def nearest(name: str, known: Iterable[str]) -> str:
    """Suggest the known name nearest to `name`, if one is near."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean '{near[0]}'?" if near else ""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Suggest the known name nearest to `name`, and list all of them."""
    names = sorted(known)
    return f"{nearest(name, names)} Known: {', '.join(names)}.".lstrip()


def check_known(argument: str, owner: str, value: str, known: Mapping[str, Any]) -> Any:
    """Return ``known[value]``; refuse an unknown name with the nearest known one."""
    if value not in known:
        allowed = "one of the known names"
        raise ValueError(refusal(argument, owner, allowed, repr(value), did_you_mean(value, known)))
    return known[value]


def check_choice(argument: str, owner: str, value: object, choices: Iterable[str]) -> None:
    """Refuse a value that is not one of the choices."""
    names = list(choices)
    if value not in names:
        *others, last = (repr(name) for name in names)
        allowed = f"{', '.join(others)} or {last}" if others else last
        raise ValueError(refusal(argument, owner, allowed, shown(value)))


def check_count(argument: str, owner: str, value: object, least: int = 1) -> int:
    """Return a whole number not below `least`."""
    whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not whole or int(value) < least:  # type: ignore[call-overload]
        allowed = f"a whole number of at least {least}"
        raise ValueError(refusal(argument, owner, allowed, repr(value)))
    return int(value)  # type: ignore[call-overload, no-any-return]


def check_quantity(
    argument: str,
    owner: str,
    value: object,
    unit: Quantity | Dimension,
    sign: str = "any",
    written: str | None = None,
) -> Quantity:
    """Return one finite number with the right unit, as a copy nobody can change.

    Parameters
    ----------
    argument, owner : str
        Names for the message.
    value : object
        What the user gave.
    unit : Quantity or Dimension
        The unit to have.
    sign : {'any', 'positive', 'not negative'}
        The sign to have.
    written : str, optional
        How users write the unit. Brian would write mV/Hz as mweber.

    Returns
    -------
    Quantity
        A read-only copy of `value`; a float where the unit is 1.

    Raises
    ------
    TypeError
        If `value` is not a number.
    DimensionMismatchError
        If its unit is another one.
    ValueError
        If it is not one finite number of the right sign.
    """
    dimensions = get_dimensions(unit)
    name = written or unit_name(dimensions)
    if isinstance(value, bool | str) or value is None:
        allowed = "a number" if name == "1" else f"a quantity in {name}"
        raise TypeError(refusal(argument, owner, allowed, repr(value)))
    if get_dimensions(value) is not dimensions:
        plain = get_dimensions(value) is DIMENSIONLESS
        remedy = f"Write {value}*{name}." if plain else f"Write it in {name}."
        allowed = f"in units of {name}"
        if name == "1":
            allowed, remedy = "a number without unit", "Divide it by its unit."
        raise DimensionMismatchError(refusal(argument, owner, allowed, shown(value), remedy))
    number = np.asarray(value, dtype=float)
    fits = {"any": True, "positive": np.all(number > 0), "not negative": np.all(number >= 0)}[sign]
    if number.shape != () or not np.isfinite(number) or not fits:
        allowed = "one finite number" if sign == "any" else f"one finite number, {sign}"
        got = shown(value)
        if written and not number.shape:
            got = f"{number / float(unit):.15g}*{written}"
        raise ValueError(refusal(argument, owner, allowed, got))
    frozen = Quantity(number.copy(), dim=dimensions)
    if isinstance(frozen, Quantity):  # else dimensionless: a plain float
        frozen.setflags(write=False)
    return frozen
