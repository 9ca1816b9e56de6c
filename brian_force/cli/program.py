"""The program with its commands, and the options that stand before them."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated

import typer

from brian_force.cli.about import cite, doctor, tasks
from brian_force.cli.options import Debug
from brian_force.cli.recordings import analyse, export
from brian_force.cli.study import study
from brian_force.cli.train import train

__all__ = ["app", "main"]

#: In the order in which the help lists them.
COMMANDS: dict[str, Callable[..., None]] = {
    "train": train,
    "tasks": tasks,
    "export": export,
    "doctor": doctor,
    "cite": cite,
    "analyse": analyse,
    "study": study,
}

app = typer.Typer(
    help="FORCE training of spiking networks inside Brian 2.",
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for name, command in COMMANDS.items():
    app.command(name)(command)


def main() -> None:
    """Run the command line."""
    app()


@app.callback(invoke_without_command=True)
def _program(
    context: typer.Context,
    show_version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.")
    ] = False,
    debug: Debug = False,
) -> None:
    context.obj = debug
    if show_version:
        typer.echo(f"brian_force {version('brian_force')}")
        raise typer.Exit
