"""Verdicts: what a sweep says of a claim, by intervals over seeds."""

import dataclasses
from collections.abc import Iterable
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from scipy.stats import bootstrap

from brian_force.studies.claims import CLAIMS

__all__ = [
    "VERDICTS",
    "Finding",
    "Interval",
    "findings_table",
    "interval",
    "intervals",
    "judged",
    "overall",
    "place",
]

VERDICTS = ("holds", "does not hold", "not decided")
CONFIDENCE = 0.95
N_RESAMPLES = 9999
WORDS = {"n_neurons": "N", "learning_rate": "rate"}
UNITS = {"G": " mV/Hz", "Q": " mV", "learning_rate": " s^2", "slow": " s^2", "fast": " s^2"}


@dataclasses.dataclass(frozen=True)
class Interval:
    """A mean over seeds with its confidence interval.

    Parameters
    ----------
    mean, low, high : float
        Mean and the ends of the interval; nan where there is none.
    n : int
        Number of seeds that have a value.
    """

    mean: float
    low: float
    high: float
    n: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Finding:
    """One number that speaks for or against a claim.

    Parameters
    ----------
    claim : int
        Number of the claim.
    what : str
        What the number is.
    where : str
        Task, G, Q, number of neurons and learning rates at which it was found.
    interval : Interval
        The number, over seeds.
    bound : float
        What the claim asks of it.
    above : bool
        Whether it must lie above the bound.
    n_seeds : int
        Number of seeds tried.
    """

    claim: int
    what: str
    where: str
    interval: Interval
    bound: float
    above: bool
    n_seeds: int

    @property
    def verdict(self) -> str:
        """'holds' or 'does not hold' where the whole interval says so, else 'not decided'."""
        low, high = self.interval.low, self.interval.high
        if not self.above:
            low, high = -high, -low
        bound = self.bound if self.above else -self.bound
        if low > bound:
            return "holds"
        return "does not hold" if high < bound else "not decided"


def judged(
    claim: int,
    what: str,
    where: str,
    values: xr.DataArray,
    *,
    above: float | None = None,
    below: float | None = None,
) -> Finding:
    """Judge a number that each seed gives.

    Parameters
    ----------
    claim : int
        Number of the claim.
    what, where : str
        As in `Finding`.
    values : DataArray
        Over `seed`; a seed whose training diverged has none (nan).
    above, below : float
        What the claim asks of it; one of the two.
    """
    if (above is None) == (below is None):
        raise ValueError("One of 'above' and 'below' must be given.")
    if claim not in CLAIMS:
        raise ValueError(f"There is no claim {claim}.")
    bound = above if above is not None else below
    return Finding(
        claim=claim,
        what=what,
        where=where,
        interval=interval(values.to_numpy()),
        bound=float(bound),  # type: ignore[arg-type]
        above=above is not None,
        n_seeds=values.size,
    )


def interval(values: ArrayLike, n_resamples: int = N_RESAMPLES) -> Interval:
    """Return the mean over seeds and the percentiles of its bootstrap.

    Of three seeds there are ten different resamples, and the interval goes about from the smallest
    to the largest value; of one seed there is none. Values that are not finite do not count.
    """
    known = np.asarray(values, dtype=float).ravel()
    known = known[np.isfinite(known)]
    if len(known) == 0:
        return Interval(np.nan, np.nan, np.nan, 0)
    mean = float(known.mean())
    if len(known) == 1:
        return Interval(mean, np.nan, np.nan, 1)
    found = bootstrap(
        (known,),
        np.mean,
        confidence_level=CONFIDENCE,
        n_resamples=n_resamples,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return Interval(mean, float(found.low), float(found.high), len(known))


def intervals(values: xr.DataArray) -> xr.Dataset:
    """Return `mean`, `low` and `high` over `seed` of every point of a DataArray."""

    def ends(row: NDArray[Any]) -> NDArray[np.float64]:
        found = interval(row, 1999)
        return np.array([found.mean, found.low, found.high])

    found = xr.apply_ufunc(
        ends,
        values,
        input_core_dims=[["seed"]],
        output_core_dims=[["end"]],
        vectorize=True,
    )
    names = ("mean", "low", "high")
    return xr.Dataset({name: found.isel(end=k) for k, name in enumerate(names)})


def overall(findings: Iterable[Finding]) -> str:
    """Return the verdict of several findings on one claim.

    It holds where every one holds; it does not hold where one does not.
    """
    verdicts = {finding.verdict for finding in findings}
    for verdict in ("does not hold", "not decided", "holds"):
        if verdict in verdicts:
            return verdict
    return "not decided"


def place(found: xr.Dataset, **at: float) -> str:
    """Write where something was found: the settings of a sweep, and the chosen points."""
    names = ("n_neurons", "G", "Q", "learning_rate")
    known = {name: found.attrs[name] for name in names if name in found.attrs}
    parts = [str(found.attrs["task"])] if "task" in found.attrs else []
    for name, value in {**known, **at}.items():
        parts.append(f"{WORDS.get(name, name)} {value:g}{UNITS.get(name, '')}")
    return ", ".join(parts)


def findings_table(findings: Iterable[Finding]) -> xr.Dataset:
    """Return findings over `finding`, as a file holds them."""
    every = list(findings)
    columns: dict[str, list[Any]] = {
        "claim": [one.claim for one in every],
        "what": [one.what for one in every],
        "where": [one.where for one in every],
        "estimate": [one.interval.mean for one in every],
        "low": [one.interval.low for one in every],
        "high": [one.interval.high for one in every],
        "n_seeds": [one.interval.n for one in every],
        "bound": [one.bound for one in every],
        "side": ["above" if one.above else "below" for one in every],
        "verdict": [one.verdict for one in every],
    }
    return xr.Dataset({name: ("finding", np.array(values)) for name, values in columns.items()})
