"""The command ``brian-force``: arguments in, files and a few lines out."""

from brian_force.cli.program import app, main

__all__ = ["app", "main"]
