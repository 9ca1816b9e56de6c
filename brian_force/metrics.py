"""Errors of an output against its target: arrays in, numbers out.

An `output` z and a `target` x are arrays of shape (T, K), or (T,) for one output, at the same T
equally spaced `times`. Times and periods are plain numbers in seconds; of a Brian quantity,
whatever its unit, the value in SI units is taken. Where outputs are pooled, all T K entries count
alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from brian_force.alignment import (
    Array,
    aligned_error,
    columns,
    first_sample,
    matched_columns,
    moment_recorded,
    phase_drift,
    positive_seconds,
    root_mean_square,
    sample_step,
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
    "l2_error",
    "normalised_error",
    "pearson_correlation",
    "phase_drift",
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


def l2_error(output: ArrayLike, target: ArrayLike, dt: float) -> float:
    r"""Return the L2 norm of ``output - target``, over a free run known as L2 testing error.

    .. math:: L_2 = \sqrt{\int |z(t) - x(t)|^2 \, dt}

    with the Euclidean norm over the K outputs and a sum over samples for the integral. Over T
    samples, which last T dt, it is the RMS error times ``sqrt(K T dt)``. So unlike the RMS error
    it grows with the length of a run: compare it among runs of one length only.

    Parameters
    ----------
    output, target : array_like, shape (T, K) or (T,)
    dt : float [s]
        Sample step.

    Returns
    -------
    float [unit of the target times second**0.5]
    """
    z, x = matched_columns("l2_error", output, target)
    return float(np.sqrt(np.sum((z - x) ** 2) * positive_seconds("dt", "l2_error", dt)))


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
    """Errors of the phases of one training; None where a phase has no samples.

    Attributes
    ----------
    rms_before : float or None
        RMS error over the last second before learning, or all there is.
    rms_learning, normalised_learning : float or None
        RMS error over the last second of learning, or all there is; and by `normalised_error`,
        which has no value where the target is zero.
    rms_after, normalised_after, l2_after : float or None
        From the end of learning to the end, the free run: the RMS error, and by
        `normalised_error` and `l2_error` [the latter in the target's unit times second**0.5].
    rms_after_aligned, rms_after_scaled : float or None
        RMS error of the free run by `aligned_error` and `scaled_error`; None without a period.
    speed_after, drift_after : float or None
        The free run's stretch of time by `scaled_error` and its `phase_drift` [ms/s]; None
        without a period and where the output is constant, which has neither.
    """

    rms_before: float | None
    rms_learning: float | None
    rms_after: float | None
    rms_after_aligned: float | None
    rms_after_scaled: float | None
    speed_after: float | None
    normalised_learning: float | None
    normalised_after: float | None
    l2_after: float | None
    drift_after: float | None


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
        Learning acts at times in ``[learn_from, learn_until)``, at none where they are equal.
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
    if not begin <= end:
        allowed = f"at most 'learn_until' ({end:g} s)"
        raise ValueError(refusal("learn_from", owner, allowed, f"{begin:g} s"))

    def measured(
        measure: Callable[[Array, Array], float], since: float, until: float = np.inf
    ) -> float | None:
        steps = slice(first_sample(t, since), first_sample(t, until))
        value = measure(z[steps], x[steps]) if steps.start < steps.stop else np.nan
        return value if np.isfinite(value) else None

    late = max(begin, end - 1)
    scaled, speed = scaled_error(t, z, x, period, end) or (None, None)
    drift = phase_drift(t, z, x, period, end)
    free = z[first_sample(t, end) :]
    if (free == free[:1]).all():
        speed = drift = None  # a constant has neither
    return PhaseErrors(
        rms_before=measured(rms_error, begin - 1, begin),
        rms_learning=measured(rms_error, late, end),
        rms_after=measured(rms_error, end),
        rms_after_aligned=aligned_error(t, z, x, period, end),
        rms_after_scaled=scaled,
        speed_after=speed,
        normalised_learning=measured(normalised_error, late, end),
        normalised_after=measured(normalised_error, end),
        l2_after=measured(partial(l2_error, dt=sample_step(t)), end),
        drift_after=drift,
    )
