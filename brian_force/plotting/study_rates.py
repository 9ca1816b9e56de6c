"""Sheets of studies over the learning rate: errors and swaps, components, decoders of trials."""

from typing import Any

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from brian_force.plotting.analysis import title
from brian_force.plotting.study_panels import (
    RATE_COLORS,
    draw_curve,
    finish,
    key_line,
    key_patch,
    mark_threshold,
    model_key,
    rate_key,
    rate_label,
    settings,
)
from brian_force.plotting.style import (
    INK,
    OUTPUT_COLORS,
    SHEET,
    TARGET,
    new_sheet,
    output_style,
)
from brian_force.studies.judging import intervals
from brian_force.studies.running import StudyResult
from brian_force.studies.study_components import shared_space

__all__ = ["plot_components_study", "plot_cross_trial_study", "plot_learning_rate_study"]

LEARNING, FREE, SWAP, CORRELATION = (OUTPUT_COLORS[k] for k in (0, 1, 3, 2))
CONTROL: dict[str, Any] = {"linestyle": (0, (4, 2)), "linewidth": 1}
#: Eigenvalues below this part of the largest are rounding.
DEEPEST = 1e-12


def plot_learning_rate_study(result: StudyResult) -> dict[str, Figure]:
    """Draw errors, errors after a swap and the correlation of decoders over the learning rate.

    A column for each (G, Q). The slow and the fast rate, at which claims are judged, are marked.
    """
    with mpl.rc_context(SHEET):
        sheet = new_sheet(8, 7.6)
        panels = sheet.subplots(3, len(result.parts), sharex=True, sharey="row", squeeze=False)
        for column, found in zip(panels.T, result.parts.values(), strict=True):
            _draw_errors(column[0], found, {"learning": LEARNING, "free": FREE})
            _draw_errors(column[1], found, {"swap": SWAP})
            style = output_style("lif") | {"color": CORRELATION}
            draw_curve(column[2], found["correlation"], "learning_rate", style)
            for ax in column:
                rate_label(ax, ax.get_yscale())
                for rate in (result.scale.slow, result.scale.fast):
                    ax.axvline(rate, color="0.85", linewidth=0.8, zorder=0)
                ax.label_outer()
        words = ("errors", "errors on the decoders of the other", "correlation of decoders")
        labels = ("normalised error", "normalised error", "correlation")
        for floor, (row, word, label) in enumerate(zip(panels, words, labels, strict=True)):
            row[0].set_ylabel(label)
            for ax, part in zip(row, result.parts.values(), strict=True):
                point = f"G = {part.attrs['G']:g} mV/Hz, Q = {part.attrs['Q']:g} mV"
                title(ax, "", f"{point}\n{word}" if floor == 0 else word)
        panels[2, 0].set_ylim(0, 1)
        first = next(iter(result.parts.values()))
        about = f"{first.attrs['task']}, N = {first.attrs['n_neurons']:g}"
        finish(sheet, f"{about}, {first.sizes['seed']} seeds", [
            *model_key(),
            key_patch("while learning", LEARNING),
            key_patch("free-running, aligned", FREE),
            key_patch("swapped, scaled", SWAP),
            Line2D([], [], color="0.55", linewidth=0.8, linestyle=(0, (5, 3)), label="threshold"),
        ])  # fmt: skip
    return {"learning_rate": sheet}


def plot_components_study(result: StudyResult) -> dict[str, Figure]:
    """Draw spectra, the gain along components, and how far networks share those that pass."""
    found = result.parts["trials"]
    with mpl.rc_context(SHEET):
        sheet = new_sheet(8, 6.2)
        panels = sheet.subplots(2, 2)
        _draw_spectra(panels[0, 0], found)
        _draw_gains(panels[0, 1], found)
        _draw_overlap(panels[1, 0], found)
        _draw_shared(panels[1, 1], found)
        words = ("spectra", "the learning rate as a filter", "components of both networks")
        for letter, ax, word in zip("abc", panels.flat, words, strict=False):
            title(ax, letter, word)
        title(panels[1, 1], "d", "of the components that pass")
        expected = Line2D([], [], label=r"$s\lambda/(s\lambda + 1)$", **TARGET)
        finish(sheet, settings(found), [*model_key(), expected, *rate_key(found)])
    return {"components": sheet}


def plot_cross_trial_study(result: StudyResult) -> dict[str, Figure]:
    """Draw correlations with FORCE's decoders, and errors, over the learning rate and trials."""
    found = result.parts["trials"]
    n = int(found["n_averaged"][-1])
    lines = {
        "single trials": (0, RATE_COLORS[3]),
        f"mean of {n} trials": (-1, RATE_COLORS[1]),
    }
    with mpl.rc_context(SHEET):
        sheet = new_sheet(8, 3.6)
        left, middle, right = sheet.subplots(1, 3)
        for name, ax in (("correlation", left), ("error", right)):
            for index, color in lines.values():
                values = found[f"trial_{name}"].isel(n_averaged=index)
                draw_curve(ax, values, "learning_rate", output_style("lif") | {"color": color})
            dotted = output_style("rate") | {"color": INK}
            draw_curve(ax, found[f"trial_rate_{name}"], "learning_rate", dotted)
            rate_label(ax)
        force = output_style("lif") | {"color": CORRELATION}
        draw_curve(right, found["trial_force_error"], "learning_rate", force)
        _draw_averaging(middle, found)
        left.set(ylabel="correlation with FORCE's decoders", ylim=(0, 1))
        right.set(ylabel="error in held-out trials", yscale="log")
        title(left, "a", "decoders")
        title(middle, "b", "averaging trials")
        title(right, "c", "errors")
        key = [key_line(f"ridge, {name}", color) for name, (_, color) in lines.items()]
        key.append(Line2D([], [], label="ridge, rate network", **dotted))
        key.append(Line2D([], [], label="mean of the trials' decoders", color=INK, **CONTROL))
        finish(sheet, settings(found), [*key, key_line("FORCE", CORRELATION), *rate_key(found)])
    return {"cross_trial": sheet}


