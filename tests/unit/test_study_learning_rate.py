from brian_force.studies.scales import POINTS
from brian_force.studies.study_learning_rate import STUDY


def test_both_points_are_scanned(tiny):
    parts = STUDY.parts(tiny)
    assert len(parts) == len(POINTS)
    assert all(len(part.grid["learning_rate"]) == len(tiny.scan) for part in parts)


def test_a_world_in_which_the_paper_is_right(made_up, tiny):
    parts = made_up("learning_rate").parts
    for found in parts.values():
        spiking, fast = found["model"] == "lif", found["learning_rate"] == tiny.fast
        found["correlation"] = found["correlation"] * 0 + 0.8 - 0.5 * fast
        found["swap"] = found["swap"] * 0 + 0.1 + 0.8 * (spiking & fast)
        for error in ("learning", "free"):
            found[error] = found[error] * 0 + 0.1 - 0.09 * (~spiking & fast)
    findings = STUDY.judge(parts, tiny)
    assert {finding.verdict for finding in findings} == {"holds"}
    assert {"G 0.125 mV/Hz" in finding.where for finding in findings} == {True, False}
