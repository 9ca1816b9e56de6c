"""What every analysis begins and ends with: spikes of any origin, steps of time, labels."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from brian2 import Quantity, second
from numpy.typing import ArrayLike, NDArray

from brian_force.arguments import check_quantity, refusal
from brian_force.exchange.spike_trials import SpikeTrials

if TYPE_CHECKING:
    import neo

__all__ = ["SpikeData", "as_trials", "grid_steps", "labelled", "step_of"]

type SpikeData = SpikeTrials | neo.Block | neo.Segment | Sequence[neo.SpikeTrain]

ROUNDING = 1e-3  # of a time step: a spike as near to the next step belongs to it


def as_trials(data: SpikeData) -> SpikeTrials:
    """Return spikes as trials, whether they come as such or as Neo objects.

    Parameters
    ----------
    data : SpikeTrials, neo.Block, neo.Segment or list of neo.SpikeTrain
        Spikes; Neo objects are read by `brian_force.exchange.from_neo`.

    Returns
    -------
    SpikeTrials
        `data` itself if it is one.

    Raises
    ------
    TypeError
        If `data` is none of them.
    """
    if isinstance(data, SpikeTrials):
        return data
    sample = data[0] if isinstance(data, list | tuple) and data else data
    if type(sample).__module__.partition(".")[0] == "neo":
        # Neo is not imported for those who do without
        from brian_force.exchange import from_neo  # noqa: PLC0415

        return from_neo(data)
    allowed = "SpikeTrials, or a Block, a Segment or SpikeTrains of Neo"
    raise TypeError(refusal("trials", "the analysis", allowed, type(data).__name__))


def step_of(trials: SpikeTrials, owner: str, dt: Quantity | None = None) -> float:
    """Return the time step of the network, the one given or that of the trials [s].

    Raises
    ------
    TypeError, DimensionMismatchError, ValueError
        If there is none, or if it is not one positive time.
    """
    if dt is None and trials.dt is None:
        remedy = f"Spikes of a simulation have one: {owner}(..., dt=0.05*ms)."
        raise TypeError(refusal("dt", owner, "the time step of the network", "None", remedy))
    return float(check_quantity("dt", owner, trials.dt if dt is None else dt, second, "positive"))


def grid_steps(times: ArrayLike, dt: float) -> NDArray[np.int64]:
    """Return the steps n that hold the times [s]: those in [n dt, (n + 1) dt).

    A time on the grid belongs to its own step, however it was rounded.
    """
    return np.floor(np.asarray(times, dtype=float) / dt + ROUNDING).astype(np.int64)


def labelled(
    values: NDArray[Any],
    dims: tuple[str, ...],
    trials: SpikeTrials,
    *,
    name: str,
    units: str,
    times: NDArray[Any] | None = None,
) -> xr.DataArray:
    """Label values by what the neurons are called, the number of the trial, and time [s]."""
    coords: dict[str, Any] = {"trial": np.arange(trials.n_trials), "neuron": trials.neuron_ids}
    coords = {dim: coords[dim] for dim in dims if dim in coords}
    if times is not None:
        coords["time"] = ("time", times, {"units": "s"})
    return xr.DataArray(values, coords, dims, name=name, attrs={"units": units})
