"""Figures of recordings and tasks: panels take ``ax=None`` and return `Axes`, sheets a `Figure`."""

import importlib
from typing import TYPE_CHECKING, Any

from brian_force.plotting.comparison import plot_pair, plot_swap
from brian_force.plotting.panels import plot_decoders, plot_error, plot_output, plot_raster
from brian_force.plotting.scatter import plot_scatter
from brian_force.plotting.tasks import plot_task, plot_tasks
from brian_force.plotting.training import plot_training

if TYPE_CHECKING:
    from brian_force.plotting.analysis import (
        plot_decoders_across_trials,
        plot_statistics,
        plot_trial_decoding,
    )
    from brian_force.plotting.bias_and_variance import plot_variability
    from brian_force.plotting.principal_components import plot_components

__all__ = [
    "plot_components",
    "plot_decoders",
    "plot_decoders_across_trials",
    "plot_error",
    "plot_output",
    "plot_pair",
    "plot_raster",
    "plot_scatter",
    "plot_statistics",
    "plot_swap",
    "plot_task",
    "plot_tasks",
    "plot_training",
    "plot_trial_decoding",
    "plot_variability",
]

# What analysis found is drawn from xarray's Datasets, which nothing else here needs.
_ROOMS = {
    "analysis": ["plot_decoders_across_trials", "plot_statistics", "plot_trial_decoding"],
    "bias_and_variance": ["plot_variability"],
    "principal_components": ["plot_components"],
}


def __getattr__(name: str) -> Any:
    for room, names in _ROOMS.items():
        if name in names:
            return getattr(importlib.import_module(f"brian_force.plotting.{room}"), name)
    raise AttributeError(f"module 'brian_force.plotting' has no attribute '{name}'")


def __dir__() -> list[str]:
    return __all__
