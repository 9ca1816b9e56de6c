"""Many experiments: sweeps of parameters and seeds over any number of workers."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from brian_force.studies.designs import latin_hypercube, random_samples, sobol
    from brian_force.studies.sweeps import load_sweep, sweep

__all__ = ["latin_hypercube", "load_sweep", "random_samples", "sobol", "sweep"]

# Every name is found when it is first used: Dask costs half a second.
_ROOMS = {
    "designs": ["latin_hypercube", "random_samples", "sobol"],
    "sweeps": ["load_sweep", "sweep"],
}


def __getattr__(name: str) -> Any:
    for room, names in _ROOMS.items():
        if name in names:
            return getattr(importlib.import_module(f"brian_force.studies.{room}"), name)
    raise AttributeError(f"module 'brian_force.studies' has no attribute '{name}'")


def __dir__() -> list[str]:
    return __all__
