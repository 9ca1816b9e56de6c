"""What analysis found, as the few plain numbers of a table or of JSON."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from brian_force.commands.runs import Recordings

__all__ = ["summary_of_recordings", "summary_of_trials"]

#: Means over neurons: the key, and the variable.
STATISTICS = {"cv": "cv", "cv2": "cv2", "lv": "lv", "fano_factor": "fano_factor"}
#: Of the repetitions: the key, the variable, and how a cycle is read.
VARIABILITY = {
    "mean_squared_bias": ("mean_squared_bias", "own"),
    "mean_variance": ("mean_variance", "own"),
    "variance_to_bias": ("variance_to_bias", "own"),
    "variance_to_bias_raw": ("variance_to_bias", "target"),
    "drift": ("drift", "own"),
    "n_repetitions": ("n_repetitions", "own"),
}
#: Of the comparison of decoders: the key, the variable, and which entry, if it has several.
DECODERS = {
    "correlation_trial": ("correlation", 0),
    "correlation_mean": ("correlation", -1),
    "correlation_rate": ("rate_correlation", None),
    "error_trial": ("error", 0),
    "error_mean": ("error", -1),
    "error_rate": ("rate_error", None),
    "error_force": ("force_error", None),
    "n_averaged": ("n_averaged", -1),
}
OVERLAP_AT = 5  # components


def summary_of_recordings(
    recordings: Recordings, results: Mapping[str, xr.Dataset]
) -> dict[str, Any]:
    """Summarise recordings.

    Parameters
    ----------
    recordings : dict of str to Recording
        One recording by the name of its model, or two.
    results : mapping of str to Dataset
        What was found, by the names that `analyse` gives.

    Returns
    -------
    dict
        What has no value is None. Of two recordings, what each has is a dict of 'lif' and 'rate'.
    """
    models = list(recordings)
    statistics = {model: results[f"{model}/statistics"] for model in models}
    variability = {model: results.get(f"{model}/variability") for model in models}
    settings = statistics[models[0]].attrs
    trials = {m: 0 if r.forced is None else r.forced.n_trials for m, r in recordings.items()}
    components = results.get("components")
    each: dict[str, dict[str, Any]] = {
        "n_trials": trials,
        "mean_rate_hz": {m: _scalar(one, "mean_rate") for m, one in statistics.items()},
        **{k: {m: _mean(one, v) for m, one in statistics.items()} for k, v in STATISTICS.items()},
        "participation_ratio": {m: _of_model(components, m) for m in models},
        **{
            key: {m: _of_cycle(one, *where) for m, one in variability.items()}
            for key, where in VARIABILITY.items()
        },
    }
    decoders = results.get("decoders")
    return {
        "model": models[0] if len(models) == 1 else "both",
        **{name: settings[name] for name in ("task", "n_neurons", "seed", "learning_rate")},
        **{key: _joined(values) for key, values in each.items()},
        "decoder_correlation": _scalar(decoders, "twin_correlation"),
        **{key: _entry(decoders, *where) for key, where in DECODERS.items()},
        "overlap": _overlap(components),
        "error_held_out": None,
        "rms_held_out": None,
    }


def summary_of_trials(found: xr.Dataset) -> dict[str, Any]:
    """Summarise spikes of others, with the keys of `summary_of_recordings`."""
    known: dict[str, Any] = {
        "n_neurons": found.sizes["neuron"],
        "n_trials": found.attrs["n_trials"],
        "learning_rate": _scalar(found, "learning_rate"),
        "mean_rate_hz": _scalar(found, "mean_rate"),
        **{key: _mean(found, name) for key, name in STATISTICS.items()},
        "error_held_out": _mean(found, "normalised"),
        "rms_held_out": _mean(found, "rms"),
    }
    keys = [
        *("model", "task", "n_neurons", "seed", "learning_rate", "n_trials", "mean_rate_hz"),
        *(*STATISTICS, "participation_ratio", *VARIABILITY, "decoder_correlation", *DECODERS),
        *("overlap", "error_held_out", "rms_held_out"),
    ]
    return {key: known.get(key) for key in keys}


def _joined(values: dict[str, Any]) -> Any:
    """Return the only value, or those of both networks; None where neither has one."""
    if len(values) == 1:
        return next(iter(values.values()))
    return None if all(value is None for value in values.values()) else values


def _plain(value: Any) -> Any:
    """Return a finite number, whole if it is one of a count, or None."""
    number = np.asarray(value).item()
    return number if np.isfinite(number) else None


def _scalar(found: xr.Dataset | None, name: str) -> Any:
    return None if found is None or name not in found else _plain(found[name])


def _mean(found: xr.Dataset, name: str) -> Any:
    """Return the mean over what is known of a variable."""
    return None if name not in found else _plain(found[name].mean())


def _entry(found: xr.Dataset | None, name: str, index: int | None) -> Any:
    if index is None:
        return _scalar(found, name)
    return None if found is None else _plain(found[name][index])


def _of_cycle(found: xr.Dataset | None, name: str, cycle: str) -> Any:
    return None if found is None else _plain(found[name].sel(cycle=cycle))


def _of_model(components: xr.Dataset | None, model: str) -> Any:
    if components is None:
        return None
    return _plain(components["participation_ratio"].sel(model=model))


def _overlap(components: xr.Dataset | None) -> Any:
    """Return how far the first few components of both networks span the same space."""
    if components is None or "overlap" not in components:
        return None
    at = min(OVERLAP_AT, components.sizes["n_components"])
    return _plain(components["overlap"].sel(n_components=at))
