"""What analysis found in spikes: statistics of neurons, and decoders of repeated trials."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullLocator

from brian_force.plotting.style import (
    INK,
    LINESTYLES,
    MODEL_NAMES,
    OUTPUT_COLORS,
    SHEET,
    TARGET,
    TIME_LABEL,
    label_outputs,
    new_sheet,
    output_offsets,
    output_style,
    scientific,
)

if TYPE_CHECKING:
    from brian_force.exchange.spike_trials import SpikeTrials

__all__ = [
    "as_list",
    "heading",
    "plot_decoders_across_trials",
    "plot_statistics",
    "plot_trial_decoding",
    "title",
]

RASTER_NEURONS = 40
RASTER_SECONDS = 1.0
DECODED_SECONDS = 2.0
#: What the panels of distributions show: the variable and its label.
DISTRIBUTIONS = {
    "rate": "mean rate (Hz)",
    "cv": "CV of intervals",
    "lv": "local variation LV",
    "fano_factor": "Fano factor",
}


def plot_statistics(
    statistics: xr.Dataset | Sequence[xr.Dataset], trials: "SpikeTrials | None" = None
) -> Figure:
    """Show what single neurons do: spikes of one trial, and distributions over neurons.

    Parameters
    ----------
    statistics : Dataset or sequence of Dataset
        What `recording_statistics`, `analyse_trials` or `spike_statistics` gave; of a spiking
        network and of its rate twin both.
    trials : SpikeTrials, optional
        The spikes: the first second of the first trial is shown, over the target if they have
        a signal of this name.

    Returns
    -------
    Figure
        Not one of pyplot's.
    """
    every = as_list(statistics)
    names = [
        name
        for name in DISTRIBUTIONS
        if any(name in one and np.isfinite(one[name]).any() for one in every)
    ]
    spikes = trials is not None and trials.n_spikes > 0
    with mpl.rc_context(SHEET):
        sheet = new_sheet(8 if spikes or len(names) > 1 else 4.8, 2.9 + 2.9 * spikes)
        floors = sheet.add_gridspec(1 + spikes, 1, height_ratios=(1.35, 1) if spikes else (1,))
        if spikes and trials is not None:
            _draw_trial(sheet, floors[0], trials)
        panels = floors[-1].subgridspec(1, max(1, len(names)))
        for column, name in enumerate(names):
            ax = sheet.add_subplot(panels[column])
            _draw_distributions(ax, every, name)
            title(ax, "bcdef"[column] if spikes else "abcde"[column], "")
            ax.set(ylabel="neurons" if column == 0 else "")
        sheet.suptitle(heading(every[0].attrs, every), fontsize=9.5, x=0.01, ha="left")
        if len(every) > 1:
            sheet.legend(handles=_models(every), loc="outside lower center", ncols=2)
        sheet.draw_without_rendering()
    return sheet


def plot_decoders_across_trials(comparison: xr.Dataset) -> Figure:
    """Show what FORCE's decoders share with those of single trials and of cross-trial rates.

    Parameters
    ----------
    comparison : Dataset
        What `compare_decoders` gave.

    Returns
    -------
    Figure
        Not one of pyplot's. On the left Pearson's correlation of FORCE's decoders with ridge
        decoders of the mean of n trials, on the right the error of these in held-out trials;
        bars are standard deviations over groups of trials, horizontal lines the rate network
        (dotted) and, of errors, FORCE's own decoders (dashed).
    """
    with mpl.rc_context(SHEET):
        sheet = new_sheet(8, 3.7)
        left, right = sheet.subplots(1, 2)
        _draw_curve(left, comparison, "correlation")
        _draw_curve(right, comparison, "error")
        if "rate_correlation" in comparison:
            dotted = output_style("rate", 1) | {"label": "ridge decoders of the rate network"}
            left.axhline(float(comparison["rate_correlation"]), **dotted)
            right.axhline(float(comparison["rate_error"]), **dotted)
        force = {"color": OUTPUT_COLORS[2], "linestyle": (0, (5, 2)), "linewidth": 1.5}
        right.axhline(float(comparison["force_error"]), label="FORCE's decoders", **force)
        left.set(ylabel="correlation with FORCE's decoders", ylim=_at_least(left.get_ylim(), 0.1))
        right.set(ylabel="error in held-out trials\n(part of the target's RMS)")
        right.set_ylim(0, 1.08 * right.get_ylim()[1])
        title(left, "a", "decoders")
        title(right, "b", "errors")
        sheet.suptitle(heading(comparison.attrs), fontsize=9.5, x=0.01, ha="left")
        handles, _ = right.get_legend_handles_labels()
        handles = [handles[-1], *handles[:-1]]  # Matplotlib puts bars last
        sheet.legend(handles=handles, loc="outside lower center", ncols=3)
        sheet.draw_without_rendering()
    return sheet


def plot_trial_decoding(found: xr.Dataset) -> Figure:
    """Show how well decoders of repeated trials read a target.

    Parameters
    ----------
    found : Dataset
        What `analyse_trials` gave, with a target.

    Returns
    -------
    Figure
        Not one of pyplot's. On the left the output that the cross-trial rates give over the
        target, outputs below each other; on the right the errors in held-out trials for all
        learning rates tried, or in each fold if it was given.
    """
    with mpl.rc_context(SHEET):
        sheet = new_sheet(8, 3.4 + 0.3 * (found.sizes["output"] - 1))
        left, right = sheet.subplots(1, 2, width_ratios=(1.7, 1))
        times = found["time"].to_numpy()
        shown = times < times[0] + DECODED_SECONDS
        target = found["target"].to_numpy()[shown]
        output = found["mean_rates"].to_numpy()[shown] @ found["decoders"].to_numpy()
        offsets = output_offsets(target)
        for k, offset in enumerate(offsets):
            left.plot(times[shown], target[:, k] + offset, **TARGET)
            left.plot(times[shown], output[:, k] + offset, **output_style("lif", k))
        label_outputs(left, offsets)
        left.set(xlabel=TIME_LABEL, xlim=(times[0], times[shown][-1]))
        title(left, "a", "target and decoded cross-trial rates")
        _draw_errors(right, found)
        sheet.suptitle(heading(found.attrs, [found]), fontsize=9.5, x=0.01, ha="left")
        sheet.draw_without_rendering()
    return sheet


# Shared by the sheets of analysis


def as_list(found: xr.Dataset | Sequence[xr.Dataset] | None) -> list[xr.Dataset]:
    """Return one Dataset, several or none as a list."""
    if found is None:
        return []
    return [found] if isinstance(found, xr.Dataset) else list(found)


def title(ax: Axes, letter: str, text: str) -> None:
    """Write the letter of a panel, and what it shows, above its left edge."""
    ax.set_title(rf"$\bf{{{letter}}}$  {text}".rstrip() if letter else text, loc="left")


def heading(attrs: Mapping[Any, Any], every: Sequence[xr.Dataset] = ()) -> str:
    """Return a line on what was run, and another on mean rates if statistics are given."""
    lines = []
    if "task" in attrs and "G" in attrs:
        task = str(attrs["task"]).replace("$", r"\$")
        lines.append(
            f"{task}, N = {attrs['n_neurons']}, G = {attrs['G']:.3g} mV/Hz, Q = {attrs['Q']:.3g} "
            f"mV, learning rate {scientific(attrs['learning_rate'])} s$^2$, seed {attrs['seed']}"
        )
    for one in every:
        name = MODEL_NAMES.get(str(one.attrs.get("model")), "spikes")
        of = f" in {one.attrs['n_trials']} trials" if one.attrs.get("n_trials", 1) > 1 else ""
        lines.append(f"{name}{of}: mean rate {float(one['mean_rate']):.3g} Hz")
    return "\n".join(lines)


# How it is done


def _draw_trial(sheet: Figure, place: SubplotSpec, trials: "SpikeTrials") -> None:
    """Draw the spikes of some neurons in the first trial and, below them, the target."""
    signal = trials.signals.get("target")
    rows = place.subgridspec(2, 1, height_ratios=(4, 1)) if signal else place.subgridspec(1, 1)
    ax = sheet.add_subplot(rows[0])
    end = min(RASTER_SECONDS, float(trials.durations[0]))
    times, neurons = trials.trial(0)
    n_shown = min(RASTER_NEURONS, trials.n_neurons)
    shown = (times < end) & (neurons < n_shown)
    ends = neurons[shown, np.newaxis] + np.array([-0.42, 0.42, np.nan])
    ax.plot(np.repeat(times[shown], 3), ends.ravel(), color=INK, linewidth=0.9)
    ax.set(xlim=(0, end), ylim=(-0.8, n_shown - 0.2), ylabel="neuron")
    title(ax, "a", "spikes of one trial" + (" over its target" if signal else ""))
    if signal is not None:
        ax.tick_params(labelbottom=False)
        x = signal.values[0]
        below = sheet.add_subplot(rows[1], sharex=ax)
        width = 3 / x.shape[1] ** 0.5  # thinner where several outputs cross
        moments = np.arange(len(x)) * float(signal.dt)
        below.plot(moments, x, **(TARGET | {"linewidth": width}))
        below.margins(y=0.15)
        below.set(ylabel="target", xlim=(0, end))
        ax = below
    ax.set_xlabel(TIME_LABEL)


def _draw_distributions(ax: Axes, every: list[xr.Dataset], name: str) -> None:
    """Draw the distribution of a statistic over the neurons of each network."""
    values = [(one, one[name].dropna("neuron").to_numpy()) for one in every if name in one]
    top = max(np.quantile(found, 0.995) for _, found in values if len(found)) or 1.0
    bins = np.linspace(0, top, 31).tolist()
    for one, found in values:
        model = str(one.attrs.get("model", "lif"))
        color = OUTPUT_COLORS[model == "rate"]
        within = np.minimum(found, top)  # the last bin holds the few beyond
        if model != "rate":
            ax.hist(within, bins, color=color, alpha=0.25)
        style = {"linestyle": LINESTYLES[model], "linewidth": 1.3}
        ax.hist(within, bins, histtype="step", color=color, **style)
    ax.locator_params(axis="both", nbins=4)
    ax.set(xlabel=DISTRIBUTIONS[name], xlim=(0, top))


def _models(every: list[xr.Dataset]) -> list[Line2D]:
    """Explain the lines of both networks."""
    return [
        Line2D([], [], label=MODEL_NAMES[model], **output_style(model, model == "rate"))
        for model in (str(one.attrs["model"]) for one in every)
    ]


def _draw_curve(ax: Axes, comparison: xr.Dataset, name: str) -> None:
    """Draw a mean over groups against the number of trials averaged."""
    numbers = comparison["n_averaged"].to_numpy()
    spread = np.nan_to_num(comparison[f"{name}_spread"].to_numpy())
    style = output_style("lif") | {"marker": "o", "markersize": 4, "capsize": 2.5}
    label = "ridge decoders of the mean of n trials"
    ax.errorbar(numbers, comparison[name].to_numpy(), spread, label=label, **style)
    ax.set_xscale("log", base=2)
    ax.set_xticks(numbers, [str(n) for n in numbers])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xlabel("number of trials averaged")
    ax.margins(x=0.08, y=0.12)


def _at_least(limits: tuple[float, float], room: float) -> tuple[float, float]:
    """Widen limits that would make much of a small difference."""
    low, high = limits
    missing = max(0.0, room - (high - low)) / 2
    return low - missing, high + missing


def _draw_errors(ax: Axes, found: xr.Dataset) -> None:
    """Draw held-out errors against the learning rate, or those of all folds."""
    rate = float(found["learning_rate"])
    style = output_style("lif", 2) | {"marker": "o", "markersize": 4}
    if "grid_error" in found:
        ax.loglog(found["grid_learning_rate"], found["grid_error"], **style)
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_formatter("")
        ax.axvline(rate, color=INK, linewidth=0.8, linestyle=(0, (5, 3)))
        ax.xaxis.set_major_locator(LogLocator(numticks=5))
        ax.set(xlabel="learning rate (s$^2$)")
        title(ax, "b", "learning rate by cross-validation")
    elif "rms" in found:
        ax.plot(1 + np.arange(found.sizes["fold"]), found["rms"], **style | {"linestyle": "none"})
        ax.set(xlabel="fold", ylim=(0, 1.15 * float(found["rms"].max())))
        title(ax, "b", f"learning rate {scientific(rate)} s$^2$")
    else:
        ax.set_axis_off()
    ax.set_ylabel("RMS error in held-out trials")
