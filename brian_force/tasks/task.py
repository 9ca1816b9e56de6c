"""What a network shall learn to do, and the settings under which it is known to learn it."""

import dataclasses
import math
from collections.abc import Callable
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from brian2 import DimensionMismatchError, Quantity, TimedArray, get_dimensions, second

from brian_force.arguments import check_count, check_quantity, refusal
from brian_force.quantities import check_quantities, quantity, written

__all__ = ["Task", "table_length"]

type Array = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Task:
    """A target of K outputs, its learning window and the hyper-parameters that learn it.

    Two tasks are equal only if they are the same object, since functions cannot be compared.

    Parameters
    ----------
    name : str
        Name of the task.
    signal : callable
        Gives the target, shape (T, K), at times of shape (T,) [second, as plain numbers]. It must
        be defined at all times from 0 on.
    n_outputs : int
        Number of outputs K.
    period : Quantity, optional
        Period of the target [second]; None: it has none.
    n_neurons : int
        Size of the networks that the hyper-parameters were chosen for.
    G : Quantity
        Scale of the recurrent weights [mV/Hz].
    Q : Quantity
        Scale of the feedback [mV].
    learning_rate : Quantity
        Learning rate of RLS [second**2].
    learn_from, learn_until : Quantity
        Learning window, counted from the start of the run [second].
    duration : Quantity
        Length of the whole run [second].
    source : str
        Where the target and its settings come from.

    Raises
    ------
    TypeError, DimensionMismatchError, ValueError
        If an argument is not of the kind, unit or sign given above, or unless
        ``learn_from < learn_until <= duration``.
    """

    name: str
    signal: Callable[[Array], Array] = dataclasses.field(repr=False)
    n_outputs: int
    period: Quantity | None = quantity("second", "positive", default=None)
    n_neurons: int = 1000
    G: Quantity = quantity("mV/Hz", "not negative")
    Q: Quantity = quantity("mV", "not negative")
    learning_rate: Quantity = quantity("second**2", "positive")
    learn_from: Quantity = quantity("second", "not negative")
    learn_until: Quantity = quantity("second", "positive")
    duration: Quantity = quantity("second", "positive")
    source: str = dataclasses.field(repr=False)

    def __post_init__(self) -> None:
        if not callable(self.signal):
            allowed = "a function of the times in seconds"
            raise TypeError(refusal("signal", "Task", allowed, repr(self.signal)))
        for count, least in (("n_outputs", 1), ("n_neurons", 2)):
            checked = check_count(count, "Task", getattr(self, count), least)
            object.__setattr__(self, count, checked)
        check_quantities(self)
        self._check_order("learn_from", "before 'learn_until'", self.learn_from < self.learn_until)
        self._check_order("learn_until", "within 'duration'", self.learn_until <= self.duration)

    def _check_order(self, earlier: str, allowed: str, holds: Any) -> None:
        if not holds:
            later = allowed.split("'")[1]
            allowed = f"{allowed} ({getattr(self, later)})"
            raise ValueError(refusal(earlier, "Task", allowed, str(getattr(self, earlier))))

    def __repr__(self) -> str:
        return written(self)

    def changed(self, **changes: Any) -> Self:
        """Return the task with other settings; what is None stays as it is."""
        given = {name: value for name, value in changes.items() if value is not None}
        return dataclasses.replace(self, **given)

    def target(self, times: Quantity) -> Array:
        """Compute the target.

        Parameters
        ----------
        times : Quantity, shape (T,)
            Times from the start of the run [second].

        Returns
        -------
        ndarray, shape (T, K)
            One row per time, one column per output.

        Raises
        ------
        DimensionMismatchError
            If `times` are not times.
        ValueError
            If the signal does not give one finite number per time and output.
        """
        if get_dimensions(times) is not second.dim:
            message = refusal("times", "Task.target", "in units of second", repr(times))
            raise DimensionMismatchError(message)
        seconds = np.atleast_1d(np.asarray(times, dtype=float))
        values = np.asarray(self.signal(seconds), dtype=float)
        shape = (len(seconds), self.n_outputs)
        if values.shape != shape or not np.all(np.isfinite(values)):
            allowed = f"a function that gives finite numbers of shape {shape}"
            got = f"shape {values.shape}" if values.shape != shape else "values that are not finite"
            raise ValueError(refusal("signal", f"the task '{self.name}'", allowed, got))
        return values

    def timed_array(self, duration: Quantity, dt: Quantity) -> TimedArray:
        """Sample the target for a run.

        Parameters
        ----------
        duration : Quantity
            Length of the run [second].
        dt : Quantity
            Interval of the samples, the first of which is at 0 [second].

        Returns
        -------
        TimedArray
            Of shape (S, K): call it as ``target(t, i)``, i the output. S >= duration/dt + 1 is a
            power of two, at least 8192.
        """
        duration = check_quantity("duration", "Task.timed_array", duration, second, "positive")
        dt = check_quantity("dt", "Task.timed_array", dt, second, "positive")
        samples = self.target(np.arange(table_length(duration, dt)) * dt)
        return TimedArray(samples, dt=dt, name="task_target")


def table_length(duration: Quantity, dt: Quantity) -> int:
    """Return the number of samples in the table of a target: a power of two, at least 8192.

    Brian compiles the number into the binary; so one binary serves every shorter run.
    """
    n_needed = math.ceil(float(duration / dt) * (1 - 1e-12)) + 1
    return max(8192, 1 << (n_needed - 1).bit_length())
