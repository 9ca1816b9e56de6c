"""The cycles of a free run, each aligned to its target: arrays in, numbers out."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline

from brian_force.alignment import (
    SLACK,
    matched_columns,
    moment_recorded,
    positive_seconds,
    sample_step,
    sample_times,
)
from brian_force.arguments import check_count, refusal

__all__ = ["Repetitions", "aligned_repetitions"]

type Array = NDArray[np.float64]

N_ROUNDS = 6  # of finding a common duration, or one start: each mends the last by a factor of 10
STILL = 1e-9  # a swing below this part of the output is rounding


@dataclass(frozen=True, eq=False, slots=True)
class Repetitions:
    """Consecutive cycles of an output of K variables, aligned to one cycle of the target.

    Attributes
    ----------
    starts : ndarray, shape (n,) [s]
        When each cycle starts in the run.
    outputs : ndarray, shape (n, T, K)
        The output at the phases of each cycle.
    target : ndarray, shape (T, K)
        The target at these phases, from the given start on.
    phases : ndarray, shape (T,) [s]
        Time since the start of the target's cycle.
    duration : float [s]
        How long a cycle is taken to last in the run.
    drift : float [ms/s]
        Drift of phase, from the slope of `starts` against k periods: positive where the output
        runs ahead of its target, as shifts of `brian_force.alignment`; nan for one cycle.
    """

    starts: Array
    outputs: Array
    target: Array
    phases: Array
    duration: float
    drift: float


def aligned_repetitions(
    times: ArrayLike,
    output: ArrayLike,
    target: ArrayLike,
    period: float,
    start: float,
    n: int | None = None,
    *,
    stretch: bool = True,
) -> Repetitions:
    """Cut a free run into cycles and align each of them to the target.

    Parameters
    ----------
    times : array_like, shape (T,) [s]
        Equally spaced.
    output, target : array_like, shape (T, K) or (T,)
        One shift holds for all K outputs.
    period : float [s]
        Period of the target.
    start : float [s]
        Where the cycle of the target starts. The first cycle of the output starts within half a
        period of it; each other is sought within half a period of where the one before ends.
    n : int, optional
        Number of cycles. Default: all that the recording holds.
    stretch : bool
        Read every cycle over the mean duration of a cycle, so that a wrong speed is drift and no
        bias. Otherwise over the period of the target, as Newton & Nicola (2025) do: what a wrong
        speed does within one cycle then is bias.

    Returns
    -------
    Repetitions

    Raises
    ------
    ValueError
        If the recording does not hold `n` cycles, or one, or shapes do not agree.

    Notes
    -----
    A cycle's shift is the one of largest correlation with the target, which for a periodic output
    is the one of least error. Between samples, the output is a cubic spline: noise that is
    independent from sample to sample loses variance, filtered noise does not. An output that does
    not move has no shift.
    """
    owner = "aligned_repetitions"
    z, x = matched_columns(owner, output, target)
    t = sample_times(owner, times, len(z))
    first = moment_recorded("start", owner, start, t)
    tracker = _tracker(owner, t, z, x, positive_seconds("period", owner, period), first)
    wanted = None if n is None else check_count("n", owner, n)
    starts, duration = tracker.track(first, wanted, stretch=stretch)
    if len(starts) == 0 or len(starts) < (wanted or 0):
        allowed = f"at most {len(starts)}, the cycles recorded from 'start' on"
        remedy = "Run the network for longer, or begin earlier."
        raise ValueError(refusal("n", owner, allowed, str(wanted or 1), remedy))
    outputs = np.array([tracker.read(moment, duration) for moment in starts])
    slope = _slope(starts) / tracker.period
    return Repetitions(
        starts=starts,
        outputs=outputs,
        target=tracker.target,
        phases=tracker.phases,
        duration=duration,
        drift=1e3 * (1 / slope - 1),
    )


@dataclass(frozen=True, slots=True)
class _Tracker:
    """An output at any time, and the cycle of the target to look for in it."""

    spline: Any  # CubicSpline of the output
    step: float  # [s]
    period: float  # [s]
    phases: Array  # (T,) [s]
    target: Array  # (T, K)

    def holds(self, start: float, duration: float) -> bool:
        """Tell whether a cycle is in the recording."""
        first, last = self.spline.x[0], self.spline.x[-1]
        end = start + self.phases[-1] * duration / self.period
        return bool(start >= first - SLACK * self.step and end <= last + SLACK * self.step)

    def read(self, start: float, duration: float) -> Array:
        """Return the output at the phases of a cycle, (T, K)."""
        return np.asarray(self.spline(start + self.phases * (duration / self.period)))

    def track(self, first: float, n: int | None, *, stretch: bool) -> tuple[Array, float]:
        """Return the starts of n cycles, or of all, and their common duration."""
        duration = self.period
        starts = self.follow(first, n, duration)
        for _ in range(N_ROUNDS if stretch and len(starts) > 1 else 0):
            # without a rhythm there is no duration to find, and none may run away
            found = np.clip(_slope(starts), self.period / 2, 2 * self.period)
            before, duration = duration, float(found)
            starts = self.follow(first, n, duration)
            if len(starts) < 2 or abs(duration - before) * len(starts) < SLACK * self.step:
                break
        return starts, duration

    def follow(self, first: float, n: int | None, duration: float) -> Array:
        """Return the start of cycle after cycle, each sought where the one before ends."""
        starts: list[float] = []
        guess = first
        while self.holds(guess, duration) and len(starts) != n:
            start = self.seek(guess, duration)
            if self.holds(start, duration):
                starts.append(start)
            elif starts:
                break  # else the first cycle began before the recording
            guess = start + duration
        return np.array(starts)

    def seek(self, guess: float, duration: float) -> float:
        """Return the start of the cycle within half a duration of a guess."""
        start = guess
        for _ in range(N_ROUNDS):
            shift = duration * self.shift(self.read(start, duration))
            start += shift
            if abs(shift) < SLACK * self.step or not self.holds(start, duration):
                break
        return start if abs(start - guess) <= duration / 2 else guess

    def shift(self, cycle: Array) -> float:
        """Return how much later a cycle is than it was read, in parts of it, within a half."""
        spectrum = np.fft.rfft(cycle, axis=0) * np.fft.rfft(self.target, axis=0).conj()
        spectrum[0] = 0  # offsets do not tell
        n = len(cycle)
        match = np.fft.irfft(spectrum.sum(axis=1), n)  # sum of z(phase + shift) x(phase)
        if np.ptp(match) <= STILL * np.linalg.norm(cycle) * np.linalg.norm(self.target):
            return 0.0
        best = int(match.argmax())
        left, top, right = match[[best - 1, best, (best + 1) % n]]
        bend = left - 2 * top + right
        vertex = best + ((left - right) / (2 * bend) if bend < 0 else 0.0)
        return float((vertex / n + 0.5) % 1 - 0.5)


def _tracker(owner: str, t: Array, z: Array, x: Array, period: float, start: float) -> _Tracker:
    step = sample_step(t)
    n_phases = max(1, round(period / step))
    phases = np.linspace(0, period, n_phases, endpoint=False)
    if n_phases < 4 or start + phases[-1] > t[-1] + SLACK * step:
        allowed = f"four samples or more, of {step:g} s each, and recorded from 'start' on"
        raise ValueError(refusal("period", owner, allowed, f"{period:g} s"))
    return _Tracker(CubicSpline(t, z), step, period, phases, CubicSpline(t, x)(start + phases))


def _slope(starts: Array) -> float:
    """Return the mean duration of a cycle by least squares; nan for one."""
    k = np.arange(len(starts)) - (len(starts) - 1) / 2
    return float(k @ starts / (k @ k)) if len(starts) > 1 else np.nan
