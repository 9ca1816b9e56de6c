"""``brian-force analyse`` and ``brian-force export``: what becomes of recordings."""

import functools
import json
from pathlib import Path
from typing import Annotated

import typer

from brian_force.cli.failures import explained_errors
from brian_force.cli.options import AsJson, Debug, with_unit
from brian_force.cli.tables import table

__all__ = ["analyse", "export"]


def analyse(
    run: Annotated[
        Path,
        typer.Argument(
            help="A recording, the folder of a training, or a file of spikes (NWB, NIX, NPZ, or "
            "what Neo reads)."
        ),
    ],
    out: Annotated[Path | None, typer.Option(help="Folder; default: that of RUN.")] = None,
    target: Annotated[
        str | None,
        typer.Option(
            help="Spikes of others: what to decode, a signal of RUN, or a file: .csv with the "
            "time (s) in the first column, or .npy with samples at equal intervals from the start "
            "of a trial to its end. Default: the signal 'target'."
        ),
    ] = None,
    learning_rate: Annotated[
        float | None,
        typer.Option(help="Spikes of others: learning rate (s^2); default: cross-validated."),
    ] = None,
    tau_r: Annotated[
        float | None, typer.Option(help="Spikes of others: rise of the filter (ms), 2.")
    ] = None,
    tau_d: Annotated[
        float | None, typer.Option(help="Spikes of others: decay of the filter (ms), 20.")
    ] = None,
    dt: Annotated[
        float | None, typer.Option(help="Spikes of others: time step of the filter (ms).")
    ] = None,
    method: Annotated[
        str | None, typer.Option(help="Spikes of others: decoders by ridge (default) or rls.")
    ] = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Analyse recordings or spikes of others; leave figures and analysis.nc.

    Spike statistics, cross-trial rates and decoders, principal components, bias and variance of
    repetitions: as far as the data allow. Two recordings, lif.h5 and rate.h5, are compared.
    """
    with explained_errors(debug):
        from brian2 import ms, second

        from brian_force.commands.analyse import analyse as analysed

        summary = analysed(
            run,
            out=out,
            say=functools.partial(typer.echo, err=True),
            target=target,
            learning_rate=with_unit(learning_rate, second**2),
            tau_r=with_unit(tau_r, ms),
            tau_d=with_unit(tau_d, ms),
            dt=with_unit(dt, ms),
            method=method,
        )
    if as_json:
        typer.echo(json.dumps(summary))
    else:  # what is missing was said
        typer.echo(table({name: value for name, value in summary.items() if name != "missing"}))


def export(
    run: Annotated[Path, typer.Argument(help="A recording, or a folder of recordings.")],
    to: Annotated[str, typer.Option(help="Format: nwb, nix or npz.")],
    part: Annotated[
        str | None,
        typer.Option(
            help="What of it: run, the whole; free, the repetitions of the free run; forced, the "
            "trials with the target fed back. Default: free if there is one, else run."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder; default: that of RUN.")] = None,
    debug: Debug = False,
) -> None:
    """Write recordings in an exchange format, and print the names of the files."""
    with explained_errors(debug):
        from brian_force.arguments import check_choice
        from brian_force.exchange import write
        from brian_force.experiment import load_recording
        from brian_force.experiment.keeping import recordings_in

        check_choice("to", "export", to, ("nwb", "nix", "npz"))
        for path in recordings_in(run):
            target = (out or path.parent) / f"{path.stem}.{to}"
            write(load_recording(path).trials(part), target)
            typer.echo(str(target))
