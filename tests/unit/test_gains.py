import numpy as np
import xarray as xr
from numpy.testing import assert_allclose

from brian_force.studies.gains import STRENGTHS, pooled_gains

RATE = 1e-5


def spectrum(gain, eigenvalues, reference):
    data = {
        "eigenvalue": ("component", eigenvalues),
        "reference": (("component", "output"), np.reshape(reference, (-1, 1))),
        **dict.fromkeys(("force_gain", "ridge_gain", "expected_gain"), ("component", gain)),
    }
    return xr.Dataset(data)


def test_the_filter_comes_out_as_it_is():
    eigenvalues = 10.0**STRENGTHS / RATE
    gain = eigenvalues / (eigenvalues + 1 / RATE)
    found = pooled_gains(spectrum(gain, eigenvalues, np.ones(len(gain))), RATE)
    assert_allclose(found["force_gain"], 1 / (1 + 10.0**-STRENGTHS))


def test_components_of_a_pool_count_by_the_square_of_their_decoders():
    found = pooled_gains(spectrum([0.0, 1.0], np.full(2, 1 / RATE), [1, 2]), RATE)
    assert_allclose(found["force_gain"].sel(strength=0), 0.8)


def test_pools_without_components_that_can_be_measured_have_no_gain():
    found = pooled_gains(spectrum([np.nan, 1.0], [1 / RATE, 10 / RATE], [1, 1]), RATE)
    assert np.isfinite(found["force_gain"]).sum() == 1
    assert float(found["force_gain"].sel(strength=1)) == 1
    assert np.isnan(found["force_gain"].sel(strength=0))
