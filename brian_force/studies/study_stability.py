"""Growth of a small perturbation after learning, and networks that lose what they learned."""

import xarray as xr

from brian_force.studies.claims import DONE
from brian_force.studies.definition import Results, Study
from brian_force.studies.judging import Finding, judged, place
from brian_force.studies.scales import Scale
from brian_force.studies.study_variability import repeated_parts

__all__ = ["STUDY", "lost"]


def lost(found: xr.Dataset) -> xr.DataArray:
    """Return at how many (Q, G) points a network loses the task when it runs freely.

    Of those at which it does the task while it learns, at all learning rates of `found`. A
    training that diverged has lost it.
    """
    learned = ((found["learning"] < DONE) | found["learning"].isnull()).all("learning_rate")
    number: xr.DataArray = (learned & ~(found["free"] < DONE)).sum(("G", "Q"))
    return number


def _judge(results: Results, scale: Scale) -> list[Finding]:
    found = results["repetitions"]
    number = lost(found.sel(learning_rate=[scale.slow, scale.fast], model="lif"))
    rise = number.sel(learning_rate=scale.fast) - number.sel(learning_rate=scale.slow)
    where = place(found, slow=scale.slow, fast=scale.fast)
    what = "rise of the number of (Q, G) points where the spiking network loses the task"
    return [judged(7, what, where, rise, above=0.0)]


STUDY = Study(
    name="stability",
    title="Growth of a small perturbation over (Q, G), beside bias and variance.",
    figure="none: what Fig. 7 depends on",
    claims=(7,),
    parts=repeated_parts,
    judge=_judge,
)
