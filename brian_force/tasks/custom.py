"""Tasks of the user's own, from an array or a function."""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from brian2 import DimensionMismatchError, Hz, Quantity, get_dimensions, mV, second
from brian2.units.fundamentalunits import DIMENSIONLESS

from brian_force.arguments import check_count, check_quantity, did_you_mean, refusal, unit_name
from brian_force.tasks.sampling import sampled
from brian_force.tasks.task import Task

__all__ = ["from_array", "from_function"]

type Array = npt.NDArray[np.float64]

#: Q is so large that Q times the root mean square of the target is about this [mV].
FEEDBACK = 20


def from_array(
    values: npt.ArrayLike,
    dt: Quantity,
    period: Quantity | None = None,
    name: str = "array",
    **settings: Any,
) -> Task:
    """Make a task of samples.

    Parameters
    ----------
    values : array_like, shape (T,) or (T, K)
        The target at the times 0, dt, 2 dt, and so on, without unit: one column per output. In
        between, straight lines.
    dt : Quantity
        Interval of the samples [second].
    period : Quantity, optional
        Period of the target [second]. The samples must hold one period or several whole ones,
        and are repeated for ever. Without it, the last sample is held for ever.
    name : str
        Name of the task.
    **settings
        Other fields of `Task`. By default G = 0.1 mV/Hz; Q = 20 mV divided by the root mean
        square of the target; learning_rate = 5e-7 second**2; for a target with a period, learning
        from 1 s on for 8 s or 5 periods, whichever is longer, and then 5 s or 2 periods without;
        for one without, learning from a tenth of the samples on (at most 1 s) to seven tenths.

    Returns
    -------
    Task
        With one output per column.

    Raises
    ------
    TypeError, DimensionMismatchError, ValueError
        If an argument is not as given above, or a run would be longer than the samples last.

    Examples
    --------
    >>> import numpy as np
    >>> from brian2 import ms, second
    >>> from brian_force import tasks
    >>> phase = np.linspace(0, 2*np.pi, 200, endpoint=False)
    >>> task = tasks.from_array(np.sin(phase)**3, dt=1*ms, period=200*ms)
    >>> task.n_outputs, task.learn_until, task.duration
    (1, 9. * second, 14. * second)
    """
    owner = "tasks.from_array"
    columns = _columns(values)
    dt = check_quantity("dt", owner, dt, second, "positive")
    length = len(columns) * dt
    if period is not None:
        period = check_quantity("period", owner, period, second, "positive")
        repeats = float(length / period)
        if round(repeats) < 1 or abs(repeats - round(repeats)) > 1e-6:
            allowed = f"such that the samples ({length}) hold a whole number of periods"
            raise ValueError(refusal("period", owner, allowed, str(period)))
    signal = functools.partial(
        _between_samples, columns=columns, dt=float(dt), periodic=period is not None
    )
    fixed = {"name": name, "signal": signal, "n_outputs": columns.shape[1], "period": period}
    defaults = {"Q": _feedback(columns), "source": "an array of the user's"}
    task = _task(owner, fixed, defaults | _windows(period, length), settings)
    if period is None and task.duration > length * (1 + 1e-9):
        allowed = f"within the samples ({length}) of a target without period"
        raise ValueError(refusal("duration", owner, allowed, str(task.duration)))
    return task


