"""The sheet of repetitions: outputs, bias and variance, spikes, currents."""

import numpy as np
import pytest
import xarray as xr
from matplotlib.colors import to_hex
from numpy.testing import assert_allclose

from brian_force.analysis import bias_and_variance
from brian_force.plotting.bias_and_variance import FEW, plot_variability
from brian_force.plotting.style import OUTPUT_COLORS

PHASE = np.arange(100) * 2e-3
SETTINGS = {"task": "sine", "seed": 1, "n_neurons": 60, "G": 0.1, "Q": 30.0, "learning_rate": 1e-6}


def variability(model="lif", K=1, noise=0.1):
    target = np.sin(2 * np.pi * PHASE[:, np.newaxis] / 0.2 + np.arange(K))
    outputs = target + noise * np.random.default_rng(1).normal(size=(6, 100, K))
    one = bias_and_variance(outputs, target).to_dataset().rename(sample="phase")
    one["outputs"] = (("repetition", "phase", "output"), outputs)
    one["target"] = (("phase", "output"), target)
    one["drift"] = ((), -3.2)
    both = xr.concat([one, one], "cycle").assign_coords(cycle=["own", "target"], phase=PHASE)
    return both.assign_attrs(SETTINGS, model=model)


def spikes(n_spikes=4):
    neuron, repetition, order = (
        part.ravel() for part in np.meshgrid([3, 8], np.arange(6), np.arange(n_spikes))
    )
    data = {
        "spike_phase": ("spike", 0.01 * order / n_spikes + 0.05),
        "spike_neuron": ("spike", neuron),
        "repetition": ("spike", repetition),
        "order": ("spike", order),
        "n_repetitions": ((), 6),
    }
    return xr.Dataset(data, {"neuron": [3, 8]}, SETTINGS | {"model": "lif"})


def currents(model="lif"):
    mean = np.array([np.sin(30 * PHASE), np.cos(30 * PHASE)])
    data = {"mean": (("neuron", "phase"), mean), "sd": (("neuron", "phase"), 0 * mean + 0.2)}
    return xr.Dataset(data, {"neuron": [3, 8], "phase": PHASE}, SETTINGS | {"model": model})


def test_both_networks_have_all_panels():
    both = [variability(), variability("rate", noise=0)]
    sheet = plot_variability(both, spikes(), [currents(), currents("rate")])
    assert len(sheet.axes) == 4 + 4
    assert "drift −3.2 ms/s (spiking network)" in sheet.get_suptitle()
    titles = [ax.get_title("left") for ax in sheet.axes]
    assert [title[5] for title in titles if title.startswith("$")] == list("abcdef")
    assert [text.get_text() for text in sheet.legends[0].texts] == [
        *("target", "spiking network", "rate network", "standard deviation"),
        *("squared bias", "variance"),
    ]
    assert sheet.axes[1].get_ylim() == sheet.axes[3].get_ylim()


@pytest.mark.parametrize("K", [1, 3])
def test_outputs_stand_over_their_target(K):
    found = variability(K=K)
    sheet = plot_variability(found)
    outputs, parts = sheet.axes
    assert len(outputs.lines) == K * (1 + 6 + 1)
    target, mean = outputs.lines[0], outputs.lines[7]
    assert_allclose(target.get_ydata(), found["target"].sel(cycle="own")[:, 0])
    assert_allclose(mean.get_ydata(), found["mean"].sel(cycle="own")[:, 0])
    assert target.get_linewidth() > 3 * mean.get_linewidth()
    assert_allclose(parts.lines[1].get_ydata(), found["variance"].sel(cycle="own").mean("output"))


def test_spikes_have_the_colour_of_their_order():
    sheet = plot_variability(variability(), spikes())
    first = sheet.axes[2]
    assert first.get_title("left").endswith("neuron 3")
    (lines,) = first.collections
    assert len(lines.get_segments()) == 24
    colors = [to_hex(color) for color in lines.get_colors()[:4]]
    assert colors == [color.lower() for color in OUTPUT_COLORS[:4]]


def test_many_spikes_have_shades():
    sheet = plot_variability(variability(), spikes(FEW + 20))
    colors = sheet.axes[2].collections[0].get_colors()
    assert len(np.unique(colors, axis=0)) == FEW + 20


def test_currents_are_solid_and_dotted_with_their_spread():
    sheet = plot_variability(variability(), currents=[currents(), currents("rate")])
    first = sheet.axes[2]
    assert_allclose(first.lines[0].get_ydata(), np.sin(30 * PHASE))
    assert first.lines[0].get_linestyle() == "-"
    assert first.lines[1].get_linestyle() != "-"
    assert len(first.collections) == 2
    assert first.get_ylabel() == "current (mV)"


def test_cycles_may_be_read_over_the_period_of_the_target():
    sheet = plot_variability(variability(), cycle="target")
    assert "cycles read over the period of the target" in sheet.get_suptitle()


def test_a_silent_network_has_a_sheet_too():
    none = spikes().isel(spike=[])
    assert len(plot_variability(variability(), none).axes) == 4
