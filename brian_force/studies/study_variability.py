"""Bias and variance of the free run over (Q, G) and learning rates (Fig. 7)."""

import xarray as xr

from brian_force.studies.claims import DONE
from brian_force.studies.definition import Part, Results, Study
from brian_force.studies.judging import Finding, judged, place
from brian_force.studies.pair_findings import MODEL_WORDS, log10
from brian_force.studies.pair_points import repeated_pair
from brian_force.studies.scales import POINTS, Scale

__all__ = ["CYCLES", "STUDY", "ratio", "repeated_parts"]

#: How repetitions are cut out of the run.
CYCLES = {"target": "cut by the target's period", "own": "cut by their own duration"}


def repeated_parts(scale: Scale) -> list[Part]:
    """Return the sweep over (Q, G) and learning rates; stability is measured in it too."""
    return [
        Part(
            name="repetitions",
            function=repeated_pair,
            grid=scale.grid(learning_rate=scale.learning_rates, G=scale.G, Q=scale.Q),
            seeds=scale.seeds,
            fixed=scale.fixed("sine", scale.n_grid_neurons, n_repetitions=scale.n_repetitions),
        )
    ]


def ratio(found: xr.Dataset) -> xr.DataArray:
    """Return the logarithm of variance over squared bias in networks that do the task, else nan.

    What is wrong with a network that lost the task is neither.
    """
    # beyond twelve decades is rounding; a variance of 0 has no logarithm
    known = found["variance_to_bias"].clip(1e-12, 1e12)
    return log10(known).where(found["free"] < DONE)


def _judge(results: Results, scale: Scale) -> list[Finding]:
    found = results["repetitions"]
    ratios = ratio(found)
    findings = []
    for rate in (scale.slow, scale.fast):
        for cycle, cut in CYCLES.items():
            for model, words in MODEL_WORDS.items():
                at = ratios.sel(learning_rate=rate, cycle=cycle, model=model)
                what = f"log10 of variance over squared bias, {words}, {cut}"
                side = "above" if model == "lif" else "below"
                for G, Q in POINTS:
                    where = place(found, G=G, Q=Q, learning_rate=rate)
                    findings.append(judged(9, what, where, at.sel(G=G, Q=Q), **{side: 0.0}))
                n_known = at.notnull().sum(("G", "Q"))
                share = (at > 0).sum(("G", "Q")) / n_known.where(n_known > 0)
                what = f"share of (Q, G) points where variance is larger, {words}, {cut}"
                where = place(found, learning_rate=rate)
                findings.append(judged(9, what, where, share, **{side: 0.5}))
    return findings


STUDY = Study(
    name="variability",
    title="Squared bias and variance of repetitions over (Q, G) and learning rates.",
    figure="Fig. 7",
    claims=(9,),
    parts=repeated_parts,
    judge=_judge,
)
