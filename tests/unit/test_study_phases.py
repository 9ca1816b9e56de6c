from brian2 import Hz, mV

from brian_force.studies.study_phases import STUDY, TASKS


def test_every_task_at_its_own_point(tiny):
    parts = {part.name: part for part in STUDY.parts(tiny)}
    assert list(parts) == list(TASKS)
    assert parts["van_der_pol"].fixed["Q"] == 80 * mV
    assert parts["fourier"].fixed["G"] == 0.05 * mV / Hz


def test_both_networks_must_learn(made_up, tiny):
    parts = made_up("phases").parts
    for found in parts.values():
        found["learning"] = found["learning"] * 0 + 0.1
        found["free"] = found["free"] * 0 + 0.1
        found["free"][{"model": 1}] = 0.9
    verdicts = [finding.verdict for finding in STUDY.judge(parts, tiny)]
    assert verdicts == ["holds", "does not hold"] * len(TASKS)


def test_a_task_that_no_network_learns_says_nothing(made_up, tiny):
    parts = made_up("phases").parts
    for found in parts.values():
        found["learning"] = found["learning"] * 0 + 0.9
        found["free"] = found["free"] * 0 + 0.9
    parts["sine"]["free"][{"model": 0, "seed": 0}] = 0.1
    (finding,) = STUDY.judge(parts, tiny)
    assert (finding.interval.n, finding.interval.mean) == (1, 0.9)
