"""What Brian 2 lacks: a trainable readout, stimuli and a fast drive, in generated code."""

from brian_force.learning.readout import Readout
from brian_force.learning.recurrent_drive import RecurrentDrive
from brian_force.learning.rules import LMS, RLS, PythonRule
from brian_force.learning.stimulus import Stimulus

__all__ = ["LMS", "RLS", "PythonRule", "Readout", "RecurrentDrive", "Stimulus"]
