r"""Bias and variance of an output over its repetitions.

For n repetitions :math:`z_i(t)`, aligned, of mean :math:`\bar z(t)`, and a target x(t):

.. math:: b(t)^2 = \left(\bar z(t) - x(t)\right)^2                         \qquad (1)

.. math:: v(t) = \sum_i \left(z_i(t) - \bar z(t)\right)^2 / (n - 1)        \qquad (2)

are the squared bias and the variance of Newton & Nicola (2025). With division by n in (2), their
sum would be the mean squared error. A mean of n repetitions scatters with variance v/n, which (1)
counts as bias and

.. math:: b_c(t)^2 = b(t)^2 - v(t)/n                                       \qquad (3)

does not: it is unbiased, and negative where there is no bias to see. `aligned_repetitions` cuts a
free run into repetitions.
"""

from dataclasses import dataclass, fields

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from brian_force.alignment import columns
from brian_force.arguments import check_count, refusal

__all__ = ["BiasVariance", "bias_and_variance"]

type Array = NDArray[np.float64]
type Interval = tuple[float, float]

AT_ONCE = 1000  # resamples


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class BiasVariance:
    """Bias and variance of K outputs at the T samples of a cycle, and their averages.

    Averages are over samples and outputs, in the squared unit of the output.

    Attributes
    ----------
    mean : ndarray, shape (T, K)
        Mean output.
    squared_bias, variance, squared_bias_corrected : ndarray, shape (T, K)
        (1), (2) and (3).
    mean_squared_bias, mean_variance, mean_squared_bias_corrected : float
        Their averages.
    variance_to_bias : float
        Ratio of the averages of (2) and (1): above 1, variance dominates. Infinite without bias,
        nan without both.
    variance_to_bias_corrected : float
        The same with (3); infinite where that is not positive.
    mean_variance_interval, mean_squared_bias_corrected_interval : (float, float)
        Confidence intervals.
    variance_to_bias_corrected_interval : (float, float)
        Confidence interval; the upper end is infinite if no bias is seen.
    confidence : float
        Confidence of the intervals.
    n_repetitions : int
        Number of repetitions.
    """

    mean: Array
    squared_bias: Array
    variance: Array
    squared_bias_corrected: Array
    mean_squared_bias: float
    mean_variance: float
    mean_squared_bias_corrected: float
    variance_to_bias: float
    variance_to_bias_corrected: float
    mean_variance_interval: Interval
    mean_squared_bias_corrected_interval: Interval
    variance_to_bias_corrected_interval: Interval
    confidence: float
    n_repetitions: int

    def to_dataset(self) -> xr.Dataset:
        """Return all of it over `sample`, `output` and `bound` ('low', 'high')."""
        dims = {np.ndarray: ("sample", "output"), tuple: ("bound",), float: (), int: ()}
        data = {}
        for field in fields(self):
            value = getattr(self, field.name)
            squared = "bias" in field.name or "variance" in field.name
            unit = "squared unit of the output" if squared else "1"
            unit = "1" if "variance_to_bias" in field.name else unit
            unit = "unit of the output" if field.name == "mean" else unit
            data[field.name] = (dims[type(value)], np.array(value), {"units": unit})
        n_samples, n_outputs = self.mean.shape
        coordinates = {"sample": np.arange(n_samples), "output": np.arange(n_outputs)}
        return xr.Dataset(data, coords={**coordinates, "bound": ["low", "high"]})


