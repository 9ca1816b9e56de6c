"""Sheets of studies over (Q, G): errors, bias and variance, growth of perturbations."""

from collections.abc import Callable, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from brian_force.plotting.analysis import title
from brian_force.plotting.study_panels import (
    ERROR,
    Scale2D,
    draw_grid,
    finish,
    key_patch,
    settings,
    short_rate,
    symmetric,
)
from brian_force.plotting.style import INK, MODEL_NAMES, OUTPUT_COLORS, SHEET, new_sheet
from brian_force.studies.pair_findings import log10
from brian_force.studies.running import StudyResult
from brian_force.studies.study_variability import CYCLES

__all__ = ["plot_grid_study", "plot_stability_study", "plot_variability_study"]

MODELS = ("lif", "rate")
SQUARED = Scale2D("cividis_r", LogNorm(1e-5, 1), "squared error", "{:.1g}")
RATIO = symmetric("log$_{10}$ variance/bias$^2$", 3)
GROWTH = symmetric("growth rate (1/s)", 100)
COLORS = {"lif": OUTPUT_COLORS[0], "rate": OUTPUT_COLORS[1]}

#: A row of grids: what stands before it, its values over learning rates, and its colours.
type Row = tuple[str, xr.DataArray, Scale2D]


def plot_grid_study(result: StudyResult) -> dict[str, Figure]:
    """Draw the free-running and the learning error of both networks at all learning rates.

    A sheet for each task, a column for each learning rate.
    """
    figures = {}
    for task, found in result.parts.items():
        rows: list[Row] = [
            (f"{MODEL_NAMES[model]}\n{words}", found[error].sel(model=model), ERROR)
            for error, words in (("free", "free-running"), ("learning", "learning"))
            for model in MODELS
        ]
        figures[f"grid_{task}"] = _sheet_of_grids(found, rows)
    return figures


def plot_variability_study(result: StudyResult) -> dict[str, Figure]:
    """Draw squared bias, variance and their ratio, a sheet for each way of cutting repetitions."""
    found = result.parts["repetitions"]
    figures = {}
    for cycle, words in CYCLES.items():
        cut = found.sel(cycle=cycle)
        rows: list[Row] = []
        for model in MODELS:
            name = MODEL_NAMES[model]
            one = cut.sel(model=model)
            rows += [
                (f"{name}\nsquared bias", one["mean_squared_bias"], SQUARED),
                (f"{name}\nvariance", one["mean_variance"], SQUARED),
                (f"{name}\nratio", _finite(log10(one["variance_to_bias"])), RATIO),
            ]
        n = int(found["n_repetitions"].median())
        figures[f"variability_{cycle}"] = _sheet_of_grids(found, rows, f"{n} repetitions, {words}")
    return figures


def plot_stability_study(result: StudyResult) -> dict[str, Figure]:
    """Draw the growth rate of perturbations, and against it what Fig. 7 shows."""
    found = result.parts["repetitions"]
    growth = found["growth"]
    rows: list[Row] = [
        (
            f"{MODEL_NAMES[model]}\n{_power(size)}",
            growth.sel(model=model, size=size),
            GROWTH,
        )
        for size in found["size"].to_numpy()
        for model in MODELS
    ]
    return {
        "stability": _sheet_of_grids(found, rows, "growth of a perturbation in the free run"),
        "stability_and_variability": _sheet_of_scatter(found),
    }


def _sheet_of_grids(found: xr.Dataset, rows: Sequence[Row], more: str = "") -> Figure:
    rates = found["learning_rate"].to_numpy()
    height = 0.35 * found.sizes["G"] + 0.75
    with mpl.rc_context(SHEET):
        sheet = new_sheet(8.4, max(1.2, height) * len(rows) + 0.9)
        panels = sheet.subplots(len(rows), len(rates), sharex=True, sharey=True, squeeze=False)
        for line, (label, values, scale) in zip(panels, rows, strict=True):
            for ax, rate in zip(line, rates, strict=True):
                draw_grid(ax, values.sel(learning_rate=rate), scale)
                ax.label_outer()
            line[0].set_ylabel(f"{label}\n$G$ (mV/Hz)")
        for ax, rate in zip(panels[0], rates, strict=True):
            title(ax, "", short_rate(rate))
        for first, last, scale in _runs([scale for _, _, scale in rows]):
            scale.bar(sheet, panels[first:last].ravel().tolist())
        finish(sheet, settings(found) + (f"\n{more}" if more else ""))
    return sheet


def _runs(scales: Sequence[Scale2D]) -> list[tuple[int, int, Scale2D]]:
    """Return first row, row after the last, and colours of neighbours that share a bar."""
    starts = [k for k, scale in enumerate(scales) if k == 0 or scale is not scales[k - 1]]
    ends = [*starts[1:], len(scales)]
    return [(first, last, scales[first]) for first, last in zip(starts, ends, strict=True)]


def _sheet_of_scatter(found: xr.Dataset) -> Figure:
    """Draw the ratio of variance and bias, and the error, against the growth of a perturbation."""
    ratio = _finite(log10(found["variance_to_bias"].sel(cycle="own")))
    quantities: list[tuple[str, xr.DataArray, Callable[[Axes], object] | None]] = [
        ("log$_{10}$ variance/bias$^2$", ratio, lambda ax: ax.axhline(0, **_zero())),
        ("free-running error, aligned", found["free"], lambda ax: ax.set_yscale("log")),
    ]
    with mpl.rc_context(SHEET):
        sheet = new_sheet(8, 6.4)
        sizes = found["size"].to_numpy()
        panels = sheet.subplots(2, len(sizes), sharey="row", sharex="col", squeeze=False)
        for line, (label, values, more) in zip(panels, quantities, strict=True):
            for ax, size in zip(line, sizes, strict=True):
                for model, mark in zip(MODELS, "os", strict=True):
                    x = found["growth"].sel(model=model, size=size)
                    y = values.sel(model=model).transpose(*x.dims)
                    face = COLORS[model] if model == "lif" else "none"
                    style = {"color": COLORS[model], "markerfacecolor": face, "markersize": 3.5}
                    ax.plot(x.to_numpy().ravel(), y.to_numpy().ravel(), mark, alpha=0.7, **style)
                ax.axvline(0, **_zero())
                if more:
                    more(ax)
            line[0].set_ylabel(label)
        for ax, size in zip(panels[0], sizes, strict=True):
            title(ax, "", f"perturbation of {_power(size)}")
        for ax in panels[-1]:
            ax.set_xscale("symlog", linthresh=10)
            ax.set_xlabel("growth rate (1/s)")
        key = [key_patch(MODEL_NAMES[model], COLORS[model]) for model in MODELS]
        finish(sheet, f"{settings(found)}: every network of the grid", key)
    return sheet


def _zero() -> dict[str, Any]:
    return {"color": INK, "linewidth": 0.8, "linestyle": (0, (5, 3)), "zorder": 0}


def _finite(values: xr.DataArray) -> xr.DataArray:
    return values.where(np.isfinite(values))


def _power(size: float) -> str:
    return rf"$10^{{{round(np.log10(size))}}}$"
