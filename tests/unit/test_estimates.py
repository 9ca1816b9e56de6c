import pytest

from brian_force.studies.estimates import estimate, written_time
from brian_force.studies.jobs import jobs_of
from brian_force.studies.pair_points import code_version
from brian_force.studies.registry import STUDIES
from brian_force.studies.scales import PAPER, SMALL
from brian_force.studies.spaces import space_of


def test_all_studies_at_the_small_scale_take_less_than_45_minutes_on_two_cores(tmp_path):
    assert estimate(STUDIES.values(), SMALL, tmp_path).seconds / 2 < 45 * 60


def test_the_paper_takes_longer(tmp_path):
    for study in STUDIES.values():
        small, paper = (estimate([study], scale, tmp_path) for scale in (SMALL, PAPER))
        assert paper.seconds > 5 * small.seconds


def test_jobs_in_common_count_once(tmp_path):
    both = [STUDIES["variability"], STUDIES["stability"]]
    assert estimate(both, SMALL, tmp_path) == estimate(both[:1], SMALL, tmp_path)
    swap, grid = (estimate([STUDIES[name]], SMALL, tmp_path) for name in ("swap", "grid"))
    together = estimate([STUDIES["swap"], STUDIES["grid"]], SMALL, tmp_path)
    assert together.n_jobs < swap.n_jobs + grid.n_jobs


def test_finished_jobs_cost_nothing(tmp_path):
    (part,) = STUDIES["size"].parts(SMALL)
    calls = [{**part.fixed, **call} for call in space_of(part.grid, None, part.seeds).calls]
    (tmp_path / "jobs").mkdir()
    for job in jobs_of(part.function, calls, code_version())[:30]:
        (tmp_path / "jobs" / f"{job.key}.npz").touch()
    found = estimate([STUDIES["size"]], SMALL, tmp_path)
    assert (found.n_done, found.n_jobs) == (30, part.n_jobs)
    assert found.seconds < estimate([STUDIES["size"]], SMALL, tmp_path / "none").seconds


@pytest.mark.parametrize(("seconds", "words"), [(0.1, "1 s"), (89, "89 s"), (91, "2 min")])
def test_times_are_written_in_their_unit(seconds, words):
    assert written_time(seconds) == words
