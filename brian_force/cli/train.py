"""``brian-force train``."""

import functools
import json
from pathlib import Path
from typing import Annotated

import typer

from brian_force.cli.failures import explained_errors
from brian_force.cli.options import AsJson, Debug, with_unit
from brian_force.cli.tables import table

__all__ = ["train"]


def train(
    task: Annotated[str, typer.Argument(help="What to learn.")] = "sine",
    n_neurons: Annotated[int | None, typer.Option("-N", help="Number of neurons.")] = None,
    G: Annotated[
        float | None, typer.Option("--G", help="Scale of the recurrent weights (mV/Hz).")
    ] = None,
    Q: Annotated[float | None, typer.Option("--Q", help="Scale of the feedback (mV).")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Learning rate (s^2).")] = None,
    model: Annotated[str, typer.Option(help="Network: lif, rate or both.")] = "lif",
    seed: Annotated[int, typer.Option(help="Seed of weights and initial state.")] = 1,
    trials: Annotated[int, typer.Option(help="Number of test trials after learning.")] = 0,
    learn_from: Annotated[float | None, typer.Option(help="Start of learning (s).")] = None,
    learn_until: Annotated[float | None, typer.Option(help="End of learning (s).")] = None,
    duration: Annotated[float | None, typer.Option(help="Length of the run (s).")] = None,
    dt: Annotated[float | None, typer.Option(help="Time step (ms).")] = None,
    device: Annotated[
        str, typer.Option(help="Where to run: auto, cpp, cython, numpy or cuda.")
    ] = "auto",
    out: Annotated[Path, typer.Option(help="Folder for recordings and figures.")] = Path("out"),
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the training that stopped in --out.")
    ] = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Train a network on a task; leave a recording and a figure.

    What is not given comes from the task. Files of an earlier run in the same folder are
    replaced; with --resume, a training that was stopped goes on as if it had never stopped.
    """
    with explained_errors(debug):
        from brian2 import Hz, ms, mV, second

        from brian_force.commands.train import train as trained

        summary = trained(
            task,
            model=model,
            device=device,
            out=out,
            say=functools.partial(typer.echo, err=True),
            seed=seed,
            resume=resume,
            n_trials=trials,
            n_neurons=n_neurons,
            G=with_unit(G, mV / Hz),
            Q=with_unit(Q, mV),
            learning_rate=with_unit(learning_rate, second**2),
            learn_from=with_unit(learn_from, second),
            learn_until=with_unit(learn_until, second),
            duration=with_unit(duration, second),
            dt=with_unit(dt, ms),
        )
    typer.echo(json.dumps(summary) if as_json else table(summary))
