import numpy as np
import xarray as xr
from numpy.testing import assert_allclose

from brian_force.studies.study_components import STUDY, misfit, shared_space


def test_a_filter_as_expected_fits(made_up):
    found = made_up("components").parts["trials"]
    found["force_gain"] = found["expected_gain"] + 0.1
    found["force_gain"][{"strength": 0}] = 50  # one pool that could hardly be measured
    assert_allclose(misfit(found), 0.1)


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
    parts["trials"]["force_gain"] = parts["trials"]["expected_gain"] + 1
    verdicts = [finding.verdict for finding in STUDY.judge(parts, tiny)]
    assert verdicts[:4] == ["does not hold"] * 4
