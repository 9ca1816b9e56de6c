"""The one visual language of every figure.

Spiking networks are solid, rate networks dotted, targets thick and grey, the learning window is
shaded, and each output has its own colour, safe for the colour-blind. Nothing here changes
Matplotlib's settings: panels pass their style as arguments, sheets borrow `SHEET` for a while.
"""

import io
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "INK",
    "LEARNING",
    "LINESTYLES",
    "MINUS",
    "MODEL_NAMES",
    "OUTPUT_COLORS",
    "SHEET",
    "SMALL",
    "TARGET",
    "TIME_LABEL",
    "Sheet",
    "axes_or_current",
    "label_once",
    "label_outputs",
    "model_name",
    "new_sheet",
    "output_color",
    "output_offsets",
    "output_style",
    "overlaid_style",
    "scientific",
    "seconds",
    "shade_learning",
    "two_decimals",
]

#: Colours of outputs: Okabe & Ito's, without the yellow that fades on paper.
OUTPUT_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
#: Spikes, errors and marks, which belong to no single output.
INK = "0.15"
#: Line styles by model.
LINESTYLES: dict[str, Any] = {"lif": "solid", "rate": (0, (1, 1))}
#: What a reader calls the models.
MODEL_NAMES = {"lif": "spiking network", "rate": "rate network"}
#: The target: thick, grey, behind everything but the shade.
TARGET: dict[str, Any] = {
    "color": "0.74",
    "linewidth": 4.5,
    "solid_capstyle": "round",
    "zorder": 1.5,
}
#: The learning window.
LEARNING: dict[str, Any] = {"color": "#FFF0C9", "linewidth": 0, "zorder": 0}
#: How far into black the lines of a rate network go, to be seen on those of a spiking one.
DARKER = 0.6
#: As wide as a digit.
MINUS = "−"
#: Numbers written into panels [points].
SMALL = 7.5
TIME_LABEL = "time (s)"
#: Settings of whole figures, for ``matplotlib.rc_context``.
SHEET: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "axes.titlesize": 9.5,
    "axes.labelsize": 9,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.grid": False,
    "axes.facecolor": "white",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.usetex": False,
}


def model_name(model: str) -> str:
    """Return what a reader calls the model."""
    return MODEL_NAMES.get(model, model)


def output_color(output: int) -> str:
    """Return the colour of an output; the colours repeat after six outputs."""
    return OUTPUT_COLORS[output % len(OUTPUT_COLORS)]


def output_style(model: str, output: int = 0) -> dict[str, Any]:
    """Return how the line of an output is drawn: the colour tells which, the dash the model."""
    dotted = model == "rate"
    return {
        "color": output_color(output),
        "linestyle": LINESTYLES.get(model, "solid"),
        "linewidth": 1.8 if dotted else 1.3,
        "zorder": 2.6 if dotted else 2.5,
    }


def overlaid_style(model: str, output: int) -> dict[str, Any]:
    """Return how the line of an output is drawn where both networks may overlap."""
    style = output_style(model, output)
    if model == "rate":
        style["color"] = tuple((1 - DARKER) * part for part in to_rgb(style["color"]))
    return style


def output_offsets(target: NDArray[Any]) -> NDArray[Any]:
    """Return how far each output is moved, so that the targets stand below each other."""
    spacing = 1.25 * float(np.ptp(target, axis=0).max()) or 1.0
    return -spacing * np.arange(target.shape[1])


def label_outputs(ax: Axes, offsets: NDArray[Any]) -> None:
    """Label the axis of the outputs; where there are several, by number and colour."""
    if len(offsets) == 1:
        ax.set_ylabel("output $z$")
        return
    ax.set_yticks(offsets, [f"$z_{{{output + 1}}}$" for output in range(len(offsets))])
    for output, label in enumerate(ax.get_yticklabels()):
        label.set_color(output_color(output))
    ax.set_ylabel(f"outputs ({-offsets[1]:.2g} apart)")


def shade_learning(ax: Axes, learn_from: ArrayLike, learn_until: ArrayLike) -> None:
    """Shade the learning window on a time axis in seconds; an empty window leaves no mark."""
    first, last = seconds(learn_from), seconds(learn_until)
    if last > first:
        ax.axvspan(first, last, label=label_once(ax, "learning"), **LEARNING)


def label_once(ax: Axes, label: str) -> str:
    """Return the label, or one that legends leave out if the axes have it already."""
    return f"_{label}" if label in ax.get_legend_handles_labels()[1] else label


def seconds(time: ArrayLike) -> float:
    """Return a time as a plain number of seconds."""
    return float(np.asarray(time))


def scientific(number: float) -> str:
    r"""Write a number for a title: ``0.05`` as it is, ``2.5e-6`` as a power of ten.

    Examples
    --------
    >>> scientific(0.05), scientific(2.5e-6)
    ('0.05', '$2.5\\times 10^{-6}$')
    """
    if number == 0 or 1e-2 <= abs(number) < 1e4:
        return f"{number:.3g}"
    mantissa, exponent = f"{number:.2e}".split("e")
    return rf"${float(mantissa):g}\times 10^{{{int(exponent)}}}$"


def two_decimals(number: float) -> str:
    """Write a ratio, or a dash if there is none."""
    return f"{number:.2f}" if np.isfinite(number) else "–"


def axes_or_current(ax: Axes | None) -> Axes:
    """Return the given axes, or pyplot's current ones, as ``plt.plot`` would use them."""
    if ax is not None:
        return ax
    if not plt.get_fignums():
        plt.figure(layout="constrained")
    return plt.gca()


class Sheet(Figure):
    """A figure that pyplot does not know of: no window opens, none has to be closed.

    A notebook shows it once, as the last expression of a cell; a script calls ``savefig``.
    """

    def _repr_png_(self) -> bytes:
        """Let notebooks show the sheet although no pyplot figure was ever made."""
        picture = io.BytesIO()
        self.savefig(picture, format="png")
        return picture.getvalue()


def new_sheet(width: float, height: float) -> Figure:
    """Return an empty sheet of the given size in inches, at 150 dpi."""
    figure = Sheet(figsize=(width, height), dpi=150, facecolor="white")
    figure.set_layout_engine("constrained", w_pad=0.06, h_pad=0.05, wspace=0.03)
    FigureCanvasAgg(figure)
    return figure
