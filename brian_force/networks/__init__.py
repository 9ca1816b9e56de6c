"""Whole networks as plain Brian networks, their equations in plain sight."""

from brian_force.networks.lif import lif_network
from brian_force.networks.parameters import LIFParameters

__all__ = ["LIFParameters", "lif_network"]
