import numpy as np
from numpy.testing import assert_allclose

from brian_force.studies.study_stability import STUDY, lost


def test_networks_that_never_learned_have_lost_nothing(made_up):
    found = made_up("stability").parts["repetitions"]
    found["learning"] = found["learning"] * 0 + 0.1
    found["learning"][{"G": 0, "learning_rate": 0}] = 0.9  # it counts for no rate
    found["free"] = found["free"] * 0 + 0.1
    found["free"][{"G": 0}] = 0.9
    found["free"][{"G": 1, "Q": 0}] = 0.9
    assert_allclose(lost(found), 1)
    found["learning"] = found["learning"] * 0 + 0.9
    assert_allclose(lost(found), 0)


def test_a_training_that_diverged_has_lost_the_task(made_up):
    found = made_up("stability").parts["repetitions"]
    for error in ("learning", "free"):
        found[error] = found[error] * 0 + 0.1
        found[error][{"G": 0, "Q": 0, "learning_rate": -1}] = np.nan
    assert_allclose(lost(found).isel(learning_rate=0), 0)
    assert_allclose(lost(found).isel(learning_rate=-1), 1)


def test_spiking_networks_that_lose_the_task_when_learning_is_fast(made_up, tiny):
    parts = made_up("stability").parts
    found = parts["repetitions"]
    bad = (found["learning_rate"] == tiny.fast) & (found["model"] == "lif")
    found["learning"] = found["learning"] * 0 + 0.1
    found["free"] = found["free"] * 0 + 0.1 + 0.8 * bad
    (finding,) = STUDY.judge(parts, tiny)
    assert (finding.verdict, finding.interval.mean) == ("holds", 4)  # all points
    found["free"] = found["free"] * 0 + 0.1
    (finding,) = STUDY.judge(parts, tiny)
    assert finding.verdict == "not decided"
