from brian_force.studies.study_variability import STUDY


def test_variance_dominates_one_network_and_bias_the_other(made_up, tiny):
    parts = made_up("variability").parts
    found = parts["repetitions"]
    spiking = found["model"] == "lif"
    found["variance_to_bias"] = found["variance_to_bias"] * 0 + 0.01 + 10 * spiking
    findings = STUDY.judge(parts, tiny)
    assert len(findings) == 16  # points, rates, networks, ways of cutting
    assert {finding.verdict for finding in findings} == {"holds"}
    found["variance_to_bias"] = 1 / found["variance_to_bias"]
    assert {finding.verdict for finding in STUDY.judge(parts, tiny)} == {"does not hold"}
