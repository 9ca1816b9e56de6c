"""Figures of recordings and tasks: panels take ``ax=None`` and return `Axes`, sheets a `Figure`."""

from brian_force.plotting.comparison import plot_pair, plot_scatter, plot_swap
from brian_force.plotting.tasks import plot_task, plot_tasks
from brian_force.plotting.training import (
    plot_decoders,
    plot_error,
    plot_output,
    plot_raster,
    plot_training,
)

__all__ = [
    "plot_decoders",
    "plot_error",
    "plot_output",
    "plot_pair",
    "plot_raster",
    "plot_scatter",
    "plot_swap",
    "plot_task",
    "plot_tasks",
    "plot_training",
]
