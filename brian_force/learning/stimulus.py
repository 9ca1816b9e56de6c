"""Signals from outside that reach the neurons through encoders."""

from collections.abc import Mapping
from typing import Any

from brian2.core.namespace import get_local_namespace
from brian2.core.variables import Variables
from brian2.groups.group import Group

from brian_force.learning.codegen.codeobjects import ReadoutRunner, check_device
from brian_force.learning.readout_arguments import (
    check_feedback,
    check_source,
    count_columns,
    first_neuron,
    whole_group,
)
from brian_force.learning.readout_weights import ReadoutWeights
from brian_force.learning.target import dimension, read_target
from brian_force.learning.writing import Written, check_sole_writer

__all__ = ["Stimulus"]


class Stimulus(Group):
    r"""Signals :math:`u_c(t)` that enter a parameter of neurons through encoders, every time step.

    The parameter of neuron i receives :math:`\sum_c \eta_{ic} u_c(t)`: input pulses, a clock, or
    the target itself where a teacher takes the place of a readout.

    Parameters
    ----------
    group : Group
        The N neurons, a `NeuronGroup` or a `Subgroup`.
    parameter : str
        Name of their parameter that receives the stimulus.
    signal : str, TimedArray, array or Quantity
        The C channels, in the forms of a `Readout`'s target; an array is sampled at the dt of the
        group.
    encoders : str, array or Quantity, shape (N, C) or, with C = 1, (N,)
        Weights of the channels.
    n_channels : int, optional
        Number C of channels, where neither signal nor encoders tell. Default: 1.
    when, order : str, int
        Slot and order. Default: before everything else in a time step.
    name : str
        Name of the object.
    namespace : dict, optional
        Names for the strings. Default: those of the caller.

    Attributes
    ----------
    u : VariableView, shape (C,)
        The channels.
    encoders : Quantity, shape (N, C)
        Weights of the channels.

    Raises
    ------
    TypeError, ValueError, DimensionMismatchError
        If an argument is not as described.
    UnsupportedDeviceError
        If the active device has no kernel.
    """

    add_to_magic_network = True
    invalidates_magic_network = True

    def __init__(  # noqa: PLR0913
        self,
        group: Group,
        parameter: str,
        *,
        signal: Any,
        encoders: Any,
        n_channels: int | None = None,
        when: str = "before_start",
        order: int = 0,
        name: str = "stimulus*",
        namespace: Mapping[str, Any] | None = None,
    ) -> None:
        check_device("Stimulus")
        check_source(group, "Stimulus", "group")
        names = get_local_namespace(level=1) if namespace is None else dict(namespace)
        Group.__init__(self, clock=group.clock, when=when, order=order, name=name)
        self.codeobj_class = None
        self.variables = Variables(self)
        self.source, self.parameter = group, parameter
        written = check_feedback(group, parameter, "parameter", "Stimulus")
        first = first_neuron(group)
        self.written = Written(written, first, first + len(group))
        self._signal = read_target(signal, self._clock.dt, names, "signal", "Stimulus")
        self.namespace = dict(self._signal.namespace)
        told = {"n_channels": n_channels, "signal": self._signal.n_outputs}
        count = count_columns("Stimulus", told, {"encoders": encoders}, "channels")
        self._add_variables(count)
        runner = ReadoutRunner(
            self,
            "stimulus",
            code=f"u = {self._signal.expression}",
            user_code=self._signal.written,
            when=when,
            order=order,
            clock=self._clock,
            name=f"{self.name}_encode",
            template_kwds={"first_neuron": first},
        )
        self._contained_objects.append(runner)
        self._enable_group_attributes()
        self.add_dependency(group)
        self.weights.set_matrix("encoders", encoders, names)

    def _add_variables(self, n_channels: int) -> None:
        variables = self.variables
        dim = dimension(self, self._signal, self._clock)
        variables.create_clock_variables(self._clock)
        variables.add_constant("N", n_channels)
        variables.add_arange("i", n_channels, constant=True, read_only=True)
        variables.add_constant("n_neurons", len(self.source))
        variables.add_array("u", n_channels, dimensions=dim, read_only=True)
        units = {"encoders": (self.written.variable.dim, dim)}
        name = f"{self.name}_weights"
        self.weights = ReadoutWeights(
            len(self.source), n_channels, units, name, self._clock, owner="Stimulus"
        )
        self._contained_objects.append(self.weights)
        variables.add_reference("_encoders", self.weights, "encoders")
        variables.add_reference("_feedback", whole_group(self.source), self.parameter)

    encoders = property(
        lambda self: self.weights.matrix("encoders"),
        lambda self, value: self.weights.set_matrix(
            "encoders", value, get_local_namespace(level=2)
        ),
        doc="Weights of the channels, shape (N, C) [unit of the parameter / unit of the signal].",
    )

    encoders_ = property(
        lambda self: self.weights.matrix("encoders", False),
        lambda self, value: self.weights.set_matrix(
            "encoders", value, get_local_namespace(level=2), False
        ),
        doc="The encoders as plain numbers in base units.",
    )

    def before_run(self, run_namespace: Mapping[str, Any]) -> None:
        """Refuse a second writer into the parameter."""
        check_sole_writer(self)
        super().before_run(run_namespace)

    def __repr__(self) -> str:
        channels = "1 channel" if len(self) == 1 else f"{len(self)} channels"
        return f"<Stimulus '{self.name}' of '{self.source.name}', {channels}>"
