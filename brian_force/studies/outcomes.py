"""What comes of a job: a Dataset, or the reason why there is none."""

import dataclasses
import traceback
from collections.abc import Callable, Collection, Mapping
from typing import Any, Self

import numpy as np
import xarray as xr

from brian_force.studies.coordinates import in_unit

__all__ = ["Failure", "Outcome", "as_dataset", "attempt"]

#: Kinds of arrays that a file holds exactly: numbers, text, times.
KINDS = "biufcSUmM"


@dataclasses.dataclass(frozen=True)
class Failure:
    """Why a job failed.

    Parameters
    ----------
    reason : str
        Kind and message of the error, in one line.
    traceback : str
        Where it was raised.
    """

    reason: str
    traceback: str = ""

    @classmethod
    def of(cls, error: BaseException) -> Self:
        """Return the failure that an error is."""
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        return cls(reason, "".join(traceback.format_exception(error)))


type Outcome = xr.Dataset | Failure


def attempt(
    function: Callable[..., Any], arguments: Mapping[str, Any], reserved: Collection[str]
) -> Outcome:
    """Call a function; return its result as a Dataset, or why it has none."""
    try:
        return as_dataset(function(**arguments), reserved)
    except (Exception, SystemExit) as error:  # a job that ends Python ends no worker
        return Failure.of(error)


def as_dataset(result: Any, reserved: Collection[str] = ()) -> xr.Dataset:
    """Return the result of a function as a Dataset.

    Parameters
    ----------
    result : dict, xarray.Dataset or xarray.DataArray
        A dict may hold numbers, quantities, text, arrays and DataArrays. The axes of an array
        are named after it.
    reserved : collection of str
        Names that the sweep itself uses.

    Returns
    -------
    xarray.Dataset
        Quantities are in the units of the field, in the attribute 'units'.

    Raises
    ------
    TypeError
        If it is something else.
    ValueError
        If a name is reserved.
    """
    if isinstance(result, xr.DataArray):
        result = result.to_dataset(name=result.name or "result")
    if isinstance(result, xr.Dataset):
        dataset = result
    elif isinstance(result, Mapping):
        dataset = xr.Dataset({name: _variable(name, value) for name, value in result.items()})
    else:
        raise TypeError(
            "The function of a sweep must return a dict of numbers, quantities or arrays, or an "
            f"xarray object, but got a {type(result).__name__}. Write return {{'result': ...}}."
        )
    _check_names(dataset, reserved)
    _check_kinds(dataset)
    return dataset


def _variable(name: Any, value: Any) -> xr.DataArray | xr.Variable:
    if isinstance(value, xr.DataArray | xr.Variable):
        return value
    values, unit = in_unit(value)
    axes = (
        [f"{name}_axis"] if values.ndim == 1 else [f"{name}_axis_{k}" for k in range(values.ndim)]
    )
    return xr.Variable(axes, values, {} if unit == "1" else {"units": unit})


def _check_names(dataset: xr.Dataset, reserved: Collection[str]) -> None:
    names = [*dataset.variables, *dataset.dims]
    strange = [name for name in names if not isinstance(name, str) or name in reserved]
    if strange:
        raise ValueError(
            f"The name {strange[0]!r} cannot be one of a result: names are text, and those of the "
            f"sweep are {', '.join(sorted(reserved))}. Choose another name."
        )


def _check_kinds(dataset: xr.Dataset) -> None:
    for name, variable in dataset.variables.items():
        if np.asarray(variable.values).dtype.kind not in KINDS:
            raise TypeError(
                f"The result '{name}' must be numbers or text, but is an array of objects. "
                "Arrays of unequal lengths need one name each."
            )
