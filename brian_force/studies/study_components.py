"""The learning rate as a low-pass filter on principal components."""

import xarray as xr

from brian_force.studies.claims import MISFIT
from brian_force.studies.definition import Part, Results, Study
from brian_force.studies.judging import Finding, judged, place
from brian_force.studies.pair_findings import MODEL_WORDS
from brian_force.studies.pair_points import probed_pair
from brian_force.studies.scales import POINTS, Scale

__all__ = ["STUDY", "misfit", "probed_parts", "shared_space"]


def probed_parts(scale: Scale) -> list[Part]:
    """Return the sweep over learning rates; decoders of trials are compared in it too."""
    G, Q = POINTS[0]
    return [
        Part(
            name="trials",
            function=probed_pair,
            grid=scale.grid(learning_rate=scale.learning_rates),
            seeds=scale.seeds,
            fixed=scale.fixed("sine", scale.n_neurons, G=G, Q=Q, n_trials=scale.n_trials),
        )
    ]


def misfit(found: xr.Dataset) -> xr.DataArray:
    """Return how far a gain is from s/(s + 1/learning rate), the median over pools."""
    apart: xr.DataArray = abs(found["force_gain"] - found["expected_gain"])
    return apart.median("strength")


def shared_space(found: xr.Dataset) -> xr.DataArray:
    """Return how far the components that pass span the same space in both networks.

    It is 0 for spaces at random and 1 for the same. As many components of each network are taken
    as pass on average: those with an eigenvalue above the inverse of the learning rate.
    """
    n = found.sizes["n_components"]
    passing = found["eigenvalue"] * found["learning_rate"] > 1
    known = found["overlap"].notnull().sum("n_components")  # fewer than n where rounding begins
    n_passing = passing.sum("component").mean("model").round().clip(1, n - 1)
    n_passing = n_passing.clip(max=known.clip(min=1)).astype(int)
    overlap = found["overlap"].sel(n_components=n_passing)
    chance = n_passing / n
    shared: xr.DataArray = (overlap - chance) / (1 - chance)
    return shared.where(found["correlation"].notnull())  # else the training diverged


def _judge(results: Results, scale: Scale) -> list[Finding]:
    found = results["trials"]
    findings = []
    for rate in (scale.slow, scale.fast):
        where = place(found, learning_rate=rate)
        apart = misfit(found.sel(learning_rate=rate))
        for model, words in MODEL_WORDS.items():
            what = f"distance of the gain from that of the filter, {words}"
            findings.append(judged(8, what, where, apart.sel(model=model), below=MISFIT))
    shared = shared_space(found)
    more = shared.sel(learning_rate=scale.slow) - shared.sel(learning_rate=scale.fast)
    where = place(found, slow=scale.slow, fast=scale.fast)
    what = "overlap of the components that pass, slow less fast"
    return [*findings, judged(8, what, where, more, above=0.0)]


STUDY = Study(
    name="components",
    title="What learning keeps of each principal component, and which of them are shared.",
    figure="the analysis of the learning rate",
    claims=(8,),
    parts=probed_parts,
    judge=_judge,
)
