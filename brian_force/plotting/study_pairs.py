"""Sheets of studies that show outputs: three phases, and the most correlated pairs, swapped."""

from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from brian_force.plotting.analysis import title
from brian_force.plotting.study_panels import (
    CORRELATION,
    ERROR,
    draw_grid,
    finish,
    model_key,
    short_rate,
)
from brian_force.plotting.style import (
    INK,
    MINUS,
    SHEET,
    TARGET,
    TIME_LABEL,
    label_outputs,
    new_sheet,
    output_color,
    output_offsets,
    overlaid_style,
)
from brian_force.studies.running import StudyResult
from brian_force.studies.study_swap import SPEEDS

__all__ = ["plot_phases_study", "plot_swap_study"]

type Array = NDArray[np.float64]

PHASES = {"before": "before learning", "learning": "while learning", "after": "after learning"}
SMALL = 7.0


def plot_phases_study(result: StudyResult) -> dict[str, Figure]:
    """Draw both networks before, while and after learning, a row for each task; first seed."""
    with mpl.rc_context(SHEET):
        heights = [1.15 + 0.16 * found.sizes["channel"] for found in result.parts.values()]
        sheet = new_sheet(8, sum(heights) + 1.0)
        rows = sheet.subplots(len(heights), 3, sharey="row", height_ratios=heights, squeeze=False)
        for row, (task, found) in zip(rows, result.parts.items(), strict=True):
            one = found.isel(seed=0)
            for ax, phase in zip(row, PHASES, strict=True):
                draw_stretch(ax, one.sel(phase=phase), ("lif", "rate"))
            errors = one["free"].to_numpy()
            name = task.replace("_", " ")
            title(row[0], "", name)
            about = f"free-running error {errors[0]:.2g} (spiking), {errors[1]:.2g} (rate)"
            row[2].annotate(about, (0, 1), (0, 3), xycoords="axes fraction", fontsize=SMALL,
                            textcoords="offset points")  # fmt: skip
        for ax, words in zip(rows[0], PHASES.values(), strict=True):
            label = ax.get_title(loc="left")
            ax.set_title(f"{words}\n{label}" if label else f"{words}\n", loc="left")
        for ax in rows[-1]:
            ax.set_xlabel(TIME_LABEL)
        first = next(iter(result.parts.values()))
        rate, n = first.attrs["learning_rate"], first.attrs["n_neurons"]
        heading = f"N = {n:g}, learning rate {short_rate(rate)}, seed {int(first['seed'][0])}"
        finish(sheet, heading, [_target(), *model_key()])
    return {"phases": sheet}


def plot_swap_study(result: StudyResult) -> dict[str, Figure]:
    """Draw the figures of slow and fast learning.

    For each task, above, the errors of both networks and the correlation of decoders over
    (Q, G), with the most correlated pair framed, and its decoders against each other; below, the
    outputs of that pair, and those on the decoders of the other.
    """
    names = [name for name in result.parts if not name.endswith(SPEEDS)]
    figures = {}
    for speed in SPEEDS:
        with mpl.rc_context(SHEET):
            sheet = new_sheet(8.4, 4.5 * len(names) + 0.7)
            floors = sheet.add_gridspec(2 * len(names), 1, height_ratios=(1, 0.85) * len(names))
            rate = getattr(result.scale, speed)
            for k, name in enumerate(names):
                grid = result.parts[name].sel(learning_rate=rate)
                pair = result.parts[f"{name} {speed}"]
                _draw_grids(sheet, floors[2 * k], name, grid, pair)
                _draw_swap(sheet, floors[2 * k + 1], pair.isel(seed=0))
            n = result.parts[names[0]].attrs["n_neurons"]
            heading = f"{speed} learning, {short_rate(rate)}, N = {n:g}; grids: means over seeds"
            finish(sheet, heading, [_target(), *model_key()])
        figures[f"swap_{speed}"] = sheet
    return figures


