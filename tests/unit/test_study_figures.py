from matplotlib.figure import Figure

from brian_force.plotting.study_figures import FIGURES
from brian_force.studies.registry import STUDIES


def test_every_study_has_a_function_for_its_figures():
    assert list(FIGURES) == list(STUDIES)


def test_figures_leave_pyplot_alone(made_up):
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    assert all(isinstance(figure, Figure) for figure in FIGURES["size"](made_up("size")).values())
    assert plt.get_fignums() == before
