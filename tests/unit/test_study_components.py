import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from brian_force.studies.study_components import STUDY, contrast, rise, shared_space


def filtered(learning_rate, gain=lambda expected: expected):
    """Return gains of components that are weaker and stronger than the rate's inverse."""
    strength = np.round(np.arange(-12, 13) / 3, 6)
    expected = xr.DataArray(1 / (1 + 10**-strength), {"strength": strength})
    data = {"force_gain": gain(expected), "expected_gain": expected}
    return xr.Dataset(data, {"strength": strength, "learning_rate": learning_rate})


def test_a_filter_passes_what_it_does():
    found = filtered(1e-6)
    assert contrast(found) > 0.95
    found["force_gain"][0] = 50  # one pool that could hardly be measured
    assert contrast(found) > 0.95


@pytest.mark.parametrize("gain", [0.0, 0.5, 1.0])
def test_a_gain_that_is_the_same_for_all_is_no_filter(gain):
    found = filtered(1e-6, lambda expected: expected * 0 + gain)
    assert contrast(found) == 0
    assert rise(found, found.assign_coords(strength=found["strength"])).isnull()


def test_no_contrast_where_all_passes():
    assert contrast(filtered(1e-6).sel(strength=slice(1, None))).isnull()


def test_what_lies_between_the_cut_offs_is_learned_when_learning_is_fast():
    slow = filtered(1e-6)
    fast = slow.assign(
        force_gain=slow["force_gain"] * 0 + 1, expected_gain=slow["force_gain"] * 0 + 1
    )
    assert rise(slow, fast) > 0.95
    assert rise(slow, fast.assign(force_gain=slow["force_gain"])) == 0


def test_what_passes_is_shared_beyond_chance():
    numbers = np.arange(1, 11)
    eigenvalues = np.where(numbers <= 4, 100.0, 0.01)
    found = xr.Dataset(
        {
            "eigenvalue": (("seed", "model", "component"), np.tile(eigenvalues, (2, 2, 1))),
            "overlap": (("seed", "n_components"), np.tile(1 - numbers / 100, (2, 1))),
            "correlation": ("seed", [0.5, np.nan]),
        },
        {"learning_rate": 1.0, "n_components": numbers},
    )
    shared = shared_space(found)
    assert_allclose(shared, [(0.96 - 0.4) / 0.6, np.nan])


def test_gains_that_are_no_filter(made_up, tiny):
    parts = made_up("components").parts
    found = parts["trials"]
    found["expected_gain"] = 1 / (1 + 10 ** -found["strength"]) + 0 * found["expected_gain"]
    found["force_gain"] = found["expected_gain"]
    verdicts = [finding.verdict for finding in STUDY.judge(parts, tiny)]
    assert verdicts[:6] == ["holds"] * 6
    found["force_gain"] = found["expected_gain"] * 0 + 1
    verdicts = [finding.verdict for finding in STUDY.judge(parts, tiny)]
    assert verdicts[:6] == ["does not hold"] * 6
