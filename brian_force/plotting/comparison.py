"""A spiking network and its rate twin side by side: outputs, errors, decoders, swaps."""

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from brian_force.arguments import check_choice
from brian_force.plotting.panels import plot_error
from brian_force.plotting.scatter import plot_scatter
from brian_force.plotting.style import (
    INK,
    LEARNING,
    MINUS,
    MODEL_NAMES,
    SHEET,
    SMALL,
    TARGET,
    axes_or_current,
    label_once,
    label_outputs,
    new_sheet,
    output_offsets,
    overlaid_style,
    seconds,
    two_decimals,
)
from brian_force.plotting.training import (
    Stretch,
    draw_columns,
    error_lines,
    mark_stretches,
    settings_line,
    stretches_of,
)

if TYPE_CHECKING:
    from brian_force.experiment.pair import FreeRun, Pair, Swap
    from brian_force.experiment.recording import Recording

__all__ = ["plot_pair", "plot_swap"]

#: Whose decoders a network gets in a swap.
OTHER = {"lif": "rate", "rate": "lif"}
#: Lines that belong to no single output: lighter under the dots of the rate network.
POOLED = {"lif": "0.5", "rate": INK}


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
    offsets = output_offsets(pair.lif.target)
    for output, offset in enumerate(offsets):
        target = recording.target[shown, output] + offset
        ax.plot(times[shown], target, label=label_once(ax, "target"), **TARGET)
    _draw_outputs(ax, recording, shown, offsets)
    label_outputs(ax, offsets)
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
        stretches = stretches_of(pair.lif)
        _draw_phases(floors[0], pair, stretches)
        if swap is not None:
            _draw_swaps(floors[1], pair, swap, "abcde"[len(stretches) :])
        panels = floors[-1].subgridspec(1, 2, width_ratios=(1.65, 1))
        error = sheet.add_subplot(panels[0])
        for recording in (pair.lif, pair.rate):
            plot_error(recording, ax=error).lines[-1].set_color(POOLED[recording.model])
        mark_stretches(error, stretches)
        plot_scatter(pair, ax=sheet.add_subplot(panels[1]))
        sheet.suptitle(_heading(pair), fontsize=9.5, x=0.01, ha="left", linespacing=1.5)
        sheet.legend(handles=_key(pair), loc="outside lower center", ncols=4)
        sheet.draw_without_rendering()
    return sheet


def _draw_phases(place: SubplotSpec, pair: "Pair", stretches: list[Stretch]) -> None:
    """Draw both outputs over the target, a column per stretch; all columns share their scale."""
    row = draw_columns(place, pair.lif, stretches)
    times = np.asarray(pair.rate.times)
    offsets = output_offsets(pair.lif.target)
    for stretch, ax in zip(stretches, row, strict=True):
        shown = (times >= stretch.start) & (times < stretch.stop)
        _draw_outputs(ax, pair.rate, shown, offsets)
    _limit_height(row[0], pair.lif.target, offsets)


def _draw_swaps(place: SubplotSpec, pair: "Pair", swap: "Swap", letters: str) -> None:
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
        style = overlaid_style(recording.model, output) | {"label": f"{label}, {name}"}
        ax.plot(times, recording.output[shown, output] + offset, **style)


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
    moves = [f"{name} {two_decimals(ratio)}" for name, ratio in ratios.items() if ratio is not None]
    if run.drift is not None:
        moves.append(f"drift {run.drift:.0f} ms/s".replace("-", MINUS))
    errors = {"plain": run.error, "aligned": run.error_aligned, "scaled": run.error_scaled}
    known = [f"{_two_digits(error)} {name}" for name, error in errors.items() if error is not None]
    return f"{', '.join(moves)}\nRMS error {', '.join(known)}"


def _two_digits(error: float) -> str:
    """Write an error with two digits, zeros too."""
    return f"{error:#.2g}".rstrip(".")


def _heading(pair: "Pair") -> str:
    """Return some lines: what was run, with which numbers, and how well each network did."""
    task = pair.lif.task.replace("$", r"\$")
    lines = [
        f"{task}, spiking network and its rate twin, seed {pair.lif.seed}",
        settings_line(pair.lif),
    ]
    for recording in (pair.lif, pair.rate):
        name = MODEL_NAMES[recording.model]
        lines += [f"{name}, {line}" for line in error_lines(recording.errors)]
    return "\n".join(lines)


def _key(pair: "Pair") -> list[Line2D | Patch]:
    """Explain the visual language once for the whole sheet."""
    alone = pair.lif.target.shape[1] == 1
    styles = {
        model: overlaid_style(model, 0) | ({} if alone else {"color": POOLED[model]})
        for model in OTHER
    }
    return [
        Line2D([], [], label="target", **TARGET),
        *(Line2D([], [], label=MODEL_NAMES[model], **style) for model, style in styles.items()),
        Patch(label="learning", **LEARNING),
    ]