def from_function(
    function: Callable[[Array], npt.ArrayLike],
    n_outputs: int = 1,
    period: Quantity | None = None,
    name: str | None = None,
    **settings: Any,
) -> Task:
    """Make a task of a function.

    Parameters
    ----------
    function : callable
        Gives the target, shape (T, K) or (T,) for one output, at times of shape (T,) [second, as
        plain numbers]. If the task is to be sent to another process, a function of a module:
        lambdas cannot be sent.
    n_outputs : int
        Number of outputs K.
    period : Quantity, optional
        Period of the target [second].
    name : str, optional
        Name of the task; by default that of the function.
    **settings
        Other fields of `Task`. Defaults as for `from_array`, but without a period learning lasts
        from 1 s to 21 s in a run of 31 s.

    Returns
    -------
    Task
        With `n_outputs` outputs.

    Raises
    ------
    TypeError, DimensionMismatchError, ValueError
        If an argument is not as given above.

    Examples
    --------
    >>> import numpy as np
    >>> from brian2 import second
    >>> from brian_force import tasks
    >>> def beat(t):
    ...     return np.sin(2*np.pi*5*t)*np.cos(2*np.pi*t)
    >>> tasks.from_function(beat, period=1*second).name
    'beat'
    """
    owner = "tasks.from_function"
    if not callable(function):
        allowed = "a function of the times in seconds"
        raise TypeError(refusal("function", owner, allowed, repr(function)))
    n_outputs = check_count("n_outputs", owner, n_outputs)
    if period is not None:
        period = check_quantity("period", owner, period, second, "positive")
    signal = functools.partial(_as_columns, function=function)
    defaults = {"source": "a function of the user's"} | _windows(period, None)
    until = defaults["duration"] if period is None else period
    seconds = np.linspace(0, float(until), 1000, endpoint=False)
    defaults["Q"] = _feedback(sampled(signal, seconds, n_outputs, "function", owner))
    name = name or getattr(function, "__name__", "function")
    fixed = {"name": name, "signal": signal, "n_outputs": n_outputs, "period": period}
    return _task(owner, fixed, defaults, settings)


def _columns(values: npt.ArrayLike) -> Array:
    """Return samples as a read-only array with one column per output."""
    owner, argument = "tasks.from_array", "values"
    if get_dimensions(values) is not DIMENSIONLESS:
        got = f"an array in {unit_name(get_dimensions(values))}"
        remedy = "Divide it by its unit."
        raise DimensionMismatchError(refusal(argument, owner, "without unit", got, remedy))
    allowed = "finite numbers of shape (T,) or (T, K) with at least two rows"
    columns = np.array(values, dtype=float)
    if columns.ndim == 1:
        columns = columns[:, np.newaxis]
    if columns.ndim != 2 or columns.shape[0] < 2 or columns.shape[1] < 1:
        raise ValueError(refusal(argument, owner, allowed, f"shape {np.shape(values)}"))
    if not np.all(np.isfinite(columns)):
        raise ValueError(refusal(argument, owner, allowed, "values that are not finite"))
    columns.setflags(write=False)
    return columns


def _between_samples(times: Array, columns: Array, dt: float, periodic: bool) -> Array:
    # a time that is a multiple of dt but for rounding gets its sample, not a mixture
    position = times / dt
    near = np.rint(position)
    position = np.where(np.abs(position - near) < 1e-9 * np.maximum(near, 1), near, position)
    left = np.floor(position).astype(int)
    share = (position - left)[:, np.newaxis]
    wrap = np.mod if periodic else np.minimum
    last = len(columns) if periodic else len(columns) - 1
    values: Array = (1 - share) * columns[wrap(left, last)]
    values += share * columns[wrap(left + 1, last)]
    return values


def _as_columns(times: Array, function: Callable[[Array], npt.ArrayLike]) -> Array:
    values = np.asarray(function(times), dtype=float)
    return values[:, np.newaxis] if values.ndim == 1 else values


def _feedback(samples: Array) -> Quantity:
    """Return the default of Q, with two digits; for a target that is 0 throughout any will do."""
    size = float(np.sqrt(np.mean(samples**2)))
    return float(f"{FEEDBACK / size if size else FEEDBACK:.2g}") * mV


def _windows(period: Quantity | None, length: Quantity | None) -> dict[str, Any]:
    """Return the learning window and the length of the run."""
    if period is not None:
        learning, free = max(8 * second, 5 * period), max(5 * second, 2 * period)
        times = [1 * second, 1 * second + learning, 1 * second + learning + free]
    elif length is not None:
        times = [min(1 * second, 0.1 * length), 0.7 * length, length]
    else:
        times = [1 * second, 21 * second, 31 * second]
    return dict(zip(("learn_from", "learn_until", "duration"), times, strict=True))


def _task(
    owner: str, fixed: dict[str, Any], defaults: dict[str, Any], settings: dict[str, Any]
) -> Task:
    """Make the task; refuse settings that no task has."""
    known = {field.name for field in dataclasses.fields(Task)} - set(fixed)
    for setting in settings:
        if setting not in known:
            remedy = did_you_mean(setting, known)
            raise TypeError(f"{owner} got an unknown setting '{setting}'. {remedy}")
    same = {"G": 0.1 * mV / Hz, "learning_rate": 5e-7 * second**2}
    return Task(**(same | defaults | settings | fixed))
