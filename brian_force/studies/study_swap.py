"""(Q, G) grids after slow and fast learning, and the most correlated pair, swapped (Fig. 4, 5)."""

import numpy as np
import xarray as xr

from brian_force.studies.claims import DONE
from brian_force.studies.definition import Part, Results, Study
from brian_force.studies.judging import Finding, place
from brian_force.studies.pair_findings import (
    convergence,
    correlation_drop,
    swaps_when_fast,
    swaps_when_slow,
)
from brian_force.studies.pair_points import shown_pair
from brian_force.studies.scales import Scale
from brian_force.studies.study_grid import grid_part

__all__ = ["SPEEDS", "STUDY", "TASKS", "best_point"]

TASKS = ("pitchfork", "ode_to_joy", "sine")
SPEEDS = ("slow", "fast")


def best_point(found: xr.Dataset) -> tuple[float, float]:
    """Return (G, Q) of the most correlated pair whose errors both are below the threshold.

    Parameters
    ----------
    found : Dataset
        A grid at one learning rate.

    Notes
    -----
    Means over seeds are compared. Where no pair is below the threshold, it is the one whose
    larger error is smallest.
    """
    error = found["free"].max("model", skipna=False).mean("seed", skipna=False)
    correlation = found["correlation"].mean("seed")
    allowed = error < DONE
    value = correlation.where(allowed) if allowed.any() else -error
    value = value.fillna(-np.inf)
    best = value.stack(point=("G", "Q")).idxmax("point").item()
    return float(best[0]), float(best[1])


def _parts(scale: Scale) -> list[Part]:
    return [grid_part(scale, task, (scale.slow, scale.fast)) for task in TASKS]


def _pairs(scale: Scale, results: Results) -> list[Part]:
    """Return the sweeps of the best pairs."""
    parts = []
    for task in TASKS:
        for speed in SPEEDS:
            rate = getattr(scale, speed)
            G, Q = best_point(results[task].sel(learning_rate=rate))
            settings = {"learning_rate": rate, "G": G, "Q": Q}
            parts.append(
                Part(
                    name=f"{task} {speed}",
                    function=shown_pair,
                    grid={},
                    seeds=scale.seeds,
                    fixed=scale.fixed(task, scale.n_grid_neurons, **settings),
                )
            )
    return parts


def _judge(results: Results, scale: Scale) -> list[Finding]:
    findings: list[Finding] = []
    for task in TASKS:
        grid, slow, fast = results[task], results[f"{task} slow"], results[f"{task} fast"]
        where = place(grid, learning_rate=scale.slow)
        findings += convergence(grid.sel(learning_rate=scale.slow), where)
        findings += swaps_when_slow(slow, place(slow))
        point = {"G": slow.attrs["G"], "Q": slow.attrs["Q"]}
        before, after = (grid.sel(learning_rate=rate, **point) for rate in (scale.slow, scale.fast))
        both = place(grid, **point, slow=scale.slow, fast=scale.fast)
        findings.append(correlation_drop(before, after, both))
        findings += swaps_when_fast(fast, place(fast))
    return findings


STUDY = Study(
    name="swap",
    title="Errors and correlation over (Q, G), slow and fast; the most correlated pair, swapped.",
    figure="Fig. 4 and 5",
    claims=(1, 2, 3, 4, 5, 6),
    parts=_parts,
    judge=_judge,
    then=_pairs,
)
