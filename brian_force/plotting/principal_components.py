"""Principal components of both networks, and what learning keeps of each."""

from typing import Any

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator
from numpy.typing import NDArray

from brian_force.plotting.analysis import heading, title
from brian_force.plotting.style import (
    INK,
    MODEL_NAMES,
    OUTPUT_COLORS,
    SHEET,
    TARGET,
    new_sheet,
    output_style,
)

__all__ = ["plot_components"]

type Array = NDArray[np.float64]

DEEPEST = 1e-12  # eigenvalues below this part of the largest are rounding, and not shown
PER_DECADE = 3  # groups of components in which gains and decoders are pooled
COLORS = {"lif": OUTPUT_COLORS[0], "rate": OUTPUT_COLORS[1]}


def plot_components(found: xr.Dataset) -> Figure:
    """Show that the learning rate is a low-pass filter on principal components.

    Parameters
    ----------
    found : Dataset
        What `compare_components` gave, or `recording_components` for one network.

    Returns
    -------
    Figure
        Not one of pyplot's. Spectra, with the inverse of the learning rate; how far both
        networks share their dominant components; the size of the decoders along the components
        of the rate network (of its own, for one network), pooled over neighbouring ones; and the
        gain of FORCE's decoders along each network's own components, pooled over eigenvalues in
        thirds of a decade, over the gain expected (thick grey).
    """
    models = [str(model) for model in found["model"].to_numpy()]
    both = "overlap" in found
    with mpl.rc_context(SHEET):
        sheet = new_sheet(8, 5.8 if both else 3.7)
        panels = list(sheet.subplots(2, 2).flat if both else sheet.subplots(1, 2, squeeze=True))
        draws = [_draw_spectra, _draw_alignment, _draw_projections, _draw_gains]
        draws = draws if both else [_draw_spectra, _draw_gains]
        for letter, ax, draw in zip("abcd", panels, draws, strict=False):
            title(ax, letter, draw(ax, found, models))
        sheet.suptitle(_heading(found, models), fontsize=9.5, x=0.01, ha="left")
        sheet.legend(handles=_key(found, models), loc="outside lower center", ncols=4)
        sheet.draw_without_rendering()
    return sheet


def _draw_spectra(ax: Axes, found: xr.Dataset, models: list[str]) -> str:
    """Draw eigenvalues against their number."""
    largest = float(found["eigenvalue"].max())
    for model in models:
        values = found["eigenvalue"].sel(model=model).to_numpy()
        numbers = 1 + np.flatnonzero(values > DEEPEST * largest)
        ax.loglog(numbers, values[numbers - 1], **_style(model))
    cutoff = float(found["cutoff"].to_numpy().flat[0])
    ax.axhline(cutoff, color=INK, linewidth=0.8, linestyle=(0, (5, 3)))
    ax.yaxis.set_major_locator(LogLocator(numticks=7))
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set(xlabel="component", ylabel="eigenvalue (Hz$^2$)", ylim=(0.1 * DEEPEST * largest, None))
    return "spectra"


def _draw_alignment(ax: Axes, found: xr.Dataset, models: list[str]) -> str:
    """Draw how far the first n components span the same space in both networks."""
    n = found["n_components"]
    ax.semilogx(n, found["overlap"], color=OUTPUT_COLORS[2], linewidth=1.5)
    ax.semilogx(n, found["chance"], color="0.6", linewidth=1.2)
    ax.annotate("at random", (float(n[-1]), float(found["chance"][-1])), (0.97, 0.06),
                textcoords="axes fraction", color="0.45", fontsize=8, ha="right")  # fmt: skip
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set(xlabel="number of components $n$", ylabel="overlap of the spaces", ylim=(0, 1.04))
    return "components of both networks"


def _draw_projections(ax: Axes, found: xr.Dataset, models: list[str]) -> str:
    """Draw the size of both decoders along the components of the rate network."""
    for model in models:
        along = found["projected_on_rate"].sel(model=model).to_numpy()
        numbers, sizes = _pooled_sizes(np.linalg.norm(along, axis=1))
        ax.loglog(numbers, sizes, **_style(model))
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set(xlabel="component of the rate network", ylabel="decoders along it (1/Hz)")
    return "decoders along components"


