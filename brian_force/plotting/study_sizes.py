"""The sheet of the study of network size (Fig. 6B, C)."""

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from brian_force.plotting.analysis import title
from brian_force.plotting.study_panels import (
    RATE_COLORS,
    finish,
    mark_threshold,
    rate_key,
    settings,
)
from brian_force.plotting.style import MODEL_NAMES, SHEET, new_sheet, output_style
from brian_force.studies.running import StudyResult
from brian_force.studies.study_size import regression

__all__ = ["plot_size_study"]

SMALL = 7.0
ERRORS = {"free": "free-running error", "learning": "learning error"}


def plot_size_study(result: StudyResult) -> dict[str, Figure]:
    """Draw errors against the number of neurons with regression lines, and the correlation.

    Slopes, for 1000 neurons, and intercepts stand in the panels, one line a learning rate.
    """
    found = result.parts["sizes"]
    with mpl.rc_context(SHEET):
        sheet = new_sheet(8.4, 6.4)
        panels = sheet.subplot_mosaic([["a", "b", "c"], ["d", "e", "."]], width_ratios=(1, 1, 0.9))
        for letters, (error, words) in zip(("ab", "de"), ERRORS.items(), strict=True):
            axes = [panels[letter] for letter in letters]
            for letter, ax, model in zip(letters, axes, ("lif", "rate"), strict=True):
                _draw_regression(ax, found[error].sel(model=model), model)
                title(ax, letter, MODEL_NAMES[model])
            axes[1].sharey(axes[0])
            axes[0].set_ylabel(words)
        _draw_correlation(panels["c"], found["correlation"])
        title(panels["c"], "c", "decoders")
        finish(sheet, settings(found), rate_key(found))
    return {"size": sheet}


def _draw_regression(ax: Axes, errors: xr.DataArray, model: str) -> None:
    """Draw errors of all seeds, and a line through them for each learning rate."""
    sizes = errors["n_neurons"].to_numpy()
    lines = regression(errors)
    ends = np.array([sizes.min(), sizes.max()])
    rates = errors["learning_rate"].to_numpy()
    for k, (color, rate) in enumerate(zip(RATE_COLORS, rates, strict=False)):
        each = errors.sel(learning_rate=rate).transpose("n_neurons", "seed").to_numpy()
        shift = 1 + 0.02 * (k - (len(rates) - 1) / 2)  # side by side
        x = np.repeat(sizes * shift, each.shape[1])
        ax.plot(x, each.ravel(), ".", color=color, markersize=5.5, alpha=0.6, markeredgewidth=0)
        slope, intercept = (float(lines[name].sel(learning_rate=rate)) for name in lines)
        style = output_style(model) | {"color": color}
        ax.plot(ends, intercept + slope * ends / 1000, **style)
        text = f"{slope:+.3f} N/1000 {intercept:+.3f}".replace("-", "−")
        place = (0.98, 0.97 - 0.075 * k)
        ax.annotate(text, place, xycoords="axes fraction", color=color, fontsize=SMALL,
                    ha="right", va="top")  # fmt: skip
    mark_threshold(ax)
    _label_sizes(ax, sizes)
    known = errors.to_numpy()[np.isfinite(errors.to_numpy())]
    if known.size:
        ax.set_ylim(0, 1.6 * float(np.quantile(known, 0.97)))  # few points far off are left out


def _draw_correlation(ax: Axes, correlation: xr.DataArray) -> None:
    """Draw means over seeds with sample standard deviations."""
    sizes = correlation["n_neurons"].to_numpy()
    for color, rate in zip(RATE_COLORS, correlation["learning_rate"].to_numpy(), strict=False):
        one = correlation.sel(learning_rate=rate)
        mean, sd = one.mean("seed"), one.std("seed", ddof=1)
        ax.errorbar(sizes, mean, sd, color=color, marker="o", markersize=3, capsize=2)
    _label_sizes(ax, sizes)
    ax.set(ylabel="correlation, mean and SD", ylim=(0, 1))


def _label_sizes(ax: Axes, sizes: np.ndarray) -> None:
    ax.xaxis.set_major_locator(FixedLocator(sizes.tolist()))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.tick_params(axis="x", labelrotation=45 if len(sizes) > 4 else 0)
    ax.set_xlabel("neurons $N$")
