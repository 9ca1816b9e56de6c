import numpy as np
import xarray as xr
from numpy.testing import assert_allclose

from brian_force.studies.study_size import STUDY, regression


def test_lines_are_found():
    sizes = np.array([100, 200, 400])
    errors = np.stack([0.5 - 0.3 * sizes / 1000, 0.1 + 0 * sizes])
    values = xr.DataArray(errors, dims=("model", "n_neurons")).expand_dims(seed=3)
    found = regression(values.assign_coords(n_neurons=sizes))
    assert_allclose(found["slope"], [-0.3, 0], atol=1e-12)
    assert_allclose(found["intercept"], [0.5, 0.1])


def test_a_training_that_diverged_is_left_out():
    values = xr.DataArray([[1.0, np.nan], [2.0, 2.0]], dims=("n_neurons", "seed"))
    found = regression(values.assign_coords(n_neurons=[1000, 2000]))
    assert_allclose([found["slope"], found["intercept"]], [1, 0], atol=1e-12)


def test_one_size_makes_no_line():
    values = xr.DataArray([[1.0, 2.0]], dims=("n_neurons", "seed"))
    assert np.isnan(regression(values.assign_coords(n_neurons=[1000]))["slope"])


def test_both_networks_gain_alike(made_up, tiny):
    parts = made_up("size").parts
    found = parts["sizes"]
    fast = found["learning_rate"] == tiny.fast
    for error in ("learning", "free"):
        found[error] = found[error] * 0 + 0.1 - 0.09 * fast
    verdicts = [finding.verdict for finding in STUDY.judge(parts, tiny)]
    assert verdicts == ["does not hold", "holds", "does not hold"] * 2