def bias_and_variance(
    outputs: ArrayLike,
    target: ArrayLike,
    *,
    confidence: float = 0.95,
    n_resamples: int = 2000,
    seed: int = 0,
) -> BiasVariance:
    """Return the bias and variance of an output over its repetitions.

    Parameters
    ----------
    outputs : array_like, shape (n, T, K) or (n, T)
        At least two aligned repetitions, such as those of `aligned_repetitions`.
    target : array_like, shape (T, K) or (T,)
    confidence : float
        Confidence of the intervals, in (0, 1).
    n_resamples : int
        Resamples of the bootstrap over repetitions.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    BiasVariance

    Raises
    ------
    ValueError
        If there is one repetition only, shapes do not agree or values are not finite.

    Notes
    -----
    Intervals hold percentiles of the bootstrap. They exist for repetitions that are all the same,
    where those of BCa do not. In resamples of n repetitions, the variance is too small by 1/n of
    itself, and the squared bias too large by twice v/n, since the mean of a resample scatters
    about the sample's mean as that does about the truth: both are corrected.
    """
    owner = "bias_and_variance"
    z, x = _repetitions(owner, outputs, target)
    if not 0 < confidence < 1:
        raise ValueError(refusal("confidence", owner, "in (0, 1)", f"{confidence:g}"))
    n = len(z)
    mean = z.mean(axis=0)
    deviations = z - mean
    squared_bias = (mean - x) ** 2  # (1)
    variance = (deviations**2).sum(axis=0) / (n - 1)  # (2)
    corrected = squared_bias - variance / n  # (3)
    n_resamples = check_count("n_resamples", owner, n_resamples, 2)
    drawn = _bootstrap(mean - x, deviations, n_resamples, np.random.default_rng(seed))
    variance_interval, bias_interval, ratio_interval = (
        _percentiles(values, confidence) for values in (*drawn, _ratio(*drawn))
    )
    v, b, b_c = (float(values.mean()) for values in (variance, squared_bias, corrected))
    return BiasVariance(
        mean=mean,
        squared_bias=squared_bias,
        variance=variance,
        squared_bias_corrected=corrected,
        mean_squared_bias=b,
        mean_variance=v,
        mean_squared_bias_corrected=b_c,
        variance_to_bias=float(_ratio(v, b)),
        variance_to_bias_corrected=float(_ratio(v, b_c)),
        mean_variance_interval=variance_interval,
        mean_squared_bias_corrected_interval=bias_interval,
        variance_to_bias_corrected_interval=ratio_interval,
        confidence=float(confidence),
        n_repetitions=n,
    )


def _bootstrap(
    bias: Array, deviations: Array, n_resamples: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Resample repetitions: the mean variance and corrected mean squared bias of each resample.

    With w the part of each repetition in a resample, and averages < > over samples and outputs,
    the mean of a resample deviates by sum w_i d_i from that of the sample, so that

        <b²> = <b²> + 2 sum w_i <b d_i> + sum w_i w_j <d_i d_j>
        v    = sum w_i <d_i d_i> - sum w_i w_j <d_i d_j>

    needs no more than averages of products of two repetitions, whatever their length.
    """
    n = len(deviations)
    d = deviations.reshape(n, -1)
    products = d @ d.T / d.shape[1]
    with_bias = d @ bias.ravel() / d.shape[1]
    variances, squared_biases = np.empty(n_resamples), np.empty(n_resamples)
    for first in range(0, n_resamples, AT_ONCE):
        some = slice(first, min(first + AT_ONCE, n_resamples))
        w = rng.multinomial(n, np.full(n, 1 / n), size=some.stop - some.start) / n
        scatter = ((w @ products) * w).sum(axis=1)
        # one n - 1 is that of (2), the other since a resample repeats some repetitions
        variances[some] = (w @ products.diagonal() - scatter).clip(0) * (n / (n - 1)) ** 2
        squared_biases[some] = (bias**2).mean() + 2 * w @ with_bias + scatter
    return variances, squared_biases - 2 * variances / n


def _ratio(variance: ArrayLike, squared_bias: ArrayLike) -> Array:
    v, b = np.asarray(variance), np.clip(squared_bias, 0, None)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(v / b)


def _percentiles(values: Array, confidence: float) -> Interval:
    if np.isnan(values).any():
        return np.nan, np.nan
    # 'lower' and 'higher' take no mean of two infinite ratios, which would be nan
    low = np.quantile(values, (1 - confidence) / 2, method="lower")
    high = np.quantile(values, (1 + confidence) / 2, method="higher")
    return float(low), float(high)


def _repetitions(owner: str, outputs: ArrayLike, target: ArrayLike) -> tuple[Array, Array]:
    x = columns("target", owner, target)
    z = np.asarray(outputs, dtype=float)
    if z.ndim == 2:
        z = z[:, :, np.newaxis]
    if z.ndim != 3 or len(z) < 2 or z.shape[1:] != x.shape:
        allowed = f"at least two repetitions of the target, of shape (n, {len(x)}, {x.shape[1]})"
        raise ValueError(refusal("outputs", owner, allowed, f"shape {np.shape(outputs)}"))
    if not np.isfinite(z).all():
        n_lost = int(np.count_nonzero(~np.isfinite(z)))
        raise ValueError(refusal("outputs", owner, "finite", f"{n_lost} values that are not"))
    return z, x
