"""Panels that the sheets of studies are made of: (Q, G) grids, and curves with intervals."""

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, LogNorm, Normalize, SymLogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from brian_force.plotting.style import INK, MODEL_NAMES, OUTPUT_COLORS, output_style, scientific
from brian_force.studies.claims import DONE
from brian_force.studies.judging import intervals

__all__ = [
    "CORRELATION",
    "ERROR",
    "RATE_COLORS",
    "Scale2D",
    "draw_curve",
    "draw_grid",
    "finish",
    "key_line",
    "key_patch",
    "mark_threshold",
    "model_key",
    "rate_key",
    "rate_label",
    "settings",
    "short_rate",
    "symmetric",
]

#: Colours of learning rates: dark for slow, light for fast.
RATE_COLORS = ("#332288", "#0072B2", "#009E73", "#E69F00", "#D55E00", "#CC79A7")
SHADE = 0.18
SMALL = 7.0
#: Numbers are written into cells of grids of up to so many columns and rows.
WRITTEN = 6


class Scale2D:
    """How a quantity is coloured in grids.

    Parameters
    ----------
    colors : str
        Name of a colour map.
    norm : Normalize
        From values to colours.
    label : str
        Of the colour bar.
    written : str
        Format of the numbers in cells.
    """

    def __init__(self, colors: str, norm: Normalize, label: str, written: str = "{:.2g}") -> None:
        self.colors, self.norm, self.label, self.written = colors, norm, label, written

    def bar(self, sheet: Figure, axes: Sequence[Axes], **options: Any) -> None:
        """Add a colour bar beside some panels."""
        mappable = ScalarMappable(self.norm, self.colors)
        shape: dict[str, Any] = {"aspect": 12 + len(axes), "fraction": 0.05}
        bar = sheet.colorbar(mappable, ax=list(axes), extend="both", **shape | options)
        bar.set_label(self.label)
        bar.outline.set_visible(False)


ERROR = Scale2D("cividis_r", LogNorm(0.01, 1), "normalised error")
CORRELATION = Scale2D("cividis", Normalize(0, 1), "correlation", "{:.2f}")


def symmetric(label: str, limit: float) -> Scale2D:
    """Return colours for what may be on either side of 0: orange below, violet above."""
    norm = SymLogNorm(1, vmin=-limit, vmax=limit) if limit > 10 else Normalize(-limit, limit)
    return Scale2D("PuOr", norm, label, "{:+.2g}")


def draw_grid(
    ax: Axes, values: xr.DataArray, scale: Scale2D, best: tuple[float, float] | None = None
) -> None:
    """Draw the mean over seeds of a quantity over (Q, G).

    Cells without a value are white with a cross: no training there came to its end.
    """
    mean = values.mean("seed") if "seed" in values.dims else values
    mean = mean.transpose("G", "Q")
    cells = mean.to_numpy()
    shown = np.ma.masked_invalid(cells)
    ax.pcolormesh(shown, cmap=scale.colors, norm=scale.norm, edgecolors="white", linewidth=0.8)
    _write_cells(ax, cells, scale)
    for name, axis, set_ticks in (("Q", ax.xaxis, ax.set_xticks), ("G", ax.yaxis, ax.set_yticks)):
        labels = [f"{value:g}" for value in mean[name].to_numpy()]
        every = 1 + (len(labels) - 1) // WRITTEN
        set_ticks(np.arange(len(labels))[::every] + 0.5, labels[::every])
        axis.set_tick_params(length=0)
    ax.set(xlabel="$Q$ (mV)", ylabel="$G$ (mV/Hz)")
    ax.spines[:].set_visible(False)
    if best is not None:
        _frame(ax, mean, best)


def draw_curve(
    ax: Axes, values: xr.DataArray, over: str, style: dict[str, Any], points: bool = True
) -> None:
    """Draw the mean over seeds along an axis, its interval shaded, each seed a faint point."""
    x = values[over].to_numpy()
    found = intervals(values)
    color = style["color"]
    low, high = found["low"].to_numpy(), found["high"].to_numpy()
    ax.fill_between(x, low, high, color=color, alpha=SHADE, linewidth=0)
    if points:
        each = values.transpose(over, "seed").to_numpy()
        marks: dict[str, Any] = {"markersize": 2.5, "markeredgewidth": 0, "alpha": 0.45}
        ax.plot(np.repeat(x, each.shape[1]), each.ravel(), ".", color=color, **marks)
    ax.plot(x, found["mean"], **style)


