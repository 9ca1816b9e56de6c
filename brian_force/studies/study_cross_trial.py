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
        at = found.sel(learning_rate=rate).isel(n_averaged=-1)
        mean, control = at["trial_correlation"], at["trial_control_correlation"]
        n = int(found["n_averaged"][-1])
        where = place(found, learning_rate=rate)
        what = f"correlation with decoders of the mean of {n} trials less with their mean decoders"
        findings.append(judged(10, what, where, mean - control, above=0.0))
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
