"""The sheets of statistics and decoders."""

import dataclasses

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from brian_force import plotting
from brian_force.plotting import analysis
from brian_force.plotting.style import OUTPUT_COLORS

SETTINGS = {
    "task": "sine",
    "seed": 1,
    "n_neurons": 60,
    "G": 0.1,
    "Q": 30.0,
    "learning_rate": 1e-6,
    "n_trials": 3,
}


def statistics(model="lif", names=("rate", "cv", "lv", "fano_factor")):
    rng = np.random.default_rng(1)
    data = {name: ("neuron", rng.gamma(4, 1, 60)) for name in names}
    data["mean_rate"] = ((), 4.0)
    return xr.Dataset(data, {"neuron": np.arange(60)}, SETTINGS | {"model": model})


def comparison(rate=True):
    n = [1, 2, 4]
    curves = {"correlation": [0.5, 0.6, 0.7], "error": [0.3, 0.2, 0.1]}
    data = {name: ("n_averaged", values) for name, values in curves.items()}
    data |= {f"{name}_spread": ("n_averaged", [0.1, 0.05, np.nan]) for name in curves}
    data |= {"force_error": ((), 0.25)}
    if rate:
        data |= {"rate_correlation": ((), 0.65), "rate_error": ((), 0.15)}
    return xr.Dataset(data, {"n_averaged": n}, SETTINGS | {"model": "lif"})


def decoding(K=2, grid=True, folds=True):
    times = 0.5 + np.arange(1000) * 2.5e-3
    waves = np.sin(2 * np.pi * np.outer(times, 1 + np.arange(K)))
    data = {
        "target": (("time", "output"), waves),
        "mean_rates": (("time", "neuron"), waves),
        "decoders": (("neuron", "output"), np.eye(K)),
        "mean_rate": ((), 3.0),
    }
    coords = {"time": times, "learning_rate": 1e-6}
    if grid:
        data["grid_error"] = ("grid_learning_rate", [0.3, 0.1, 0.2])
        coords["grid_learning_rate"] = [1e-7, 1e-6, 1e-5]
    if folds:
        data["rms"] = ("fold", [0.1, 0.12])
    return xr.Dataset(data, coords, {"n_trials": 2})


def test_public_names_are_found_lazily():
    assert plotting.plot_statistics is analysis.plot_statistics
    assert set(analysis.__all__) >= {"plot_statistics", "plot_trial_decoding"}


def test_statistics_of_both_networks_stand_in_the_same_panels(example):
    with mpl.rc_context():
        before = dict(mpl.rcParams)
        sheet = analysis.plot_statistics(
            [statistics(), statistics("rate", ["rate"])], example.select(trials=[0])
        )
        assert dict(mpl.rcParams) == before
    assert isinstance(sheet, Figure)
    labels = [ax.get_xlabel() for ax in sheet.axes]
    assert labels == ["time (s)", *analysis.DISTRIBUTIONS.values()]
    assert [text.get_text() for text in sheet.legends[0].texts] == [
        "spiking network",
        "rate network",
    ]
    assert "mean rate 4 Hz" in sheet.get_suptitle()
    assert "spiking network in 3 trials" in sheet.get_suptitle()
    outlines = [patch for patch in sheet.axes[1].patches if not patch.get_fill()]
    assert [to_hex(patch.get_edgecolor()) for patch in outlines] == [
        color.lower() for color in OUTPUT_COLORS[:2]
    ]


def test_a_raster_stands_over_its_target(example):
    named = dataclasses.replace(example, signals={"target": example.signals["output"]})
    sheet = analysis.plot_statistics(statistics(), named.select(trials=[0]))
    raster, target = sheet.axes[:2]
    spikes = raster.lines[0].get_xdata()
    assert_allclose(spikes[::3], [0, 0.1, 0.1, 0.35])  # the last one is at the very end
    assert target.get_ylabel() == "target"
    assert len(target.lines) == 2


def test_a_rate_network_alone_has_one_panel():
    sheet = analysis.plot_statistics(statistics("rate", ["rate"]))
    assert len(sheet.axes) == 1
    assert sheet.legends == []


def test_without_anything_known_there_is_an_empty_sheet():
    assert analysis.plot_statistics(statistics("rate", [])).axes == []


def test_decoders_across_trials_have_curves_and_lines():
    sheet = analysis.plot_decoders_across_trials(comparison())
    left, right = sheet.axes
    assert_allclose(left.containers[0].lines[0].get_ydata(), [0.5, 0.6, 0.7])
    assert [tick.get_text() for tick in left.get_xticklabels()] == ["1", "2", "4"]
    assert left.get_ylabel() == "correlation with FORCE's decoders"
    assert [line.get_ydata()[0] for line in right.lines if line.get_label()[0] != "_"] == [
        0.15,
        0.25,
    ]
    assert len(sheet.legends[0].texts) == 3
    assert right.get_ylim()[0] == 0


def test_without_the_rate_network_there_is_no_line_of_it():
    sheet = analysis.plot_decoders_across_trials(comparison(rate=False))
    assert len(sheet.legends[0].texts) == 2


@pytest.mark.parametrize("K", [1, 3])
@pytest.mark.parametrize(("grid", "folds"), [(True, True), (False, True), (False, False)])
def test_trial_decoding_shows_outputs_over_targets(K, grid, folds):
    sheet = analysis.plot_trial_decoding(decoding(K, grid, folds))
    left, right = sheet.axes
    assert len(left.lines) == 2 * K
    for target, output in zip(left.lines[::2], left.lines[1::2], strict=True):
        assert_allclose(target.get_ydata(), output.get_ydata())
        assert target.get_linewidth() > output.get_linewidth()
    assert right.axison == (grid or folds)
    expected = "learning rate (s$^2$)" if grid else "fold" if folds else ""
    assert right.get_xlabel() == expected


def test_rate_networks_are_dotted():
    sheet = analysis.plot_statistics([statistics(), statistics("rate", ["rate"])])
    spiking, rate = sheet.legends[0].get_lines()
    assert spiking.get_linestyle() == "-"
    assert rate.is_dashed()
