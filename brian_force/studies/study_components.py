"""The learning rate as a low-pass filter on principal components."""

import numpy as np
import xarray as xr

from brian_force.studies.claims import GAINED, PASSED, STOPPED
from brian_force.studies.definition import Part, Results, Study
from brian_force.studies.judging import Finding, judged, place
from brian_force.studies.pair_findings import MODEL_WORDS
from brian_force.studies.pair_points import probed_pair
from brian_force.studies.scales import POINTS, Scale

__all__ = ["STUDY", "contrast", "probed_parts", "rise", "shared_space"]

#: Of the strength of components, in decades.
HALF_A_POOL = 1 / 6 + 1e-6


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


def contrast(found: xr.Dataset) -> xr.DataArray:
    """Return the gain of components that the filter passes less that of those it stops.

    It is 0 for any gain that is the same for all; nan where there are not both kinds. Of each
    kind it is the median over pools, since single ones are ill-determined.
    """
    gain, expected = found["force_gain"], found["expected_gain"]
    passed = gain.where(expected > PASSED).median("strength")
    stopped = gain.where(expected < STOPPED).median("strength")
    return passed - stopped


def rise(slow: xr.Dataset, fast: xr.Dataset) -> xr.DataArray:
    """Return by how much more is learned fast than slow of what lies between the two cut-offs.

    Components that the filter stops at the slow rate and passes at the fast one, whose pools
    stand at equal `strength`; the median over pools.
    """
    slow, fast = (one.drop_vars("learning_rate") for one in (slow, fast))
    between = (slow["expected_gain"] < STOPPED) & (fast["expected_gain"] > PASSED)
    gained: xr.DataArray = (fast["force_gain"] - slow["force_gain"]).where(between)
    return gained.median("strength")


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
    slow, fast = (found.sel(learning_rate=rate) for rate in (scale.slow, scale.fast))
    decades = np.log10(scale.fast / scale.slow)
    # pools of the same components, which are stronger at the fast rate
    same = fast.assign_coords(strength=fast["strength"] - decades)
    same = same.reindex(strength=slow["strength"], method="nearest", tolerance=HALF_A_POOL)
    for model, words in MODEL_WORDS.items():
        for at in (slow, fast):
            difference = contrast(at.sel(model=model))
            if difference.notnull().any():  # else the filter stops no component
                where = place(found, learning_rate=float(at["learning_rate"]))
                what = f"gain of components that pass less that of those that do not, {words}"
                findings.append(judged(8, what, where, difference, above=GAINED))
        where = place(found, slow=scale.slow, fast=scale.fast)
        what = f"rise of the gain of components between both cut-offs, {words}"
        more = rise(slow.sel(model=model), same.sel(model=model))
        findings.append(judged(8, what, where, more, above=GAINED))
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
