"""The command ``brian-force``: arguments in, files and a few lines out."""

import contextlib
import dataclasses
import functools
import json
import sys
import tempfile
import traceback
from collections.abc import Iterator
from importlib.metadata import version
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from brian_force.experiment import Recording
    from brian_force.tasks import Task

__all__ = ["app", "main"]

FAILED, WRONG_USAGE = 1, 2

#: Units in tables. Errors have that of the target, written as a number without unit.
UNITS = {
    "G": "mV/Hz",
    "Q": "mV",
    "learning_rate": "s^2",
    "mean_rate_hz": "Hz",
    "l2_after": "sqrt(s)",
    "drift_after": "ms/s",
    "frequency": "Hz",
    "error_l2": "sqrt(s)",
    "drift": "ms/s",
}

app = typer.Typer(
    help="FORCE training of spiking networks inside Brian 2.",
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line."""
    app()


@app.callback(invoke_without_command=True)
def _program(
    context: typer.Context,
    show_version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    context.obj = debug
    if show_version:
        typer.echo(f"brian_force {version('brian_force')}")
        raise typer.Exit


@app.command()
def train(
    context: typer.Context,
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
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of a table.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Train a network on a task; leave a recording and a figure.

    What is not given comes from the task. Files of an earlier run in the same folder are
    replaced; with --resume, a training that was stopped goes on as if it had never stopped.
    """
    with _explained_errors(debug or context.obj):
        from brian2 import Hz, ms, mV, second

        from brian_force import tasks

        given = {
            "n_neurons": _with_unit(n_neurons, 1),
            "G": _with_unit(G, mV / Hz),
            "Q": _with_unit(Q, mV),
            "learning_rate": _with_unit(learning_rate, second**2),
            "learn_from": _with_unit(learn_from, second),
            "learn_until": _with_unit(learn_until, second),
            "duration": _with_unit(duration, second),
            "dt": _with_unit(dt, ms),
        }
        options = {name: value for name, value in given.items() if value is not None}
        run = _run_pair if model == "both" else functools.partial(_run_one, model=model)
        options |= {"device": device, "seed": seed, "resume": resume, "n_trials": trials}
        summary = run(tasks.get(task), out=out, **options)
    typer.echo(json.dumps(summary) if as_json else _table(summary))


@app.command(name="tasks")
def list_tasks(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Option(help="Folder for tasks.png, a picture of all targets.")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """List the tasks with their defaults."""
    with _explained_errors(debug or context.obj):
        from brian_force import tasks

        every = [tasks.get(name) for name in tasks.names()]
        typer.echo(_task_table(every))
        if out is not None:
            from brian_force.plotting import plot_tasks

            out.mkdir(parents=True, exist_ok=True)
            _save_figure(plot_tasks(), out / "tasks.png")
            typer.echo(str(out / "tasks.png"))


@app.command()
def export(
    context: typer.Context,
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
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Write recordings in an exchange format, and print the names of the files."""
    with _explained_errors(debug or context.obj):
        from brian_force.arguments import check_choice
        from brian_force.exchange import write
        from brian_force.experiment import load_recording
        from brian_force.experiment.keeping import recordings_in

        check_choice("to", "export", to, ("nwb", "nix", "npz"))
        for path in recordings_in(run):
            target = (out or path.parent) / f"{path.stem}.{to}"
            write(load_recording(path).trials(part), target)
            typer.echo(str(target))


@app.command()
def doctor(
    context: typer.Context,
    clear_cache: Annotated[
        bool, typer.Option("--clear-cache", help="Remove all compiled binaries first.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of a table.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Say which devices work here: compile and run a small network on each, and compare."""
    with _explained_errors(debug or context.obj):
        from brian_force.commands.doctor import doctor as examine
        from brian_force.commands.doctor import report

        found = examine(
            clear_cache=clear_cache, say=lambda device: typer.echo(f"Trying {device}.", err=True)
        )
        typer.echo(json.dumps(found) if as_json else report(found))
    if not found["healthy"]:
        raise typer.Exit(FAILED)


@app.command()
def cite() -> None:
    """Print what to cite, in BibTeX."""
    from brian_force.commands.cite import BIBTEX

    typer.echo(BIBTEX.replace("VERSION", version("brian_force")))


@app.command()
def analyse(
    context: typer.Context,
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
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of a table.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Analyse recordings or spikes of others; leave figures and analysis.nc.

    Spike statistics, cross-trial rates and decoders, principal components, bias and variance of
    repetitions: as far as the data allow. Two recordings, lif.h5 and rate.h5, are compared.
    """
    with _explained_errors(debug or context.obj):
        from brian2 import ms, second

        from brian_force.commands.analyse import analyse as analysed

        summary = analysed(
            run,
            out=out,
            say=functools.partial(typer.echo, err=True),
            target=target,
            learning_rate=_with_unit(learning_rate, second**2),
            tau_r=_with_unit(tau_r, ms),
            tau_d=_with_unit(tau_d, ms),
            dt=_with_unit(dt, ms),
            method=method,
        )
    if as_json:
        typer.echo(json.dumps(summary))
    else:  # what is missing was said
        typer.echo(_table({name: value for name, value in summary.items() if name != "missing"}))


@app.command(name="study")
def run_study(
    context: typer.Context,
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
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of a table.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Repeat a study of Newton & Nicola (2025): data, figures, and which claims hold.

    Finished jobs are kept in --out: the same command goes on where it was stopped. 'all' leaves
    report.html besides.
    """
    with _explained_errors(debug or context.obj):
        from brian_force.commands.study import claims_table, study, study_list

        if name == "list":
            typer.echo(study_list())
            return
        summary = study(
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


def _task_table(every: "list[Task]") -> str:
    from brian2 import Hz, mV, second

    head = (
        f"{'task':<24} K  {'period':>7} {'N':>5} {'G':>6} {'Q':>5} {'rate':>8}  "
        "learn from, until, end"
    )
    units = f"{'':<24}    {'(s)':>7} {'':>5} mV/Hz {'mV':>6} {'s^2':>8}  (s)"
    lines = [head, units]
    for task in every:
        period = "-" if task.period is None else f"{float(task.period):.4g}"
        window = [float(t / second) for t in (task.learn_from, task.learn_until, task.duration)]
        lines.append(
            f"{task.name:<24} {task.n_outputs}  {period:>7} {task.n_neurons:>5} "
            f"{_plain(task.G / (mV / Hz)):>6g} {_plain(task.Q / mV):>5g} "
            f"{_plain(task.learning_rate / second**2):>8g}  " + ", ".join(f"{t:g}" for t in window)
        )
    return "\n".join(lines)


def _with_unit(value: float | None, unit: Any) -> Any:
    return None if value is None else value * unit


@contextlib.contextmanager
def _progress(label: str) -> Iterator[Any]:
    from brian_force.experiment.progress import ProgressBar

    bar = ProgressBar(label)
    try:
        yield bar
    finally:
        bar.close()


def _run_one(task: "Task", model: str, out: Path, **options: Any) -> dict[str, Any]:
    """Train one network, save recording and figure, and collect what is printed."""
    from brian_force.plotting import plot_training

    recording = _train_into(out / "recording.h5", task, model, **options)
    _save_figure(plot_training(recording), out / "figure.png")
    return {
        **_settings(recording, model),
        **_measures(recording),
        "decoder_correlation": None,
        "seconds_build": recording.seconds_build,
        "seconds_run": recording.seconds_run,
        "recording": str(out / "recording.h5"),
        "figures": [str(out / "figure.png")],
    }


def _train_into(path: Path, task: "Task", model: str, device: str, **options: Any) -> "Recording":
    from brian_force.experiment.keeping import train_into
    from brian_force.experiment.session import choose_device

    device = choose_device(device)
    names = {"cpp": "C++ standalone", "cython": "Cython", "numpy": "NumPy", "cuda": "CUDA"}
    typer.echo(f"Training '{task.name}' with {names[device]}.", err=True)
    with _progress(task.name) as bar:
        options |= {"report": bar, "say": functools.partial(typer.echo, err=True)}
        return train_into(path, task, model, device=device, **options)


def _run_pair(task: "Task", out: Path, **options: Any) -> dict[str, Any]:
    """Train both networks, swap their decoders, save all, and collect what is printed."""
    from brian_force.experiment.pair import paired
    from brian_force.plotting import plot_pair

    models = {
        model: _train_into(out / f"{model}.h5", task, model, **options) for model in ("lif", "rate")
    }
    pair = paired(task, **models)
    with _progress(task.name) as bar:
        swap = pair.swap(report=bar)
    _save_figure(plot_pair(pair, swap), out / "pair.png")
    measures = {model: _measures(recording) for model, recording in models.items()}
    runs = {"lif": swap.lif_run, "rate": swap.rate_run}
    return {
        **_settings(pair.lif, "both"),
        **{name: {model: measures[model][name] for model in models} for name in measures["lif"]},
        "decoder_correlation": pair.decoder_correlation,
        "seconds_build": pair.lif.seconds_build + pair.rate.seconds_build,
        "seconds_run": pair.lif.seconds_run + pair.rate.seconds_run,
        "recording": {model: str(out / f"{model}.h5") for model in models},
        "figures": [str(out / "pair.png")],
        "swap": {model: _without_nan(dataclasses.asdict(run)) for model, run in runs.items()},
    }


def _settings(recording: "Recording", model: str) -> dict[str, Any]:
    from brian2 import Hz, mV, second

    return {
        "task": recording.task,
        "model": model,
        "n_neurons": recording.parameters.n_neurons,
        "G": _plain(recording.parameters.G / (mV / Hz)),
        "Q": _plain(recording.parameters.Q / mV),
        "learning_rate": _plain(recording.learning_rate / second**2),
        "seed": recording.seed,
        "device": recording.device,
    }


def _measures(recording: "Recording") -> dict[str, Any]:
    from brian2 import Hz

    rate = {"mean_rate_hz": float(recording.mean_rate / Hz)}
    return dataclasses.asdict(recording.errors) | rate


def _without_nan(values: dict[str, Any]) -> dict[str, Any]:
    """Put None for nan, as of the frequency of a constant: JSON has no word for it."""
    lost = {name for name, value in values.items() if isinstance(value, float) and isnan(value)}
    return {name: None if name in lost else value for name, value in values.items()}


def _plain(value: Any) -> float:
    # 0.1*mV/Hz divided by mV/Hz is 0.1 but for the last digit
    return float(f"{float(value):.15g}")


def _save_figure(figure: Any, path: Path) -> None:
    """Write a picture, whole or not at all."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".figure") as folder:
        aside = Path(folder) / path.name
        figure.savefig(aside, dpi=150)
        aside.replace(path)


def _table(summary: dict[str, Any]) -> str:
    """Write what JSON would say for a person to read."""
    lines = []
    for name, value in summary.items():
        if name == "swap":
            lines += [
                f"{model} on the decoders of the other: {_listed(run)}"
                for model, run in value.items()
            ]
        elif value is not None:
            shown = _listed(value) if isinstance(value, dict) else _shown(value)
            lines.append(f"{name:<20} {shown} {UNITS.get(name, '')}".rstrip())
    return "\n".join(lines)


def _listed(values: dict[str, Any]) -> str:
    """Write numbers in one line, each with its name and unit."""
    return ", ".join(
        f"{name} {_shown(value)} {UNITS.get(name, '')}".rstrip() for name, value in values.items()
    )


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    if value is None:
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


@contextlib.contextmanager
def _explained_errors(debug: bool) -> Iterator[None]:
    """End with a message and the right exit status instead of a traceback."""
    from brian_force.errors import RecordingError

    try:
        yield
    except KeyboardInterrupt:
        _fail("Interrupted. Nothing of this run was saved.", FAILED, debug)
    except RecordingError as error:
        _fail(str(error), FAILED, debug)
    except (TypeError, ValueError) as error:
        _fail(str(error), WRONG_USAGE, debug)
    except Exception as error:
        _fail(str(error) or repr(error), FAILED, debug)


def _fail(message: str, status: int, debug: bool) -> None:
    if debug:
        traceback.print_exc(file=sys.stderr)
    typer.echo(f"brian-force: {message}", err=True)
    raise typer.Exit(status)
