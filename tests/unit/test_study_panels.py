import numpy as np
import pytest
import xarray as xr
from matplotlib.figure import Figure

from brian_force.plotting.study_panels import (
    CORRELATION,
    ERROR,
    draw_curve,
    draw_grid,
    rate_key,
    settings,
    short_rate,
    symmetric,
)
from brian_force.plotting.style import output_style


@pytest.fixture
def ax():
    return Figure().add_subplot()


def grid(values, **axes):
    coordinates = axes or {"G": [0.1, 0.2], "Q": [10, 20, 30]}
    return xr.DataArray(np.array(values), coordinates, ("G", "Q"))


def test_cells_hold_the_mean_over_seeds(ax):
    values = xr.concat([grid(np.full((2, 3), x)) for x in (0.1, 0.3)], "seed")
    draw_grid(ax, values, ERROR)
    assert {text.get_text() for text in ax.texts} == {"0.2"}
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["10", "20", "30"]


def test_a_cell_without_a_value_has_a_cross(ax):
    draw_grid(ax, grid([[0.1, np.nan, 0.3], [0.1, 0.2, 0.3]]), CORRELATION)
    assert "×" in [text.get_text() for text in ax.texts]


def test_numbers_of_large_grids_are_left_out(ax):
    values = grid(np.ones((8, 8)), G=np.arange(8), Q=np.arange(8))
    draw_grid(ax, values, ERROR)
    assert len(ax.texts) == 0
    assert len(ax.get_xticks()) <= 6


def test_the_chosen_cell_is_framed(ax):
    draw_grid(ax, grid(np.ones((2, 3))), symmetric("growth", 3), best=(0.2, 30))
    x, y = ax.lines[-1].get_data()
    assert (min(x), max(x), min(y), max(y)) == (2, 3, 1, 2)


def test_curves_show_mean_interval_and_seeds(ax):
    values = xr.DataArray([[1.0, 2.0, 6.0], [3.0, 3.0, 3.0]], {"x": [1, 2]}, ("x", "seed"))
    draw_curve(ax, values, "x", output_style("rate"))
    points, mean = ax.lines
    assert len(points.get_xdata()) == 6
    assert mean.get_ydata().tolist() == [3, 3]
    assert ax.collections[0].get_datalim(ax.transData).ymax == 6


def test_settings_are_written_out():
    found = xr.Dataset(coords={"seed": [1, 2]}, attrs={"task": "ode_to_joy", "n_neurons": 300})
    assert settings(found) == "ode to joy, N = 300, 2 seeds"


def test_learning_rates_are_explained_by_colour():
    found = xr.Dataset(coords={"learning_rate": [5e-7, 5e-4]})
    assert [line.get_label() for line in rate_key(found)] == [short_rate(5e-7), short_rate(5e-4)]