def _draw_errors(ax: Axes, found: xr.Dataset, names: dict[str, str]) -> None:
    for name, color in names.items():
        for model in ("lif", "rate"):
            style = output_style(model) | {"color": color}
            draw_curve(ax, found[name].sel(model=model), "learning_rate", style)
    ax.set_yscale("log")
    mark_threshold(ax)


def _draw_spectra(ax: Axes, found: xr.Dataset) -> None:
    """Draw the spectra of both networks at the slow rate, and where each rate cuts."""
    spectra = found["eigenvalue"].isel(learning_rate=0).mean("seed")
    largest = float(spectra.max())
    for model in ("lif", "rate"):
        values = spectra.sel(model=model).to_numpy()
        numbers = 1 + np.flatnonzero(values > DEEPEST * largest)
        ax.loglog(numbers, values[numbers - 1], **output_style(model) | {"color": INK})
    for color, rate in zip(RATE_COLORS, found["learning_rate"].to_numpy(), strict=False):
        ax.axhline(1 / rate, color=color, linewidth=1)
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set(xlabel="component", ylabel="eigenvalue $s$ (Hz$^2$)")


def _draw_gains(ax: Axes, found: xr.Dataset) -> None:
    strength = found["strength"].to_numpy()
    fine = np.linspace(strength[0], strength[-1], 200)
    ax.semilogx(10**fine, 1 / (1 + 10**-fine), **TARGET)
    for color, rate in zip(RATE_COLORS, found["learning_rate"].to_numpy(), strict=False):
        for model in ("lif", "rate"):
            gain = found["force_gain"].sel(learning_rate=rate, model=model).mean("seed")
            style = output_style(model) | {"color": color, "marker": "o", "markersize": 2.5}
            ax.plot(10**strength, gain, **style)
    ax.set(xlabel=r"eigenvalue times learning rate, $s\lambda$", ylabel="gain of FORCE's decoders")
    low, high = ax.get_ylim()
    ax.set_ylim(max(low, -0.5), min(high, 1.6))


def _draw_overlap(ax: Axes, found: xr.Dataset) -> None:
    n = found["n_components"].to_numpy()
    # of the trials with the target fed back, whatever was learned
    overlap = found["overlap"].mean(("learning_rate", "seed"))
    ax.semilogx(n, overlap, color=INK, linewidth=1.3)
    for color, rate in zip(RATE_COLORS, found["learning_rate"].to_numpy(), strict=False):
        passing = (found["eigenvalue"].sel(learning_rate=rate) * rate > 1).sum("component")
        mark = max(1, round(float(passing.mean())))
        ax.plot(mark, overlap.sel(n_components=min(mark, n[-1])), "o", color=color, markersize=5)
    ax.semilogx(n, n / n[-1], color="0.6", linewidth=1.2)
    ax.annotate("at random", (0.97, 0.06), xycoords="axes fraction", color="0.45", ha="right")
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set(xlabel="number of components (dots: those that pass)", ylabel="overlap", ylim=(0, 1.04))


def _draw_shared(ax: Axes, found: xr.Dataset) -> None:
    style = output_style("lif") | {"color": INK}
    draw_curve(ax, shared_space(found), "learning_rate", style)
    correlation = output_style("lif") | {"color": CORRELATION}
    draw_curve(ax, found["correlation"], "learning_rate", correlation)
    ax.annotate("overlap, chance taken off", (0.03, 0.1), xycoords="axes fraction", color=INK)
    place: dict[str, Any] = {"xycoords": "axes fraction", "color": CORRELATION}
    ax.annotate("correlation of decoders", (0.03, 0.03), **place)
    rate_label(ax)
    ax.set(ylabel="shared by both networks", ylim=(0, 1.04))


def _draw_averaging(ax: Axes, found: xr.Dataset) -> None:
    numbers = found["n_averaged"].to_numpy()
    for color, rate in zip(RATE_COLORS, found["learning_rate"].to_numpy(), strict=False):
        ends = intervals(found["trial_correlation"].sel(learning_rate=rate))
        bars = np.array([ends["mean"] - ends["low"], ends["high"] - ends["mean"]])
        style: dict[str, Any] = {"color": color, "marker": "o", "markersize": 3, "capsize": 2}
        ax.errorbar(numbers, ends["mean"], np.nan_to_num(bars), linewidth=1.3, **style)
        control = found["trial_control_correlation"].sel(learning_rate=rate).mean("seed")
        ax.plot(numbers, control, color=color, **CONTROL)
    ax.set_xscale("log", base=2)
    ax.set_xticks(numbers, [str(k) for k in numbers])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set(xlabel="trials averaged", ylabel="correlation with FORCE's decoders", ylim=(0, 1))
