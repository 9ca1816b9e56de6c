"""The weights between the neurons and the outputs of a readout."""

from typing import Any

import numpy as np
from brian2 import DimensionMismatchError, Quantity, get_dimensions
from brian2.core.variables import Variables
from brian2.groups.group import Group
from brian2.units.fundamentalunits import DIMENSIONLESS, Dimension
from numpy.typing import ArrayLike

from brian_force.arguments import refusal, unit_name

__all__ = ["ReadoutWeights"]


class ReadoutWeights(Group):
    """Decoders and encoders: one entry for every pair of a neuron `i` and an output `j`.

    A group of its own, so that strings are evaluated per pair and a `StateMonitor` can record
    chosen pairs. Entries stand output by output: pair (i, j) has the index ``j*n_neurons + i``.

    Parameters
    ----------
    n_neurons, n_outputs : int
        Numbers N of neurons and K of outputs.
    units : dict of str to tuple of two Dimensions
        Of each matrix ('decoders', 'encoders'): its unit is the first over the second.
    name : str
        Name of the group.
    clock : Clock
        That of the readout.
    owner : str
        Whose weights they are, for messages.
    """

    add_to_magic_network = False
    invalidates_magic_network = False

    def __init__(
        self,
        n_neurons: int,
        n_outputs: int,
        units: dict[str, tuple[Dimension, Dimension]],
        name: str,
        clock: Any,
        owner: str = "Readout",
    ) -> None:
        Group.__init__(self, clock=clock, name=name)
        self.shape, self.owner = (n_neurons, n_outputs), owner
        # Brian would write 1/hertz as second.
        self.units = {
            matrix: f"{unit_name(upper)}/{unit_name(lower)}".removesuffix("/1")
            for matrix, (upper, lower) in units.items()
        }
        size = n_neurons * n_outputs
        self.variables = Variables(self)
        self.variables.add_constant("N", size)
        fixed: dict[str, Any] = {"dtype": np.int32, "constant": True, "read_only": True}
        self.variables.add_array(
            "i", size, values=np.tile(np.arange(n_neurons), n_outputs), **fixed
        )
        self.variables.add_array(
            "j", size, values=np.repeat(np.arange(n_outputs), n_neurons), **fixed
        )
        for matrix, (upper, lower) in units.items():
            self.variables.add_array(matrix, size, dimensions=upper / lower)
        self._enable_group_attributes()

    def __del__(self) -> None:
        """Leave it to the readout to warn that it was never run."""

    def matrix(self, name: str, use_units: bool = True) -> Any:
        """Return a copy of a matrix, shape (N, K)."""
        variable = self.variables[name]
        values = np.array(variable.get_value()).reshape(self.shape[::-1]).T
        return Quantity(values, dim=variable.dim) if use_units else values

    def set_matrix(self, name: str, value: Any, namespace: Any, use_units: bool = True) -> None:
        """Set a matrix from a string, an array of shape (N, K) or (N,), or one number."""
        view = self.state(name, use_units)
        if isinstance(value, str):
            try:
                view.set_item(slice(None), value, namespace=namespace)
            except KeyError as error:
                allowed = "an expression of i, j and names that are defined where it is written"
                raise ValueError(
                    refusal(name, self.owner, allowed, f"{value!r} ({error})")
                ) from error
        else:
            view.set_item(slice(None), self.flattened(name, value, use_units))

    def flattened(self, name: str, value: ArrayLike, use_units: bool = True) -> Any:
        """Check the entries of a matrix and return them output by output."""
        values = np.array(value, dtype=float)
        n_neurons, n_outputs = self.shape
        if values.shape == (n_neurons,) and n_outputs == 1:
            values = values[:, np.newaxis]
        if values.shape not in [(), self.shape]:
            allowed = f"an array of shape {self.shape}, one row per neuron, or a string"
            raise ValueError(refusal(name, self.owner, allowed, f"shape {np.shape(value)}"))
        if not np.isfinite(values).all():
            raise ValueError(refusal(name, self.owner, "finite", "values that are not"))
        dim = self.variables[name].dim if use_units else DIMENSIONLESS
        if get_dimensions(value) is not dim:
            got = f"units of {unit_name(get_dimensions(value))}"
            raise DimensionMismatchError(
                refusal(name, self.owner, f"in units of {self.units[name]}", got)
            )
        flat = np.broadcast_to(values, self.shape).T.flatten()
        return Quantity(flat, dim=dim)
