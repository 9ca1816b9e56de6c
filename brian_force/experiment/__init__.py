"""Run a network through its protocol on any device, and keep what came out."""

from brian_force.experiment.pair import FreeRun, Pair, Swap, train_pair
from brian_force.experiment.recording import Recording, load_recording
from brian_force.experiment.stability import PerturbationGrowth, perturbation_growth
from brian_force.experiment.train import train
from brian_force.experiment.trials import with_trials

__all__ = [
    "FreeRun",
    "Pair",
    "PerturbationGrowth",
    "Recording",
    "Swap",
    "load_recording",
    "perturbation_growth",
    "train",
    "train_pair",
    "with_trials",
]
