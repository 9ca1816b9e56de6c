"""The command ``brian-force analyse``: what a run or a file of spikes holds."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from brian2 import Quantity, ms

from brian_force.analysis.free_runs import (
    filtered_currents,
    repetition_spikes,
    repetition_variability,
)
from brian_force.analysis.recorded_components import compare_components, recording_components
from brian_force.analysis.recorded_decoders import compare_decoders
from brian_force.analysis.recordings import check_twins, recorded_spikes, recording_statistics
from brian_force.analysis.trial_decoding import analyse_trials
from brian_force.arguments import refusal
from brian_force.commands.figures import save_figure
from brian_force.commands.runs import Recordings, equally_long, read_run, read_target
from brian_force.commands.summaries import summary_of_recordings, summary_of_trials
from brian_force.exchange.spike_trials import SpikeTrials
from brian_force.experiment.recording import Recording
from brian_force.files import written_aside
from brian_force.plotting.analysis import (
    plot_decoders_across_trials,
    plot_statistics,
    plot_trial_decoding,
)
from brian_force.plotting.bias_and_variance import plot_variability
from brian_force.plotting.principal_components import plot_components

__all__ = ["analyse"]

type Results = dict[str, xr.Dataset]
type Say = Callable[[str], Any]

NO_TRIALS = (
    "Without test trials there are no cross-trial rates, decoders, components or repetitions: "
    "train with --trials 10."
)
N_NEURONS = 5  # whose spikes and currents are shown


def analyse(
    path: str | Path,
    *,
    out: str | Path | None = None,
    say: Say = print,
    **options: Any,
) -> dict[str, Any]:
    """Analyse recordings or a file of spikes; leave figures and the numbers in them.

    Parameters
    ----------
    path : str or Path
        A recording, another file of spikes, or the folder of a training; see `read_run`.
    out : str or Path, optional
        Folder for statistics.png, decoders.png, components.png and variability.png, as far as
        the data allow, and analysis.nc, a NetCDF file with a group for each result. Default: the
        folder of `path`.
    say : callable
        Where to say what is left out, and why.
    **options
        For spikes of others: `target`, as in `read_target`, and `learning_rate`, `tau_r`, `tau_d`,
        `dt` and `method` of `analyse_trials`. A recording knows its own.

    Returns
    -------
    dict
        Plain numbers, as JSON has them.

    Raises
    ------
    FileNotFoundError, RecordingError, ValueError
        If there is nothing to analyse, it cannot be read, or an option is not as described.
    OSError
        If a file cannot be written.
    """
    path = Path(path)
    folder = Path(out) if out is not None else path if path.is_dir() else path.parent
    given = {name: value for name, value in options.items() if value is not None}
    run = read_run(path)
    if isinstance(run, SpikeTrials):
        results, figures, missing = _analyse_trials(run, given, say)
        summary = summary_of_trials(results["trials"])
    else:
        _refuse_options(given)
        results, missing = _analyse_recordings(run)
        figures = _figures(run, results)
        summary = summary_of_recordings(run, results)
    for reason in missing:
        say(reason)
    names = _write(folder, results, figures)
    return {"run": str(path), **summary, "missing": missing, **names}


# Recordings of ours


def _refuse_options(given: dict[str, Any]) -> None:
    if given:
        name = next(iter(given))
        allowed, remedy = "left out for a recording, which knows its own", "Leave it out."
        raise ValueError(refusal(name, "analyse", allowed, str(given[name]), remedy))


def _analyse_recordings(recordings: Recordings) -> tuple[Results, list[str]]:
    """Compute all that the recordings allow, and say what they do not."""
    if len(recordings) == 2:
        check_twins(recordings["lif"], recordings["rate"], "analyse")
    results = {f"{name}/statistics": recording_statistics(r) for name, r in recordings.items()}
    if any(recording.forced is None for recording in recordings.values()):
        return results, [NO_TRIALS]
    missing: list[str] = []
    attempt = functools.partial(_attempt, results, missing)
    if "lif" in recordings:
        attempt("decoders", compare_decoders, *recordings.values())
    both = len(recordings) == 2
    compare = compare_components if both else recording_components
    attempt("components", compare, *recordings.values())
    _compare_repetitions(recordings, results, missing)
    return results, list(dict.fromkeys(missing))


def _compare_repetitions(recordings: Recordings, results: Results, missing: list[str]) -> None:
    """Add bias and variance and, where all networks have them, what single neurons do."""
    for name, recording in recordings.items():
        if recording.free is not None:
            _attempt(results, missing, f"{name}/variability", repetition_variability, recording)
        else:
            missing.append(f"The task '{recording.task}' has no period: there are no repetitions.")
    if all(f"{name}/variability" in results for name in recordings):
        _follow_neurons(recordings, results)


def _attempt(
    results: Results,
    missing: list[str],
    name: str,
    function: Callable[..., xr.Dataset],
    *recordings: Recording,
) -> None:
    """Add a result, or the reason why there is none: too few trials, or no repetitions."""
    try:
        results[name] = function(*recordings)
    except ValueError as reason:
        missing.append(str(reason))


def _follow_neurons(recordings: Recordings, results: Results) -> None:
    """Add spikes and currents of the same neurons in both networks."""
    neurons: Any = N_NEURONS
    if "lif" in recordings:
        spikes = repetition_spikes(recordings["lif"], N_NEURONS)
        if not spikes.sizes["neuron"]:
            return  # a silent network
        results["lif/spikes"], neurons = spikes, spikes["neuron"].to_numpy()
    for name, recording in recordings.items():
        results[f"{name}/currents"] = filtered_currents(recording, neurons)


def _figures(recordings: Recordings, results: Results) -> dict[str, Any]:
    """Draw all sheets for which there are results."""

    def of_all(name: str) -> list[xr.Dataset]:
        return [results[f"{m}/{name}"] for m in recordings if f"{m}/{name}" in results]

    spikes = recorded_spikes(recordings["lif"]) if "lif" in recordings else None
    figures = {"statistics": plot_statistics(of_all("statistics"), spikes)}
    if "decoders" in results:
        figures["decoders"] = plot_decoders_across_trials(results["decoders"])
    if "components" in results:
        figures["components"] = plot_components(results["components"])
    if of_all("variability"):
        neurons = results.get("lif/spikes"), of_all("currents")
        figures["variability"] = plot_variability(of_all("variability"), *neurons)
    return figures


# Spikes of others


def _analyse_trials(
    trials: SpikeTrials, options: dict[str, Any], say: Say
) -> tuple[Results, dict[str, Any], list[str]]:
    equal = equally_long(trials)
    if equal is not trials:
        say(f"The trials differ in length and are cut to the shortest, {equal.duration}.")
    defaults: dict[str, Quantity] = {"tau_r": 2 * ms, "tau_d": 20 * ms}
    target = read_target(options.pop("target", None), equal)
    found = analyse_trials(equal, target, **(defaults | options))
    figures = {"statistics": plot_statistics(found, equal)}
    missing = []
    if target is None:
        missing.append("Without a target there are no decoders: name one with --target.")
    else:
        figures["decoders"] = plot_trial_decoding(found)
        if "rms" not in found:
            missing.append("With a single trial there are no errors in held-out trials.")
    return {"trials": found}, figures, missing


# Files


def _write(folder: Path, results: Results, figures: dict[str, Any]) -> dict[str, Any]:
    """Write numbers and figures, each file whole or not at all."""
    for name, figure in figures.items():
        save_figure(figure, folder / f"{name}.png")
    numbers = folder / "analysis.nc"
    tree = xr.DataTree.from_dict({name: _storable(one) for name, one in results.items()})
    with written_aside(numbers) as aside:
        tree.to_netcdf(aside, engine="h5netcdf")
    paths = [str(folder / f"{name}.png") for name in figures]
    return {"analysis": str(numbers), "figures": paths}


def _storable(found: xr.Dataset) -> xr.Dataset:
    """Return what NetCDF can hold: names of neurons as text where they are no numbers."""
    if "neuron" not in found.coords or np.issubdtype(found["neuron"].dtype, np.number):
        return found
    return found.assign_coords(neuron=found["neuron"].astype(str))
