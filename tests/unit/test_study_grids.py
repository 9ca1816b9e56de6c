import pytest

from brian_force.plotting.study_figures import FIGURES


@pytest.mark.parametrize("name", ["grid", "variability", "stability"])
def test_figures_of_the_study_are_drawn(made_up, name, tmp_path):
    for figure_name, figure in FIGURES[name](made_up(name)).items():
        assert figure_name.startswith(name)
        figure.savefig(tmp_path / "figure.png", dpi=30)


def test_the_grid_has_a_sheet_for_each_task_and_a_column_for_each_rate(made_up, tiny):
    figures = FIGURES["grid"](made_up("grid"))
    assert set(figures) == {"grid_ode_to_joy", "grid_fourier", "grid_sine"}
    panels = [ax for ax in figures["grid_sine"].axes if ax.get_title(loc="left")]
    assert len(panels) == len(tiny.learning_rates)


def test_trainings_that_all_diverged_are_drawn(made_up):
    result = made_up("variability")
    result.parts["repetitions"]["variance_to_bias"][:] = float("nan")
    assert FIGURES["variability"](result)
