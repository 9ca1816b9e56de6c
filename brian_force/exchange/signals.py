"""What was sampled beside the spikes."""

import dataclasses
from typing import Any

import numpy as np
from brian2 import Quantity, second
from numpy.typing import NDArray

from brian_force.arguments import check_quantity, refusal

__all__ = ["Signal"]

DEFAULT: Any = None  # what is left out and then is never None


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Signal:
    """A sampled signal of C channels, beside the spikes of every trial.

    Attributes
    ----------
    values : tuple of ndarray, shape (T, C) each
        One array a trial; sample k stands at k dt of the trial. T may be 0 in some trials.
    dt : Quantity
        Interval of samples [second].
    unit : str
        Unit of the values, as Neo and the literature write it: 'mV', 'Hz', '1'.
    channels : ndarray, shape (C,)
        Number or name of each channel; default: 0, 1, ...
    """

    values: tuple[NDArray[np.float64], ...]
    dt: Quantity
    unit: str = "1"
    channels: NDArray[Any] = DEFAULT

    def __post_init__(self) -> None:
        dt = check_quantity("dt", "Signal", self.dt, second, "positive")
        values = tuple(np.asarray(trial, dtype=float) for trial in self.values)
        shapes = {np.ndim(trial) for trial in values}
        widths = {trial.shape[-1] for trial in values if trial.ndim == 2}
        if shapes != {2} or len(widths) != 1 or not sum(trial.size for trial in values):
            allowed = "one array of shape (samples, channels) a trial, with equal channels"
            got = f"shapes {', '.join(str(trial.shape) for trial in values) or 'of no trial'}"
            raise ValueError(refusal("values", "Signal", allowed, got))
        (width,) = widths
        channels = np.arange(width) if self.channels is None else np.asarray(self.channels)
        if channels.shape != (width,):
            allowed = f"one name a channel, shape ({width},)"
            raise ValueError(refusal("channels", "Signal", allowed, f"shape {channels.shape}"))
        for name, value in {"values": values, "dt": dt, "channels": channels}.items():
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        shapes = ", ".join(str(trial.shape) for trial in self.values[:3])
        more = ", ..." if len(self.values) > 3 else ""
        return f"<Signal [{self.unit}] every {self.dt}: {shapes}{more}>"

    @property
    def n_channels(self) -> int:
        """Number of channels."""
        return len(self.channels)

    def times(self, trial: int = 0) -> Quantity:
        """Return the times of the samples of a trial, from its start [second]."""
        return np.arange(len(self.values[trial])) * self.dt

    def pieces(self, places: list[tuple[int, float]], length: float) -> list[NDArray[np.float64]]:
        """Return the samples of pieces of equal length, each from the one nearest to its start on.

        Parameters
        ----------
        places : list of (int, float)
            Trial of each piece, and where in it the piece begins [second, as plain numbers].
        length : float
            Length of a piece [second, as a plain number].
        """
        dt = float(self.dt)
        n_samples = max(1, round(length / dt))
        firsts = [(k, round(begin / dt)) for k, begin in places]
        parts = [self.values[k][first : first + n_samples] for k, first in firsts]
        # A start between samples may leave one too few. Where more lack, there are none to have.
        least = max(1, n_samples - 1)
        n_common = min((len(part) for part in parts if len(part) >= least), default=n_samples)
        return [part[:n_common] for part in parts]
