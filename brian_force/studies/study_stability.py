"""Growth of a small perturbation after learning, and networks that lose what they learned."""

import xarray as xr

from brian_force.studies.claims import DONE
from brian_force.studies.definition import Results, Study
from brian_force.studies.judging import Finding, judged, place
from brian_force.studies.scales import Scale
from brian_force.studies.study_variability import repeated_parts

__all__ = ["STUDY", "lost"]


def lost(found: xr.Dataset) -> xr.DataArray:
    """Return the share of (Q, G) points at which a network loses the task when it runs freely.

    Of those at which it does the task while it learns; nan where there are none.
    """
    learned = found["learning"] < DONE
    lost = learned & ~(found["free"] < DONE)
    n_learned = learned.sum(("G", "Q"))
    share: xr.DataArray = lost.sum(("G", "Q")) / n_learned.where(n_learned > 0)
    return share


def _judge(results: Results, scale: Scale) -> list[Finding]:
    found = results["repetitions"]
    share = lost(found).sel(model="lif")
    rise = share.sel(learning_rate=scale.fast) - share.sel(learning_rate=scale.slow)
    where = place(found, slow=scale.slow, fast=scale.fast)
    what = "rise of the share of (Q, G) points where the spiking network loses the task"
    return [judged(7, what, where, rise, above=0.0)]


STUDY = Study(
    name="stability",
    title="Growth of a small perturbation over (Q, G), beside bias and variance.",
    figure="none: what Fig. 7 depends on",
    claims=(7,),
    parts=repeated_parts,
    judge=_judge,
)
