"""The models of neurons by their names."""

from brian_force.networks.assembly import Model
from brian_force.networks.lif import LIF
from brian_force.networks.rate import RATE

__all__ = ["MODELS"]

MODELS: dict[str, Model] = {model.name: model for model in (LIF, RATE)}
