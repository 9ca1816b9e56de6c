"""Errors of an output against its target: arrays in, numbers out.

An `output` z and a `target` x are arrays of shape (T, K), or (T,) for one output, at the same T
equally spaced `times`. Times and periods are plain numbers in seconds; of a Brian quantity,
whatever its unit, the value in SI units is taken. Where outputs are pooled, all T K entries count
alike.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from brian_force.alignment import (
    aligned_error,
    columns,
    first_sample,
    matched_columns,
    moment_recorded,
    positive_seconds,
    root_mean_square,
    sample_times,
    scaled_error,
    window_shifts,
)
from brian_force.arguments import refusal

__all__ = [
    "PhaseErrors",
    "aligned_error",
    "amplitude_ratio",
    "dominant_frequency",
    "normalised_error",
    "pearson_correlation",
    "phase_errors",
    "rms_error",
    "scaled_error",
    "window_shifts",
]


def rms_error(output: ArrayLike, target: ArrayLike) -> float:
    """Return the root mean square of ``output - target`` over all steps and outputs."""
    z, x = matched_columns("rms_error", output, target)
    return root_mean_square(z - x)


def normalised_error(output: ArrayLike, target: ArrayLike) -> float:
    """Return the RMS error over the RMS of the target; nan for a target that is zero."""
    z, x = matched_columns("normalised_error", output, target)
    return root_mean_square(z - x) / root_mean_square(x) if x.any() else float("nan")


def pearson_correlation(a: ArrayLike, b: ArrayLike) -> float:
    """Return Pearson's correlation of all entries, pooled; nan if `a` or `b` is constant."""
    first, second = matched_columns("pearson_correlation", a, b, names=("a", "b"))
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


def amplitude_ratio(output: ArrayLike, target: ArrayLike) -> float:
    """Return the swing of the output over that of the target.

    The swing is the RMS of all entries, each about the mean of its own output; the ratio is nan
    for a constant target.
    """
    z, x = matched_columns("amplitude_ratio", output, target)
    if not np.ptp(x, axis=0).any():
        return float("nan")
    return root_mean_square(z - z.mean(axis=0)) / root_mean_square(x - x.mean(axis=0))


def dominant_frequency(output: ArrayLike, dt: float) -> float:
    """Return the frequency of the largest spectral peak.

    Parameters
    ----------
    output : array_like, shape (T, K) or (T,)
        Recorded output; the powers of the K columns are summed.
    dt : float [s]
        Sample step.

    Returns
    -------
    float [Hz]
        The vertex of a parabola through the logarithm of a padded Hann spectrum, for a steady
        wave far nearer than 1 / (T dt); nan for a constant output.
    """
    z = columns("output", "dominant_frequency", output)
    step = positive_seconds("dt", "dominant_frequency", dt)
    if not np.ptp(z, axis=0).any():
        return float("nan")
    taper = np.hanning(len(z) + 2)[1:-1]
    swing = (z - np.average(z, axis=0, weights=taper)) * taper[:, None]
    n_padded = 8 * len(z)
    power = (np.abs(np.fft.rfft(swing, n_padded, axis=0)) ** 2).sum(axis=1)
    peak = 1 + int(np.argmax(power[1:-1]))
    left, top, right = np.log(power[peak - 1 : peak + 2] + np.finfo(float).tiny)
    vertex = peak + np.clip((left - right) / (2 * (left - 2 * top + right)), -0.5, 0.5)
    return float(vertex / (n_padded * step))


# The phases of a training


@dataclass(frozen=True, slots=True)
class PhaseErrors:
    """RMS errors of the phases of one training; None where a phase has no samples.

    Attributes
    ----------
    rms_before : float or None
        Over the last second before learning, or all there is.
    rms_learning : float or None
        Over the last second of learning, or all there is.
    rms_after, rms_after_aligned, rms_after_scaled, speed_after : float or None
        From the end of learning to the end: as it is, by `aligned_error`, by `scaled_error`.
    """

    rms_before: float | None
    rms_learning: float | None
    rms_after: float | None
    rms_after_aligned: float | None
    rms_after_scaled: float | None
    speed_after: float | None


def phase_errors(
    times: ArrayLike,
    output: ArrayLike,
    target: ArrayLike,
    learn_from: float,
    learn_until: float,
    period: float | None = None,
) -> PhaseErrors:
    """Return the errors before, during and after learning.

    Parameters
    ----------
    times : array_like, shape (T,) [s]
        Equally spaced.
    output, target : array_like, shape (T, K) or (T,)
        The target at each sample, never held between updates. A `StateMonitor` holds the
        transpose: give ``monitor.z.T``.
    learn_from, learn_until : float [s]
        Learning acts at times in ``[learn_from, learn_until)``.
    period : float or None [s]
        Period of the target, if it has one.

    Returns
    -------
    PhaseErrors

    Raises
    ------
    ValueError
        If learning ends before it begins or outside of the recording, or shapes do not agree.
    """
    owner = "phase_errors"
    z, x = matched_columns(owner, output, target)
    t = sample_times(owner, times, len(z))
    begin = float(learn_from)
    end = moment_recorded("learn_until", owner, learn_until, t)
    if not begin < end:
        allowed = f"less than 'learn_until' ({end:g} s)"
        raise ValueError(refusal("learn_from", owner, allowed, f"{begin:g} s"))

    def error(since: float, until: float) -> float | None:
        steps = slice(first_sample(t, since), first_sample(t, until))
        return root_mean_square((z - x)[steps]) if steps.start < steps.stop else None

    scaled, speed = scaled_error(t, z, x, period, end) or (None, None)
    free = z[first_sample(t, end) :]
    if (free == free[:1]).all():
        speed = None  # a constant has none
    return PhaseErrors(
        rms_before=error(begin - 1, begin),
        rms_learning=error(max(begin, end - 1), end),
        rms_after=error(end, np.inf),
        rms_after_aligned=aligned_error(t, z, x, period, end),
        rms_after_scaled=scaled,
        speed_after=speed,
    )
