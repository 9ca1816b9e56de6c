"""How a readout becomes code on each device of Brian."""
