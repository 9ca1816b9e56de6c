"""What a network shall learn to do, and the settings under which it is known to learn it."""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from brian2 import Quantity, TimedArray, mV

from brian_force.arguments import check_count, check_quantity, refusal
from brian_force.quantities import check_quantities, quantity, written
from brian_force.tasks.clock import half_sines, side_by_side
from brian_force.tasks.sampling import plain_seconds, sampled, table_length, table_times

__all__ = ["Task", "table_length"]

type Array = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Task:
    """A target of K outputs, with the inputs, window and hyper-parameters that learn it.

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
    inputs : callable, optional
        Gives the inputs u, shape (T, C), at times of shape (T,) [second, as plain numbers]; None:
        the network has to do without.
    n_inputs : int
        Number of inputs C.
    Q_inputs : Quantity
        Scale of the inputs [mV]: neurons receive ``Q_inputs * (E @ u)``, E of shape (N, C) uniform
        in [-1, 1]. Where inputs differ in strength, their signal says so.
    score : callable, optional
        How well an output does the task, for tasks that an error does not judge well: called with
        times of shape (T,), an output of shape (T, K) and ``learn_until`` [times in second, as
        plain numbers]. Gives a number from 0 to 1, or None if there is nothing to judge.
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
    inputs: Callable[[Array], Array] | None = dataclasses.field(default=None, repr=False)
    n_inputs: int = 0
    Q_inputs: Quantity = quantity("mV", "not negative", default=0)
    score: Callable[[Array, Array, float], float | None] | None = dataclasses.field(
        default=None, repr=False
    )
    source: str = dataclasses.field(repr=False)

    def __post_init__(self) -> None:
        for count, least in (("n_outputs", 1), ("n_neurons", 2), ("n_inputs", 0)):
            checked = check_count(count, "Task", getattr(self, count), least)
            object.__setattr__(self, count, checked)
        self._check_functions()
        check_quantities(self)
        self._check_order("learn_from", "before 'learn_until'", self.learn_from < self.learn_until)
        self._check_order("learn_until", "within 'duration'", self.learn_until <= self.duration)

    def _check_functions(self) -> None:
        functions = {"signal": "the times in seconds"}
        if self.n_inputs or self.inputs is not None:
            functions["inputs"] = "the times in seconds"
        if self.score is not None:
            functions["score"] = "times, output and end of learning"
        for name, arguments in functions.items():
            function = getattr(self, name)
            if not callable(function):
                allowed = f"a function of {arguments}"
                raise TypeError(refusal(name, "Task", allowed, repr(function)))
        if self.inputs is not None and self.n_inputs == 0:
            allowed = "the number of columns that 'inputs' gives"
            raise ValueError(refusal("n_inputs", "Task", allowed, "0"))

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
        return self._sampled("signal", "target", self.n_outputs, times)

    def input_signal(self, times: Quantity) -> Array:
        """Compute the inputs.

        Parameters
        ----------
        times : Quantity, shape (T,)
            Times from the start of the run [second].

        Returns
        -------
        ndarray, shape (T, C)
            One row per time, one column per input; no column if the task has no inputs.

        Raises
        ------
        DimensionMismatchError
            If `times` are not times.
        ValueError
            If the inputs are not one finite number per time and input.
        """
        return self._sampled("inputs", "input_signal", self.n_inputs, times)

    def score_of(self, times: Quantity, output: Array) -> float | None:
        """Judge an output by the task's own score.

        Parameters
        ----------
        times : Quantity, shape (T,)
            Times from the start of the run, in rising order [second].
        output : ndarray, shape (T, K)
            What a network gave at these times. What it did before `learn_until` does not count.

        Returns
        -------
        float or None
            From 0 to 1; None if the task has no score or the output is too short for one.

        Raises
        ------
        DimensionMismatchError
            If `times` are not times.
        ValueError
            If `output` is not of the shape given above.
        """
        seconds = plain_seconds(times, "Task.score_of")
        shape = (len(seconds), self.n_outputs)
        if np.shape(output) != shape:
            allowed = f"an array of shape {shape}, one row per time"
            got = f"shape {np.shape(output)}"
            raise ValueError(refusal("output", "Task.score_of", allowed, got))
        if self.score is None:
            return None
        return self.score(seconds, np.asarray(output, dtype=float), float(self.learn_until))

    def with_clock(self, n_slots: int = 32, Q_clock: Quantity = 20 * mV) -> Self:
        """Add a clock to the inputs: the high-dimensional temporal signal (HDTS).

        Each of its inputs is the positive half period of a sine in a slot of its own; the slots
        tile the period. So the inputs tell at any time how far the period has gone.

        Parameters
        ----------
        n_slots : int
            Number of slots, and of inputs added.
        Q_clock : Quantity
            Scale of the clock's inputs [mV].

        Returns
        -------
        Task
            The same task with `n_slots` more inputs, after those it has.

        Raises
        ------
        TypeError, DimensionMismatchError, ValueError
            If an argument is not as given above, or the task has no period.
        """
        n_slots = check_count("n_slots", "Task.with_clock", n_slots)
        Q_clock = check_quantity(
            "Q_clock", "Task.with_clock", Q_clock, mV, "not negative", written="mV"
        )
        if self.period is None:
            owner, remedy = f"the task '{self.name}'", "A clock tiles the period of its task."
            raise ValueError(refusal("period", owner, "a time", "None", remedy))
        inputs: Callable[[Array], Array]
        inputs = functools.partial(half_sines, period=float(self.period), n_slots=n_slots)
        gain = Q_clock
        if self.inputs is not None:
            gain = max(self.Q_inputs, Q_clock)
            old, new = (float(Q / gain) if gain else 0.0 for Q in (self.Q_inputs, Q_clock))
            inputs = functools.partial(side_by_side, parts=((self.inputs, old), (inputs, new)))
        return self.changed(inputs=inputs, n_inputs=self.n_inputs + n_slots, Q_inputs=gain)

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
            power of two, at least 32768.
        """
        times, dt = table_times("Task.timed_array", duration, dt)
        return TimedArray(self.target(times), dt=dt, name="task_target")

    def input_array(self, duration: Quantity, dt: Quantity) -> TimedArray:
        """Sample the inputs for a run.

        Parameters
        ----------
        duration : Quantity
            Length of the run [second].
        dt : Quantity
            Interval of the samples, the first of which is at 0 [second].

        Returns
        -------
        TimedArray
            Of shape (S, C): call it as ``inputs(t, i)``, i the input. S is as in `timed_array`.

        Raises
        ------
        ValueError
            If the task has no inputs.
        """
        times, dt = table_times("Task.input_array", duration, dt)
        if self.inputs is None:
            owner, remedy = f"the task '{self.name}'", "Without inputs there is no table of them."
            raise ValueError(refusal("inputs", owner, "a function", "None", remedy))
        return TimedArray(self.input_signal(times), dt=dt, name="task_inputs")

    def _sampled(self, name: str, method: str, n_columns: int, times: Quantity) -> Array:
        seconds = plain_seconds(times, f"Task.{method}")
        function = getattr(self, name)
        if function is None:
            return np.zeros((len(seconds), 0))
        return sampled(function, seconds, n_columns, name, f"the task '{self.name}'")
