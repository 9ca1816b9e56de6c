"""FORCE's decoders against ridge decoders of single trials, their means and the rate network."""

from brian_force.studies.claims import HIGH
from brian_force.studies.definition import Results, Study
from brian_force.studies.judging import Finding, judged, place
from brian_force.studies.scales import Scale
from brian_force.studies.study_components import probed_parts

__all__ = ["STUDY"]


def _judge(results: Results, scale: Scale) -> list[Finding]:
    found = results["trials"]
    findings = []
    for rate in (scale.slow, scale.fast):
        at = found["trial_correlation"].sel(learning_rate=rate)
        single, mean = at.isel(n_averaged=0), at.isel(n_averaged=-1)
        n = int(found["n_averaged"][-1])
        where = place(found, learning_rate=rate)
        what = f"correlation with decoders of the mean of {n} trials less that of single ones"
        findings.append(judged(10, what, where, mean - single, above=0.0))
        what = f"correlation with decoders of the mean of {n} trials"
        findings.append(judged(10, what, where, mean, above=HIGH))
    return findings


STUDY = Study(
    name="cross_trial",
    title="FORCE's decoders against those of single trials, of cross-trial rates and of rates.",
    figure="the conclusion",
    claims=(10,),
    parts=probed_parts,
    judge=_judge,
)
