import pytest

from brian_force.plotting.study_figures import FIGURES


@pytest.mark.parametrize("name", ["learning_rate", "components", "cross_trial"])
def test_figures_of_the_study_are_drawn(made_up, name, tmp_path):
    for figure_name, figure in FIGURES[name](made_up(name)).items():
        assert figure_name.startswith(name)
        figure.savefig(tmp_path / "figure.png", dpi=30)


def test_every_seed_of_the_scan_is_a_point(made_up, tiny):
    (figure,) = FIGURES["learning_rate"](made_up("learning_rate")).values()
    last = figure.axes[-1]  # the correlation at the second point
    assert len(last.lines[0].get_xdata()) == len(tiny.scan) * len(tiny.many_seeds)
