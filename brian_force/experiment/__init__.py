"""Run a network through its protocol on any device, and keep what came out."""

from brian_force.experiment.pair import FreeRun, Pair, Swap, train_pair
from brian_force.experiment.recording import Recording, load_recording
from brian_force.experiment.train import train

__all__ = ["FreeRun", "Pair", "Recording", "Swap", "load_recording", "train", "train_pair"]
