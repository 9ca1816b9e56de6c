from brian_force.studies.definition import Part, Study
from brian_force.studies.pair_points import trained_pair


def test_a_part_has_a_job_for_each_point_and_seed():
    grid = {"G": [1, 2, 3], "Q": [1, 2]}
    part = Part(name="p", function=trained_pair, grid=grid, seeds=(1, 2), fixed={"task": "sine"})
    assert part.n_jobs == 12


def test_a_part_without_axes_has_a_job_for_each_seed():
    part = Part(name="p", function=trained_pair, grid={}, seeds=(1, 2, 3), fixed={})
    assert part.n_jobs == 3


def test_a_study_has_nothing_to_follow_unless_it_says_so(tiny):
    study = Study(
        name="s", title="", figure="", claims=(), parts=lambda s: [], judge=lambda r, s: []
    )
    assert study.then(tiny, {}) == []
