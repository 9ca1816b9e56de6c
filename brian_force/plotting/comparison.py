"""A spiking network and its rate twin side by side: outputs, errors, decoders, swaps."""

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from brian2 import second
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from brian_force.arguments import check_choice
from brian_force.plotting.style import (
    INK,
    LEARNING,
    MODEL_NAMES,
    SHEET,
    TARGET,
    axes_or_current,
    label_once,
    new_sheet,
    output_color,
    output_style,
    seconds,
)
from brian_force.plotting.training import (
    MINUS,
    _error_lines,
    _label_outputs,
    _mark_stretches,
    _offsets,
    _Stretch,
    _stretches,
    _title,
    plot_error,
    plot_output,
)

if TYPE_CHECKING:
    from brian_force.experiment.pair import FreeRun, Pair, Swap
    from brian_force.experiment.recording import Recording

__all__ = ["plot_pair", "plot_scatter", "plot_swap"]

#: Whose decoders a network gets in a swap.
OTHER = {"lif": "rate", "rate": "lif"}
#: How far into black the dots of the rate network go, to be seen on the line of the spiking one.
DARKER = 0.6
#: Lines that belong to no single output: lighter under the dots of the rate network.
POOLED = {"lif": "0.5", "rate": INK}
#: Numbers written into panels [points].
SMALL = 7.5


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
    numbers = f"correlation {_known(pair.decoder_correlation_pooled)}"
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


def plot_swap(pair: "Pair", swap: "Swap", model: str, ax: Axes | None = None) -> Axes:
    """Draw the end of the run of one network on the decoders of the other.

    Parameters
    ----------
    pair : Pair
        Two networks after the same training.
    swap : Swap
        What `Pair.swap` gave.
    model : {'lif', 'rate'}
        The network that runs: the spiking one on the rate network's decoders, or the reverse.
    ax : Axes, optional
        Where to draw; pyplot's current axes by default.

    Returns
    -------
    Axes
        With the output over its target, neither shifted nor stretched, and how well the network
        runs, measured over the whole run, in small letters above: its speed and amplitude over
        those of the target, the task's own score if it has one, and the drift of phase; the RMS
        error plain, after aligning the phase and after scaling time besides.

    Raises
    ------
    ValueError
        If the model is neither.
    """
    check_choice("model", "plot_swap", model, OTHER)
    ax = axes_or_current(ax)
    recording, run = {"lif": (swap.lif, swap.lif_run), "rate": (swap.rate, swap.rate_run)}[model]
    end = seconds(recording.duration)
    start = max(0.0, end - _swap_length(recording))
    times = np.asarray(recording.times)
    shown = times >= start
    offsets = _offsets(pair.lif.target)
    for output, offset in enumerate(offsets):
        target = recording.target[shown, output] + offset
        ax.plot(times[shown], target, label=label_once(ax, "target"), **TARGET)
    _draw_outputs(ax, recording, shown, offsets)
    _label_outputs(ax, offsets)
    _limit_height(ax, pair.lif.target, offsets)
    ax.annotate(
        _describe(run),
        (0, 1),
        (0, 4),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=SMALL,
    )
    ax.set(xlim=(start, end), xlabel="time after the swap (s)")
    return ax


def plot_pair(pair: "Pair", swap: "Swap | None" = None) -> Figure:
    """Compare a spiking network and its rate twin on one sheet.

    At the top, both outputs over the target before, while and after learning, as in
    `plot_training`. Below, if they were swapped, each network on the decoders of the other. At
    the bottom the error of both in the whole run, with the stretches above marked, and the
    decoders of one network against those of the other.

    Parameters
    ----------
    pair : Pair
        Two networks after the same training.
    swap : Swap, optional
        What `Pair.swap` gave.

    Returns
    -------
    Figure
        Not one of pyplot's: a notebook shows it as the last expression of a cell, and a script
        writes it with ``figure.savefig('figure.png')``; ``plt.show()`` does not know it.
    """
    traces = 1.35 + 0.25 * pair.lif.target.shape[1]
    heights = [traces + 0.6, 2.6] if swap is None else [traces + 0.6, traces + 1.0, 2.6]
    with mpl.rc_context(SHEET):
        sheet = new_sheet(8, sum(heights) + 1.1)
        floors = sheet.add_gridspec(len(heights), 1, height_ratios=heights)
        stretches = _stretches(pair.lif)
        _draw_phases(sheet, floors[0], pair, stretches)
        if swap is not None:
            _draw_swaps(sheet, floors[1], pair, swap, "abcde"[len(stretches) :])
        panels = floors[-1].subgridspec(1, 2, width_ratios=(1.65, 1))
        error = sheet.add_subplot(panels[0])
        for recording in (pair.lif, pair.rate):
            plot_error(recording, ax=error).lines[-1].set_color(POOLED[recording.model])
        _mark_stretches(error, stretches)
        plot_scatter(pair, ax=sheet.add_subplot(panels[1]))
        sheet.suptitle(_heading(pair), fontsize=9.5, x=0.01, ha="left", linespacing=1.5)
        sheet.legend(handles=_key(pair), loc="outside lower center", ncols=4)
        sheet.draw_without_rendering()
    return sheet


