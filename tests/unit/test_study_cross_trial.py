from brian_force.studies.study_cross_trial import STUDY


def test_a_mean_of_trials_is_nearer(made_up, tiny):
    parts = made_up("cross_trial").parts
    found = parts["trials"]
    found["trial_correlation"] = found["trial_correlation"] * 0 + 0.5 + 0.1 * found["n_averaged"]
    found["trial_control_correlation"] = found["trial_correlation"] - 0.05
    findings = STUDY.judge(parts, tiny)
    assert {finding.verdict for finding in findings} == {"holds"}
    assert "mean of 4 trials" in findings[0].what
    found["trial_correlation"] = 0.9 - found["trial_correlation"]
    assert {finding.verdict for finding in STUDY.judge(parts, tiny)} == {"does not hold"}


def test_averaging_alone_is_no_evidence(made_up, tiny):
    parts = made_up("cross_trial").parts
    found = parts["trials"]
    found["trial_correlation"] = found["trial_correlation"] * 0 + 0.1 * found["n_averaged"]
    found["trial_control_correlation"] = found["trial_correlation"] + 0.05
    assert STUDY.judge(parts, tiny)[0].verdict == "does not hold"
