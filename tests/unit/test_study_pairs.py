import pytest

from brian_force.plotting.study_figures import FIGURES


@pytest.mark.parametrize("name", ["swap", "phases"])
def test_figures_of_the_study_are_drawn(made_up, name, tmp_path):
    for figure_name, figure in FIGURES[name](made_up(name)).items():
        assert figure_name.startswith(name)
        figure.savefig(tmp_path / "figure.png", dpi=30)


def test_the_best_pairs_are_framed(made_up):
    result = made_up("swap")
    for figure in FIGURES["swap"](result).values():
        grids = [ax for ax in figure.axes if ax.get_title(loc="left").endswith("error")]
        assert len(grids) == 6  # two for each task
        assert all(len(ax.lines) == 1 for ax in grids)
