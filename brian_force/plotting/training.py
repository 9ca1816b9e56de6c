"""The sheet of one training: before, while and after learning."""

from typing import TYPE_CHECKING, NamedTuple

import matplotlib as mpl
import numpy as np
from brian2 import second
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from brian_force.plotting.panels import plot_decoders, plot_error, plot_output, plot_raster
from brian_force.plotting.style import (
    INK,
    LEARNING,
    MINUS,
    SHEET,
    TARGET,
    model_name,
    new_sheet,
    output_style,
    scientific,
    seconds,
)

if TYPE_CHECKING:
    from brian_force.experiment.recording import Recording
    from brian_force.metrics import PhaseErrors

__all__ = [
    "Stretch",
    "draw_columns",
    "error_lines",
    "mark_stretches",
    "plot_training",
    "settings_line",
    "stretches_of",
]


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
        stretches = stretches_of(recording)
        draw_columns(floors[0], recording, stretches, n_neurons if spiking else 0)
        panels = floors[1].subgridspec(1, 2, width_ratios=(2.1, 1))
        error = plot_error(recording, ax=sheet.add_subplot(panels[0]))
        mark_stretches(error, stretches)
        plot_decoders(recording, ax=sheet.add_subplot(panels[1]))
        sheet.suptitle(_title(recording), fontsize=9.5, x=0.01, ha="left", linespacing=1.5)
        sheet.legend(handles=_legend(recording), loc="outside lower center", ncols=4)
        sheet.draw_without_rendering()
    return sheet


# Shared with the sheet of a pair


class Stretch(NamedTuple):
    """A part of the run that gets a column of its own, in seconds."""

    name: str
    start: float
    stop: float


def stretches_of(recording: "Recording") -> list[Stretch]:
    """Choose what the columns show; a phase that the run lacks gets none."""
    end = seconds(recording.duration)
    learn_from = min(seconds(recording.learn_from), end)
    learn_until = min(max(seconds(recording.learn_until), learn_from), end)
    period = 0.0 if recording.period is None else seconds(recording.period)
    length = min(max(period, 1.0), 4.0)
    chosen = [
        Stretch("before learning", max(0.0, learn_from - length), learn_from),
        Stretch("learning begins", learn_from, min(learn_from + length, learn_until)),
        Stretch("after learning", max(learn_until, end - length), end),
    ]
    if learn_until == learn_from:
        chosen = [Stretch("without learning", max(0.0, end - length), end)]
    return [stretch for stretch in chosen if stretch.stop > stretch.start]


def draw_columns(
    place: SubplotSpec, recording: "Recording", stretches: list[Stretch], n_neurons: int = 0
) -> list[Axes]:
    """Draw outputs above spikes, a column per stretch; return the axes of the outputs.

    All columns share their scales. Without neurons there are no spikes below.
    """
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
    return list(grid[0])


def mark_stretches(ax: Axes, stretches: list[Stretch]) -> None:
    """Mark along the upper edge which parts of the run the columns show."""
    across = ax.get_xaxis_transform()
    for letter, stretch in zip("abc", stretches, strict=False):
        middle, gap = (stretch.start + stretch.stop) / 2, 0.003 * ax.get_xlim()[1]
        ends = (stretch.start + gap, stretch.stop - gap)
        (mark,) = ax.plot(ends, (1.01, 1.01), color=INK, linewidth=3, transform=across)
        mark.set(clip_on=False, solid_capstyle="butt")
        ax.text(middle, 1.04, letter, transform=across, ha="center", va="bottom", weight="bold")


def settings_line(recording: "Recording") -> str:
    """Return a line on the numbers of a run."""
    parameters = recording.parameters
    rate = scientific(float(np.asarray(recording.learning_rate)))
    G = 1e3 * float(np.asarray(parameters.G))
    Q = 1e3 * float(np.asarray(parameters.Q))
    return (
        f"N = {parameters.n_neurons}, G = {G:.3g} mV/Hz, Q = {Q:.3g} mV, learning rate {rate} s$^2$"
    )


def error_lines(errors: "PhaseErrors") -> list[str]:
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


# Of this sheet alone


def _title(recording: "Recording") -> str:
    """Return some lines: what was run, with which numbers, and how well it went."""
    task, model = recording.task.replace("$", r"\$"), model_name(recording.model)
    first = f"{task}, {model}, seed {recording.seed}"
    return "\n".join([first, settings_line(recording), *error_lines(recording.errors)])


def _legend(recording: "Recording") -> list[Line2D | Patch]:
    """Explain the visual language once for the whole sheet."""
    style = output_style(recording.model)
    if recording.target.shape[1] > 1:
        style["color"] = INK
    return [
        Line2D([], [], label="target", **TARGET),
        Line2D([], [], label=f"output of the {model_name(recording.model)}", **style),
        Patch(label="learning", **LEARNING),
    ]
