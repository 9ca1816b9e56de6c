"""The figures of each study, by its name."""

from collections.abc import Callable

from matplotlib.figure import Figure

from brian_force.plotting.study_grids import (
    plot_grid_study,
    plot_stability_study,
    plot_variability_study,
)
from brian_force.plotting.study_pairs import plot_phases_study, plot_swap_study
from brian_force.plotting.study_rates import (
    plot_components_study,
    plot_cross_trial_study,
    plot_learning_rate_study,
)
from brian_force.plotting.study_sizes import plot_size_study
from brian_force.studies.running import StudyResult

__all__ = ["FIGURES"]

#: Each gives figures by name.
FIGURES: dict[str, Callable[[StudyResult], dict[str, Figure]]] = {
    "phases": plot_phases_study,
    "swap": plot_swap_study,
    "learning_rate": plot_learning_rate_study,
    "grid": plot_grid_study,
    "size": plot_size_study,
    "variability": plot_variability_study,
    "stability": plot_stability_study,
    "components": plot_components_study,
    "cross_trial": plot_cross_trial_study,
}
