"""The command ``brian-force``: arguments in, files and a few lines out."""

import contextlib
import json
import sys
import tempfile
import traceback
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from brian_force.experiment import Recording

__all__ = ["app", "main"]

FAILED, WRONG_USAGE = 1, 2

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
    model: Annotated[str, typer.Option(help="Model of the neurons: lif.")] = "lif",
    seed: Annotated[int, typer.Option(help="Seed of weights and initial state.")] = 1,
    learn_from: Annotated[float | None, typer.Option(help="Start of learning (s).")] = None,
    learn_until: Annotated[float | None, typer.Option(help="End of learning (s).")] = None,
    duration: Annotated[float | None, typer.Option(help="Length of the run (s).")] = None,
    dt: Annotated[float | None, typer.Option(help="Time step (ms).")] = None,
    device: Annotated[str, typer.Option(help="Where to run: auto, cpp, cython or numpy.")] = "auto",
    out: Annotated[Path, typer.Option(help="Folder for recording.h5 and figure.png.")] = Path(
        "out"
    ),
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of a table.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Train a network on a task; leave a recording and a figure.

    What is not given comes from the task. Files of an earlier run in the same folder are
    replaced.
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
        recording = _run(tasks.get(task), model, device, seed=seed, **options)
        summary = _summary(recording, out)
    typer.echo(json.dumps(summary) if as_json else _table(summary))


def _with_unit(value: float | None, unit: Any) -> Any:
    return None if value is None else value * unit


def _run(task: Any, model: str, device: str, **options: Any) -> "Recording":
    from brian_force.experiment import train as train_network
    from brian_force.experiment.progress import ProgressBar
    from brian_force.experiment.session import choose_device

    device = choose_device(device)
    names = {"cpp": "C++ standalone", "cython": "Cython", "numpy": "NumPy"}
    typer.echo(f"Training '{task.name}' with {names[device]}.", err=True)
    bar = ProgressBar(task.name)
    try:
        return train_network(task, model, device=device, report=bar, **options)
    finally:
        bar.close()


def _summary(recording: "Recording", out: Path) -> dict[str, Any]:
    """Save recording and figure, and collect what is printed."""
    from brian2 import Hz, mV, second

    from brian_force.plotting import plot_training

    out.mkdir(parents=True, exist_ok=True)
    recording.save(out / "recording.h5")
    _save_figure(plot_training(recording), out / "figure.png")
    errors = recording.errors
    return {
        "task": recording.task,
        "model": recording.model,
        "n_neurons": recording.parameters.n_neurons,
        "G": _plain(recording.parameters.G / (mV / Hz)),
        "Q": _plain(recording.parameters.Q / mV),
        "learning_rate": _plain(recording.learning_rate / second**2),
        "seed": recording.seed,
        "device": recording.device,
        "rms_before": errors.rms_before,
        "rms_learning": errors.rms_learning,
        "rms_after": errors.rms_after,
        "rms_after_aligned": errors.rms_after_aligned,
        "rms_after_scaled": errors.rms_after_scaled,
        "speed_after": errors.speed_after,
        "mean_rate_hz": float(recording.mean_rate / Hz),
        "decoder_correlation": None,
        "seconds_build": recording.seconds_build,
        "seconds_run": recording.seconds_run,
        "recording": str(out / "recording.h5"),
        "figures": [str(out / "figure.png")],
    }


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
    units = {"G": "mV/Hz", "Q": "mV", "learning_rate": "s^2", "mean_rate_hz": "Hz"}
    lines = []
    for name, value in summary.items():
        shown = f"{value:.4g}" if isinstance(value, float) else str(value)
        if name == "figures":
            shown = ", ".join(value)
        if value is not None:
            lines.append(f"{name:<18} {shown} {units.get(name, '')}".rstrip())
    return "\n".join(lines)


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
