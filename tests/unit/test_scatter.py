"""The scatter of decoders: what stands where, and with which numbers."""

from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from brian2 import Hz
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from brian_force.experiment import Pair
from brian_force.plotting import plot_scatter, style


def a_pair(K=1):
    """Return the decoders of two networks of 50 neurons, alike but not the same."""
    rng = np.random.default_rng(3)
    common, *own = rng.normal(size=(3, 50, K))
    lif, rate = (SimpleNamespace(decoders=(common + 0.5 * x) * 1e-4 / Hz) for x in own)
    return Pair(task=None, lif=lif, rate=rate)


@pytest.fixture
def ax():
    return Figure().add_subplot()


def texts(ax):
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("K", [1, 3, 6])
def test_every_decoder_is_a_point_in_the_colour_of_its_output(K, ax):
    pair = a_pair(K=K)
    assert plot_scatter(pair, ax=ax) is ax
    clouds = [line for line in ax.lines if line.get_marker() == "."]
    assert [line.get_color() for line in clouds] == list(style.OUTPUT_COLORS[:K])
    for output, line in enumerate(clouds):
        x, y = line.get_data()
        assert x == pytest.approx(np.asarray(pair.rate.decoders)[:, output])
        assert y == pytest.approx(np.asarray(pair.lif.decoders)[:, output])


def test_the_fit_and_the_numbers_are_those_of_all_decoders(ax):
    pair = a_pair(K=3)
    plot_scatter(pair, ax=ax)
    rate, spiking = (np.asarray(x.decoders).ravel() for x in (pair.rate, pair.lif))
    (fit,) = (line for line in ax.lines if line.get_label() == "linear fit")
    slope, intercept = np.polyfit(rate, spiking, 1)
    assert fit.get_ydata() == pytest.approx(slope * fit.get_xdata() + intercept)
    inside, heading, *each = texts(ax)
    correlation = pair.decoder_correlation_pooled
    assert inside == f"correlation {correlation:.2f}\nslope {slope:.2g}"
    assert heading == "each:"
    assert each == [f"$z_{{{k + 1}}}$  {r:.2f}" for k, r in enumerate(pair.decoder_correlations)]


def test_one_output_has_one_correlation(ax):
    assert len(texts(plot_scatter(a_pair(), ax=ax))) == 1


@pytest.mark.parametrize(
    ("scale", "unit", "tick"),
    [(1e-4, "$10^{-4}$/Hz", "−2"), (1, "1/Hz", "−2"), (1e3, "$10^{3}$/Hz", "−2")],
)
def test_the_power_of_ten_stands_in_the_unit(scale, unit, tick, ax):
    pair = a_pair()
    for recording in (pair.lif, pair.rate):
        recording.decoders = np.linspace(-2, 2, 50)[:, np.newaxis] * scale / Hz
    plot_scatter(pair, ax=ax)
    ax.figure.draw_without_rendering()
    assert ax.get_xlabel() == f"rate decoder ({unit})"
    assert ax.get_ylabel() == f"spiking decoder ({unit})"
    assert tick in [label.get_text() for label in ax.get_xticklabels()]


@pytest.mark.parametrize("K", [1, 3])
@pytest.mark.parametrize("untrained", [("rate",), ("lif",), ("lif", "rate")])
def test_decoders_that_are_all_zero_have_no_correlation(untrained, K, ax):
    pair = a_pair(K=K)
    for model in untrained:
        getattr(pair, model).decoders = np.zeros((50, K)) / Hz
    plot_scatter(pair, ax=ax)
    ax.figure.draw_without_rendering()
    assert texts(ax)[0].startswith("correlation –")
    assert ("slope" in texts(ax)[0]) == ("rate" not in untrained)


def test_without_axes_the_current_ones_are_used():
    plt.switch_backend("agg")
    current = plt.figure().add_subplot()
    assert plot_scatter(a_pair()) is current
    plt.close("all")
    assert isinstance(plot_scatter(a_pair()), Axes)
    plt.close("all")
