from brian_force.studies.study_grid import STUDY, TASKS, grid_part


def test_a_grid_for_each_task(tiny):
    parts = STUDY.parts(tiny)
    assert [part.name for part in parts] == list(TASKS)
    assert parts[0].n_jobs == 2 * 2 * 2 * 3


def test_axes_are_shared_by_studies(tiny):
    slow = grid_part(tiny, "sine", (tiny.slow,))
    assert slow.fixed == STUDY.parts(tiny)[-1].fixed
    assert slow.grid["Q"] == STUDY.parts(tiny)[-1].grid["Q"]


def test_regions_at_the_slow_rate_decide(made_up, tiny):
    parts = made_up("grid").parts
    for found in parts.values():
        slow = found["learning_rate"] == tiny.slow
        apart = (found["model"] == "lif") & (found["Q"] == 20)
        for error in ("learning", "free"):
            found[error] = found[error] * 0 + 0.9 - 0.8 * slow
        found["free"] = found["free"].where(apart, 0.9)
    verdicts = {finding.what: finding.verdict for finding in STUDY.judge(parts, tiny)}
    assert verdicts == {
        "common part of the regions, learning error": "holds",
        "common part of the regions, free-running error": "does not hold",
    }
