"""Repetitions of a free run: outputs, bias and variance, spikes and currents.

The figure follows Fig. 7 of Newton & Nicola (2025).
"""

from collections.abc import Iterator, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator, MaxNLocator
from numpy.typing import NDArray

from brian_force.plotting.analysis import as_list, heading, title
from brian_force.plotting.style import (
    LINESTYLES,
    MODEL_NAMES,
    OUTPUT_COLORS,
    SHEET,
    TARGET,
    label_outputs,
    new_sheet,
    output_color,
    output_offsets,
    output_style,
    scientific,
)

__all__ = ["plot_variability"]

type Datasets = xr.Dataset | Sequence[xr.Dataset] | None

PHASE_LABEL = "time since the peak of the target (s)"
BIAS, VARIANCE = OUTPUT_COLORS[4], OUTPUT_COLORS[3]
COLORS = {"lif": OUTPUT_COLORS[0], "rate": OUTPUT_COLORS[1]}
SHADE = 0.3
FEW = 18  # spikes of a neuron in a repetition that can be told by colours


def plot_variability(
    variability: xr.Dataset | Sequence[xr.Dataset],
    spikes: xr.Dataset | None = None,
    currents: Datasets = None,
    *,
    cycle: str = "own",
) -> Figure:
    """Show what varies between the repetitions of a free run, and what is wrong in all of them.

    Parameters
    ----------
    variability : Dataset or sequence of Dataset
        What `repetition_variability` gave, for one network or both.
    spikes : Dataset, optional
        What `repetition_spikes` gave.
    currents : Dataset or sequence of Dataset, optional
        What `filtered_currents` gave, for one network or both, of the neurons of `spikes`.
    cycle : {'own', 'target'}, optional
        How cycles are read; see `repetition_variability`.

    Returns
    -------
    Figure
        Not one of pyplot's. For each network the outputs of all repetitions (thin), their mean
        and sample standard deviation (shaded) over the target (thick grey), and squared bias and
        variance over the period, averaged over outputs. Below, a column a neuron: its spikes in
        every repetition, coloured by their order in it, and its filtered currents, means with
        shaded sample standard deviation.
    """
    every = [one.sel(cycle=cycle) for one in as_list(variability)]
    flows = as_list(currents)
    below = [height for height, given in ((1.7, spikes), (1.6, flows or None)) if given is not None]
    n_outputs = every[0].sizes["output"]
    heights = [1.9 + 0.2 * n_outputs] * len(every) + ([sum(below)] if below else [])
    with mpl.rc_context(SHEET):
        sheet = new_sheet(8, sum(heights) + 1.1)
        floors = sheet.add_gridspec(len(heights), 1, height_ratios=heights)
        letters = iter("abcdefgh")
        _draw_networks([floors[k] for k in range(len(every))], every, letters)
        if below:
            _draw_neurons(floors[-1], spikes, flows, below, letters)
        sheet.suptitle(_heading(every, cycle), fontsize=9.5, x=0.01, ha="left")
        sheet.legend(handles=_key(every, flows), loc="outside lower center", ncols=3)
        sheet.draw_without_rendering()
    return sheet


def _draw_networks(
    places: list[SubplotSpec], every: list[xr.Dataset], letters: Iterator[str]
) -> None:
    """Draw outputs, and bias and variance, a row a network at common scales."""
    above: Axes | None = None
    for place, one in zip(places, every, strict=True):
        left, right = place.subgridspec(1, 2).subplots(squeeze=False)[0]
        name = MODEL_NAMES[one.attrs["model"]]
        _draw_outputs(left, one)
        _draw_parts(right, one)
        title(left, next(letters), f"{name}, {one.sizes['repetition']} repetitions")
        title(right, next(letters), f"variance/bias$^2$ = {_ratio(one)}")
        if above is not None:
            right.sharey(above)
        above = right
        for ax in (left, right):
            ax.set_xlim(0, float(one["phase"][-1]))
            ax.locator_params(axis="x", nbins=5)
            ax.set_xlabel(PHASE_LABEL if place is places[-1] else "")


def _draw_outputs(ax: Axes, one: xr.Dataset) -> None:
    """Draw all repetitions, their mean and its standard deviation over the target."""
    phase, outputs = one["phase"].to_numpy(), one["outputs"].to_numpy()
    target, mean = one["target"].to_numpy(), one["mean"].to_numpy()
    sd = np.sqrt(one["variance"].to_numpy())
    model = one.attrs["model"]
    offsets = output_offsets(target)
    for k, offset in enumerate(offsets):
        color = COLORS[model] if len(offsets) == 1 else output_color(k)
        ax.plot(phase, target[:, k] + offset, **TARGET)
        low, high = mean[:, k] + offset - sd[:, k], mean[:, k] + offset + sd[:, k]
        ax.fill_between(phase, low, high, color=color, alpha=SHADE, linewidth=0, zorder=2)
        ax.plot(phase, outputs[:, :, k].T + offset, color=color, linewidth=0.4, alpha=0.35)
        ax.plot(phase, mean[:, k] + offset, **output_style(model, k) | {"color": color})
    label_outputs(ax, offsets)


