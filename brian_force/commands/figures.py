"""Figures as files."""

from pathlib import Path

from matplotlib.figure import Figure

from brian_force.files import written_aside

__all__ = ["save_figure"]


def save_figure(figure: Figure, path: Path) -> None:
    """Write a picture (PNG), whole or not at all.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    with written_aside(path) as aside:
        figure.savefig(aside, format="png", dpi=150)
