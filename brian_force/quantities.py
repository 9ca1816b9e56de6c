"""Dataclass fields that hold one physical quantity, in the unit in which the field writes it.

Brian reads volt/hertz as weber. A message that asks for weber helps nobody who wants to give G
in mV/Hz, so a field keeps its unit by name.
"""

import dataclasses
from typing import Any

from brian2 import Hz, Quantity, ms, mV, second

from brian_force.arguments import check_quantity

__all__ = ["UNITS", "check_quantities", "quantity", "written"]

#: The units by the names under which they are written.
UNITS: dict[str, Quantity] = {
    "mV": mV,
    "mV/Hz": mV / Hz,
    "ms": ms,
    "second": second,
    "second**2": second**2,
}


def quantity(unit: str, sign: str = "any", default: Any = dataclasses.MISSING) -> Any:
    """Declare a dataclass field that holds one quantity.

    Parameters
    ----------
    unit : str
        A key of `UNITS`.
    sign : str
        One of 'any', 'positive', 'not negative'.
    default : float or None, optional
        The default as a plain number [`unit`]; None: the field may be left out.

    Returns
    -------
    dataclasses.Field
        For the right-hand side of ``name: Quantity = ...``.
    """
    metadata = {"unit": unit, "sign": sign}
    if default is None or default is dataclasses.MISSING:
        return dataclasses.field(default=default, metadata=metadata)
    return dataclasses.field(default_factory=lambda: default * UNITS[unit], metadata=metadata)


def check_quantities(record: Any) -> None:
    """Replace the quantities of a frozen dataclass by checked, read-only copies.

    Raises
    ------
    TypeError, DimensionMismatchError, ValueError
        If a value is not one finite number with the unit and the sign of its field.
    """
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        left_out = value is None and field.default is None
        if "unit" in field.metadata and not left_out:
            unit, sign = field.metadata["unit"], field.metadata["sign"]
            owner = type(record).__name__
            checked = check_quantity(field.name, owner, value, UNITS[unit], sign, written=unit)
            object.__setattr__(record, field.name, checked)


def written(record: Any) -> str:
    """Write a record as the call that makes it, each quantity in the unit of its field."""
    fields = [field for field in dataclasses.fields(record) if field.repr]
    parts = [f"{field.name}={_value(record, field)}" for field in fields]
    return f"{type(record).__name__}({', '.join(parts)})"


def _value(record: Any, field: dataclasses.Field[Any]) -> str:
    value = getattr(record, field.name)
    unit = field.metadata.get("unit")
    if unit is None or value is None:
        return repr(value)
    return f"{float(value / UNITS[unit]):.15g}*{unit}"
