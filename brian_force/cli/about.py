"""``brian-force tasks``, ``doctor`` and ``cite``: what is here."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from brian_force.cli.failures import FAILED, explained_errors
from brian_force.cli.options import AsJson, Debug

__all__ = ["cite", "doctor", "tasks"]


def tasks(
    out: Annotated[
        Path | None, typer.Option(help="Folder for tasks.png, a picture of all targets.")
    ] = None,
    debug: Debug = False,
) -> None:
    """List the tasks with their defaults."""
    with explained_errors(debug):
        from brian_force.commands.tasks import task_list

        typer.echo(task_list())
        if out is not None:
            from brian_force.commands.figures import save_figure
            from brian_force.plotting import plot_tasks

            save_figure(plot_tasks(), out / "tasks.png")
            typer.echo(str(out / "tasks.png"))


def doctor(
    clear_cache: Annotated[
        bool, typer.Option("--clear-cache", help="Remove all compiled binaries first.")
    ] = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Say which devices work here: compile and run a small network on each, and compare."""
    with explained_errors(debug):
        from brian_force.commands.doctor import doctor as examine
        from brian_force.commands.doctor import report

        found = examine(
            clear_cache=clear_cache, say=lambda device: typer.echo(f"Trying {device}.", err=True)
        )
        typer.echo(json.dumps(found) if as_json else report(found))
    if not found["healthy"]:
        raise typer.Exit(FAILED)


def cite() -> None:
    """Print what to cite, in BibTeX."""
    from brian_force.commands.cite import BIBTEX

    typer.echo(BIBTEX.replace("VERSION", version("brian_force")))
