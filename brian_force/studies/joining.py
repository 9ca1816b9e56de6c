"""Outcomes of jobs joined to one Dataset with an axis for each parameter."""

from collections.abc import Sequence

import numpy as np
import xarray as xr

from brian_force.studies.outcomes import Failure, Outcome

__all__ = ["joined"]

#: The axis of the jobs, before it is split into those of the parameters.
JOB = "_job"


def joined(frame: xr.Dataset, outcomes: Sequence[Outcome | None]) -> xr.Dataset:
    """Join what came of the jobs of a sweep.

    Parameters
    ----------
    frame : xarray.Dataset
        Has the coordinates, and the variable 'key' over all jobs.
    outcomes : sequence of xarray.Dataset, Failure or None
        What came of each job; None: it is still to be done.

    Returns
    -------
    xarray.Dataset
        Results are NaN, or empty text, where there is none. 'failed' says which jobs failed,
        'failure' why.
    """
    keys = frame["key"]
    failed = [isinstance(outcome, Failure) for outcome in outcomes]
    reasons = [outcome.reason if isinstance(outcome, Failure) else "" for outcome in outcomes]
    results = _over_jobs(outcomes).variables
    shaped = {
        name: _over_parameters(variable, keys) for name, variable in results.items() if name != JOB
    }
    coordinates = {name: shaped.pop(name) for name in _coordinates(outcomes) if name in shaped}
    shaped["failed"] = xr.Variable(keys.dims, np.reshape(failed, keys.shape))
    shaped["failure"] = xr.Variable(keys.dims, np.reshape(reasons, keys.shape))
    counts = {
        "n_jobs": len(outcomes),
        "n_finished": sum(isinstance(outcome, xr.Dataset) for outcome in outcomes),
        "n_failed": sum(failed),
    }
    joined = frame.drop_vars("key").assign(shaped).assign_coords(coordinates)
    return joined.assign_attrs(counts)


def _over_jobs(outcomes: Sequence[Outcome | None]) -> xr.Dataset:
    """Stack the results along one axis, with what stands for none where there is none."""
    found = {k: outcome for k, outcome in enumerate(outcomes) if isinstance(outcome, xr.Dataset)}
    if not found:
        return xr.Dataset()
    stacked = xr.concat(
        found.values(),
        JOB,
        data_vars="all",
        coords="different",
        compat="equals",
        join="outer",
        combine_attrs="drop_conflicts",
    ).assign_coords({JOB: list(found)})
    if len(found) == len(outcomes):
        return stacked
    # False is no word for 'unknown'.
    logical = [name for name, variable in stacked.items() if variable.dtype == bool]
    stacked = stacked.assign({name: stacked[name].astype(float) for name in logical})
    text = [name for name, variable in stacked.variables.items() if variable.dtype.kind in "SU"]
    return stacked.reindex({JOB: range(len(outcomes))}, fill_value=dict.fromkeys(text, ""))


def _over_parameters(variable: xr.Variable, keys: xr.DataArray) -> xr.Variable:
    if JOB not in variable.dims:
        return variable
    variable = variable.transpose(JOB, ...)
    dims, shape = (*keys.dims, *variable.dims[1:]), (*keys.shape, *variable.shape[1:])
    return xr.Variable(dims, variable.values.reshape(shape), variable.attrs)


def _coordinates(outcomes: Sequence[Outcome | None]) -> dict[str, None]:
    return {
        str(name): None
        for outcome in outcomes
        if isinstance(outcome, xr.Dataset)
        for name in outcome.coords
    }
