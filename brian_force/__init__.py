"""FORCE training of spiking networks inside Brian 2."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from brian_force import metrics, plotting, tasks
    from brian_force.errors import (
        DivergenceError,
        InterruptedRunError,
        RecordingError,
        UnsupportedDeviceError,
    )
    from brian_force.experiment import Recording, load_recording, train
    from brian_force.learning import LMS, RLS, PythonRule, Readout
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

# Every name is found when it is first used: a script with a Readout does without the libraries
# of an experiment, and the help of the command without Brian.
_ROOMS = {
    "errors": [
        "DivergenceError",
        "InterruptedRunError",
        "RecordingError",
        "UnsupportedDeviceError",
    ],
    "experiment": ["Recording", "load_recording", "train"],
    "learning": ["LMS", "RLS", "PythonRule", "Readout"],
    "networks": ["LIFParameters", "lif_network"],
}


def __getattr__(name: str) -> Any:
    for room, names in _ROOMS.items():
        if name in names:
            return getattr(importlib.import_module(f"brian_force.{room}"), name)
    if name in __all__:
        return importlib.import_module(f"brian_force.{name}")
    raise AttributeError(f"module 'brian_force' has no attribute '{name}'")


def __dir__() -> list[str]:
    return __all__
