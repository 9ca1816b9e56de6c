"""Samples of a space of parameters: random, Latin hypercube and Sobol."""

from collections.abc import Collection, Mapping
from numbers import Integral
from typing import Any

import numpy as np
from brian2 import DimensionMismatchError, Quantity, get_dimensions
from numpy.typing import NDArray
from scipy.stats import qmc

from brian_force.arguments import check_count, did_you_mean, refusal, shown

__all__ = ["latin_hypercube", "random_samples", "sobol"]

#: Lowest and highest value of a parameter.
type Bounds = Mapping[str, tuple[Any, Any]]


def random_samples(
    bounds: Bounds, n: int, *, log: Collection[str] = (), seed: int = 1
) -> list[dict[str, Any]]:
    """Draw independent samples, uniformly within bounds.

    Parameters
    ----------
    bounds : dict
        Lowest and highest value of every parameter, numbers or quantities. Two whole numbers give
        whole numbers, the highest among them.
    n : int
        Number of samples.
    log : collection of str
        Parameters whose logarithm is uniform.
    seed : int
        Fixes the samples.

    Returns
    -------
    list of dict
        The parameters of each sample, for `sweep`.

    Raises
    ------
    TypeError, ValueError, DimensionMismatchError
        If the arguments are not as described.

    Examples
    --------
    >>> from brian2 import mV, second
    >>> bounds = {'Q': (5*mV, 40*mV), 'learning_rate': (1e-8*second**2, 1e-4*second**2)}
    >>> samples = random_samples(bounds, 100, log=['learning_rate'])
    >>> list(samples[0])
    ['Q', 'learning_rate']
    """
    n = check_count("n", "random_samples", n)
    points = np.random.default_rng(seed).random((n, len(bounds)))
    return _scaled("random_samples", bounds, points, log)


def latin_hypercube(
    bounds: Bounds, n: int, *, log: Collection[str] = (), seed: int = 1
) -> list[dict[str, Any]]:
    """Draw samples of which each parameter has one in each of `n` equal intervals.

    Parameters, returns and errors are those of `random_samples`.
    """
    n = check_count("n", "latin_hypercube", n)
    points = qmc.LatinHypercube(len(bounds), rng=seed).random(n)
    return _scaled("latin_hypercube", bounds, points, log)


def sobol(
    bounds: Bounds, n: int, *, log: Collection[str] = (), seed: int = 1
) -> list[dict[str, Any]]:
    """Draw a scrambled Sobol sequence, which fills the space more evenly than chance.

    Parameters, returns and errors are those of `random_samples`; `n` is a power of 2, without which
    the sequence is not balanced.
    """
    n = check_count("n", "sobol", n)
    if n & (n - 1):
        raise ValueError(refusal("n", "sobol", "a power of 2", n, f"Take {1 << n.bit_length()}."))
    points = qmc.Sobol(len(bounds), rng=seed).random(n)
    return _scaled("sobol", bounds, points, log)


def _scaled(
    owner: str, bounds: Bounds, points: NDArray[np.float64], log: Collection[str]
) -> list[dict[str, Any]]:
    for name in log:
        if name not in bounds:
            remedy = did_you_mean(name, bounds)
            raise ValueError(refusal("log", owner, "names of 'bounds'", repr(name), remedy))
    columns = [
        _column(owner, name, ends, column, name in log)
        for (name, ends), column in zip(bounds.items(), points.T, strict=True)
    ]
    return [dict(zip(bounds, values, strict=True)) for values in zip(*columns, strict=True)]


def _column(
    owner: str, name: str, ends: tuple[Any, Any], points: NDArray[np.float64], log: bool
) -> list[Any]:
    """Return the values of one parameter at points between 0 and 1."""
    lowest, highest = _checked(owner, name, ends, log)
    whole = all(isinstance(end, Integral) for end in ends)
    # A whole number stands for the interval around it, so that the ends are as likely as others.
    low, high = (lowest - 0.5, highest + 0.5) if whole else (lowest, highest)
    values = low * (high / low) ** points if log else low + (high - low) * points
    if whole:
        return [int(value) for value in np.clip(np.round(values), lowest, highest)]
    dimensions = get_dimensions(ends[0])
    quantities = isinstance(ends[0], Quantity)
    return [Quantity(value, dim=dimensions) if quantities else float(value) for value in values]


def _checked(owner: str, name: str, ends: tuple[Any, Any], log: bool) -> tuple[float, float]:
    if len(ends) != 2:
        raise ValueError(refusal(name, owner, "two bounds", f"{len(ends)}"))
    if get_dimensions(ends[0]) is not get_dimensions(ends[1]):
        got = f"{shown(ends[0])} and {shown(ends[1])}"
        raise DimensionMismatchError(refusal(name, owner, "two bounds in one unit", got))
    lowest, highest = (float(end) for end in ends)
    if not -np.inf < lowest < highest < np.inf or (log and lowest <= 0):
        allowed = "two bounds, the lower first" + (", both above 0" if log else "")
        raise ValueError(refusal(name, owner, allowed, f"{shown(ends[0])} and {shown(ends[1])}"))
    return lowest, highest
