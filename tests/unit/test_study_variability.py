import numpy as np

from brian_force.studies.study_variability import STUDY, ratio


def test_variance_dominates_one_network_and_bias_the_other(made_up, tiny):
    parts = made_up("variability").parts
    found = parts["repetitions"]
    spiking = found["model"] == "lif"
    found["free"] = found["free"] * 0 + 0.1
    found["variance_to_bias"] = found["variance_to_bias"] * 0 + 0.01 + 10 * spiking
    findings = STUDY.judge(parts, tiny)
    assert len(findings) == 24  # two points and the grid, rates, networks, ways of cutting
    assert {finding.verdict for finding in findings} == {"holds"}
    found["variance_to_bias"] = 1 / found["variance_to_bias"]
    assert {finding.verdict for finding in STUDY.judge(parts, tiny)} == {"does not hold"}


def test_networks_that_lost_the_task_do_not_count(made_up):
    found = made_up("variability").parts["repetitions"]
    found["free"] = found["free"] * 0 + 0.9
    assert ratio(found).isnull().all()


def test_no_variance_at_all_is_bias(made_up):
    found = made_up("variability").parts["repetitions"]
    found["free"] = found["free"] * 0 + 0.1
    found["variance_to_bias"] = found["variance_to_bias"] * 0
    assert np.all(ratio(found) == -12)
