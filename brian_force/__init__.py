"""FORCE training of spiking networks inside Brian 2."""

import importlib
from typing import TYPE_CHECKING, Any

from brian_force.errors import (
    DivergenceError,
    InterruptedRunError,
    RecordingError,
    UnsupportedDeviceError,
)
from brian_force.learning import LMS, RLS, PythonRule, Readout

if TYPE_CHECKING:
    from brian_force import metrics, plotting, tasks
    from brian_force.experiment import Recording, load_recording, train
    from brian_force.networks import LIFParameters, lif_network

__all__ = [
    "LMS",
    "RLS",
    "DivergenceError",
    "InterruptedRunError",
    "LIFParameters",
    "PythonRule",
    "Readout",
    "Recording",
    "RecordingError",
    "UnsupportedDeviceError",
    "lif_network",
    "load_recording",
    "metrics",
    "plotting",
    "tasks",
    "train",
]

# Found when they are first used: they bring libraries that a script with a Readout does without.
_ROOMS = {
    "LIFParameters": "networks",
    "lif_network": "networks",
    "Recording": "experiment",
    "load_recording": "experiment",
    "train": "experiment",
}


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return getattr(importlib.import_module(f"brian_force.{_ROOMS[name]}"), name)
    if name in ("metrics", "plotting", "tasks"):
        return importlib.import_module(f"brian_force.{name}")
    raise AttributeError(f"module 'brian_force' has no attribute '{name}'")


def __dir__() -> list[str]:
    return __all__
