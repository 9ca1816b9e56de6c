"""A trainable readout for any group of neurons, on every device of Brian that has kernels."""

from brian_force.learning.readout import Readout
from brian_force.learning.rules import LMS, RLS, PythonRule

__all__ = ["LMS", "RLS", "PythonRule", "Readout"]
