"""``brian-force cite``: what to cite."""

__all__ = ["BIBTEX"]

#: The package, the papers that it follows, and Brian 2.
BIBTEX = """\
@software{brian_force,
  author  = {{The brian_force developers}},
  title   = {{brian_force: FORCE training of spiking networks inside Brian 2}},
  version = {VERSION}
}
@article{NewtonNicola2025,
  author  = {Newton and Nicola, Wilten},
  title   = {{Comparison of FORCE trained spiking and rate neural networks shows spiking
             networks learn slowly with noisy, cross-trial firing rates}},
  journal = {PLoS Computational Biology},
  volume  = {21}, number = {7}, pages = {e1013224}, year = {2025},
  doi     = {10.1371/journal.pcbi.1013224}
}
@article{NicolaClopath2017,
  author  = {Nicola, Wilten and Clopath, Claudia},
  title   = {{Supervised learning in spiking neural networks with FORCE training}},
  journal = {Nature Communications},
  volume  = {8}, pages = {2208}, year = {2017},
  doi     = {10.1038/s41467-017-01827-3}
}
@article{SussilloAbbott2009,
  author  = {Sussillo, David and Abbott, L. F.},
  title   = {{Generating coherent patterns of activity from chaotic neural networks}},
  journal = {Neuron},
  volume  = {63}, pages = {544--557}, year = {2009},
  doi     = {10.1016/j.neuron.2009.07.018}
}
@article{StimbergBretteGoodman2019,
  author  = {Stimberg, Marcel and Brette, Romain and Goodman, Dan F. M.},
  title   = {{Brian 2, an intuitive and efficient neural simulator}},
  journal = {eLife},
  volume  = {8}, pages = {e47314}, year = {2019},
  doi     = {10.7554/eLife.47314}
}"""
