"""The drive of a rate model: its weights times its activity, every time step."""

from typing import Any

from brian2 import DimensionMismatchError, Synapses
from brian2.core.variables import ArrayVariable, DynamicArrayVariable, Variables
from brian2.groups.group import Group

from brian_force.arguments import did_you_mean, refusal, unit_name
from brian_force.learning.codegen.codeobjects import ReadoutRunner, check_device
from brian_force.learning.readout_arguments import (
    check_activity,
    check_feedback,
    check_precision,
    first_neuron,
    whole_group,
)
from brian_force.learning.writing import Written, check_sole_writer

__all__ = ["RecurrentDrive"]


class RecurrentDrive(Group):
    r"""Sum the weighted activity of all senders, every time step: :math:`s_i = \sum_j w_{ij} r_j`.

    What a ``(summed)`` variable of `Synapses` does, but several times faster: the weights are
    packed once at the start of every run and multiplied by a kernel of their own. A spiking
    network does not need it, because its synapses cost only when a neuron spikes.

    Parameters
    ----------
    synapses : Synapses
        The connections. Their delays, if any, do not count.
    weight : str
        Name of the weight in the equations of the synapses; declared ``(constant)``, since it is
        read at the start of a run.
    activity : str
        Name of the variable r of the senders.
    target : str
        Name of the parameter s of the receivers.
    when, order : str, int
        Slot and order. Default: before everything else in a time step.
    name : str
        Name of the object.

    Raises
    ------
    TypeError, ValueError, DimensionMismatchError
        If a name or unit is not as described.
    UnsupportedDeviceError
        If the active device has no kernel.

    Examples
    --------
    >>> from brian2 import Hz, NeuronGroup, Synapses, ms, prefs
    >>> prefs.codegen.target = 'numpy'
    >>> neurons = NeuronGroup(100, '''dr/dt = (30*Hz + s - r)/(20*ms) : Hz
    ...                               s : Hz''', method='euler', name='neurons')
    >>> synapses = Synapses(neurons, neurons, 'w : 1 (constant)', name='synapses')
    >>> synapses.connect(p=0.1)
    >>> synapses.w = 'randn()/sqrt(N_pre)'
    >>> RecurrentDrive(synapses, 'w', activity='r', target='s', name='drive')
    <RecurrentDrive 'drive': s = w r over 'synapses'>
    """

    add_to_magic_network = True
    invalidates_magic_network = True

    def __init__(
        self,
        synapses: Synapses,
        weight: str,
        *,
        activity: str,
        target: str,
        when: str = "before_start",
        order: int = 0,
        name: str = "drive*",
    ) -> None:
        check_device("RecurrentDrive")
        if not isinstance(synapses, Synapses):
            raise TypeError(refusal("synapses", "RecurrentDrive", "Synapses", repr(synapses)))
        senders, receivers = synapses.source, synapses.target
        Group.__init__(self, clock=receivers.clock, when=when, order=order, name=name)
        self.codeobj_class = None
        self.synapses = synapses
        self.weight, self.activity, self.target = weight, activity, target
        _check_weight(synapses, weight)
        read = check_activity(senders, activity, "RecurrentDrive")
        written = check_feedback(receivers, target, "target", "RecurrentDrive")
        if read is written:
            remedy = "Read one variable and write another."
            got = f"{target!r}, which it reads"
            raise ValueError(refusal("target", "RecurrentDrive", "another variable", got, remedy))
        self._check_units(synapses.variables[weight], read, written)
        first = first_neuron(receivers)
        self.written = Written(written, first, first + len(receivers))
        self._add_variables()
        n_columns = len(whole_group(senders))
        runner = ReadoutRunner(
            self,
            "drive",
            when=when,
            order=order,
            clock=self._clock,
            name=f"{self.name}_multiply",
            template_kwds={
                "first_row": first,
                "n_rows": len(receivers),
                "n_columns": n_columns,
                "column": "uint16_t" if n_columns <= 2**16 else "uint32_t",
            },
        )
        self._contained_objects.append(runner)
        self._enable_group_attributes()
        self.add_dependency(synapses)

    def _add_variables(self) -> None:
        synapses = self.synapses
        self.variables = Variables(self)
        self.variables.add_constant("N", 1)
        self.variables.add_reference("_n_synapses", synapses, "N")
        self.variables.add_reference("_senders", synapses, "_synaptic_pre")
        self.variables.add_reference("_receivers", synapses, "_synaptic_post")
        self.variables.add_reference("_weight", synapses, self.weight)
        self.variables.add_reference("_activity", whole_group(synapses.source), self.activity)
        self.variables.add_reference("_target", whole_group(synapses.target), self.target)
        self.variables.add_array("_packed", 1, dtype=bool, scalar=True, index="0")

    def _check_units(
        self, weight: ArrayVariable, read: ArrayVariable, written: ArrayVariable
    ) -> None:
        if weight.dim * read.dim is not written.dim:
            allowed = f"in units of '{self.weight}' times '{self.activity}'"
            got = f"{unit_name(written.dim)} for {unit_name(weight.dim * read.dim)}"
            raise DimensionMismatchError(refusal("target", "RecurrentDrive", allowed, got))

    def before_run(self, run_namespace: Any) -> None:
        """Have the weights packed anew at the first step of the run."""
        check_sole_writer(self)
        self.variables["_packed"].set_value(False)
        super().before_run(run_namespace)

    def __repr__(self) -> str:
        return (
            f"<RecurrentDrive '{self.name}': {self.target} = {self.weight} {self.activity} over "
            f"'{self.synapses.name}'>"
        )


def _check_weight(synapses: Synapses, weight: str) -> None:
    variable = synapses.variables.get(weight)
    known = sorted(
        name
        for name in synapses.equations.parameter_names
        if isinstance(synapses.variables[name], DynamicArrayVariable)
        and synapses.variables[name].constant
    )
    if weight not in known:
        allowed = f"the name of a parameter of '{synapses.name}' that is declared (constant)"
        hint = did_you_mean(str(weight), known) if known else ""
        if isinstance(variable, DynamicArrayVariable):
            hint = f"Write '{weight} : {unit_name(variable.dim)} (constant)' in its equations."
        raise ValueError(refusal("weight", "RecurrentDrive", allowed, repr(weight), hint))
    check_precision("weight", "RecurrentDrive", synapses.variables[weight])