def draw_stretch(ax: Axes, one: xr.Dataset, models: tuple[str, ...]) -> None:
    """Draw a stretch of the outputs over their target."""
    known = one["target"].notnull().any("channel").to_numpy()
    times = float(one["start"]) + one["moment"].to_numpy()[known]
    target = one["target"].transpose("moment", "channel").to_numpy()[known]
    offsets = output_offsets(target)
    ax.plot(times, target + offsets, **TARGET | {"linewidth": 3})
    for model in models:
        output = one["output"].sel(model=model).transpose("moment", "channel").to_numpy()[known]
        for channel, offset in enumerate(offsets):
            ax.plot(times, output[:, channel] + offset, **_style(model, channel))
    room = float(np.ptp(target, axis=0).max()) or 1.0
    bottom, top = (target + offsets).min(), (target + offsets).max()
    ax.set(ylim=(bottom - 0.35 * room, top + 0.35 * room), xlim=(times[0], times[-1]))
    ax.locator_params(axis="x", nbins=4)
    if ax.get_subplotspec().is_first_col():  # type: ignore[union-attr]
        label_outputs(ax, offsets)


def _draw_grids(
    sheet: Figure, place: SubplotSpec, name: str, grid: xr.Dataset, pair: xr.Dataset
) -> None:
    """Draw the three grids, and the decoders of the best pair."""
    row = place.subgridspec(1, 4, width_ratios=(1, 1, 1, 1.05)).subplots(squeeze=False)[0]
    best = pair.attrs["G"], pair.attrs["Q"]
    free = grid["free"]
    panels: Iterator[Any] = iter(row)
    for values, scale, words in (
        (free.sel(model="lif"), ERROR, rf"$\bf{{{name.replace('_', r'\ ')}}}$" + "\nspiking error"),
        (free.sel(model="rate"), ERROR, "rate error"),
        (grid["correlation"], CORRELATION, "correlation"),
    ):
        ax = next(panels)
        draw_grid(ax, values, scale, best)
        title(ax, "", words)
    for ax in row[1:3]:
        ax.set_ylabel("")
    ERROR.bar(sheet, row[:2], shrink=0.9)
    CORRELATION.bar(sheet, row[2:3], shrink=0.9)
    _draw_scatter(next(panels), pair.isel(seed=0))


def _draw_scatter(ax: Axes, one: xr.Dataset) -> None:
    """Draw the decoders of one network against those of the other, with a linear fit."""
    spiking, rate = (1e3 * one["decoders"].sel(model=model).to_numpy() for model in ("lif", "rate"))
    for channel in range(one.sizes["channel"]):
        style: dict[str, Any] = {"markersize": 3, "markeredgewidth": 0, "alpha": 0.5}
        ax.plot(rate[:, channel], spiking[:, channel], ".", color=output_color(channel), **style)
    slope, intercept = np.polyfit(rate.ravel(), spiking.ravel(), 1)
    ends = np.array([rate.min(), rate.max()])
    ax.plot(ends, intercept + slope * ends, color=INK, linewidth=1.2)
    ax.set(xlabel="rate decoder\n(10$^{-3}$/Hz)", ylabel="spiking decoder")
    numbers = f"$r$ = {float(one['correlation']):.2f}\nslope {slope:.2f}".replace("-", MINUS)
    ax.annotate(numbers, (0.04, 0.97), xycoords="axes fraction", fontsize=SMALL, va="top")
    title(ax, "", "decoders")


def _draw_swap(sheet: Figure, place: SubplotSpec, one: xr.Dataset) -> None:
    """Draw the outputs of the pair, and of each network on the decoders of the other."""
    row = place.subgridspec(1, 3).subplots(squeeze=False, sharey=True)[0]
    errors = one["swap"].to_numpy()
    speeds = one["swap_speed"].to_numpy()
    draw_stretch(row[0], one.sel(phase="after"), ("lif", "rate"))
    point = f"$G$ = {one.attrs['G']:g}, $Q$ = {one.attrs['Q']:g}"
    title(row[0], "", f"after learning, {point}")
    words = {"lif": "spiking on rate decoders", "rate": "rate on spiking decoders"}
    for ax, model, error, speed in zip(row[1:], words, errors, speeds, strict=True):
        draw_stretch(ax, one.sel(phase="swapped"), (model,))
        about = f"error {error:.2g}" + (f", speed {speed:.2f}" if np.isfinite(speed) else "")
        title(ax, "", f"{words[model]}\n{about}")
    row[0].set_xlabel(TIME_LABEL)
    for ax in row[1:]:
        ax.set_xlabel("time after the swap (s)")


def _style(model: str, channel: int) -> dict[str, Any]:
    return overlaid_style(model, channel) | {"linewidth": 1.0 if model == "lif" else 1.4}


def _target() -> Line2D:
    return Line2D([], [], label="target", **TARGET | {"linewidth": 3})
