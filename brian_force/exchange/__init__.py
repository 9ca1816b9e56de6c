"""Spike data in and out: Neo, NWB, NIX and NumPy's files. Files and units, not networks."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from brian_force.exchange.formats import read, write
    from brian_force.exchange.monitors import neo_from_monitors, trials_from_monitors
    from brian_force.exchange.neo_export import to_neo
    from brian_force.exchange.neo_import import from_neo
    from brian_force.exchange.nix import read_nix, save_nix
    from brian_force.exchange.npz import read_npz, save_npz
    from brian_force.exchange.nwb import read_nwb, save_nwb
    from brian_force.exchange.spike_trials import Signal, SpikeTrials

__all__ = [
    "Signal",
    "SpikeTrials",
    "from_neo",
    "neo_from_monitors",
    "read",
    "read_nix",
    "read_npz",
    "read_nwb",
    "save_nix",
    "save_npz",
    "save_nwb",
    "to_neo",
    "trials_from_monitors",
    "write",
]

# Every name is found when it is first used: who cuts trials does without Neo, and who reads
# NumPy's files without HDF5.
_ROOMS = {
    "formats": ["read", "write"],
    "monitors": ["neo_from_monitors", "trials_from_monitors"],
    "neo_export": ["to_neo"],
    "neo_import": ["from_neo"],
    "nix": ["read_nix", "save_nix"],
    "npz": ["read_npz", "save_npz"],
    "nwb": ["read_nwb", "save_nwb"],
    "spike_trials": ["Signal", "SpikeTrials"],
}


def __getattr__(name: str) -> Any:
    for room, names in _ROOMS.items():
        if name in names:
            return getattr(importlib.import_module(f"brian_force.exchange.{room}"), name)
    raise AttributeError(f"module 'brian_force.exchange' has no attribute '{name}'")


def __dir__() -> list[str]:
    return __all__
