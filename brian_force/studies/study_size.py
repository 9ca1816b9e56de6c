"""Errors and correlation of decoders over the size of the networks (Fig. 6B, C)."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from brian_force.studies.definition import Part, Results, Study
from brian_force.studies.judging import Finding, place
from brian_force.studies.pair_findings import improvement
from brian_force.studies.pair_points import trained_pair
from brian_force.studies.scales import POINTS, Scale

__all__ = ["STUDY", "regression"]


def regression(errors: xr.DataArray) -> xr.Dataset:
    """Fit a line to errors against the size of the networks, all seeds together.

    Parameters
    ----------
    errors : DataArray
        Over `n_neurons` and `seed`, and others.

    Returns
    -------
    xarray.Dataset
        `slope`, for 1000 neurons, and `intercept` over the others; nan for less than two sizes.
    """
    sizes = errors["n_neurons"].to_numpy() / 1000

    def fit(values: NDArray[np.float64]) -> NDArray[np.float64]:
        x = np.broadcast_to(sizes[:, np.newaxis], values.shape)
        known = np.isfinite(values)
        if np.unique(x[known]).size < 2:
            return np.full(2, np.nan)
        return np.asarray(np.polyfit(x[known], values[known], 1))

    found = xr.apply_ufunc(
        fit,
        errors,
        input_core_dims=[["n_neurons", "seed"]],
        output_core_dims=[["term"]],
        vectorize=True,
    )
    return xr.Dataset({"slope": found.isel(term=0), "intercept": found.isel(term=1)})


def _parts(scale: Scale) -> list[Part]:
    G, Q = POINTS[0]
    grid = {"n_neurons": list(scale.sizes), **scale.grid(learning_rate=scale.learning_rates)}
    return [
        Part(
            name="sizes",
            function=trained_pair,
            grid=grid,
            seeds=scale.many_seeds,
            fixed=scale.fixed("sine", G=G, Q=Q),
        )
    ]


def _judge(results: Results, scale: Scale) -> list[Finding]:
    found = results["sizes"]
    slow, fast = (found.sel(learning_rate=rate) for rate in (scale.slow, scale.fast))
    sizes = f"N {min(scale.sizes)} to {max(scale.sizes)}"
    where = f"{place(found, slow=scale.slow, fast=scale.fast)}, {sizes}"
    return list(improvement(slow, fast, where))


STUDY = Study(
    name="size",
    title="Errors and correlation of decoders against the number of neurons, with regression.",
    figure="Fig. 6B, C",
    claims=(7,),
    parts=_parts,
    judge=_judge,
)
