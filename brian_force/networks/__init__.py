"""Networks as visible Brian equations."""

from brian_force.networks.lif import lif_network
from brian_force.networks.parameters import LIFParameters
from brian_force.networks.rate import rate_network

__all__ = ["LIFParameters", "lif_network", "rate_network"]
