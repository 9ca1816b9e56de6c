"""Bias and variance of the free run over (Q, G) and learning rates (Fig. 7)."""

from brian_force.studies.definition import Part, Results, Study
from brian_force.studies.judging import Finding, judged, place
from brian_force.studies.pair_findings import MODEL_WORDS, log10
from brian_force.studies.pair_points import repeated_pair
from brian_force.studies.scales import POINTS, Scale

__all__ = ["CYCLES", "STUDY", "repeated_parts"]

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


def _judge(results: Results, scale: Scale) -> list[Finding]:
    found = results["repetitions"]
    findings = []
    for G, Q in POINTS:
        for rate in (scale.slow, scale.fast):
            at = found.sel(G=G, Q=Q, learning_rate=rate)
            where = place(found, G=G, Q=Q, learning_rate=rate)
            for cycle, cut in CYCLES.items():
                for model, words in MODEL_WORDS.items():
                    ratio = log10(at["variance_to_bias"].sel(cycle=cycle, model=model))
                    side = {"above": 0.0} if model == "lif" else {"below": 0.0}
                    what = f"log10 of variance over squared bias, {words}, {cut}"
                    findings.append(judged(9, what, where, ratio, **side))
    return findings


STUDY = Study(
    name="variability",
    title="Squared bias and variance of repetitions over (Q, G) and learning rates.",
    figure="Fig. 7",
    claims=(9,),
    parts=repeated_parts,
    judge=_judge,
)
