"""Names of units, which is all that crosses between Brian, Neo and files.

A quantity of Brian multiplied with a unit of `quantities` loses one of the two without a word, so
numbers cross as plain arrays and units as names.
"""

from typing import Any

import quantities as pq
from brian2 import get_unit
from brian2.units.fundamentalunits import DIMENSIONLESS, Dimension
from quantities.registry import unit_registry

from brian_force.arguments import refusal

__all__ = ["name_of", "quantities_unit", "unit_of"]

BASE = ["m", "kg", "s", "A", "K", "mol", "cd"]


def unit_of(dimensions: Dimension) -> str:
    """Name the base unit of dimensions, in which Brian holds the numbers: 'V', 'Hz', '1'.

    The name is one that `quantities` reads as exactly this unit, so that no number changes.
    """
    if dimensions is DIMENSIONLESS:
        return "1"
    powers = {base: dimensions.get_dimension(base) for base in BASE}
    written = "*".join(f"{base}**{power:g}" for base, power in powers.items() if power)
    short = str(get_unit(dimensions))
    return short if _same(short, written) else written


def quantities_unit(unit: str, owner: str, argument: str = "unit") -> Any:
    """Return the unit that Neo takes; refuse one that `quantities` does not know.

    Raises
    ------
    ValueError
        If it is not known.
    """
    found = pq.dimensionless if unit == "1" else _parsed(unit)
    if found is None:
        allowed = "a unit that the library 'quantities' knows"
        remedy = "Write 'uV' for microvolts, 'Hz' or '1/s' for rates, and '1' for no unit."
        raise ValueError(refusal(argument, owner, allowed, f"'{unit}'", remedy))
    return found


def name_of(unit: Any) -> str:
    """Name a unit of `quantities`: '1' for none."""
    name: str = unit.dimensionality.string
    return "1" if name == "dimensionless" else name


def _parsed(name: str) -> Any:
    """Return a unit by its name, or None: `quantities` reads 'foo', '3' and '2*mV' each its way."""
    try:
        unit = unit_registry[name]
        one = isinstance(unit, pq.Quantity) and float(unit.magnitude) == 1
    except (LookupError, SyntaxError, AttributeError, ArithmeticError, TypeError, ValueError):
        return None
    return pq.Quantity(1.0, name).units if one else None


def _same(name: str, written: str) -> bool:
    unit = _parsed(name)
    return unit is not None and float(unit.simplified) == 1 == float(unit.rescale(written))
