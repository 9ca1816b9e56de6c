"""Descriptions of learning rules: frozen and comparable, without any arithmetic."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from brian2 import Quantity, second
from brian2.units.fundamentalunits import DIMENSIONLESS
from numpy.typing import ArrayLike, NDArray

from brian_force.arguments import check_choice, check_quantity, refusal, shown

__all__ = ["LMS", "RLS", "PythonRule", "Rule"]


@dataclass(frozen=True, repr=False)
class Rule:
    """What all learning rules share: a name, a readable form and their own time step."""

    def __repr__(self) -> str:
        given = ", ".join(f"{f.name}={shown(getattr(self, f.name))}" for f in fields(self))
        return f"{type(self).__name__}({given})"

    def __hash__(self) -> int:
        return hash(repr(self))

    def _freeze(self, **values: object) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def _check_dt(self, dt: Quantity | None) -> Quantity | None:
        if dt is None:
            return None
        return check_quantity("dt", type(self).__name__, dt, second, "positive")

    def _check_learning_rate(self, learning_rate: Quantity) -> Quantity:
        # Its unit depends on the activity and is checked by the readout.
        unit = getattr(learning_rate, "dim", DIMENSIONLESS)
        owner = type(self).__name__
        return check_quantity("learning_rate", owner, learning_rate, unit, "positive")


@dataclass(frozen=True, repr=False, eq=True, unsafe_hash=False)
class RLS(Rule):
    """Recursive least squares, the rule of FORCE learning.

    Parameters
    ----------
    learning_rate : Quantity [1/activity unit ** 2]
        P starts as ``learning_rate`` times the identity. Large is fast; its inverse is the
        penalty of the ridge regression that the rule solves step by step.
    dt : Quantity [second], optional
        Interval between updates; a multiple of the network's dt. Default: the network's dt.
    gain : {'posterior', 'prior'}
        'posterior' is true recursive least squares; 'prior' the gain of published FORCE codes
        [1]_, which does not solve a least-squares problem and can be unstable.
    forgetting : float
        Forgetting factor, above 0 and at most 1. 1: nothing is forgotten.
    precision : {'float64', 'float32'}
        Precision of P, which takes ``4 N (N + 1)`` bytes, or half of that.

    Raises
    ------
    TypeError, ValueError, DimensionMismatchError
        If an argument is not as described.

    References
    ----------
    .. [1] Nicola & Clopath (2017), Nat Commun 8:2208, ModelDB 190565.

    Examples
    --------
    >>> from brian2 import ms, second
    >>> RLS(2.5e-6*second**2, dt=2.5*ms)
    RLS(learning_rate=2.5e-06*second**2, dt=2.5*ms, gain='posterior', forgetting=1.0, precision='float64')
    """  # noqa: E501

    learning_rate: Quantity
    dt: Quantity | None = None
    gain: str = "posterior"
    forgetting: float = 1.0
    precision: str = "float64"

    __hash__ = Rule.__hash__

    def __post_init__(self) -> None:
        check_choice("gain", "RLS", self.gain, ["posterior", "prior"])
        check_choice("precision", "RLS", self.precision, ["float64", "float32"])
        forgetting = check_quantity("forgetting", "RLS", self.forgetting, DIMENSIONLESS, "positive")
        if forgetting > 1:
            raise ValueError(refusal("forgetting", "RLS", "at most 1", forgetting))
        learning_rate = self._check_learning_rate(self.learning_rate)
        self._freeze(learning_rate=learning_rate, dt=self._check_dt(self.dt), forgetting=forgetting)


@dataclass(frozen=True, repr=False, eq=True, unsafe_hash=False)
class LMS(Rule):
    """Least mean squares, also called the delta rule: no P, no memory of correlations.

    Parameters
    ----------
    learning_rate : Quantity [1/activity unit ** 2]
        The decoders change by ``-learning_rate * r * error`` at each update.
    dt : Quantity [second], optional
        Interval between updates; a multiple of the network's dt. Default: the network's dt.
    """

    learning_rate: Quantity
    dt: Quantity | None = None

    __hash__ = Rule.__hash__

    def __post_init__(self) -> None:
        learning_rate = self._check_learning_rate(self.learning_rate)
        self._freeze(learning_rate=learning_rate, dt=self._check_dt(self.dt))


@dataclass(frozen=True, repr=False, eq=True, unsafe_hash=False)
class PythonRule(Rule):
    """A rule of your own, written in Python, for trying things out.

    It runs on the runtime targets (NumPy, Cython) and raises on every other device.

    Parameters
    ----------
    function : callable
        ``function(r, error, decoders)`` with plain arrays of shapes (N,), (K,) and (N, K) in
        base units; returns the change of the decoders, shape (N, K).
    dt : Quantity [second], optional
        Interval between updates; a multiple of the network's dt. Default: the network's dt.

    Examples
    --------
    >>> import numpy as np
    >>> rule = PythonRule(lambda r, error, decoders: -1e-6*np.outer(r, error))
    """

    function: Callable[[NDArray[Any], NDArray[Any], NDArray[Any]], ArrayLike]
    dt: Quantity | None = None

    __hash__ = Rule.__hash__

    def __post_init__(self) -> None:
        if not callable(self.function):
            allowed = "a function of (r, error, decoders)"
            raise TypeError(refusal("function", "PythonRule", allowed, repr(self.function)))
        self._freeze(dt=self._check_dt(self.dt))
