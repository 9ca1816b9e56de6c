"""The learning rate from too slow to very fast, at the 5 Hz sine."""

from brian_force.studies.definition import Part, Results, Study
from brian_force.studies.judging import Finding, place
from brian_force.studies.pair_findings import (
    correlation_drop,
    improvement,
    swaps_when_fast,
    swaps_when_slow,
    swaps_worsen,
)
from brian_force.studies.pair_points import swapped_pair
from brian_force.studies.scales import POINTS, Scale

__all__ = ["STUDY"]


def _parts(scale: Scale) -> list[Part]:
    return [
        Part(
            name=f"G {G:g} Q {Q:g}",
            function=swapped_pair,
            grid=scale.grid(learning_rate=scale.scan),
            seeds=scale.many_seeds,
            fixed=scale.fixed("sine", scale.n_neurons, G=G, Q=Q),
        )
        for G, Q in POINTS
    ]


def _judge(results: Results, scale: Scale) -> list[Finding]:
    findings: list[Finding] = []
    for found in results.values():
        slow, fast = (found.sel(learning_rate=rate) for rate in (scale.slow, scale.fast))
        both = place(found, slow=scale.slow, fast=scale.fast)
        at_slow = place(found, learning_rate=scale.slow)
        at_fast = place(found, learning_rate=scale.fast)
        findings += swaps_when_slow(slow, at_slow)
        findings.append(correlation_drop(slow, fast, both))
        findings += swaps_when_fast(fast, at_fast)
        findings.append(swaps_worsen(slow, fast, both))
        findings += improvement(slow, fast, both)
    return findings


STUDY = Study(
    name="learning_rate",
    title="Errors, correlation of decoders and swaps over the learning rate, at the 5 Hz sine.",
    figure="the range between Fig. 4 and 5",
    claims=(2, 3, 4, 5, 6, 7),
    parts=_parts,
    judge=_judge,
)
