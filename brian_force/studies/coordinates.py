"""Values of parameters and results as plain numbers in the units of the field."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from brian2 import DimensionMismatchError, Hz, Quantity, get_dimensions, mV, nA, nS, pF, second
from brian2.units.fundamentalunits import DIMENSIONLESS, Dimension
from numpy.typing import NDArray

from brian_force.arguments import refusal, unit_name

__all__ = ["coordinate", "in_unit", "plain"]

#: One unit for each dimension, so that results of different jobs are always in the same.
UNITS = {"Hz": Hz, "mV": mV, "mV/Hz": mV / Hz, "nA": nA, "nS": nS, "pF": pF, "s": second}
UNITS["s^2"] = second**2


def in_unit(quantity: Any) -> tuple[NDArray[Any], str]:
    """Return the values of a quantity in the unit of the field, and its name; '1' for others."""
    if not isinstance(quantity, Quantity) or quantity.dim is DIMENSIONLESS:
        return np.asarray(quantity), "1"
    name, unit = _unit_of(quantity.dim)
    return np.asarray(quantity / unit), name


def coordinate(owner: str, name: str, values: Sequence[Any]) -> tuple[NDArray[Any], dict[str, str]]:
    """Return what stands along an axis for the values of a parameter, and its attributes.

    Numbers and quantities stand for themselves, to 15 digits; other values are named.

    Raises
    ------
    DimensionMismatchError
        If the values do not all have the same unit.
    """
    numeric = all(isinstance(value, Quantity | bool | int | float) for value in values)
    if not values or not numeric:
        return _labels(values), {}
    if len({get_dimensions(value) for value in values}) > 1:
        units = sorted({unit_name(get_dimensions(value)) for value in values})
        raise DimensionMismatchError(refusal(name, owner, "in one unit", " and ".join(units)))
    if get_dimensions(values[0]) is DIMENSIONLESS:
        return np.array([plain(value) for value in values]), {}
    # 3.3*mV divided by mV is not 3.3, by which its user will look for it.
    numbers = [float(f"{in_unit(value)[0]:.15g}") for value in values]
    return np.array(numbers), {"units": in_unit(values[0])[1]}


def plain(value: Any) -> Any:
    """Return a scalar of NumPy, and a number of Brian without unit, as one of Python."""
    dimensionless = isinstance(value, Quantity) and value.dim is DIMENSIONLESS
    if dimensionless or not isinstance(value, Quantity):
        scalar = isinstance(value, np.ndarray | np.generic) and value.ndim == 0
        return np.asarray(value).item() if scalar else value
    return value


def _unit_of(dimensions: Dimension) -> tuple[str, Quantity]:
    for name, unit in UNITS.items():
        if unit.dim is dimensions:
            return name, unit
    return unit_name(dimensions), Quantity(1, dim=dimensions)


def _labels(values: Sequence[Any]) -> NDArray[Any]:
    """Name values; number them if that does not tell them apart."""
    labels = [str(getattr(value, "name", getattr(value, "__name__", value))) for value in values]
    return np.array(labels) if len(set(labels)) == len(labels) else np.arange(len(labels))
