"""What the tasks ask for: one picture of all, or one task on axes of its own."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from brian2 import Quantity, second
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from brian_force import tasks as known_tasks
from brian_force.arguments import check_quantity, refusal
from brian_force.plotting.style import (
    SHEET,
    TIME_LABEL,
    axes_or_current,
    label_once,
    new_sheet,
    output_color,
    seconds,
)
from brian_force.tasks import Task

__all__ = ["plot_task", "plot_tasks"]

#: A task without period is shown for so long, others for two periods [second].
SHOWN = 8.0
#: Samples of each line.
N_SAMPLES = 4000
#: Panels in a row; a task that is shown for longer than `WIDE` gets two places [second].
N_COLUMNS, WIDE = 3, 10.0
#: Inputs: two greys, so that neighbours in a clock can be told apart.
INPUT_COLORS = ("0.62", "0.82")
TARGET_LINE: dict[str, Any] = {"linewidth": 1.4, "solid_capstyle": "round", "zorder": 2.5}


def plot_task(task: Task, duration: Quantity | None = None, ax: Axes | None = None) -> Axes:
    """Draw the target of a task, and its inputs below.

    Parameters
    ----------
    task : Task
        What to draw.
    duration : Quantity, optional [second]
        How much of it, from the start; two periods by default, 8 s of a task without period.
    ax : Axes, optional
        Where to draw; pyplot's current axes by default.

    Returns
    -------
    Axes
        With one line per output. Several outputs stand below each other, at the same scale; the
        ticks mark where each is zero. The inputs are filled in grey on one line below, at a scale
        of their own. Where the target repeats, a thin line says so.

    Raises
    ------
    TypeError, DimensionMismatchError, ValueError
        If `task` is no task or `duration` not one positive time.
    """
    if not isinstance(task, Task):
        remedy = "Write tasks.get('sine')."
        raise TypeError(refusal("task", "plot_task", "a Task", repr(task), remedy))
    if duration is None:
        duration = _shown(task) * second
    duration = check_quantity("duration", "plot_task", duration, second, "positive")
    ax = axes_or_current(ax)
    times = np.linspace(0, seconds(duration), N_SAMPLES)
    target, inputs = task.target(times * second), task.input_signal(times * second)
    places = _places(target, inputs)
    for output, offset in enumerate(places.offsets):
        label = f"output {output + 1}" if task.n_outputs > 1 else "target"
        line = TARGET_LINE | {"color": output_color(output), "label": label}
        ax.plot(times, target[:, output] + offset, **line)
    _draw_inputs(ax, times, inputs, places)
    if task.period is not None:
        for repeat in np.arange(seconds(task.period), times[-1] * 0.999, seconds(task.period)):
            ax.axvline(repeat, color="0.85", linewidth=0.8, zorder=1)
    _label_places(ax, places, task)
    ax.set(xlim=(0, times[-1]), xlabel=TIME_LABEL)
    return ax


def plot_tasks(tasks: Iterable[Task] | None = None) -> Figure:
    """Draw the targets of many tasks on one sheet.

    Parameters
    ----------
    tasks : iterable of Task, optional
        Which; by default all that have a name.

    Returns
    -------
    Figure
        Not one of pyplot's, as `plot_training` returns it. Each panel is drawn by `plot_task`.

    Raises
    ------
    TypeError, ValueError
        If what is given are not tasks, or there are none.
    """
    chosen = list(map(known_tasks.get, known_tasks.names())) if tasks is None else list(tasks)
    if not chosen:
        raise ValueError(refusal("tasks", "plot_tasks", "at least one task", "none"))
    rows = _rows(chosen)
    heights = [max(_height(task) for task in row) for row in rows]
    with mpl.rc_context(SHEET):
        sheet = new_sheet(8, 0.1 + sum(0.72 + 0.92 * height for height in heights))
        grid = sheet.add_gridspec(len(rows), N_COLUMNS, height_ratios=heights)
        for number, row in enumerate(rows):
            column = 0
            for task in row:
                width = _width(task)
                ax = sheet.add_subplot(grid[number, column : column + width])
                _draw_panel(ax, task, last_row=number == len(rows) - 1)
                column += width
        sheet.align_ylabels()
        sheet.draw_without_rendering()
    return sheet


class _Places(NamedTuple):
    """Where things stand on the vertical axis."""

    offsets: NDArray[Any]  # of the outputs
    spacing: float
    range: tuple[float, float]  # of all outputs, before they are moved
    inputs: float  # the line of the inputs
    scale: float  # how high an input of 1 is drawn


def _shown(task: Task) -> float:
    """Return how many seconds of a task are drawn."""
    return SHOWN if task.period is None else 2 * seconds(task.period)


def _places(target: NDArray[Any], inputs: NDArray[Any]) -> _Places:
    """Set outputs below each other without contact, and the inputs below the last."""
    low, high = target.min(axis=0), target.max(axis=0)
    spacing = 1.12 * float(np.max(high[1:] - low[:-1], initial=0))
    spacing = spacing if spacing > 0 else float(np.max(high - low)) or 1.0
    offsets = -spacing * np.arange(target.shape[1])
    strip = (0.3 if len(low) == 1 else 0.45) * spacing
    up, down = inputs.max(initial=0), -inputs.min(initial=0)
    scale = strip / float(up + down or 1)
    line = low[-1] + offsets[-1] - 0.15 * spacing - scale * up
    return _Places(offsets, spacing, (float(low.min()), float(high.max())), float(line), scale)


def _draw_inputs(ax: Axes, times: NDArray[Any], inputs: NDArray[Any], places: _Places) -> None:
    for number, column in enumerate(inputs.T):
        style: dict[str, Any] = {
            "color": INPUT_COLORS[number % len(INPUT_COLORS)],
            "label": label_once(ax, "inputs"),
            "linewidth": 0,
        }
        curve = places.inputs + places.scale * column
        ax.fill_between(times, places.inputs, curve, where=column != 0, **style)


def _label_places(ax: Axes, places: _Places, task: Task) -> None:
    """Label the outputs by number and colour, a single one by its values; and the inputs."""
    ax.set_ylabel("target $x$")
    if task.n_outputs > 1:
        names = [f"$x_{{{output + 1}}}$" for output in range(task.n_outputs)]
        ticks = places.offsets.tolist()
        ax.set_ylabel(f"targets ({places.spacing:.2g} apart)")
    else:
        low, high = places.range
        spare = 1e-3 * (high - low)
        ticks = MaxNLocator(4, steps=[1, 2, 5, 10]).tick_values(low, high)
        ticks = [float(tick) for tick in ticks if low - spare <= tick <= high + spare]
        names = [f"{tick:g}".replace("-", "\N{MINUS SIGN}") for tick in ticks]
    if task.n_inputs:
        ticks.append(places.inputs)
        names.append("input" if task.n_inputs == 1 else "inputs")
    ax.set_yticks(ticks, names)
    if task.n_outputs > 1:
        for output, label in enumerate(ax.get_yticklabels()[: task.n_outputs]):
            label.set_color(output_color(output))


def _width(task: Task) -> int:
    return 2 if _shown(task) > WIDE else 1


def _height(task: Task) -> float:
    """Return how high a panel is, in panels of one output."""
    return 1 + 0.2 * (task.n_outputs - 1) + (0.25 if task.n_inputs else 0)


def _rows(tasks: list[Task]) -> list[list[Task]]:
    """Fill rows from left to right."""
    rows: list[list[Task]] = [[]]
    for task in tasks:
        if sum(map(_width, rows[-1])) + _width(task) > N_COLUMNS:
            rows.append([])
        rows[-1].append(task)
    return rows


def _draw_panel(ax: Axes, task: Task, last_row: bool) -> None:
    plot_task(task, ax=ax)
    ax.set_title(task.name, loc="left", weight="bold")
    ax.locator_params(axis="x", nbins=5)
    if not last_row:
        ax.set_xlabel("")
