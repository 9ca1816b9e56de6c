"""The decoders of a spiking network against those of its rate twin."""

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from brian_force.plotting.style import (
    INK,
    MINUS,
    MODEL_NAMES,
    SMALL,
    axes_or_current,
    output_color,
    two_decimals,
)

if TYPE_CHECKING:
    from brian_force.experiment.pair import Pair

__all__ = ["plot_scatter"]


def plot_scatter(pair: "Pair", ax: Axes | None = None) -> Axes:
    """Draw the decoders of the spiking network against those of the rate network.

    Parameters
    ----------
    pair : Pair
        Two networks after the same training.
    ax : Axes, optional
        Where to draw; pyplot's current axes by default.

    Returns
    -------
    Axes
        With one point per neuron and output, in the colour of the output, and one straight line
        fitted to them all by least squares. Its slope and Pearson's correlation of all points
        stand in the panel; where there are several outputs, their own correlations beside it.
    """
    ax = axes_or_current(ax)
    rate, spiking = np.asarray(pair.rate.decoders), np.asarray(pair.lif.decoders)
    zero: dict[str, Any] = {"color": "0.88", "linewidth": 0.8, "zorder": 0.5}
    ax.axhline(0, label="_zero", **zero)
    ax.axvline(0, label="_zero", **zero)
    for output, (x, y) in enumerate(zip(rate.T, spiking.T, strict=True)):
        label = f"output {output + 1}" if rate.shape[1] > 1 else "decoders"
        (points,) = ax.plot(x, y, ".", color=output_color(output), label=label, zorder=2)
        points.set(markersize=4, markeredgewidth=0, alpha=0.5, rasterized=True)
    ends = np.array([rate.min(), rate.max()])
    numbers = f"correlation {two_decimals(pair.decoder_correlation_pooled)}"
    if ends[1] > ends[0]:
        offsets = rate - rate.mean()
        slope = float(np.sum(offsets * spiking) / np.sum(offsets**2))
        fit = spiking.mean() + slope * (ends - rate.mean())
        ax.plot(ends, fit, color=INK, linewidth=1.3, zorder=2.5, label="linear fit")
        numbers += f"\nslope {slope:.2g}"
    _write_correlations(ax, pair.decoder_correlations, numbers)
    _label_decoders(ax.xaxis, "rate", rate)
    _label_decoders(ax.yaxis, "lif", spiking)
    return ax


def _write_correlations(ax: Axes, correlations: NDArray[Any], numbers: str) -> None:
    """Write the numbers of all outputs into the panel and those of each beside it."""
    inside = ax.text(0.03, 0.98, numbers, transform=ax.transAxes, fontsize=SMALL, va="top")
    inside.set_bbox({"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 1})
    if len(correlations) == 1:
        return
    lines = [("each:", INK)]
    for output, correlation in enumerate(correlations):
        number = f"$z_{{{output + 1}}}$  {two_decimals(correlation)}"
        lines.append((number, output_color(output)))
    for row, (line, color) in enumerate(lines):
        place: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points"}
        ax.annotate(line, (1, 1), (4, -13 * row), color=color, fontsize=SMALL, va="top", **place)


def _label_decoders(axis: Axis, model: str, decoders: NDArray[Any]) -> None:
    """Label an axis of decoders, with the power of ten in the unit."""
    largest = float(np.abs(decoders).max())
    exponent = int(np.floor(np.log10(largest))) if largest > 0 else 0
    if -2 <= exponent <= 2:
        exponent = 0
    unit = "1/Hz" if exponent == 0 else rf"$10^{{{exponent}}}$/Hz"
    axis.set_major_locator(MaxNLocator(5, steps=(1, 2, 5, 10)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: _number(value / 10**exponent)))
    axis.set_label_text(f"{MODEL_NAMES[model].split()[0]} decoder ({unit})")


def _number(value: float) -> str:
    """Write a number at a tick, with a minus as wide as a digit."""
    return f"{value:g}".replace("-", MINUS)
