"""The weights between the neurons and the outputs of a readout."""

from typing import Any

import numpy as np
from brian2 import Quantity, get_dimensions
from brian2.core.variables import Variables
from brian2.groups.group import Group
from brian2.units.fundamentalunits import Dimension
from numpy.typing import ArrayLike

from brian_force.arguments import refusal

__all__ = ["ReadoutWeights"]


class ReadoutWeights(Group):
    """Decoders and encoders: one entry for every pair of a neuron `i` and an output `j`.

    A group of its own, so that strings are evaluated per pair and a `StateMonitor` can record
    chosen pairs. Entries stand output by output: pair (i, j) has the index ``j*n_neurons + i``.

    Parameters
    ----------
    n_neurons, n_outputs : int
        Numbers N of neurons and K of outputs.
    dimensions : dict of str to Dimension
        Dimension of each matrix, by its name ('decoders', 'encoders').
    name : str
        Name of the group.
    clock : Clock
        That of the readout.
    """

    add_to_magic_network = False
    invalidates_magic_network = False

    def __init__(
        self,
        n_neurons: int,
        n_outputs: int,
        dimensions: dict[str, Dimension],
        name: str,
        clock: Any,
    ) -> None:
        Group.__init__(self, clock=clock, name=name)
        self.shape = (n_neurons, n_outputs)
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
        for matrix, dim in dimensions.items():
            self.variables.add_array(matrix, size, dimensions=dim)
        self._enable_group_attributes()

    def matrix(self, name: str, use_units: bool = True) -> Any:
        """Return a copy of a matrix, shape (N, K)."""
        variable = self.variables[name]
        values = np.array(variable.get_value()).reshape(self.shape[::-1]).T
        return Quantity(values, dim=variable.dim) if use_units else values

    def set_matrix(self, name: str, value: Any, namespace: Any, use_units: bool = True) -> None:
        """Set a matrix from a string, an array of shape (N, K) or (N,), or one number."""
        view = self.state(name, use_units)
        if isinstance(value, str):
            view.set_item(slice(None), value, namespace=namespace)
        else:
            view.set_item(slice(None), self.flattened(name, value))

    def flattened(self, name: str, value: ArrayLike) -> Any:
        """Return the entries of a matrix output by output, with the unit that `value` had."""
        values = np.array(value, dtype=float)
        n_neurons, n_outputs = self.shape
        if values.shape == (n_neurons,) and n_outputs == 1:
            values = values[:, np.newaxis]
        if values.shape not in [(), self.shape]:
            allowed = f"an array of shape {self.shape}, one row per neuron, or a string"
            raise ValueError(refusal(name, "Readout", allowed, f"shape {values.shape}"))
        if not np.isfinite(values).all():
            raise ValueError(refusal(name, "Readout", "finite", "values that are not"))
        flat = np.broadcast_to(values, self.shape).T.flatten()
        return Quantity(flat, dim=get_dimensions(value))