def mark_threshold(ax: Axes, value: float = DONE) -> None:
    """Draw the error below which a network does the task."""
    ax.axhline(value, color="0.55", linewidth=0.8, linestyle=(0, (5, 3)), zorder=1)


def rate_label(ax: Axes, scale_y: str = "linear") -> None:
    """Make the horizontal axis one of learning rates."""
    ax.set_xscale("log")
    ax.set_yscale(scale_y)
    ax.set_xlabel("learning rate (s$^2$)")


def short_rate(rate: float) -> str:
    """Write a learning rate with its unit for a title."""
    return f"{scientific(rate)} s$^2$"


def model_key() -> list[Line2D]:
    """Explain the lines of both networks, whatever their colour."""
    return [
        Line2D([], [], label=MODEL_NAMES[model], **output_style(model) | {"color": INK})
        for model in ("lif", "rate")
    ]


def settings(found: xr.Dataset) -> str:
    """Return a line on what was run."""
    names = {"n_neurons": "N = {:g}", "G": "G = {:g} mV/Hz", "Q": "Q = {:g} mV"}
    attrs = found.attrs
    parts = [str(attrs["task"]).replace("_", " ")] if "task" in attrs else []
    parts += [text.format(attrs[name]) for name, text in names.items() if name in attrs]
    if "learning_rate" in attrs:
        parts.append(f"learning rate {short_rate(attrs['learning_rate'])}")
    n_seeds = found.sizes.get("seed", 1)
    parts.append(f"{n_seeds} seeds" if n_seeds > 1 else "1 seed")
    return ", ".join(parts)


def rate_key(found: xr.Dataset) -> list[Line2D]:
    """Explain the colours of learning rates."""
    rates = found["learning_rate"].to_numpy()
    return [key_line(short_rate(rate), c) for c, rate in zip(RATE_COLORS, rates, strict=False)]


def key_line(label: str, color: str) -> Line2D:
    """Explain the colour of a line."""
    return Line2D([], [], label=label, color=color, linewidth=1.5)


def key_patch(label: str, color: str) -> Line2D:
    """Explain a colour that lines of both networks have."""
    return Line2D([], [], label=label, color=color, linewidth=5, solid_capstyle="butt")


def finish(sheet: Figure, heading: str, key: Sequence[Any] = ()) -> None:
    """Write what was run above a sheet, explain its lines below, and lay it out."""
    sheet.suptitle(heading, fontsize=9.5, x=0.01, ha="left")
    if key:
        sheet.legend(handles=list(key), loc="outside lower center", ncols=4)
    sheet.draw_without_rendering()


def _write_cells(ax: Axes, cells: Any, scale: Scale2D) -> None:
    if max(cells.shape) > WRITTEN:
        return
    colors = _colormap(scale.colors)
    for (row, column), value in np.ndenumerate(cells):
        place = (column + 0.5, row + 0.5)
        if not np.isfinite(value):
            ax.annotate("×", place, color="0.5", ha="center", va="center", fontsize=SMALL)
            continue
        red, green, blue, _ = colors(float(scale.norm(value)))
        light = 0.3 * red + 0.59 * green + 0.11 * blue > 0.5
        text = scale.written.format(value).replace("-", "−")
        color = INK if light else "white"
        ax.annotate(text, place, color=color, ha="center", va="center", fontsize=SMALL)


def _colormap(name: str) -> Colormap:
    return mpl.colormaps[name]


def _frame(ax: Axes, mean: xr.DataArray, best: tuple[float, float]) -> None:
    """Frame the cell of a chosen (G, Q)."""
    row = int(np.abs(mean["G"].to_numpy() - best[0]).argmin())
    column = int(np.abs(mean["Q"].to_numpy() - best[1]).argmin())
    x, y = [column, column + 1, column + 1, column, column], [row, row, row + 1, row + 1, row]
    ax.plot(x, y, color=OUTPUT_COLORS[1], linewidth=1.8, clip_on=False, zorder=4)
