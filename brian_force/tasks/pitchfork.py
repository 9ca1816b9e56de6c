"""A switch with two states, thrown by pulses: the normal form of the pitchfork bifurcation."""

import functools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from brian2 import Hz, mV, second

from brian_force.arguments import check_count
from brian_force.tasks.curves import cubic_hermite
from brian_force.tasks.task import Task

__all__ = ["pitchfork"]

type Array = npt.NDArray[np.float64]

#: Time constant, where the state starts, and the strength of a pulse.
TAU, START, STRENGTH = 0.1, 0.01, 4
#: Length of a pulse, when the first comes, and the shortest and longest way to the next [second].
WIDTH, FIRST, SHORTEST, LONGEST = 0.1, 0.3, 0.8, 1.2
#: Points of the solution that are kept for each pulse.
N_POINTS = 257
#: The score gives the output this long after a pulse, and looks at the mean over this long a time.
GRACE, LAST = 0.2, 0.2


class _Course(NamedTuple):
    """The pulses of a seed, and the state between and during them."""

    onsets: Array  # (n,) [second]
    signs: Array  # (n,)
    starts: Array  # (n + 1,) when the state is free [second]
    states: Array  # (n + 1,) the state then
    points: Array  # (n * N_POINTS, 1) the state during the pulses
    slopes: Array  # (n * N_POINTS, 1) per step between points


def pitchfork(seed: int = 7) -> Task:
    r"""Ask for the state into which the last pulse has thrown a switch.

    Parameters
    ----------
    seed : int
        Seed of the signs and the times of the pulses. With the default, the signs are balanced
        while learning and after it.

    Returns
    -------
    Task
        With one output, one input (the pulses) and a score. It has no period.

    Raises
    ------
    ValueError
        If `seed` is not a whole number.

    Notes
    -----
    .. math:: x' = \frac{x - x^3 + 4 p(t)}{0.1\,\mathrm{s}}, \quad x(0) = 0.01

    The pulses p are 1 or -1 at random and 0.1 s long; the first comes at 0.3 s, the others 0.8 s
    to 1.2 s after the one before. Between them the state rests near 1 or -1.

    A pulse is passed if the output has its sign from 0.2 s after its end to the next pulse, and
    the mean of the last 0.2 s is beyond 0.5. The score is the share of the pulses that were passed
    among those that come, with all that is judged, after learning.
    """
    seed = check_count("seed", "tasks.pitchfork", seed, 0)
    return Task(
        name="pitchfork",
        signal=functools.partial(_state, seed=seed),
        n_outputs=1,
        G=0.1 * mV / Hz,
        Q=30 * mV,
        learning_rate=5e-7 * second**2,
        learn_from=1 * second,
        learn_until=14 * second,
        duration=27 * second,
        inputs=functools.partial(_pulses, seed=seed),
        n_inputs=1,
        Q_inputs=40 * mV,
        score=functools.partial(_share_passed, seed=seed),
        source="Newton & Nicola (2025), PLoS Comput. Biol. 21:e1013224 (the task); pulses, score "
        "and settings are ours, found where both networks learn",
    )


def _state(times: Array, seed: int) -> Array:
    course = _course_until(times, seed)
    pulse, since = _last_pulse(times, course.onsets)
    free_since = times - course.starts[pulse + 1]
    position = np.maximum(pulse, 0) * N_POINTS + np.clip(since / WIDTH, 0, 1) * (N_POINTS - 1)
    forced = cubic_hermite(position, course.points, course.slopes)[:, 0]
    free = _released(course.states[pulse + 1], np.maximum(free_since, 0))
    return np.where(since < WIDTH, forced, free)[:, np.newaxis]


def _pulses(times: Array, seed: int) -> Array:
    course = _course_until(times, seed)
    pulse, since = _last_pulse(times, course.onsets)
    return np.where(since < WIDTH, course.signs[pulse], 0.0)[:, np.newaxis]


def _share_passed(times: Array, output: Array, learn_until: float, seed: int) -> float | None:
    course = _course_until(times, seed)
    first, last = max(learn_until, times[0]), times[-1] + (times[-1] - times[0]) / len(times)
    passed = [
        _passes(sign * output[:, 0], times, onset, following)
        for sign, onset, following in zip(
            course.signs, course.onsets, course.onsets[1:], strict=False
        )
        if onset >= first and following <= last
    ]
    return float(np.mean(passed)) if passed else None


def _passes(output: Array, times: Array, onset: float, following: float) -> bool:
    held = output[(times >= onset + WIDTH + GRACE) & (times < following)]
    final = output[(times >= following - LAST) & (times < following)]
    return bool(np.all(held > 0) and np.mean(final) > 0.5)


def _last_pulse(times: Array, onsets: Array) -> tuple[npt.NDArray[np.intp], Array]:
    """Return the last pulse that began (-1: none) and for how long (none: for ever)."""
    pulse = np.searchsorted(onsets, times, side="right") - 1
    return pulse, np.where(pulse >= 0, times - onsets[pulse], np.inf)


def _course_until(times: Array, seed: int) -> _Course:
    """Return a course with two more pulses than the times can hold, at least."""
    n_needed = int(np.max(times, initial=0) / SHORTEST) + 3
    return _course(seed, max(64, 1 << (n_needed - 1).bit_length()))


@functools.lru_cache(maxsize=32)
def _course(seed: int, n: int) -> _Course:
    """Compute the first n pulses of a seed; a longer course begins with the shorter one."""
    # the import takes half a second; those who ask for another task do not wait
    from scipy.integrate import odeint  # noqa: PLC0415

    draws = np.random.default_rng(seed).random((n, 2))
    signs = np.where(draws[:, 0] < 0.5, -1.0, 1.0)
    gaps = SHORTEST + (LONGEST - SHORTEST) * draws[:-1, 1]
    onsets = FIRST + np.concatenate([[0.0], np.cumsum(gaps)])
    starts = np.concatenate([[0.0], onsets + WIDTH])
    grid = np.linspace(0, WIDTH, N_POINTS)
    state, states, points = START, [START], []
    for start, onset, sign in zip(starts[:-1], onsets, signs, strict=True):
        state = float(_released(np.array(state), onset - start))
        forced = odeint(_flow, state, grid, args=(sign,), rtol=1e-10, atol=1e-12)
        state = float(forced[-1, 0])
        points.append(forced)
        states.append(state)
    rows = np.vstack(points)
    slopes = _flow(rows, 0.0, np.repeat(signs, N_POINTS)[:, np.newaxis]) * grid[1]
    return _Course(onsets, signs, starts, np.array(states), rows, slopes)


def _flow(x: Array, _: float, pulse: Array | float) -> Array:
    return (x - x**3 + STRENGTH * pulse) / TAU


def _released(x: Array, time: Array) -> Array:
    """Solve the equation without pulses from the state x on, in closed form."""
    return x / np.sqrt(x**2 + (1 - x**2) * np.exp(-2 * time / TAU))