def _draw_phases(
    sheet: Figure, place: SubplotSpec, pair: "Pair", stretches: list[_Stretch]
) -> None:
    """Draw both outputs over the target, a column per stretch; all columns share their scale."""
    lengths = np.array([stretch.stop - stretch.start for stretch in stretches])
    widths = np.maximum(lengths, 0.5 * lengths.max()).tolist()
    columns = place.subgridspec(1, len(stretches), width_ratios=widths)
    (row,) = columns.subplots(sharey=True, squeeze=False)
    times = np.asarray(pair.rate.times)
    offsets = _offsets(pair.lif.target)
    for letter, stretch, ax in zip("abc", stretches, row, strict=False):
        plot_output(pair.lif, stretch.start * second, stretch.stop * second, ax=ax)
        shown = (times >= stretch.start) & (times < stretch.stop)
        _draw_outputs(ax, pair.rate, shown, offsets)
        ax.set_title(rf"$\bf{{{letter}}}$  {stretch.name}", loc="left")
        ax.locator_params(axis="x", nbins=6)
        ax.label_outer()
    _limit_height(row[0], pair.lif.target, offsets)


def _draw_swaps(
    sheet: Figure, place: SubplotSpec, pair: "Pair", swap: "Swap", letters: str
) -> None:
    """Draw both swaps at one scale."""
    (row,) = place.subgridspec(1, 2).subplots(sharey=True, squeeze=False)
    for letter, model, ax in zip(letters, OTHER, row, strict=False):
        plot_swap(pair, swap, model, ax=ax)
        name = f"{MODEL_NAMES[model]} on {MODEL_NAMES[OTHER[model]].split()[0]} decoders"
        ax.set_title(rf"$\bf{{{letter}}}$  {name}", loc="left", pad=27)
        ax.locator_params(axis="x", nbins=6)
        ax.label_outer()


def _draw_outputs(
    ax: Axes, recording: "Recording", shown: NDArray[np.bool_], offsets: NDArray[Any]
) -> None:
    """Draw the outputs, those of a rate network so dark that they show on spiking ones."""
    times = np.asarray(recording.times)[shown]
    name = MODEL_NAMES[recording.model]
    for output, offset in enumerate(offsets):
        label = f"output {output + 1}" if len(offsets) > 1 else "output"
        style = _style(recording.model, output) | {"label": f"{label}, {name}"}
        ax.plot(times, recording.output[shown, output] + offset, **style)


def _style(model: str, output: int) -> dict[str, Any]:
    """Return how an output is drawn where both networks may overlap."""
    style = output_style(model, output)
    if model == "rate":
        style["color"] = tuple((1 - DARKER) * part for part in to_rgb(style["color"]))
    return style


def _limit_height(ax: Axes, target: NDArray[Any], offsets: NDArray[Any]) -> None:
    """Make room for all of the target, and cut off outputs far beyond, which would flatten it."""
    room = float(np.ptp(target, axis=0).max()) or 1.0
    bottom, top = (target + offsets).min(), (target + offsets).max()
    low, high = ax.get_ylim()
    ax.set_ylim(
        np.clip(low, bottom - room, bottom - 0.06 * room),
        np.clip(high, top + 0.06 * room, top + room),
    )


def _swap_length(recording: "Recording") -> float:
    """Choose how much of a swap to show: about a period, from 1 to 4 s; 4 s if there is none."""
    return 4.0 if recording.period is None else min(max(seconds(recording.period), 1.0), 4.0)


def _describe(run: "FreeRun") -> str:
    """Write in two lines how well a network runs."""
    ratios = {"speed": run.speed, "amplitude": run.amplitude, "score": run.score}
    moves = [f"{name} {_known(ratio)}" for name, ratio in ratios.items() if ratio is not None]
    if run.drift is not None:
        moves.append(f"drift {run.drift:.0f} ms/s".replace("-", MINUS))
    errors = {"plain": run.error, "aligned": run.error_aligned, "scaled": run.error_scaled}
    known = [f"{_two_digits(error)} {name}" for name, error in errors.items() if error is not None]
    return f"{', '.join(moves)}\nRMS error {', '.join(known)}"


def _two_digits(error: float) -> str:
    """Write an error with two digits, zeros too."""
    return f"{error:#.2g}".rstrip(".")


def _known(number: float) -> str:
    """Write a ratio, or a dash if there is none."""
    return f"{number:.2f}" if np.isfinite(number) else "–"


def _write_correlations(ax: Axes, correlations: NDArray[Any], numbers: str) -> None:
    """Write the numbers of all outputs into the panel and those of each beside it."""
    inside = ax.text(0.03, 0.98, numbers, transform=ax.transAxes, fontsize=SMALL, va="top")
    inside.set_bbox({"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 1})
    if len(correlations) == 1:
        return
    lines = [("each:", INK)]
    for output, correlation in enumerate(correlations):
        number = f"$z_{{{output + 1}}}$  {_known(correlation)}"
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


def _heading(pair: "Pair") -> str:
    """Return some lines: what was run, with which numbers, and how well each network did."""
    task = pair.lif.task.replace("$", r"\$")
    lines = [
        f"{task}, spiking network and its rate twin, seed {pair.lif.seed}",
        _title(pair.lif).splitlines()[1],
    ]
    for recording in (pair.lif, pair.rate):
        name = MODEL_NAMES[recording.model]
        lines += [f"{name}, {line}" for line in _error_lines(recording.errors)]
    return "\n".join(lines)


def _key(pair: "Pair") -> list[Line2D | Patch]:
    """Explain the visual language once for the whole sheet."""
    alone = pair.lif.target.shape[1] == 1
    styles = {
        model: _style(model, 0) | ({} if alone else {"color": POOLED[model]}) for model in OTHER
    }
    return [
        Line2D([], [], label="target", **TARGET),
        *(Line2D([], [], label=MODEL_NAMES[model], **style) for model, style in styles.items()),
        Patch(label="learning", **LEARNING),
    ]