def _draw_parts(ax: Axes, one: xr.Dataset) -> None:
    """Draw squared bias and variance over the period."""
    phase = one["phase"].to_numpy()
    style: dict[str, Any] = {"linestyle": LINESTYLES[one.attrs["model"]], "linewidth": 1.6}
    for name, color in {"squared_bias": BIAS, "variance": VARIANCE}.items():
        values = one[name].mean("output").to_numpy()
        ax.semilogy(phase, np.where(values > 0, values, np.nan), color=color, **style)
    ax.yaxis.set_major_locator(LogLocator(numticks=6))
    ax.set_ylabel("squared error")


def _draw_neurons(
    place: SubplotSpec,
    spikes: xr.Dataset | None,
    flows: list[xr.Dataset],
    heights: list[float],
    letters: Iterator[str],
) -> None:
    """Draw a column a neuron: its spikes above its currents."""
    neurons = (flows[0] if spikes is None else spikes)["neuron"].to_numpy()
    grid = place.subgridspec(len(heights), len(neurons), height_ratios=heights)
    rows = list(grid.subplots(sharex=True, sharey="row", squeeze=False))
    if spikes is not None:
        _draw_spikes(list(rows[0]), spikes)
    if flows:
        _draw_currents(list(rows[-1]), flows)
    for ax, neuron in zip(rows[0], neurons, strict=True):
        title(ax, "", f"neuron {neuron}")
    for row in rows:
        title(row[0], next(letters), f"neuron {neurons[0]}" if row is rows[0] else "")
    for ax in rows[-1]:
        ax.set_xlabel("time (s)")
        ax.locator_params(axis="x", nbins=3)


def _draw_spikes(row: list[Axes], spikes: xr.Dataset) -> None:
    """Draw the spikes of each neuron, a line a repetition, coloured by their order in it."""
    most = int(spikes["order"].max()) if spikes.sizes["spike"] else 0
    for ax, neuron in zip(row, spikes["neuron"].to_numpy(), strict=True):
        own = spikes.isel(spike=np.flatnonzero(spikes["spike_neuron"] == neuron))
        lines = 1 + own["repetition"].to_numpy()
        colors = _colors_of(own["order"].to_numpy())
        width = 1.5 if most < FEW else 0.7
        ax.vlines(own["spike_phase"], lines - 0.42, lines + 0.42, colors=colors, linewidth=width)
    row[0].set(ylabel="repetition", ylim=(0.3, float(spikes["n_repetitions"]) + 0.7))
    row[0].yaxis.set_major_locator(MaxNLocator(4, integer=True))


def _colors_of(orders: NDArray[Any]) -> list[Any]:
    """Return a colour of its own for each of a few orders; where they are many, shades."""
    most = orders.max(initial=0)
    if most < FEW:
        return [output_color(order) for order in orders]
    return list(mpl.colormaps["viridis"](0.92 * orders / most))


def _draw_currents(row: list[Axes], flows: list[xr.Dataset]) -> None:
    """Draw the filtered currents of each neuron: means, with shaded standard deviation."""
    for ax, neuron in zip(row, flows[0]["neuron"].to_numpy(), strict=True):
        for one in flows:
            own, color = one.sel(neuron=neuron), COLORS[one.attrs["model"]]
            phase, mean, sd = (own[name].to_numpy() for name in ("phase", "mean", "sd"))
            ax.fill_between(phase, mean - sd, mean + sd, color=color, alpha=SHADE, linewidth=0)
            ax.plot(phase, mean, **output_style(one.attrs["model"]) | {"color": color})
    row[0].set_ylabel("current (mV)")


def _ratio(one: xr.Dataset) -> str:
    value = float(one["variance_to_bias"])
    return scientific(float(f"{value:.2g}")) if np.isfinite(value) else "–"


def _heading(every: list[xr.Dataset], cycle: str) -> str:
    read = {"own": "their own mean duration", "target": "the period of the target"}[cycle]
    drifts = ", ".join(
        f"{float(one['drift']):+.1f} ms/s ({MODEL_NAMES[one.attrs['model']]})".replace("-", "−")
        for one in every
    )
    lines = (heading(every[0].attrs), f"cycles read over {read}; drift {drifts}")
    return "\n".join(lines)


def _key(every: list[xr.Dataset], flows: list[xr.Dataset]) -> list[Line2D | Patch]:
    """Explain the lines of all panels."""
    models = [one.attrs["model"] for one in every]
    models += [one.attrs["model"] for one in flows if one.attrs["model"] not in models]
    return [
        Line2D([], [], label="target", **TARGET),
        *(
            Line2D([], [], label=MODEL_NAMES[m], **output_style(m) | {"color": COLORS[m]})
            for m in models
        ),
        Patch(label="standard deviation", color="0.5", alpha=SHADE, linewidth=0),
        Line2D([], [], label="squared bias", color=BIAS, linewidth=1.6),
        Line2D([], [], label="variance", color=VARIANCE, linewidth=1.6),
    ]
