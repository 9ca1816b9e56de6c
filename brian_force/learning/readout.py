"""A trainable readout of a group of neurons: the one thing that Brian 2 lacks."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from brian2 import (
    Clock,
    NetworkOperation,
    Quantity,
    get_device,
    second,
)
from brian2 import stop as stop_running
from brian2.codegen.generators.cpp_generator import c_data_type
from brian2.core.namespace import get_local_namespace
from brian2.core.variables import Variables
from brian2.groups.group import Group
from brian2.units.fundamentalunits import DIMENSIONLESS, Dimension

from brian_force.arguments import check_quantity, refusal, shown
from brian_force.errors import DivergenceError, UnsupportedDeviceError
from brian_force.learning.codegen.codeobjects import (
    ReadoutRunner,
    check_device,
    emptied,
    is_standalone,
)
from brian_force.learning.readout_arguments import (
    check_activity,
    check_combination,
    check_feedback,
    check_source,
    count_columns,
    first_neuron,
    whole_group,
)
from brian_force.learning.readout_matrices import ReadoutMatrices
from brian_force.learning.readout_weights import ReadoutWeights
from brian_force.learning.rules import LMS, RLS, PythonRule, Rule
from brian_force.learning.target import Target, dimension, read_target
from brian_force.learning.writing import Written, check_sole_writer

__all__ = ["Readout"]

FOREVER = 1e9 * second

FAILURES = {
    1: "the output is not finite",
    2: "the error is not finite",
    3: "1 + r'Pr is not positive",
}


class Readout(ReadoutMatrices):
    r"""A linear readout of a group of neurons, fed back into it and trained while it runs.

    Every time step it computes the output :math:`z = \phi^T r` and writes
    :math:`\eta z` into a parameter of the neurons; every ``rule.dt``, inside the learning
    window, its learning rule changes the decoders :math:`\phi`.

    Parameters
    ----------
    source : Group
        The N neurons to read, a `NeuronGroup` or a `Subgroup`.
    activity : str
        Name of the state variable r of the source to read, of any unit.
    target : str, TimedArray, array or Quantity, optional
        What the K outputs shall be. A string may use ``t``, ``dt``, ``i`` (the output) and
        names defined where it is written. A `TimedArray` is 1-D or has one column per output.
        An array has shape (T,) or (T, K), sampled at the dt of the rule. A single number is a
        constant.
    rule : RLS, LMS or PythonRule, optional
        How to learn. Default: not at all.
    feedback : str, optional
        Name of the parameter of the source that receives ``encoders @ z`` every time step.
        Default: no feedback.
    encoders : str, array or Quantity, shape (N, K) or, with K = 1, (N,)
        Weights of the feedback; needed with `feedback`. A string is evaluated for each
        pair of a neuron ``i`` and an output ``j``.
    decoders : str, array or Quantity, shape (N, K) or, with K = 1, (N,), optional
        Weights of the readout at the start. Default: 0.
    P : array or Quantity, shape (N, N), optional
        Running inverse correlation at the start, for learning on. Default: ``learning_rate``
        times the identity.
    keep_P : bool
        Whether P can be read after a run in C++ standalone, at the price of writing it to disk.
    n_outputs : int, optional
        Number K of outputs, where neither target nor decoders tell. Default: 1.
    when, order : str, int
        Slot and order of the output; learning comes next, at ``order + 1``.
    name : str
        Name of the group.
    namespace : dict, optional
        Names for the strings. Default: those of the caller.

    Attributes
    ----------
    z, error, target_value : VariableView, shape (K,)
        Output, ``z - target`` and target; the last two as of the last step of the rule.
    learning : bool
        Switch; False stops learning at once.
    learn_from, learn_until : Quantity
        Learning window, half-open [second].
    n_updates : int
        Number of updates made.
    decoders, encoders, P : Quantity, shapes (N, K), (N, K), (N, N)
        With a trailing underscore: the same without units.

    Raises
    ------
    TypeError, ValueError, DimensionMismatchError
        If an argument is not as described.
    UnsupportedDeviceError
        If the active device has no kernels.
    DivergenceError
        After a run in which output, error or P left the finite numbers.

    Examples
    --------
    >>> from brian2 import Hz, NeuronGroup, ms, prefs, second, seed
    >>> prefs.codegen.target = 'numpy'
    >>> neurons = NeuronGroup(50, '''dr/dt = (20*Hz*(1 + tanh(x)) - r)/(10*ms) : Hz
    ...                              x = sin(2*pi*i/N + t/(50*ms)) : 1''', method='euler',
    ...                       name='neurons')
    >>> readout = Readout(neurons, 'r', target='sin(t/(50*ms))', name='readout',
    ...                   rule=RLS(1e-3*second**2, dt=1*ms))
    >>> readout
    <Readout 'readout' of 'neurons', 1 output, RLS>
    """

    add_to_magic_network = True
    invalidates_magic_network = True

    def __init__(  # noqa: PLR0913
        self,
        source: Group,
        activity: str,
        *,
        target: Any = None,
        rule: Rule | None = None,
        feedback: str | None = None,
        encoders: Any = None,
        decoders: Any = None,
        P: Any = None,
        keep_P: bool = False,
        n_outputs: int | None = None,
        when: str = "before_start",
        order: int = 0,
        name: str = "readout*",
        namespace: Mapping[str, Any] | None = None,
    ) -> None:
        check_device("Readout")
        _check_runs_here(rule)
        check_source(source)
        check_combination(rule, target, feedback, encoders, P)
        names = get_local_namespace(level=1) if namespace is None else dict(namespace)
        Group.__init__(self, clock=source.clock, when=when, order=order, name=name)
        self.source = source
        self.variables = Variables(self)
        self.rule = rule
        self.keep_P = keep_P
        self.codeobj_class = None
        self.activity, self.feedback = activity, feedback
        self._activity = check_activity(source, activity)
        self._feedback = None if feedback is None else check_feedback(source, feedback)
        self.written = None
        if self._feedback is not None:
            first = first_neuron(source)
            self.written = Written(self._feedback, first, first + len(source))
        rule_dt = getattr(rule, "dt", None)
        self._window: tuple[float | None, float | None] | None = None
        self._rule_clock = (
            source.clock if rule_dt is None else Clock(rule_dt, name=f"{self.name}_clock")
        )
        self._target = None if target is None else read_target(target, self._rule_clock.dt, names)
        self.namespace = {} if self._target is None else dict(self._target.namespace)
        told = {"n_outputs": n_outputs, "target": getattr(self._target, "n_outputs", None)}
        count = count_columns("Readout", told, {"decoders": decoders, "encoders": encoders})
        self._add_variables(count, self._output_dimension(decoders))
        self._add_runners(when, order)
        self._enable_group_attributes()
        self.add_dependency(source)
        self._set_initial_values(names, encoders=encoders, decoders=decoders, P=P)

    # -- construction ---------------------------------------------------------------------

    def _output_dimension(self, decoders: Any) -> Dimension:
        """Derive the unit of z: that of the target, or of decoders times activity."""
        if self._target is None:
            unit = getattr(decoders, "dim", DIMENSIONLESS / self._activity.dim)
            return unit * self._activity.dim
        return dimension(self, self._target, self._rule_clock)

    def _add_variables(self, n_outputs: int, z_dim: Dimension) -> None:
        variables = self.variables
        variables.create_clock_variables(self._clock)
        variables.add_constant("N", n_outputs)
        variables.add_arange("i", n_outputs, constant=True, read_only=True)
        variables.add_constant("n_neurons", len(self.source))
        variables.add_array("z", n_outputs, dimensions=z_dim, read_only=True)
        variables.add_reference("_activity", whole_group(self.source), self.activity)
        _add_scalar(variables, "_failure", np.int32, read_only=True)
        _add_scalar(variables, "_failure_time", np.float64, second.dim, read_only=True)
        matrices = {"decoders": (z_dim, self._activity.dim)}
        if self._feedback is not None:
            variables.add_reference("_feedback", whole_group(self.source), self.feedback)
            matrices["encoders"] = (self._feedback.dim, z_dim)
        name = f"{self.name}_weights"
        self.weights = ReadoutWeights(len(self.source), n_outputs, matrices, name, self._clock)
        self._contained_objects.append(self.weights)
        for matrix in matrices:
            variables.add_reference(f"_{matrix}", self.weights, matrix)
        if self._target is not None:
            variables.add_array("error", n_outputs, dimensions=z_dim, read_only=True)
            variables.add_array("target_value", n_outputs, dimensions=z_dim, read_only=True)
            self._add_learning_variables()

    def _add_learning_variables(self) -> None:
        variables = self.variables
        _add_scalar(variables, "learning", bool)
        _add_scalar(variables, "learn_from", np.float64, second.dim)
        _add_scalar(variables, "learn_until", np.float64, second.dim)
        _add_scalar(variables, "n_updates", np.int32, read_only=True)
        _add_scalar(variables, "_due", bool, read_only=True)
        rate_dim = self._activity.dim**-2
        if isinstance(self.rule, RLS | LMS):
            _add_scalar(variables, "learning_rate", np.float64, rate_dim)
        if isinstance(self.rule, RLS):
            n, precision = len(self.source), np.dtype(self.rule.precision)
            # Dynamic, so that a standalone run can drop it before everything is written to disk.
            # Sized afterwards, for brian2cuda sets one with a size to zero entry by entry.
            variables.add_dynamic_array("_P", 0, dimensions=rate_dim, dtype=precision)
            variables["_P"].resize(n * (n + 1) // 2)
            _add_scalar(variables, "_P_ready", bool)
            variables.add_array("_gain", n, dtype=precision)
            _add_scalar(variables, "_pending", np.float64)

    def _add_runners(self, when: str, order: int) -> None:
        first = first_neuron(self.source)
        decode = ReadoutRunner(
            self,
            "readout_decode",
            when=when,
            order=order,
            clock=self._clock,
            name=f"{self.name}_decode",
            needed_variables=[] if self._feedback is None else ["_encoders", "_feedback"],
            template_kwds={"first_neuron": first, "feedback": self._feedback is not None},
        )
        self._contained_objects.append(decode)
        if self._target is None:
            return
        learn = ReadoutRunner(
            self,
            "readout_learn",
            code=self._learning_code(self._target),
            user_code=self._target.written,
            when=when,
            order=order + 1,
            clock=self._rule_clock,
            name=f"{self.name}_learn",
            needed_variables=self._variables_of_rule(),
            template_kwds={"first_neuron": first, **self._template_words()},
        )
        # In the target, t and dt are those of the rule.
        learn.variables = Variables(learn)
        learn.variables.add_reference("t", self._rule_clock)
        learn.variables.add_reference("dt", self._rule_clock)
        self._contained_objects.append(learn)
        if isinstance(self.rule, PythonRule):
            operation = NetworkOperation(
                self._apply_python_rule,
                clock=self._rule_clock,
                when=when,
                order=order + 2,
                name=f"{self.name}_rule",
            )
            operation.add_to_magic_network = False
            self._contained_objects.append(operation)

    def _learning_code(self, target: Target) -> str:
        # A thousandth of a step guards the window against rounding of t, as Brian's own
        # function `timestep` does.
        return f"""
        _due = learning and (t + 0.001*dt >= learn_from) and (t + 0.001*dt < learn_until)
        target_value = {target.expression}
        error = z - target_value
        """

    def _variables_of_rule(self) -> list[str]:
        if isinstance(self.rule, RLS):
            return ["learning_rate", "_P", "_P_ready", "_gain", "_pending"]
        return ["learning_rate"] if isinstance(self.rule, LMS) else []

    def _template_words(self) -> dict[str, Any]:
        if isinstance(self.rule, RLS):
            posterior = int(self.rule.gain == "posterior")
            return {"rule": "RLS", "posterior": posterior, "forgetting": self.rule.forgetting}
        return {"rule": "LMS" if isinstance(self.rule, LMS) else "none"}

    def _set_initial_values(self, names: Mapping[str, Any], **matrices: Any) -> None:
        if self._target is not None:
            self.learning = self.rule is not None
            self.learn_until = FOREVER if self._target.end is None else self._target.end
        if isinstance(self.rule, RLS | LMS):
            unit = self._activity.dim**-2
            owner = type(self.rule).__name__
            self.learning_rate = check_quantity(
                "learning_rate", owner, self.rule.learning_rate, unit, "positive"
            )
        for matrix, value in matrices.items():
            if value is not None and matrix == "P":
                self._set_P(value)
            elif value is not None:
                self.weights.set_matrix(matrix, value, names)

    # -- before, during and after a run ---------------------------------------------------

    def before_run(self, run_namespace: Mapping[str, Any]) -> None:
        """Check what could not be checked at construction."""
        check_device(self.name)
        _check_runs_here(self.rule)
        self._check_time_steps()
        if self._target is not None:
            self._window = self._present_window()
            self._check_window()
        check_sole_writer(self)
        if is_standalone() and isinstance(self.rule, RLS) and not self.keep_P:
            self._drop_P_before_the_end()
        super().before_run(run_namespace)

    def _check_time_steps(self) -> None:
        dt, step = float(self._rule_clock.dt), float(self._clock.dt)
        if abs(dt / step - round(dt / step)) > 1e-6 or dt < step / 2:
            rule = type(self.rule).__name__
            near = max(1, int(dt / step))
            raise ValueError(
                f"The 'dt' of the {rule} rule must be a multiple of the network's dt "
                f"({step * 1e3:g} ms), but got {dt * 1e3:g} ms. "
                f"Use {near * step * 1e3:g} ms or {(near + 1) * step * 1e3:g} ms."
            )
        samples = None if self._target is None else self._target.samples
        if samples is not None and abs(float(samples.dt) / dt - 1) > 1e-6:
            raise ValueError(
                f"The dt of readout '{self.name}' changed to {dt * 1e3:g} ms after its target was "
                f"sampled at {float(samples.dt) * 1e3:g} ms. Set dt before the Readout is made."
            )

    def _check_window(self, start: Any = None, stop: Any = None) -> None:
        """Check the window that a run will have; what is not given is as in the last build."""
        if self._target is None:
            return
        built = self._window or self._present_window()
        start = built[0] if start is None else float(start)
        stop = built[1] if stop is None else float(stop)
        if start is None or stop is None:
            return
        if start > stop:
            allowed = f"at least learn_from ({start:g} s)"
            raise ValueError(refusal("learn_until", "Readout", allowed, f"{stop:g} s"))
        end = self._target.end
        if end is not None and stop > float(end) * (1 + 1e-9):
            allowed = f"within the target, which ends at {float(end):g} s"
            raise ValueError(refusal("learn_until", "Readout", allowed, f"{stop:g} s"))

    def _present_window(self) -> tuple[float | None, float | None]:
        try:
            return float(self._value("learn_from")), float(self._value("learn_until"))
        except NotImplementedError:  # set by a string in standalone: not known before the run
            return None, None

    def _drop_P_before_the_end(self) -> None:
        device, P = get_device(), self.variables["_P"]
        line = emptied(device.get_array_name(P, access_data=False), c_data_type(P.dtype))
        if line not in device.code_lines["before_end"]:
            device.insert_code("before_end", line)

    def _apply_python_rule(self) -> None:
        if not self._value("_due"):
            return
        first, n = first_neuron(self.source), len(self.source)
        r = np.array(self._activity.get_value()[first : first + n])
        error = np.array(self.variables["error"].get_value())
        decoders = self.weights.variables["decoders"].get_value()
        function = self.rule.function  # type: ignore[union-attr]
        change = np.asarray(function(r, error, self.decoders_))
        if change.shape != self.weights.shape:
            raise ValueError(
                f"The function of PythonRule must return an array of shape {self.weights.shape}, "
                f"but returned shape {change.shape}."
            )
        decoders += change.T.ravel()
        self.variables["n_updates"].get_value()[:] += 1

    def stop_run(self) -> None:
        """Stop the running network; called by the generated code when values diverge."""
        stop_running()

    def _check_for_invalid_states(self) -> None:
        """Raise what the generated code found; Brian calls this after every run."""
        failure = self._value("_failure")
        if failure == 0:
            return
        time = self._value("_failure_time") * second
        lower = "the encoders (feedback gain)" if self._feedback is not None else "the decoders"
        if "learning_rate" in self.variables:
            rate = Quantity(self._value("learning_rate"), dim=self._activity.dim**-2)
            lower = f"the learning rate ({shown(rate)}) or {lower}"
        raise DivergenceError(
            f"Readout '{self.name}' diverged at t = {float(time):g} s: {FAILURES[failure]}. "
            f"Lower {lower}.",
            self.name,
            time,
        )

    # -- Brian's ways of reading everything -----------------------------------------------

    def get_states(self, vars: list[str] | None = None, units: bool = True, **keywords: Any) -> Any:
        """Return the state variables, decoders and encoders by name (see Brian's `Group`)."""
        matrices = [name for name in ("decoders", "encoders") if name in self.weights.variables]
        wanted = [name for name in matrices if vars is None or name in vars]
        others = None if vars is None else [name for name in vars if name not in matrices]
        keywords["level"] = keywords.get("level", 0) + 1
        states = super().get_states(others, units, **keywords)
        return {**states, **{name: self.weights.matrix(name, units) for name in wanted}}

    def set_states(self, values: Mapping[str, Any], units: bool = True, **keywords: Any) -> None:
        """Set state variables, decoders and encoders by name (see Brian's `Group`)."""
        others = {}
        for name, value in values.items():
            if name in self.weights.variables and name in ("decoders", "encoders"):
                self.weights.set_matrix(name, value, {}, units)
            else:
                others[name] = value
        super().set_states(others, units, **keywords)

    def __repr__(self) -> str:
        outputs = "1 output" if len(self) == 1 else f"{len(self)} outputs"
        rule = "no rule" if self.rule is None else type(self.rule).__name__
        return f"<Readout '{self.name}' of '{self.source.name}', {outputs}, {rule}>"


def _add_scalar(
    variables: Variables,
    name: str,
    dtype: Any,
    dim: Dimension = DIMENSIONLESS,
    read_only: bool = False,
) -> None:
    variables.add_array(
        name, 1, dimensions=dim, dtype=dtype, scalar=True, index="0", read_only=read_only
    )


def _check_runs_here(rule: Rule | None) -> None:
    if is_standalone() and isinstance(rule, PythonRule):
        raise UnsupportedDeviceError(
            f"{rule!r} runs on the runtime targets only, and Brian would drop it without a word. "
            "Use RLS or LMS, or set_device('runtime')."
        )
