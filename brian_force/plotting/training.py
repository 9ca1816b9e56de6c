"""What a training run did: outputs, spikes, errors and decoders, alone or on one sheet."""

from typing import TYPE_CHECKING, Any, NamedTuple

import matplotlib as mpl
import numpy as np
from brian2 import Quantity, second
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator, MaxNLocator
from numpy.typing import NDArray

from brian_force.arguments import check_count, check_quantity, refusal
from brian_force.plotting.style import (
    INK,
    LEARNING,
    MODEL_NAMES,
    SHEET,
    TARGET,
    TIME_LABEL,
    axes_or_current,
    label_once,
    new_sheet,
    output_color,
    output_style,
    scientific,
    seconds,
    shade_learning,
)

if TYPE_CHECKING:
    from brian_force.experiment.recording import Recording
    from brian_force.metrics import PhaseErrors

__all__ = ["plot_decoders", "plot_error", "plot_output", "plot_raster", "plot_training"]

#: As wide as a digit.
MINUS = "−"


def plot_output(
    recording: "Recording",
    start: Quantity | None = None,
    stop: Quantity | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the output over its target.

    Parameters
    ----------
    recording : Recording
        What a run left.
    start, stop : Quantity, optional [second]
        The stretch to show; the whole recording by default.
    ax : Axes, optional
        Where to draw; pyplot's current axes by default.

    Returns
    -------
    Axes
        With, for each output, the target (thick, grey) and the output (solid if spiking,
        dotted if a rate network). Several outputs stand below each other, at the same scale;
        the ticks mark where each is zero.

    Raises
    ------
    ValueError
        If the stretch is empty or lies beyond the recording.
    """
    first, last = _stretch(recording, "plot_output", start, stop)
    ax = axes_or_current(ax)
    times = np.asarray(recording.times)
    shown = (times >= first) & (times < last)
    offsets = _offsets(recording.target)
    shade_learning(ax, recording.learn_from, recording.learn_until)
    for output, offset in enumerate(offsets):
        target = recording.target[shown, output] + offset
        ax.plot(times[shown], target, label=label_once(ax, "target"), **TARGET)
        label = f"output {output + 1}" if len(offsets) > 1 else "output"
        style = output_style(recording.model, output) | {"label": f"{label}, {_model(recording)}"}
        ax.plot(times[shown], recording.output[shown, output] + offset, **style)
    _label_outputs(ax, offsets)
    ax.set(xlim=(first, last), xlabel=TIME_LABEL)
    return ax


def plot_raster(
    recording: "Recording",
    n_neurons: int = 30,
    start: Quantity | None = None,
    stop: Quantity | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the spikes of the first neurons, one row a neuron.

    Parameters
    ----------
    recording : Recording
        What a run left.
    n_neurons : int
        How many neurons to show, of index 0 upwards: always the same ones.
    start, stop : Quantity, optional [second]
        The stretch to show; the whole recording by default.
    ax : Axes, optional
        Where to draw; pyplot's current axes by default.

    Returns
    -------
    Axes
        With one line of spikes, or the words 'no spikes'.

    Raises
    ------
    ValueError
        If the stretch is empty or lies beyond the recording.
    """
    first, last = _stretch(recording, "plot_raster", start, stop)
    rows = min(check_count("n_neurons", "plot_raster", n_neurons), recording.decoders.shape[0])
    ax = axes_or_current(ax)
    times, neurons = np.asarray(recording.spike_times), np.asarray(recording.spike_neurons)
    shown = (neurons < rows) & (times >= first) & (times < last)
    shade_learning(ax, recording.learn_from, recording.learn_until)
    ticks_t = np.repeat(times[shown], 3)
    ticks_y = (neurons[shown, np.newaxis] + np.array([-0.42, 0.42, np.nan])).ravel()
    ax.plot(ticks_t, ticks_y, color=INK, linewidth=0.9, solid_capstyle="butt", label="spikes")
    if not shown.any():
        ax.text(0.5, 0.5, "no spikes", transform=ax.transAxes, ha="center", va="center")
    ax.set(xlim=(first, last), xlabel=TIME_LABEL, ylim=(-0.8, rows - 0.2), ylabel="neuron")
    ax.yaxis.set_major_locator(MaxNLocator(4, integer=True, steps=(1, 2, 5, 10)))
    return ax


def plot_error(
    recording: "Recording", window: Quantity | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the running RMS error of the whole run on a logarithmic scale.

    Parameters
    ----------
    recording : Recording
        What a run left.
    window : Quantity, optional [second]
        Width of the window that runs along, centred; ``max(period, 0.2*second)`` by default.
        It never reaches over the start or the end of learning, where the error jumps.
    ax : Axes, optional
        Where to draw; pyplot's current axes by default.

    Returns
    -------
    Axes
        With one line, in which all outputs are pooled, and the learning window shaded.
    """
    ax = axes_or_current(ax)
    times = np.asarray(recording.times)
    error = _running_error(recording, _error_window(recording, window))
    shade_learning(ax, recording.learn_from, recording.learn_until)
    style = output_style(recording.model) | {"color": INK, "label": _model(recording)}
    ax.plot(times, error, **style)
    _scale_error(ax)
    ax.set(xlim=(0, seconds(recording.duration)), xlabel=TIME_LABEL, ylabel="RMS error")
    return ax


def plot_decoders(recording: "Recording", ax: Axes | None = None) -> Axes:
    """Draw the distribution of the decoders, one histogram an output.

    Parameters
    ----------
    recording : Recording
        What a run left.
    ax : Axes, optional
        Where to draw; pyplot's current axes by default.

    Returns
    -------
    Axes
        With one outline per output over bins that all share.
    """
    ax = axes_or_current(ax)
    decoders = np.asarray(recording.decoders)
    bins = np.histogram_bin_edges(decoders, bins=40).tolist()
    alone = decoders.shape[1] == 1
    for output, column in enumerate(decoders.T):
        style = output_style(recording.model, output)
        if alone:
            ax.hist(column, bins, color=style["color"], alpha=0.25)
        label = "decoders" if alone else f"output {output + 1}"
        ax.hist(column, bins, histtype="step", label=label, **style)
    ax.ticklabel_format(axis="x", style="sci", scilimits=(-2, 3), useMathText=True)
    ax.locator_params(axis="x", nbins=5)
    ax.set(xlabel="decoder (1/Hz)", ylabel="neurons per bin")
    return ax


def plot_training(recording: "Recording", n_neurons: int = 30) -> Figure:
    """Tell the story of a run on one sheet: before, while and after learning.

    The columns show the last second before learning, its first second and the last second of
    the run (longer for slow targets, shorter for short runs): outputs over targets, and below
    them the spikes of the same neurons (none for a rate network). At the bottom stand the error
    of the whole run, with the stretches of the columns marked, and the distribution of the
    decoders.

    Parameters
    ----------
    recording : Recording
        What a run left.
    n_neurons : int
        How many neurons to show, of index 0 upwards.

    Returns
    -------
    Figure
        Not one of pyplot's: a notebook shows it as the last expression of a cell, and a script
        writes it with ``figure.savefig('figure.png')``; ``plt.show()`` does not know it.
    """
    spiking = recording.model != "rate"
    with mpl.rc_context(SHEET):
        sheet = new_sheet(8, 6.6 if spiking else 5.0)
        floors = sheet.add_gridspec(2, 1, height_ratios=(1.85 if spiking else 1, 1))
        stretches = _stretches(recording)
        _draw_columns(sheet, floors[0], recording, stretches, n_neurons if spiking else 0)
        panels = floors[1].subgridspec(1, 2, width_ratios=(2.1, 1))
        error = plot_error(recording, ax=sheet.add_subplot(panels[0]))
        _mark_stretches(error, stretches)
        plot_decoders(recording, ax=sheet.add_subplot(panels[1]))
        sheet.suptitle(_title(recording), fontsize=9.5, x=0.01, ha="left", linespacing=1.5)
        sheet.legend(handles=_legend(recording), loc="outside lower center", ncols=4)
        sheet.draw_without_rendering()
    return sheet


def _model(recording: "Recording") -> str:
    """Return what a reader calls the model."""
    return MODEL_NAMES.get(str(recording.model), str(recording.model))


class _Stretch(NamedTuple):
    """A part of the run that gets a column of its own, in seconds."""

    name: str
    start: float
    stop: float


def _stretch(
    recording: "Recording", owner: str, start: Quantity | None, stop: Quantity | None
) -> tuple[float, float]:
    """Return the two ends in seconds; refuse an empty stretch."""
    end = recording.duration
    first = check_quantity(
        "start", owner, 0 * second if start is None else start, second, "not negative"
    )
    last = check_quantity("stop", owner, end if stop is None else stop, second)
    if first >= end:
        allowed = f"before the end of the recording ({end})"
        raise ValueError(refusal("start", owner, allowed, str(first), "Start earlier."))
    if last <= first:
        allowed = f"later than its start ({first})"
        raise ValueError(refusal("stop", owner, allowed, str(last), "Stop later."))
    return seconds(first), seconds(last)


def _offsets(target: NDArray[Any]) -> NDArray[Any]:
    """Return how far each output is moved, so that the targets stand below each other."""
    spacing = 1.25 * float(np.ptp(target, axis=0).max()) or 1.0
    return -spacing * np.arange(target.shape[1])


def _label_outputs(ax: Axes, offsets: NDArray[Any]) -> None:
    """Label the axis of the outputs; where there are several, by number and colour."""
    if len(offsets) == 1:
        ax.set_ylabel("output $z$")
        return
    ax.set_yticks(offsets, [f"$z_{{{output + 1}}}$" for output in range(len(offsets))])
    for output, label in enumerate(ax.get_yticklabels()):
        label.set_color(output_color(output))
    ax.set_ylabel(f"outputs ({-offsets[1]:.2g} apart)")


def _scale_error(ax: Axes) -> None:
    """Make the axis of the error logarithmic, with plain numbers, more of them on a short one."""
    ax.set_yscale("log")
    low, high = ax.get_ylim()
    decades = np.log10(high / low) if low > 0 else np.inf
    subs = (1, 2, 5) if decades < 1.3 else (1, 3) if decades < 3 else (1,)
    ax.yaxis.set_major_locator(LogLocator(subs=subs))
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter("")


def _error_window(recording: "Recording", window: Quantity | None) -> float:
    """Return the width of the running window in seconds."""
    if window is not None:
        return seconds(check_quantity("window", "plot_error", window, second, "positive"))
    period = 0.0 if recording.period is None else seconds(recording.period)
    return max(period, 0.2)


def _running_error(recording: "Recording", window: float) -> NDArray[Any]:
    """Return the RMS error around every sample, within its phase of the protocol."""
    times = np.asarray(recording.times)
    squares = np.mean((recording.output - recording.target) ** 2, axis=1)
    total = np.concatenate([[0.0], np.cumsum(squares)])
    ends = [0, len(times)]
    if recording.learn_until > recording.learn_from:
        switches = [seconds(recording.learn_from), seconds(recording.learn_until)]
        ends[1:1] = np.searchsorted(times, switches).tolist()
    phase = np.searchsorted(ends, np.arange(len(times)), side="right")
    low = np.maximum(np.searchsorted(times, times - window / 2), np.take(ends, phase - 1))
    high = np.minimum(
        np.searchsorted(times, times + window / 2, side="right"), np.take(ends, phase)
    )
    mean = (total[high] - total[low]) / (high - low)
    return np.sqrt(np.where(mean > 0, mean, np.nan))


def _stretches(recording: "Recording") -> list[_Stretch]:
    """Choose what the columns show; a phase that the run lacks gets none."""
    end = seconds(recording.duration)
    learn_from = min(seconds(recording.learn_from), end)
    learn_until = min(max(seconds(recording.learn_until), learn_from), end)
    period = 0.0 if recording.period is None else seconds(recording.period)
    length = min(max(period, 1.0), 4.0)
    chosen = [
        _Stretch("before learning", max(0.0, learn_from - length), learn_from),
        _Stretch("learning begins", learn_from, min(learn_from + length, learn_until)),
        _Stretch("after learning", max(learn_until, end - length), end),
    ]
    if learn_until == learn_from:
        chosen = [_Stretch("without learning", max(0.0, end - length), end)]
    return [stretch for stretch in chosen if stretch.stop > stretch.start]


def _draw_columns(
    sheet: Figure,
    place: SubplotSpec,
    recording: "Recording",
    stretches: list[_Stretch],
    n_neurons: int,
) -> None:
    """Draw outputs above spikes, a column per stretch; all columns share their scales."""
    lengths = np.array([stretch.stop - stretch.start for stretch in stretches])
    widths = np.maximum(lengths, 0.5 * lengths.max()).tolist()
    rows = 2 if n_neurons else 1
    columns = place.subgridspec(rows, len(stretches), width_ratios=widths)
    grid = columns.subplots(sharex="col", sharey="row", squeeze=False)
    for letter, stretch, column in zip("abc", stretches, grid.T, strict=False):
        start, stop = stretch.start * second, stretch.stop * second
        plot_output(recording, start, stop, ax=column[0])
        if n_neurons:
            plot_raster(recording, n_neurons, start, stop, ax=column[1])
        column[0].set_title(rf"$\bf{{{letter}}}$  {stretch.name}", loc="left")
        column[-1].locator_params(axis="x", nbins=6)
    for ax in grid.flat:
        ax.label_outer()


def _mark_stretches(ax: Axes, stretches: list[_Stretch]) -> None:
    """Mark along the upper edge which parts of the run the columns show."""
    across = ax.get_xaxis_transform()
    for letter, stretch in zip("abc", stretches, strict=False):
        middle, gap = (stretch.start + stretch.stop) / 2, 0.003 * ax.get_xlim()[1]
        ends = (stretch.start + gap, stretch.stop - gap)
        (mark,) = ax.plot(ends, (1.01, 1.01), color=INK, linewidth=3, transform=across)
        mark.set(clip_on=False, solid_capstyle="butt")
        ax.text(middle, 1.04, letter, transform=across, ha="center", va="bottom", weight="bold")


def _title(recording: "Recording") -> str:
    """Return some lines: what was run, with which numbers, and how well it went."""
    parameters, task = recording.parameters, recording.task.replace("$", r"\$")
    rate = scientific(float(np.asarray(recording.learning_rate)))
    G = 1e3 * float(np.asarray(parameters.G))
    Q = 1e3 * float(np.asarray(parameters.Q))
    return "\n".join(
        [
            f"{task}, {_model(recording)}, seed {recording.seed}",
            f"N = {parameters.n_neurons}, G = {G:.3g} mV/Hz, Q = {Q:.3g} mV, "
            f"learning rate {rate} s$^2$",
            *_error_lines(recording.errors),
        ]
    )


def _error_lines(errors: "PhaseErrors") -> list[str]:
    """Return a line on the phases of a run and, if it has one, another on its free run."""
    phases = {
        "before": (errors.rms_before, None),
        "learning": (errors.rms_learning, errors.normalised_learning),
        "after": (errors.rms_after, errors.normalised_after),
    }
    known = [
        f"{phase} {error:.2g}" + ("" if share is None else f" ({100 * share:.1f} %)")
        for phase, (error, share) in phases.items()
        if error is not None
    ]
    free = {
        "phase aligned": (errors.rms_after_aligned, ".2g", ""),
        "time scaled": (errors.rms_after_scaled, ".2g", ""),
        "L2 error": (errors.l2_after, ".3g", r" $\sqrt{\mathrm{s}}$"),
        "speed": (errors.speed_after, ".3f", ""),
        "drift": (errors.drift_after, ".1f", " ms/s"),
    }
    numbers = [
        f"{name} {value:{form}}{unit}".replace("-", MINUS)
        for name, (value, form, unit) in free.items()
        if value is not None
    ]
    lines = [f"RMS error (% of the target): {'; '.join(known) or 'not measured'}"]
    return [*lines, f"free run: {'; '.join(numbers)}"] if numbers else lines


def _legend(recording: "Recording") -> list[Line2D | Patch]:
    """Explain the visual language once for the whole sheet."""
    style = output_style(recording.model)
    if recording.target.shape[1] > 1:
        style["color"] = INK
    return [
        Line2D([], [], label="target", **TARGET),
        Line2D([], [], label=f"output of the {_model(recording)}", **style),
        Patch(label="learning", **LEARNING),
    ]
