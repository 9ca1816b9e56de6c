"""The drive of a rate model: its weights times its activity, every time step."""

from typing import Any

from brian2 import DimensionMismatchError, Synapses
from brian2.core.functions import DEFAULT_FUNCTIONS
from brian2.core.variables import ArrayVariable, DynamicArrayVariable, Variables
from brian2.groups.group import Group
from brian2.parsing.expressions import parse_expression_dimensions
from brian2.utils.stringtools import get_identifiers

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
    ahead : str, optional
        Expression of the senders for what the activity will be at the next time step, where that
        is known without s: ``'r + dt*(h - r/tau_r)'`` where r is a filter of something (h) by
        Euler's method. Then the weights are read once for two steps, which takes little more than
        half the time. It must agree with the equations to rounding; at steps where the activity
        came out otherwise the sum is computed anew, so that it is right in any case.
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
        ahead: str | None = None,
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
        self.weight, self.activity, self.target, self.ahead = weight, activity, target, ahead
        _check_weight(synapses, weight)
        read = check_activity(senders, activity, "RecurrentDrive")
        written = check_feedback(receivers, target, "target", "RecurrentDrive")
        if read is written:
            remedy = "Read one variable and write another."
            got = f"{target!r}, which it reads"
            raise ValueError(refusal("target", "RecurrentDrive", "another variable", got, remedy))
        self._check_units(synapses.variables[weight], read, written)
        if ahead is not None:
            _check_ahead(whole_group(senders), ahead, read)
        first = first_neuron(receivers)
        self.written = Written(written, first, first + len(receivers))
        n_columns = len(whole_group(senders))
        self._add_variables(n_columns, read)
        runner = ReadoutRunner(
            whole_group(senders),  # in whose terms `ahead` is written
            "drive",
            code="" if ahead is None else f"_ahead = {ahead}",
            needed_variables=[] if ahead is None else ["_ahead"],
            when=when,
            order=order,
            clock=self._clock,
            name=f"{self.name}_multiply",
            template_kwds={
                "first_row": first,
                "n_rows": len(receivers),
                "n_columns": n_columns,
                "column": "uint16_t" if n_columns <= 2**16 else "uint32_t",
                "ahead": ahead is not None,
            },
        )
        runner.variables = self._used_variables()
        self._contained_objects.append(runner)
        self._enable_group_attributes()
        self.add_dependency(synapses)

    def _add_variables(self, n_columns: int, read: ArrayVariable) -> None:
        self.variables = Variables(self)
        self.variables.add_constant("N", 1)
        self.variables.add_array("_packed", 1, dtype=bool, scalar=True, index="0")
        if self.ahead is not None:
            self.variables.add_array("_ahead", n_columns, dimensions=read.dim, dtype=read.dtype)

    def _used_variables(self) -> Variables:
        """Return what the kernel uses beside the variables of the senders."""
        synapses, used = self.synapses, Variables(self)
        used.add_reference("_n_synapses", synapses, "N")
        used.add_reference("_senders", synapses, "_synaptic_pre")
        used.add_reference("_receivers", synapses, "_synaptic_post")
        used.add_reference("_weight", synapses, self.weight)
        used.add_reference("_activity", whole_group(synapses.source), self.activity)
        used.add_reference("_target", whole_group(synapses.target), self.target)
        for name in self.variables:
            if name != "N":
                used.add_reference(name, self)
        return used

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


def _check_ahead(senders: Group, ahead: object, read: ArrayVariable) -> None:
    """Refuse what cannot be the activity; names from outside of the group are known at the run."""
    if not isinstance(ahead, str):
        allowed = f"an expression of '{senders.name}' or None"
        raise TypeError(refusal("ahead", "RecurrentDrive", allowed, repr(ahead)))
    names = get_identifiers(ahead)
    known = {name: senders.variables.get(name, DEFAULT_FUNCTIONS.get(name)) for name in names}
    if None not in known.values():
        found = parse_expression_dimensions(ahead, known)
        if found is not read.dim:
            allowed = f"in units of '{read.name}', {unit_name(read.dim)}"
            got = f"{unit_name(found)} for '{ahead}'"
            raise DimensionMismatchError(refusal("ahead", "RecurrentDrive", allowed, got))
