"""FORCE training of spiking networks inside Brian 2."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from brian_force import analysis, exchange, metrics, plotting, studies, tasks
    from brian_force.errors import (
        DivergenceError,
        InterruptedRunError,
        RecordingError,
        UnsupportedDeviceError,
    )
    from brian_force.experiment import Pair, Recording, Swap, load_recording, train, train_pair
    from brian_force.learning import LMS, RLS, PythonRule, Readout, RecurrentDrive, Stimulus
    from brian_force.networks import LIFParameters, lif_network, rate_network
    from brian_force.studies import load_sweep, sweep

__all__ = [
    "LMS",
    "RLS",
    "DivergenceError",
    "InterruptedRunError",
    "LIFParameters",
    "Pair",
    "PythonRule",
    "Readout",
    "Recording",
    "RecordingError",
    "RecurrentDrive",
    "Stimulus",
    "Swap",
    "UnsupportedDeviceError",
    "analysis",
    "exchange",
    "lif_network",
    "load_recording",
    "load_sweep",
    "metrics",
    "plotting",
    "rate_network",
    "studies",
    "sweep",
    "tasks",
    "train",
    "train_pair",
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
    "experiment": ["Pair", "Recording", "Swap", "load_recording", "train", "train_pair"],
    "learning": ["LMS", "RLS", "PythonRule", "Readout", "RecurrentDrive", "Stimulus"],
    "networks": ["LIFParameters", "lif_network", "rate_network"],
    "studies": ["load_sweep", "sweep"],
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
