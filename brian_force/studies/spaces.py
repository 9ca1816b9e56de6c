"""Where a sweep looks: the arguments of every job, and the axes along which they lie."""

import dataclasses
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from brian_force.arguments import check_count, refusal, shown
from brian_force.studies.coordinates import coordinate, plain

__all__ = ["Space", "space_of"]

type _Coordinates = dict[str, tuple[str, Any, dict[str, str]]]
type _Points = tuple[list[dict[str, Any]], _Coordinates]


@dataclasses.dataclass(frozen=True)
class Space:
    """The jobs of a sweep in the order of its axes.

    Parameters
    ----------
    axes : dict
        Length of every axis, by name.
    coordinates : dict
        Axis, values and attributes of every parameter, as xarray takes them.
    calls : list of dict
        The arguments of each job, the last axis running fastest.
    """

    axes: dict[str, int]
    coordinates: _Coordinates
    calls: list[dict[str, Any]]

    @property
    def names(self) -> list[str]:
        """Names that no result can have."""
        return [*{**self.axes, **self.coordinates}, "failed", "failure", "key"]

    def frame(self, keys: Sequence[str], attributes: Mapping[str, str]) -> xr.Dataset:
        """Return a Dataset with the key of every job and no results."""
        shape = tuple(self.axes.values())
        data = {"key": (tuple(self.axes), np.reshape(keys, shape))}
        return xr.Dataset(data, self.coordinates, attributes)


def space_of(
    grid: Mapping[str, Iterable[Any]] | None,
    samples: Iterable[Mapping[str, Any]] | None,
    seeds: Iterable[int] | None,
) -> Space:
    """Check what `sweep` is told about its parameters, and join it.

    Raises
    ------
    TypeError, ValueError, DimensionMismatchError
        If it is not as `sweep` describes it.
    """
    if grid is not None and samples is not None:
        raise ValueError(refusal("samples", "sweep", "left out where there is a grid", "both"))
    if samples is not None:
        points, coordinates = _samples([dict(sample) for sample in samples])
        axes = {"sample": len(points)}
    else:
        points, coordinates = _grid(
            {name: _listed(name, values) for name, values in (grid or {}).items()}
        )
        axes = {name: len(values) for name, (_, values, _) in coordinates.items()}
    if seeds is None:
        return Space(axes, coordinates, points)
    seeds = [check_count("seeds", "sweep", seed, least=0) for seed in seeds]
    _check_values("seeds", seeds)
    coordinates["seed"] = ("seed", np.array(seeds), {})
    calls = [{**point, "seed": seed} for point in points for seed in seeds]
    return Space({**axes, "seed": len(seeds)}, coordinates, calls)


def _grid(grid: dict[str, list[Any]]) -> _Points:
    coordinates: _Coordinates = {}
    _check_names("grid", grid)
    for name, values in grid.items():
        labels, attributes = coordinate("sweep", name, [plain(value) for value in values])
        _check_values(name, labels)
        coordinates[name] = (name, labels, attributes)
    combinations = itertools.product(*grid.values())
    points = [dict(zip(grid, map(plain, values), strict=True)) for values in combinations]
    return points, coordinates


def _samples(samples: list[dict[str, Any]]) -> _Points:
    if not samples:
        raise ValueError(refusal("samples", "sweep", "at least one", "none"))
    names = list(samples[0])
    _check_names("samples", [*names, "sample"] if "sample" in names else names)
    for sample in samples:
        if set(sample) != set(names):
            allowed = f"of the parameters {', '.join(names)} each"
            raise ValueError(refusal("samples", "sweep", allowed, ", ".join(map(str, sample))))
    points = [{name: plain(value) for name, value in sample.items()} for sample in samples]
    coordinates: _Coordinates = {"sample": ("sample", np.arange(len(points)), {})}
    for name in names:
        values = coordinate("sweep", name, [point[name] for point in points])
        coordinates[name] = ("sample", *values)
    return points, coordinates


def _listed(name: str, values: Iterable[Any]) -> list[Any]:
    try:
        return list(values)
    except TypeError as error:
        remedy = "Give it as one of 'fixed' if it is the same in all calls."
        raise TypeError(refusal(name, "sweep", "several values", shown(values), remedy)) from error


def _check_names(argument: str, names: Iterable[Any]) -> None:
    for name in names:
        if not isinstance(name, str) or name in ("sample", "seed", "failed", "failure", "key"):
            allowed = "of parameters of other names than sample, seed, failed, failure and key"
            remedy = "Write seeds=[1, 2, 3]." if name == "seed" else ""
            raise ValueError(refusal(argument, "sweep", allowed, repr(name), remedy))


def _check_values(name: str, values: Iterable[Any]) -> None:
    listed = list(values)
    if not listed or len(set(listed)) < len(listed):
        got = f"{len(listed)} values, {len(set(listed))} of them different"
        raise ValueError(refusal(name, "sweep", "one or more values, all different", got))
