"""Decoders, encoders and P of a readout, in the shapes and units in which users think of them."""

from typing import Any

import numpy as np
from brian2 import DimensionMismatchError, Quantity, get_dimensions
from brian2.core.namespace import get_local_namespace
from brian2.core.variables import ArrayVariable, Variable, VariableView
from brian2.groups.group import Group

from brian_force.arguments import check_quantity, did_you_mean, refusal, unit_name
from brian_force.errors import UnsupportedDeviceError
from brian_force.learning.codegen.codeobjects import is_cuda
from brian_force.learning.readout_weights import ReadoutWeights
from brian_force.learning.rules import RLS, Rule

__all__ = ["ReadoutMatrices"]

MATRICES = ("decoders", "decoders_", "encoders", "encoders_", "P", "P_")


class ScalarView(VariableView):
    """One number of a readout: what Brian gives, and a number where Python wants one."""

    def __float__(self) -> float:
        return float(self.get_item(slice(None)))

    def __int__(self) -> int:
        return int(self.get_item(slice(None)))

    def __bool__(self) -> bool:
        return bool(self.get_item(slice(None)))


class ReadoutMatrices(Group):
    """The part of a `Readout` that gives and takes its matrices.

    P is stored as its lower triangle, row after row, without its last change: the kernels make
    that together with the next product P r.
    """

    source: Group
    weights: ReadoutWeights
    rule: Rule | None
    _activity: Variable

    def __setattr__(self, key: str, value: Any, level: int = 0) -> None:
        # Brian looks for properties in the class of the object alone, not in its bases.
        if key in MATRICES:
            object.__setattr__(self, key, value)
        else:
            super().__setattr__(key, value, level + 1)

    def state(self, name: str, use_units: bool = True, level: int = 0) -> Any:
        """Return a state variable (see Brian's `Group`)."""
        variable = self.variables.get(name)
        if not isinstance(variable, ArrayVariable) or not variable.scalar:
            return super().state(name, use_units, level + 1)
        dimensions = variable.dim if use_units else None
        return ScalarView(name, variable, self, dimensions)

    def __getattr__(self, name: str) -> Any:
        # Called when a property raised AttributeError: Brian would give no reason.
        if name in MATRICES:
            self._check_has(name.rstrip("_"))
        return super().__getattr__(name)

    def _check_has(self, name: str) -> None:
        if name == "P" and not isinstance(self.rule, RLS):
            raise AttributeError(f"Readout '{self.name}' has no P, because its rule is not RLS.")
        if name != "P" and name not in self.weights.variables:
            raise AttributeError(
                f"Readout '{self.name}' has no {name}, because it has no feedback."
            )

    def _matrix(self, name: str, use_units: bool) -> Any:
        self._check_has(name)
        return self.weights.matrix(name, use_units)

    def _set_matrix(self, name: str, value: Any, use_units: bool) -> None:
        self._check_has(name)
        # Up the stack: the property, __setattr__, the user.
        self.weights.set_matrix(name, value, get_local_namespace(level=3), use_units)

    decoders = property(
        lambda self: self._matrix("decoders", True),
        lambda self, value: self._set_matrix("decoders", value, True),
        doc="Weights of the readout, shape (N, K) [unit of the target / unit of the activity].",
    )
    decoders_ = property(
        lambda self: self._matrix("decoders", False),
        lambda self, value: self._set_matrix("decoders", value, False),
        doc="The decoders as plain numbers in base units.",
    )
    encoders = property(
        lambda self: self._matrix("encoders", True),
        lambda self, value: self._set_matrix("encoders", value, True),
        doc="Weights of the feedback, shape (N, K) [unit of the parameter / unit of the target].",
    )
    encoders_ = property(
        lambda self: self._matrix("encoders", False),
        lambda self, value: self._set_matrix("encoders", value, False),
        doc="The encoders as plain numbers in base units.",
    )

    @property
    def P(self) -> Quantity:
        """Running inverse correlation, shape (N, N) [1/activity unit ** 2]."""
        return Quantity(self.P_, dim=self._activity.dim**-2)

    @P.setter
    def P(self, value: Any) -> None:
        self._set_P(value)

    @property
    def P_(self) -> Any:
        """P as plain numbers in base units."""
        self._check_has("P")
        n = len(self.source)
        if not self._value("_P_ready"):
            return self._value("learning_rate") * np.eye(n)
        packed = self.variables["_P"].get_value()
        if len(packed) == 0:
            raise RuntimeError(
                f"P of readout '{self.name}' was not kept. Give keep_P=True to Readout to read P "
                "after a standalone run."
            )
        lower = np.zeros((n, n))
        lower[np.tri(n, dtype=bool)] = packed
        P = lower + np.tril(lower, -1).T
        # The kernels make the last change of P together with the next product P r.
        c = self._value("_pending")
        if c > 0 and isinstance(self.rule, RLS):
            g = self.variables["_gain"].get_value().astype(float)
            P = (P - c * np.outer(g, g)) / self.rule.forgetting
        return P

    @P_.setter
    def P_(self, value: Any) -> None:
        self._set_P(Quantity(value, dim=self._activity.dim**-2))

    def _set_P(self, value: Any) -> None:
        packed = self._packed(value)
        self.variables["_P"].set_value(packed)
        self._P_ready = True
        self._pending = 0

    def _packed(self, value: Any) -> Any:
        """Check a P and return its lower triangle, row after row."""
        self._check_has("P")
        n, unit = len(self.source), self._activity.dim**-2
        P = np.array(value, dtype=float)
        if get_dimensions(value) is not unit:
            allowed = f"in units of {unit_name(unit)}"
            raise DimensionMismatchError(
                refusal("P", "Readout", allowed, unit_name(get_dimensions(value)))
            )
        if P.shape != (n, n):
            allowed = f"of shape ({n}, {n})"
            raise ValueError(refusal("P", "Readout", allowed, f"shape {P.shape}"))
        holds = {
            "finite": np.isfinite(P).all(),
            "symmetric": np.allclose(P, P.T, equal_nan=True),
            "positive on its diagonal": (np.diag(P) > 0).all(),
        }
        for allowed, fulfilled in holds.items():
            if not fulfilled:
                raise ValueError(refusal("P", "Readout", allowed, "a matrix that is not"))
        return P[np.tri(n, dtype=bool)].astype(self.variables["_P"].dtype)

    def _value(self, name: str) -> Any:
        return self.variables[name].get_value().item()

    def run_args(self, **values: Any) -> dict[Any, Any]:
        """Build the checked ``run_args`` of a standalone run.

        Parameters
        ----------
        **values
            Any of ``decoders``, ``encoders``, ``P``, ``learning``, ``learn_from``,
            ``learn_until`` and ``learning_rate``.

        Returns
        -------
        dict
            To be given, alone or joined with others, to ``device.run(run_args=...)``.

        Raises
        ------
        TypeError, ValueError, DimensionMismatchError
            If a name is unknown, a unit or shape wrong, or a value not finite: Brian itself
            ignores such values without a word.
        UnsupportedDeviceError
            If P is given on CUDA, or decoders or encoders of a readout with capitals in its name.
        """
        known = self._run_arg_names()
        for name in values:
            if name not in known:
                hint = did_you_mean(name, known)
                raise TypeError(f"Readout '{self.name}' has no run argument '{name}'. {hint}")
        arguments: dict[Any, Any] = {}
        for name, value in values.items():
            arguments |= self._run_arg(name, value)
        self._check_window(values.get("learn_from"), values.get("learn_until"))
        return arguments

    def _run_arg(self, name: str, value: Any) -> dict[Any, Any]:
        if name in ("decoders", "encoders"):
            self._check_file_is_found(name)
            view = self.weights.state(name)
            return {view: self.weights.flattened(name, value)}
        if name == "P":
            if is_cuda():  # as in _check_file_is_found: its file is that of _P
                raise UnsupportedDeviceError(
                    f"On CUDA, P cannot be given through run_args. Set {self.name}.P before the "
                    "run instead."
                )
            packed = Quantity(self._packed(value), dim=self._activity.dim**-2)
            states = {"_P": packed, "_P_ready": True, "_pending": 0}
            return {self.state(state): number for state, number in states.items()}
        if name == "learning":
            if not isinstance(value, bool | np.bool_):
                raise TypeError(refusal("learning", "run_args", "True or False", repr(value)))
            return {self.state(name): bool(value)}
        sign = "positive" if name == "learning_rate" else "any"
        unit = self.variables[name].dim
        return {self.state(name): check_quantity(name, "run_args", value, unit, sign)}

    def _check_file_is_found(self, matrix: str) -> None:
        """Refuse names with capitals on CUDA.

        brian2cuda looks for the file of an array in lower case, and goes on without.
        """
        if is_cuda() and self.name != self.name.lower():
            allowed = f"in lower case for {matrix} through run_args on CUDA"
            remedy = f"Name it '{self.name.lower()}', or set its {matrix} before the run instead."
            raise UnsupportedDeviceError(
                refusal("name", "Readout", allowed, repr(self.name), remedy)
            )

    def _run_arg_names(self) -> list[str]:
        own = ["learning", "learn_from", "learn_until", "learning_rate"]
        names = [name for name in own if name in self.variables]
        names += [name for name in ("decoders", "encoders") if name in self.weights.variables]
        return names + ["P"] * isinstance(self.rule, RLS)
