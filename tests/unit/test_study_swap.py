import numpy as np
import xarray as xr

from brian_force.studies.study_swap import SPEEDS, STUDY, TASKS, best_point


def grid(free, correlation):
    """Return a grid of 2 G by 2 Q, both networks alike, of two seeds."""
    coordinates = {"G": [0.1, 0.2], "Q": [10.0, 20.0], "model": ["lif", "rate"]}
    errors = (
        xr.DataArray(np.array(free, float), dims=("G", "Q")).expand_dims(model=2, seed=2).copy()
    )
    correlations = xr.DataArray(np.array(correlation), dims=("G", "Q")).expand_dims(seed=2)
    return xr.Dataset({"free": errors, "correlation": correlations}, coordinates)


def test_the_most_correlated_pair_below_the_threshold():
    found = grid([[0.1, 0.2], [0.9, 0.2]], [[0.5, 0.6], [0.9, 0.7]])
    assert best_point(found) == (0.2, 20.0)


def test_both_errors_must_be_below():
    found = grid([[0.1, 0.2], [0.1, 0.2]], [[0.5, 0.6], [0.9, 0.7]])
    found["free"][{"model": 1, "G": 1}] = 0.5
    assert best_point(found) == (0.1, 20.0)


def test_a_seed_that_diverged_rules_a_point_out():
    found = grid([[0.1, 0.2], [0.1, 0.2]], [[0.5, 0.6], [0.9, 0.7]])
    found["free"][{"seed": 0, "G": 1, "Q": 0}] = np.nan
    assert best_point(found) == (0.2, 20.0)


def test_without_any_the_pair_of_least_error():
    found = grid([[0.8, 0.7], [0.9, np.nan]], [[0.9, 0.1], [0.9, 0.9]])
    assert best_point(found) == (0.1, 20.0)


def test_the_best_pairs_are_trained_again(made_up, tiny):
    parts = made_up("swap").parts
    assert set(parts) == {*TASKS, *(f"{task} {speed}" for task in TASKS for speed in SPEEDS)}
    following = STUDY.then(tiny, parts)
    assert {part.n_jobs for part in following} == {len(tiny.seeds)}


def test_the_drop_is_found_where_the_slow_pair_was(made_up, tiny):
    parts = made_up("swap").parts
    drops = [finding for finding in STUDY.judge(parts, tiny) if finding.claim == 4]
    slow = parts["sine slow"].attrs
    assert f"G {slow['G']:g} mV/Hz, Q {slow['Q']:g} mV" in drops[-1].where
