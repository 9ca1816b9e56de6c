"""What a study is: sweeps, and what they say of the paper's claims."""

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import xarray as xr

from brian_force.studies.judging import Finding
from brian_force.studies.scales import Scale

__all__ = ["Part", "Results", "Study"]

#: What the parts of a study gave, by name.
type Results = Mapping[str, xr.Dataset]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Part:
    """One sweep of a study.

    Parameters
    ----------
    name : str
        Name of its results.
    function : callable
        One of `pair_points`.
    grid : dict
        Axes of the sweep.
    seeds : sequence of int
        Seeds of each point.
    fixed : dict
        What is the same in all jobs: `task` and settings.
    """

    name: str
    function: Callable[..., xr.Dataset]
    grid: Mapping[str, Sequence[Any]]
    seeds: Sequence[int]
    fixed: Mapping[str, Any]

    @property
    def n_jobs(self) -> int:
        """Number of jobs."""
        return math.prod(map(len, self.grid.values())) * len(self.seeds)


def _nothing(scale: Scale, results: Results) -> list[Part]:
    return []


@dataclasses.dataclass(frozen=True, kw_only=True)
class Study:
    """A question of the paper, and how it is answered.

    Parameters
    ----------
    name : str
        Name of the study.
    title : str
        What it does, in one line.
    figure : str
        Figure of the paper.
    claims : tuple of int
        Claims that it tests.
    parts : callable
        Gives the sweeps at a scale.
    judge : callable
        Gives the findings from the results at a scale.
    then : callable
        Gives the sweeps that the results of the first ones call for, at a scale. Default: none.
    """

    name: str
    title: str
    figure: str
    claims: tuple[int, ...]
    parts: Callable[[Scale], list[Part]]
    judge: Callable[[Results, Scale], list[Finding]]
    then: Callable[[Scale, Results], list[Part]] = _nothing
