"""Findings that several studies make of pairs of networks."""

from collections.abc import Iterator

import numpy as np
import xarray as xr

from brian_force.studies.claims import DONE, FACTOR, HIGH, SHARP
from brian_force.studies.judging import Finding, judged

__all__ = [
    "ERRORS",
    "MODEL_WORDS",
    "convergence",
    "correlation_drop",
    "improvement",
    "log10",
    "swaps_when_fast",
    "swaps_when_slow",
    "swaps_worsen",
]

#: Errors in which claims are judged, and what a table calls them.
ERRORS = {"learning": "learning error", "free": "free-running error"}
MODEL_WORDS = {"lif": "spiking network", "rate": "rate network"}
OTHER = {"lif": "rate", "rate": "spiking"}


def log10(values: xr.DataArray) -> xr.DataArray:
    """Return the logarithm, which of nothing is -inf without a warning."""
    with np.errstate(divide="ignore"):
        found: xr.DataArray = xr.apply_ufunc(np.log10, values)
    return found


def convergence(found: xr.Dataset, where: str) -> Iterator[Finding]:
    """Claim 1 on a (Q, G) grid: how far the regions of both networks are the same."""
    for error, words in ERRORS.items():
        done = found[error] < DONE  # a training that diverged did not converge
        both, either = done.all("model").sum(("G", "Q")), done.any("model").sum(("G", "Q"))
        share = both / either.where(either > 0)
        yield judged(1, f"common part of the regions, {words}", where, share, above=0.5)


def swaps_when_slow(slow: xr.Dataset, where: str) -> Iterator[Finding]:
    """Claims 2 and 3: the correlation of decoders, and swaps both ways."""
    yield judged(2, "correlation of decoders", where, slow["correlation"], above=HIGH)
    for model, words in MODEL_WORDS.items():
        what = f"error of the {words} on {OTHER[model]} decoders{_speed(slow, model)}"
        yield judged(3, what, where, slow["swap"].sel(model=model), below=DONE)


def correlation_drop(slow: xr.Dataset, fast: xr.Dataset, where: str) -> Finding:
    """Claim 4: how much lower the correlation of decoders is after fast learning."""
    drop = slow["correlation"] - fast["correlation"]
    return judged(4, "drop of the correlation of decoders", where, drop, above=SHARP)


def swaps_when_fast(fast: xr.Dataset, where: str) -> Iterator[Finding]:
    """Claims 5 and 6: swaps that fail, and that of the rate network."""
    yield judged(5, "larger error of both swaps", where, _larger_swap(fast), above=DONE)
    what = f"error of the rate network on spiking decoders{_speed(fast, 'rate')}"
    yield judged(6, what, where, fast["swap"].sel(model="rate"), below=DONE)


def swaps_worsen(slow: xr.Dataset, fast: xr.Dataset, where: str) -> Finding:
    """Claim 5: how much worse the worse of both swaps is after fast learning."""
    rise = _larger_swap(fast) - _larger_swap(slow)
    return judged(5, "rise of the larger error of both swaps", where, rise, above=0.0)


def _larger_swap(found: xr.Dataset) -> xr.DataArray:
    return found["swap"].max("model", skipna=False)


def _speed(found: xr.Dataset, model: str) -> str:
    """Say how fast networks run on foreign decoders, which their error does not count."""
    speed = float(found["swap_speed"].sel(model=model).mean())
    return "" if np.isnan(speed) else f", {speed:.2f} times as fast"


def improvement(slow: xr.Dataset, fast: xr.Dataset, where: str) -> Iterator[Finding]:
    """Claim 7: by what factor, as a logarithm, fast learning lowers the error of each network.

    Over further dimensions, such as sizes of networks, the logarithm is averaged.
    """
    least = float(np.log10(FACTOR))
    for error, words in ERRORS.items():
        gain = log10(slow[error] / fast[error])
        gain = gain.mean([dim for dim in gain.dims if dim not in ("seed", "model")])
        for model, network in MODEL_WORDS.items():
            what = f"log10 of the fall of the {words}, {network}"
            side = {"above": least} if model == "rate" else {"below": least}
            yield judged(7, what, where, gain.sel(model=model), **side)
        more = gain.sel(model="rate") - gain.sel(model="lif")
        what = f"log10 of the fall of the {words}, rate less spiking network"
        yield judged(7, what, where, more, above=least)
