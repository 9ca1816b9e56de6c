import pickle

import pytest

from brian_force.plotting.study_figures import FIGURES
from brian_force.studies.registry import STUDIES, study_named


def test_every_study_says_what_it_is():
    for name, study in STUDIES.items():
        assert study.name == name
        assert study.title.endswith(".")
        assert study.figure
        assert study.claims


def test_every_study_has_figures():
    assert set(FIGURES) == set(STUDIES)


def test_jobs_can_be_sent_to_other_processes(tiny):
    for study in STUDIES.values():
        for part in study.parts(tiny):
            assert pickle.loads(pickle.dumps(part.function)) is part.function


def test_an_unknown_study_is_refused_with_the_nearest_name():
    with pytest.raises(ValueError, match="size"):
        study_named("sizes")


@pytest.mark.parametrize("name", STUDIES)
def test_every_study_judges_its_claims(made_up, name):
    result = made_up(name)
    assert {finding.claim for finding in result.findings} == set(result.study.claims)
    assert all(finding.what and finding.where for finding in result.findings)
