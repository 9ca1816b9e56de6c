"""Jobs of a sweep, each with a key that says all that its result depends on."""

import dataclasses
import functools
import hashlib
import inspect
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version as version_of
from pathlib import PurePath
from typing import Any

import numpy as np
from brian2 import Quantity

from brian_force.arguments import refusal
from brian_force.studies.coordinates import plain

__all__ = ["Job", "described", "jobs_of", "name_of", "package_versions"]

PACKAGES = ("brian_force", "brian2", "numpy")


@dataclasses.dataclass(frozen=True)
class Job:
    """One call of the function of a sweep.

    Parameters
    ----------
    key : str
        Digest of function, arguments and versions: equal keys mean equal results.
    arguments : dict
        What the function is called with.
    """

    key: str
    arguments: dict[str, Any]


def jobs_of(
    function: Callable[..., Any], calls: Iterable[Mapping[str, Any]], version: str | None = None
) -> list[Job]:
    """Return the jobs of calling a function with each of some arguments.

    Parameters
    ----------
    function : callable
        The function.
    calls : iterable of dict
        The arguments of each call.
    version : str, optional
        Stands for the code of the function. Default: its source.

    Raises
    ------
    TypeError
        If the function or an argument cannot be described.
    """
    about = {"function": _function(function, version), "versions": package_versions()}
    return [Job(_digest({**about, "arguments": described(call)}), dict(call)) for call in calls]


def name_of(function: Callable[..., Any]) -> str:
    """Name a function by module and qualified name."""
    while isinstance(function, functools.partial):
        function = function.func
    named = function if hasattr(function, "__qualname__") else type(function)
    return f"{named.__module__}.{named.__qualname__}"


@functools.cache
def package_versions() -> dict[str, str]:
    """Return the versions of the packages that a result depends on."""
    return {package: version_of(package) for package in PACKAGES}


def described(value: Any) -> Any:
    """Describe a value in terms of JSON, equally for equal values in every session.

    Raises
    ------
    TypeError
        If it is of a kind that cannot be described.
    """
    value = plain(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    for kind, describe in _KINDS.items():
        if isinstance(value, kind):
            return describe(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _record(value)
    if callable(value):
        return _function(value)
    allowed = "numbers, quantities, text, arrays, functions, dataclasses, lists or dicts of these"
    raise TypeError(refusal("parameters", "sweep", allowed, f"a {type(value).__name__}"))


def _digest(description: Any) -> str:
    text = json.dumps(description, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _array(array: Any) -> Any:
    if array.dtype == object:
        return described(array.tolist())
    data = hashlib.blake2b(np.ascontiguousarray(array).tobytes(), digest_size=16).hexdigest()
    return {"dtype": array.dtype.str, "shape": list(array.shape), "data": data}


def _quantity(quantity: Quantity) -> Any:
    return {"unit": repr(quantity.dim), "values": described(np.asarray(quantity))}


def _mapping(mapping: Mapping[Any, Any]) -> Any:
    return {"mapping": sorted([str(name), described(value)] for name, value in mapping.items())}


def _sequence(sequence: Sequence[Any]) -> Any:
    return [described(value) for value in sequence]


def _record(record: Any) -> Any:
    values = {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
    return {"type": _name(type(record)), "fields": described(values)}


_KINDS: dict[Any, Callable[[Any], Any]] = {
    Quantity: _quantity,
    np.ndarray: _array,
    Mapping: _mapping,
    list | tuple: _sequence,
    PurePath: str,
}


def _function(function: Callable[..., Any], version: str | None = None) -> Any:
    """Describe a function by its name, its code and the values that it was made with."""
    if version is not None:
        return {"name": name_of(function), "version": version}
    if isinstance(function, functools.partial):
        parts = function.func, function.args, function.keywords
        return {"partial": [described(part) for part in parts]}
    if inspect.ismethod(function):
        return {"method": [described(function.__func__), described(function.__self__)]}
    if inspect.isbuiltin(function) or isinstance(function, np.ufunc | type):
        return {"name": _name(function)}
    made_with = [getattr(function, name, None) for name in ("__defaults__", "__kwdefaults__")]
    try:
        code = inspect.getsource(function)
        closure = inspect.getclosurevars(function).nonlocals
    except (OSError, TypeError) as error:
        allowed = "a function whose source can be found"
        remedy = "Give version='1', and another one whenever the function changes."
        raise TypeError(refusal("function", "sweep", allowed, repr(function), remedy)) from error
    return {
        "name": _name(function),
        "source": code,
        "made with": described([*made_with, dict(closure)]),
    }


def _name(named: Any) -> str:
    module = getattr(named, "__module__", None) or "builtins"
    return f"{module}.{getattr(named, '__qualname__', getattr(named, '__name__', None))}"
