"""Figures of recordings: panels take ``ax=None`` and return `Axes`, sheets return a `Figure`."""

from brian_force.plotting.training import (
    plot_decoders,
    plot_error,
    plot_output,
    plot_raster,
    plot_training,
)

__all__ = ["plot_decoders", "plot_error", "plot_output", "plot_raster", "plot_training"]
