"""What FORCE learned in a recording, against ridge decoders of trials and of cross-trial rates."""

import numpy as np
import xarray as xr
from brian2 import second

from brian_force.analysis.cross_trial import decoder_comparison
from brian_force.analysis.recordings import Activity, activity, check_twins, described
from brian_force.arguments import refusal
from brian_force.experiment.recording import Recording
from brian_force.metrics import pearson_correlation

__all__ = ["compare_decoders"]

PART_HELD_OUT = 5  # every so manieth trial


def compare_decoders(lif: Recording, rate: Recording | None = None) -> xr.Dataset:
    """Compare FORCE's decoders of a spiking network with those of single trials and their means.

    Parameters
    ----------
    lif : Recording
        A spiking network with at least two test trials.
    rate : Recording, optional
        Its rate twin, with test trials.

    Returns
    -------
    xarray.Dataset
        That of `decoder_comparison`, at the recording's learning rate and with as many samples
        as FORCE had updates. A fifth of the trials, at least one, is held out: of ten trials,
        1, 2, 4 and 8 are averaged, in 8, 4, 2 and 1 groups. With the rate twin it has
        `rate_correlation` and `rate_error`, of ridge decoders of its r, and `twin_correlation`,
        of FORCE's decoders of both networks.

    Raises
    ------
    ValueError
        If there are not enough trials, or `rate` is not the twin.
    """
    owner = "compare_decoders"
    if lif.model != "lif":
        raise ValueError(refusal("lif", owner, "of a spiking network", f"of '{lif.model}'"))
    trials = activity(lif)
    if len(trials) < 2:
        allowed = "one with at least two test trials"
        raise ValueError(refusal("lif", owner, allowed, f"one with {len(trials)}"))
    found = decoder_comparison(
        np.asarray(lif.decoders),
        trials,
        _rates(lif, rate, trials),
        trials.target,
        float(lif.learning_rate / second**2),
        n_held_out=max(1, len(trials) // PART_HELD_OUT),
    )
    if rate is None:
        found = found.drop_vars(["rate_correlation", "rate_error"])
    else:
        twin = pearson_correlation(lif.decoders, rate.decoders)
        found["twin_correlation"] = ((), twin, {"units": "1"})
    return found.assign_attrs(described(lif), n_trials=len(trials))


def _rates(lif: Recording, rate: Recording | None, trials: Activity) -> np.ndarray:
    """Return r of the rate twin; a trial in its place if there is none, to be forgotten."""
    if rate is None:
        return trials.trial(0)
    check_twins(lif, rate, "compare_decoders")
    return activity(rate).trial(0)