def _draw_gains(ax: Axes, found: xr.Dataset, models: list[str]) -> str:
    """Draw the gains of FORCE's decoders, weighted means over neighbouring eigenvalues."""
    cutoff = float(found["cutoff"].to_numpy().flat[0])
    eigenvalues = found["eigenvalue"].to_numpy()
    top = np.log10(eigenvalues.max())
    s = np.logspace(np.log10(cutoff) - 6, top + 0.3, 200)
    ax.semilogx(s, s / (s + cutoff), **TARGET)
    for model in models:
        one = found.sel(model=model)
        centres, gains = _pooled_gains(one, s[0])
        mark = {"marker": "o" if model == "lif" else "s", "markersize": 4}
        face = COLORS[model] if model == "lif" else "white"
        ax.semilogx(centres, gains, **_style(model) | mark, markerfacecolor=face)
    ax.axvline(cutoff, color=INK, linewidth=0.8, linestyle=(0, (5, 3)))
    ax.xaxis.set_major_locator(LogLocator(numticks=7))
    ax.set(xlabel="eigenvalue (Hz$^2$)", ylabel="gain of FORCE's decoders", xlim=(s[0], s[-1]))
    low, high = ax.get_ylim()
    ax.set_ylim(max(low, -1.0), min(high, 2.0))
    return "the learning rate as a filter"


def _pooled_sizes(sizes: Array) -> tuple[Array, Array]:
    """Return root mean squares over groups of components, and the means of their numbers."""
    numbers = 1 + np.arange(len(sizes))
    edges = np.unique(np.round(np.logspace(0, np.log10(len(sizes) + 1), 25)).astype(int))
    groups = np.searchsorted(edges, numbers, side="right")
    counts = np.bincount(groups)
    filled = counts > 0
    means = np.bincount(groups, sizes**2)[filled] / counts[filled]
    return np.bincount(groups, numbers)[filled] / counts[filled], np.sqrt(means)


def _pooled_gains(one: xr.Dataset, least: float) -> tuple[Array, Array]:
    """Return gains pooled over eigenvalues, weighted as a fit through them all would.

    With gains g = a b/b^2 of decoders a in those of least squares, b, the slope of all a against
    all b is the mean of g weighted by b^2.
    """
    s, gains = one["eigenvalue"].to_numpy(), one["force_gain"].to_numpy()
    sizes = np.square(one["reference"].to_numpy()).sum(axis=1)
    known = np.isfinite(gains) & (s > least)
    s, gains, sizes = s[known], gains[known], sizes[known]
    groups = np.round(PER_DECADE * np.log10(s)).astype(int)
    groups -= groups.min(initial=0)
    weight = np.bincount(groups, sizes)
    filled = weight > 0
    means = np.bincount(groups, sizes * gains)[filled] / weight[filled]
    centres = np.bincount(groups, np.log10(s))[filled] / np.bincount(groups)[filled]
    return np.asarray(10**centres), means


def _style(model: str) -> dict[str, Any]:
    return output_style(model) | {"color": COLORS[model]}


def _heading(found: xr.Dataset, models: list[str]) -> str:
    ratios = found["participation_ratio"].to_numpy()
    numbers = ", ".join(
        f"{ratio:.2f} ({MODEL_NAMES[model]})" for model, ratio in zip(models, ratios, strict=True)
    )
    return f"{heading(found.attrs)}\nparticipation ratio {numbers}"


def _key(found: xr.Dataset, models: list[str]) -> list[Line2D]:
    """Explain the lines of all panels."""
    cutoff: dict[str, Any] = {"color": INK, "linewidth": 0.8, "linestyle": (0, (5, 3))}
    return [
        *(Line2D([], [], label=MODEL_NAMES[model], **_style(model)) for model in models),
        Line2D([], [], label=r"1/learning rate $\lambda$", **cutoff),
        Line2D([], [], label=r"expected, $s/(s + 1/\lambda)$", **TARGET),
    ]
