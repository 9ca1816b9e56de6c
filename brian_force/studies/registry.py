"""All studies, in the order of the paper's figures."""

from brian_force.arguments import check_known
from brian_force.studies import (
    study_components,
    study_cross_trial,
    study_grid,
    study_learning_rate,
    study_phases,
    study_size,
    study_stability,
    study_swap,
    study_variability,
)
from brian_force.studies.definition import Study

__all__ = ["STUDIES", "study_named"]

STUDIES: dict[str, Study] = {
    module.STUDY.name: module.STUDY
    for module in (
        study_phases,
        study_swap,
        study_learning_rate,
        study_grid,
        study_size,
        study_variability,
        study_stability,
        study_components,
        study_cross_trial,
    )
}


def study_named(name: str) -> Study:
    """Return a study.

    Raises
    ------
    ValueError
        If there is none of this name; the message says which is nearest.
    """
    study: Study = check_known("name", "study", name, STUDIES)
    return study
