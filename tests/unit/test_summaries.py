"""Results as a few plain numbers."""

import numpy as np
import xarray as xr

from brian_force.commands.summaries import summary_of_recordings, summary_of_trials

SETTINGS = {"task": "sine", "n_neurons": 3, "seed": 1, "learning_rate": 1e-6}


def statistics(rates):
    data = {"cv": ("neuron", rates), "mean_rate": ((), 2.0)}
    return xr.Dataset(data, attrs=SETTINGS | {"n_trials": 2})


class Recorded:
    forced = None


def test_what_is_infinite_or_unknown_is_none():
    ratio = ("cycle", [np.inf, 0.5])
    zero = ("cycle", [0.0, 0.0])
    names = ("mean_squared_bias", "mean_variance", "drift", "n_repetitions")
    variability = xr.Dataset(
        {"variance_to_bias": ratio} | dict.fromkeys(names, zero), {"cycle": ["own", "target"]}
    )
    results = {"lif/statistics": statistics([np.nan, np.nan]), "lif/variability": variability}
    found = summary_of_recordings({"lif": Recorded()}, results)
    assert found["cv"] is found["variance_to_bias"] is None
    assert found["variance_to_bias_raw"] == 0.5
    assert found["mean_rate_hz"] == 2
    assert (found["model"], found["n_trials"], found["learning_rate"]) == ("lif", 0, 1e-6)


def test_two_networks_have_two_numbers_or_none():
    results = {f"{model}/statistics": statistics([1.0, 3.0]) for model in ("lif", "rate")}
    found = summary_of_recordings({"lif": Recorded(), "rate": Recorded()}, results)
    assert found["cv"] == {"lif": 2, "rate": 2}
    assert found["lv"] is found["drift"] is found["overlap"] is None


def test_spikes_of_others_have_the_same_keys():
    lif = {"lif/statistics": statistics([1.0, 3.0])}
    ours = summary_of_recordings({"lif": Recorded()}, lif)
    found = summary_of_trials(statistics([1.0, 3.0]))
    assert list(found) == list(ours)
    assert (found["n_neurons"], found["n_trials"], found["cv"]) == (2, 2, 2)
    assert found["task"] is found["error_held_out"] is None
