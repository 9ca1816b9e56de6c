"""Panels of one recording: outputs, spikes, errors and decoders."""

from typing import TYPE_CHECKING, Any

import numpy as np
from brian2 import Quantity, second
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator
from numpy.typing import NDArray

from brian_force.arguments import check_count, check_quantity, refusal
from brian_force.plotting.style import (
    INK,
    TARGET,
    TIME_LABEL,
    axes_or_current,
    label_once,
    label_outputs,
    model_name,
    output_offsets,
    output_style,
    seconds,
    shade_learning,
)

if TYPE_CHECKING:
    from brian_force.experiment.recording import Recording

__all__ = ["plot_decoders", "plot_error", "plot_output", "plot_raster"]


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
    offsets, name = output_offsets(recording.target), model_name(recording.model)
    shade_learning(ax, recording.learn_from, recording.learn_until)
    for output, offset in enumerate(offsets):
        target = recording.target[shown, output] + offset
        ax.plot(times[shown], target, label=label_once(ax, "target"), **TARGET)
        label = f"output {output + 1}" if len(offsets) > 1 else "output"
        style = output_style(recording.model, output) | {"label": f"{label}, {name}"}
        ax.plot(times[shown], recording.output[shown, output] + offset, **style)
    label_outputs(ax, offsets)
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
    style = output_style(recording.model) | {"color": INK, "label": model_name(recording.model)}
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
