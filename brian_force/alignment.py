"""Errors of an output after a shift or a stretch of time: arrays in, numbers out.

Arrays, times and periods are those of `brian_force.metrics`. A shift s compares z(t) with
x(t + s): it is positive where the output is ahead of its target. Between samples, x is a cubic
spline through its whole recording; outside of the recording, x is read whole periods earlier or
later. So a shift needs no samples before the free run.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.fft import irfft, next_fast_len, rfft
from scipy.interpolate import CubicSpline
from scipy.optimize import minimize_scalar

from brian_force.arguments import refusal

__all__ = ["aligned_error", "phase_drift", "scaled_error", "window_shifts"]

type Array = NDArray[np.float64]

SLACK = 1e-3  # of a sample step: times nearer than this are the same
FINENESS = 1e-4  # of a sample step: to which a shift is found
SLOWEST, FASTEST = 0.5, 2.0
SPEEDS_PER_OCTAVE = 50  # times the length of a window: resolves waves up to some 15 Hz


def aligned_error(
    times: ArrayLike,
    output: ArrayLike,
    target: ArrayLike,
    period: float | None,
    start: float,
    window: float | None = None,
) -> float | None:
    """Return the RMS error after the best shift of every window, averaged over windows.

    Parameters
    ----------
    times : array_like, shape (T,) [s]
        Equally spaced.
    output, target : array_like, shape (T, K) or (T,)
        One shift holds for all K outputs.
    period : float or None [s]
        Period of the target; shifts within one period are tried.
    start : float [s]
        Where the first window begins. The last, incomplete window is dropped.
    window : float, optional [s]
        Length of a window, to the nearest sample; ``max(period, 1)`` unless given.

    Returns
    -------
    float or None
        None without a period, without one complete window, or without one recorded period.
    """
    windows = _windows("aligned_error", times, output, target, period, start, window)
    return None if windows is None else windows.error()


def window_shifts(
    times: ArrayLike,
    output: ArrayLike,
    target: ArrayLike,
    period: float | None,
    start: float,
    window: float | None = None,
) -> Array | None:
    """Return the best shift of every window; their slope is the drift of phase: `phase_drift`.

    Parameters are those of `aligned_error`.

    Returns
    -------
    ndarray or None, shape (W,) [s]
        The first is within half a period of 0, each other within half a period of the one
        before. None where `aligned_error` is None.
    """
    windows = _windows("window_shifts", times, output, target, period, start, window)
    return None if windows is None else windows.shifts()


def phase_drift(
    times: ArrayLike, output: ArrayLike, target: ArrayLike, period: float | None, start: float
) -> float | None:
    """Return how fast the output runs away from its target in phase.

    Parameters are those of `aligned_error`.

    Returns
    -------
    float or None [ms/s]
        Slope, by least squares, of the `window_shifts` over time: positive where the output runs
        ahead more and more. The windows last one period, so that a drift is followed up to half
        a second per second; longer ones would lose count of the periods of a fast target at
        less. None without a period, without two complete windows or one recorded period.
    """
    windows = _windows("phase_drift", times, output, target, period, start, window=period)
    if windows is None or len(windows.starts) < 2:
        return None
    return float(1e3 * np.polyfit(windows.starts - windows.starts[0], windows.shifts(), 1)[0])


def scaled_error(
    times: ArrayLike, output: ArrayLike, target: ArrayLike, period: float | None, start: float
) -> tuple[float, float] | None:
    """Return the aligned error after one common stretch of time, and that stretch.

    Parameters are those of `aligned_error`.

    Returns
    -------
    (error, speed) or None
        `speed` is the one in [0.5, 2] with the least error: 1 is the right speed, above 1 the
        output runs faster than its target. It says something only where `error` is small.
        None where `aligned_error` is None.
    """
    windows = _windows("scaled_error", times, output, target, period, start)
    if windows is None:
        return None
    n_octave = int(np.ceil(SPEEDS_PER_OCTAVE * max(1.0, windows.length)))
    speeds = np.geomspace(SLOWEST, FASTEST, 2 * n_octave + 1)
    rough = float(min(speeds, key=lambda speed: float(windows.rough_shifts(speed)[1].mean())))
    ratio = speeds[1] / speeds[0]
    bounds = max(rough / ratio, SLOWEST), min(rough * ratio, FASTEST)
    found = minimize_scalar(windows.error, bounds=bounds, options={"xatol": 1e-6})
    tried = [(windows.error(speed), speed) for speed in (1.0, rough, float(found.x))]
    return min(tried, key=lambda pair: pair[0])


# How it is done


@dataclass(frozen=True, slots=True)
class _Windows:
    """The output cut into W windows of n samples, and its target at any time."""

    output: Array  # (W, n, K)
    starts: Array  # (W,) [s]
    step: float  # [s]
    period: float  # [s]
    spline: Any  # CubicSpline of the recorded target

    @property
    def length(self) -> float:
        return float(self.output.shape[1] * self.step)

    def target(self, moments: Array) -> Array:
        """Return the target, (..., K), read in another period outside of the recording."""
        first, last = self.spline.x[0], self.spline.x[-1]
        slack = SLACK * self.step / self.period
        early = np.ceil((first - moments) / self.period - slack).clip(0)
        late = np.ceil((moments - last) / self.period - slack).clip(0)
        return np.asarray(self.spline(moments + (early - late) * self.period))

    def rough_shifts(self, speed: float) -> tuple[Array, Array]:
        """Return the best shift by whole samples and its RMS error, (W,) each."""
        step = speed * self.step
        n_windows, n, n_outputs = self.output.shape
        n_shifts = int(np.ceil(self.period / step))
        ahead = step * np.arange(1 - n_shifts, n)  # shifts in (-period, 0], then the window
        x = self.target(self.starts[:, None] + ahead)
        n_fft = next_fast_len(x.shape[1], real=True)
        spectrum = rfft(x, n_fft, axis=1) * rfft(self.output, n_fft, axis=1).conj()
        overlap = irfft(spectrum.sum(axis=2), n_fft, axis=1)[:, :n_shifts]
        running = np.pad(np.cumsum((x**2).sum(axis=2), axis=1), ((0, 0), (1, 0)))
        power = running[:, n:] - running[:, :-n]
        own = (self.output**2).sum(axis=(1, 2))[:, None]
        squares = own - 2 * overlap + power  # sum of (z - x)²
        best = squares.argmin(axis=1)
        least = squares[np.arange(n_windows), best].clip(0)
        return ahead[best], np.sqrt(least / (n * n_outputs))

    def align(self, speed: float = 1.0) -> tuple[Array, Array]:
        """Return the best shift and its RMS error, (W,) each, with time stretched by `speed`."""
        rough, _ = self.rough_shifts(speed)
        both = [self._refine(index, shift, speed) for index, shift in enumerate(rough)]
        shifts, errors = np.array(both).T
        return shifts, errors

    def shifts(self) -> Array:
        """Return the best shifts, (W,), as `window_shifts` tells them."""
        shifts, _ = self.align()
        half = self.period / 2
        centred = (shifts + half) % self.period - half
        return np.asarray(np.unwrap(centred, period=self.period))

    def error(self, speed: float = 1.0) -> float:
        """Return the RMS error after `align`, averaged over windows."""
        return float(self.align(speed)[1].mean())

    def _refine(self, index: int, rough: float, speed: float) -> tuple[float, float]:
        z = self.output[index]
        step = speed * self.step
        moments = self.starts[index] + step * np.arange(len(z))

        def square_error(shift: float) -> float:
            return float(root_mean_square(z - self.target(moments + shift)) ** 2)

        options = {"xatol": FINENESS * self.step}
        found = minimize_scalar(square_error, bounds=(rough - step, rough + step), options=options)
        least, shift = min((square_error(shift), shift) for shift in (rough, float(found.x)))
        return shift, float(np.sqrt(least))


def _windows(
    owner: str,
    times: ArrayLike,
    output: ArrayLike,
    target: ArrayLike,
    period: float | None,
    start: float,
    window: float | None = None,
) -> _Windows | None:
    z, x = matched_columns(owner, output, target)
    t = sample_times(owner, times, len(z))
    first = first_sample(t, moment_recorded("start", owner, start, t))
    if period is None:
        return None
    cycle = positive_seconds("period", owner, period)
    length = max(cycle, 1.0) if window is None else positive_seconds("window", owner, window)
    step = sample_step(t)
    n = max(1, round(length / step))
    n_windows = (len(z) - first) // n
    if n_windows == 0 or cycle > (len(z) + SLACK) * step:
        return None
    pieces = z[first : first + n_windows * n].reshape(n_windows, n, -1)
    return _Windows(pieces, t[first::n][:n_windows], step, cycle, CubicSpline(t, x))


# Checked arrays and times, shared with brian_force.metrics


def matched_columns(
    owner: str, output: ArrayLike, target: ArrayLike, names: tuple[str, str] = ("output", "target")
) -> tuple[Array, Array]:
    """Return two arrays of one shape as `columns`."""
    z, x = columns(names[0], owner, output), columns(names[1], owner, target)
    if z.shape != x.shape:
        allowed = f"of the shape of '{names[0]}', {z.shape}"
        raise ValueError(refusal(names[1], owner, allowed, f"shape {x.shape}"))
    return z, x


def columns(argument: str, owner: str, values: ArrayLike) -> Array:
    """Return finite values, shape (T, K)."""
    array = np.asarray(values, dtype=float)
    if array.ndim not in {1, 2} or array.size == 0:
        allowed = "of shape (T, K) or (T,), not empty"
        raise ValueError(refusal(argument, owner, allowed, f"shape {array.shape}"))
    n_lost = int(np.count_nonzero(~np.isfinite(array)))
    if n_lost:
        raise ValueError(refusal(argument, owner, "finite", f"{n_lost} values that are not"))
    return array.reshape(len(array), -1)


def sample_times(owner: str, times: ArrayLike, n_samples: int) -> Array:
    """Return equally spaced times, shape (T,)."""
    t = np.asarray(times, dtype=float)
    if t.shape != (n_samples,) or n_samples < 2:
        allowed = f"one time for each of the {n_samples} samples (at least 2)"
        remedy = "The arrays of a StateMonitor must be transposed, to shape (T, K)."
        raise ValueError(refusal("times", owner, allowed, f"shape {t.shape}", remedy))
    unequal = np.abs(t - t[0] - sample_step(t) * np.arange(n_samples)).max()
    if not (sample_step(t) > 0 and unequal < SLACK * sample_step(t)):
        got = f"steps from {np.diff(t).min():g} to {np.diff(t).max():g} s"
        raise ValueError(refusal("times", owner, "increasing and equally spaced", got))
    return t


def sample_step(t: Array) -> float:
    """Return the step of equally spaced times."""
    return float(t[-1] - t[0]) / (len(t) - 1)


def first_sample(t: Array, moment: float) -> int:
    """Return the first sample not before `moment`."""
    return int(np.searchsorted(t, moment - SLACK * sample_step(t)))


def moment_recorded(argument: str, owner: str, value: object, t: Array) -> float:
    """Return a time within the recording, which lasts one step beyond its last sample."""
    moment = float(np.asarray(value, dtype=float))
    step = sample_step(t)
    if not t[0] - SLACK * step <= moment <= t[-1] + (1 + SLACK) * step:
        allowed = f"within the recording ({t[0]:g} to {t[-1] + step:g} s)"
        raise ValueError(refusal(argument, owner, allowed, f"{moment:g} s"))
    return moment


def positive_seconds(argument: str, owner: str, value: object) -> float:
    """Return a positive, finite time."""
    number = float(np.asarray(value, dtype=float))
    if not 0 < number < np.inf:
        raise ValueError(refusal(argument, owner, "positive and finite", f"{number:g} s"))
    return number


def root_mean_square(values: Array) -> float:
    """Return the root mean square of all entries."""
    return float(np.sqrt(np.mean(values**2)))
