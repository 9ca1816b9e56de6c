"""What can go wrong that Python has no word for."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from brian2 import Quantity

__all__ = ["DivergenceError", "InterruptedRunError", "RecordingError", "UnsupportedDeviceError"]


class UnsupportedDeviceError(NotImplementedError):
    """The active Brian device cannot run what was asked for."""


class DivergenceError(ArithmeticError):
    """The output of a readout, its error or its learning rule left the finite numbers.

    Attributes
    ----------
    readout : str
        Name of the readout.
    time : Quantity
        Simulated time of the first value that was not finite [second].
    """

    def __init__(self, message: str, readout: str, time: "Quantity") -> None:
        super().__init__(message)
        self.readout = readout
        self.time = time

    def later(self, start: "Quantity") -> "DivergenceError":
        """Return the same of a run that started at another time than 0."""
        time = self.time + start
        old, new = (f"t = {float(t):g} s" for t in (self.time, time))
        return type(self)(str(self).replace(old, new), self.readout, time)

    def __reduce__(self) -> Any:
        return type(self), (str(self), self.readout, self.time)


class InterruptedRunError(RuntimeError):
    """A run ended before its time, so that its results must not be taken for a whole run.

    Attributes
    ----------
    completed : float
        Fraction of the run that was simulated, between 0 and 1.
    duration : Quantity
        Length that the run was to have [second].
    kept : str or None
        What was saved of it, if anything was.
    """

    def __init__(self, completed: float, duration: "Quantity", kept: str | None = None) -> None:
        seconds = float(duration)
        super().__init__(
            f"The run was stopped at t = {completed * seconds:g} s of {seconds:g} s. "
            f"{kept or 'Nothing of it was saved.'}"
        )
        self.kept = kept
        self.completed = completed
        self.duration = duration

    def __reduce__(self) -> Any:
        return type(self), (self.completed, self.duration, self.kept)


class RecordingError(ValueError):
    """A file is damaged, or is not of the kind that it should be."""
