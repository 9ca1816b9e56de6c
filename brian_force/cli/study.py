"""``brian-force study``."""

import functools
import json
from pathlib import Path
from typing import Annotated

import typer

from brian_force.cli.failures import explained_errors
from brian_force.cli.options import AsJson, Debug

__all__ = ["study"]


def study(
    name: Annotated[
        str, typer.Argument(help="A study; list: their names and what they do; all: all of them.")
    ],
    scale: Annotated[
        str, typer.Option(help="small: minutes on two cores; paper: as published.")
    ] = "small",
    out: Annotated[Path, typer.Option(help="Folder for data, figures and jobs.")] = Path("studies"),
    workers: Annotated[
        int | None, typer.Option(min=0, help="Number of processes; default: one for each core.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler, as tcp://host:8786.")
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Try again what failed before.")
    ] = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Repeat a study of Newton & Nicola (2025): data, figures, and which claims hold.

    Finished jobs are kept in --out: the same command goes on where it was stopped. 'all' leaves
    report.html besides.
    """
    with explained_errors(debug):
        from brian_force.commands.study import claims_table, study_list
        from brian_force.commands.study import study as studied

        if name == "list":
            typer.echo(study_list())
            return
        summary = studied(
            name,
            scale=scale,
            out=out,
            workers=workers,
            scheduler=scheduler,
            retry_failed=retry_failed,
            say=functools.partial(typer.echo, err=True),
        )
    if as_json:
        typer.echo(json.dumps(summary))
        return
    files = [path for one in summary["studies"].values() for path in (one["data"], *one["figures"])]
    files += [summary["report"]] if summary["report"] else []
    typer.echo(claims_table(summary["claims"]) + "\n\n" + "\n".join(files))
