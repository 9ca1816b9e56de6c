"""How fast a small difference grows in a network that runs by itself."""

import dataclasses

import numpy as np
from brian2 import Quantity, second
from numpy.typing import NDArray

from brian_force.arguments import check_count, check_quantity, refusal
from brian_force.experiment.continuing import continued, end_of_run, run_without_learning
from brian_force.experiment.recording import Recording
from brian_force.experiment.run import Run
from brian_force.experiment.session import choose_device, run_each
from brian_force.tasks import Task

__all__ = ["PerturbationGrowth", "perturbation_growth"]

#: The growth is fitted between these distances, relative to the RMS of r: below the lower one
#: stands rounding, near 1 the attractor, in which two runs cannot be farther apart.
LOWEST, HIGHEST = 1e-13, 0.1
#: Not perturbed: moved by a part of itself, the time of the last spike would be another event.
UNPERTURBED = ("lastspike",)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class PerturbationGrowth:
    """Two runs of one network from almost the same state.

    Attributes
    ----------
    times : Quantity, shape (T,)
        Times since the perturbation, every `rule_dt` of the recording [second].
    distance : ndarray, shape (T,)
        RMS over neurons of the difference in r, over the RMS of r [1].
    rate : Quantity
        Growth rate of the distance, negative for decay [1/second]: slope, by least squares, of its
        logarithm over `fitted`; nan where that holds fewer than two samples.
    fitted : slice
        Samples from tau_d after the perturbation, when the filters have mixed it, to the first
        distance that is not between 1e-13 (rounding) and 0.1 (saturation).
    """

    times: Quantity
    distance: NDArray[np.float64]
    rate: Quantity
    fitted: slice


def perturbation_growth(
    task: Task,
    recording: Recording,
    size: float = 1e-8,
    duration: Quantity = 5 * second,
    seed: int = 0,
) -> PerturbationGrowth:
    """Run a trained network on by itself twice, the second time from a perturbed state.

    Parameters
    ----------
    task : Task
        The task that was learned.
    recording : Recording
        A training of it: the runs start where it ends.
    size : float
        Size of the perturbation: every variable of the state but the time of the last spike is
        multiplied by 1 + size times a normal number of its own.
    duration : Quantity
        Length of the runs [second].
    seed : int
        Seed of these numbers.

    Returns
    -------
    PerturbationGrowth

    Raises
    ------
    TypeError, DimensionMismatchError, ValueError
        If the task is not the one that was learned, or another argument not as described.
    DivergenceError, InterruptedRunError
        As for `train`.

    Notes
    -----
    Read the rate together with the distance:

    - A stable rhythm has a neutral direction, its phase: the distance falls, then stays.
    - Both models switch at threshold, where f has an infinite slope, and a simulation in steps
      notices only what moves a switch to another step. Of smaller perturbations the distance
      tells of the dynamics between events alone, and jumps where it meets an event.
    - In a spiking network, 1e-8 as a rule moves no spike and is gone with tau_d. One spike moved
      by one step is a distance of about 1e-3, which spreads within 0.1 s. A size of 1e-4 shows
      it, and in the rate network the growth through the switches.
    """
    if task.name != recording.task:
        allowed = f"the one that was learned, '{recording.task}'"
        raise ValueError(refusal("task", "perturbation_growth", allowed, repr(task.name)))
    run = _free_run(task, recording, duration)
    perturbed = dataclasses.replace(run, state=_perturbed(recording, size, seed))
    results = run_each(choose_device(recording.device), [run, perturbed])
    r, other = (np.asarray(result.r) for result in results)
    scale = np.sqrt(np.mean(r**2))
    distance = np.sqrt(np.mean((other - r) ** 2, axis=1)) / (scale if scale > 0 else 1.0)
    times = np.arange(len(r)) * recording.rule_dt
    fitted = _stretch(times, distance, recording.parameters.tau_d)
    rate = _slope(np.asarray(times)[fitted], np.log(distance[fitted]))
    return PerturbationGrowth(times=times, distance=distance, rate=rate / second, fitted=fitted)


def _free_run(task: Task, recording: Recording, duration: Quantity) -> Run:
    owner = "perturbation_growth"
    duration = check_quantity("duration", owner, duration, second, "positive")
    later = continued(task, end_of_run(recording), duration)
    return run_without_learning(recording, later, state=recording.state, keep_r=True)


def _perturbed(recording: Recording, size: float, seed: int) -> dict[str, NDArray[np.float64]]:
    owner = "perturbation_growth"
    size = float(check_quantity("size", owner, size, Quantity(1), "positive"))
    rng = np.random.default_rng(check_count("seed", owner, seed, least=0))
    return {
        name: values
        if name in UNPERTURBED
        else values * (1 + size * rng.standard_normal(len(values)))
        for name, values in recording.state.items()
    }


def _stretch(times: Quantity, distance: NDArray[np.float64], settling: Quantity) -> slice:
    """Return the samples that `PerturbationGrowth.fitted` describes."""
    first = int(np.searchsorted(np.asarray(times), float(settling)))
    outside = (distance[first:] < LOWEST) | (distance[first:] > HIGHEST)
    n_fitted = int(outside.argmax()) if outside.any() else len(outside)
    return slice(first, first + n_fitted)


def _slope(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Return the slope by least squares; nan for fewer than two points."""
    return float(np.polyfit(x - x.mean(), y, 1)[0]) if len(x) > 1 else np.nan
