"""Gains of learned decoders along principal components, pooled over components of like strength."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

__all__ = ["STRENGTHS", "pooled_gains"]

#: The middle of each pool: the logarithm of eigenvalue times learning rate, in thirds of a decade.
#: At 0 half of a component is learned.
STRENGTHS = np.round(np.arange(-12, 25) / 3, 6)


def pooled_gains(found: xr.Dataset, learning_rate: float) -> xr.Dataset:
    """Pool the gains of one network.

    Parameters
    ----------
    found : Dataset
        Of `recording_components`, of one network.
    learning_rate : float
        Learning rate [s^2].

    Returns
    -------
    xarray.Dataset
        Over `strength`: `force_gain`, `ridge_gain` and `expected_gain`, nan for pools without
        components whose gain can be measured.

    Notes
    -----
    Of decoders a and those of least squares b along the components of a pool, the gain is the
    slope of all a against all b: the mean of single gains, weighted by b^2.
    """
    eigenvalues = found["eigenvalue"].to_numpy()
    weights = np.square(found["reference"].to_numpy()).sum(axis=1)
    measured = np.isfinite(found["force_gain"].to_numpy()) & (eigenvalues > 0)
    strength = np.log10(eigenvalues[measured] * learning_rate)
    pools = np.abs(strength[:, np.newaxis] - STRENGTHS).argmin(axis=1)
    inside = np.abs(strength - STRENGTHS[pools]) <= 1 / 6 + 1e-9
    gains = {}
    for name in ("force_gain", "ridge_gain", "expected_gain"):
        values = found[name].to_numpy()[measured]
        pooled = _means(values[inside], weights[measured][inside], pools[inside])
        gains[name] = ("strength", pooled, {"units": "1"})
    return xr.Dataset(gains, {"strength": STRENGTHS})


def _means(
    values: NDArray[np.float64], weights: NDArray[np.float64], pools: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return the weighted mean of each pool, nan for an empty one."""
    weight = np.bincount(pools, weights, len(STRENGTHS))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.bincount(pools, weights * values, len(STRENGTHS)) / weight)
