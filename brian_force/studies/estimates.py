"""How long a study will take: the cost of a job, from its size and the time it simulates."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from brian_force import tasks
from brian_force.studies.definition import Part, Study
from brian_force.studies.job_files import JobFiles
from brian_force.studies.jobs import jobs_of
from brian_force.studies.pair_measures import GROWTH_LASTS, PERTURBATIONS
from brian_force.studies.pair_points import (
    code_version,
    probed_pair,
    repeated_pair,
    shown_pair,
    swap_lasts,
    swapped_pair,
)
from brian_force.studies.scales import Scale
from brian_force.studies.spaces import space_of

__all__ = ["Estimate", "estimate", "written_time"]

#: Measured, for both networks of N neurons together: seconds of a core for a simulated second,
#: A + B N + C N^2, more by a part E for each further output, and for a second of learning besides,
#: D N^2.
A, B, C, D, E = 0.02, 1.6e-4, 1.2e-7, 1.4e-6, 0.1
START = 0.6  # of each job, to prepare networks and write results
COMPILING = 9.0  # of each network of a new size or task


@dataclasses.dataclass(frozen=True)
class Estimate:
    """What there is to do.

    Parameters
    ----------
    n_jobs, n_done : int
        Number of different jobs, and of those that were done before.
    seconds : float
        Time of one core for the others.
    """

    n_jobs: int
    n_done: int
    seconds: float


def estimate(studies: Iterable[Study], scale: Scale, out: Path) -> Estimate:
    """Return about how long some studies take at a scale.

    Jobs that studies have in common count once. Those that follow from the results of others are
    not counted.
    """
    files = JobFiles(out)
    costs: dict[str, float] = {}
    programs: dict[tuple[Any, ...], float] = {}
    for study in studies:
        for part in study.parts(scale):
            for key, call in _jobs(part):
                costs[key] = 0.0 if files.result_file(key).exists() else _of_job(part, call)
                if costs[key]:
                    program = (part.function, call["task"], call["n_neurons"])
                    programs[program] = 2 * COMPILING
    n_done = sum(cost == 0 for cost in costs.values())
    return Estimate(len(costs), n_done, sum(costs.values()) + sum(programs.values()))


def written_time(seconds: float) -> str:
    """Write a time for a person.

    Examples
    --------
    >>> written_time(40), written_time(1000), written_time(1e5), written_time(1e6)
    ('40 s', '17 min', '28 h', '12 days')
    """
    for limit, unit, name in ((90, 1, "s"), (5400, 60, "min"), (172800, 3600, "h")):
        if seconds < limit:
            return f"{max(1, round(seconds / unit))} {name}"
    return f"{round(seconds / 86400)} days"


def _jobs(part: Part) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give the key and the arguments of each job, as the sweep will."""
    calls = [{**part.fixed, **call} for call in space_of(part.grid, None, part.seeds).calls]
    for job in jobs_of(part.function, calls, code_version()):
        yield job.key, job.arguments


def _of_job(part: Part, call: Mapping[str, Any]) -> float:
    task, n = tasks.get(call["task"]), int(call["n_neurons"])
    begin, end, lasts = (
        float(np.asarray(call.get(name, getattr(task, name))))
        for name in ("learn_from", "learn_until", "duration")
    )
    simulated = lasts + _extra(part, call, end - begin)
    step = (A + B * n + C * n**2) * (1 + E * (task.n_outputs - 1))
    return START + simulated * step + (end - begin) * D * n**2


def _extra(part: Part, call: Mapping[str, Any], learning: float) -> float:
    """Return the simulated seconds beside the training."""
    if part.function in (swapped_pair, shown_pair):
        return float(swap_lasts(tasks.get(call["task"])))
    if part.function is repeated_pair:
        period = float(np.asarray(tasks.get(call["task"]).period))
        repeated = 1.25 * float(call["n_repetitions"]) * period
        return 2 * repeated + 2 * len(PERTURBATIONS) * float(GROWTH_LASTS)
    if part.function is probed_pair:
        return 2.0 * float(call["n_trials"]) * (learning + 1)  # half of it for analysis
    return 0.0
