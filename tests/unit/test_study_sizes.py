import pytest

from brian_force.plotting.study_figures import FIGURES


@pytest.mark.parametrize("name", ["size"])
def test_figures_of_the_study_are_drawn(made_up, name, tmp_path):
    for figure_name, figure in FIGURES[name](made_up(name)).items():
        assert figure_name.startswith(name)
        figure.savefig(tmp_path / "figure.png", dpi=30)


def test_slope_and_intercept_stand_in_the_panels(made_up):
    (figure,) = FIGURES["size"](made_up("size")).values()
    written = [text.get_text() for text in figure.axes[0].texts]
    assert len(written) == 2  # learning rates
    assert all("N/1000" in line for line in written)
