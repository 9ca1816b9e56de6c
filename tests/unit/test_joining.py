"""Outcomes joined to one Dataset."""

import numpy as np
import pytest
import xarray as xr
from brian2 import Hz, mV
from numpy.testing import assert_array_equal

from brian_force.studies.joining import joined
from brian_force.studies.outcomes import Failure, as_dataset
from brian_force.studies.spaces import space_of

FAILURE = Failure("ValueError: no")


@pytest.fixture
def frame():
    space = space_of({"Q": [5, 10, 20] * mV}, None, [1, 2])
    return space.frame(list("abcdef"), {"function": "f"})


def test_every_result_stands_at_its_parameters(frame):
    found = joined(frame, [as_dataset({"x": number}) for number in range(6)])
    assert found["x"].dims == ("Q", "seed")
    assert found["x"].sel(Q=10, seed=2).item() == 3
    assert found["x"].dtype == int
    assert found["Q"].attrs == {"units": "mV"}
    assert not found["failed"].any()
    assert "key" not in found
    assert found.attrs == {"function": "f", "n_jobs": 6, "n_finished": 6, "n_failed": 0}


def test_where_there_is_none(frame):
    result = as_dataset({"n": 3, "ok": True, "text": "word", "rates": [1, 2] * Hz})
    found = joined(frame, [result, FAILURE, None, result, None, FAILURE])
    there = [[True, False], [False, True], [False, False]]
    assert_array_equal(found["n"].notnull(), there)
    assert_array_equal(found["rates"].notnull().all("rates_axis"), there)
    assert_array_equal(found["text"] == "word", there)
    assert_array_equal(found["text"] == "", np.logical_not(there))
    assert found["ok"].dtype == float
    assert_array_equal(found["ok"] == 1, there)
    assert found["rates"].attrs == {"units": "Hz"}
    assert_array_equal(found["failed"], [[False, True], [False, False], [False, True]])
    assert found["failure"].sel(Q=20, seed=2).item() == "ValueError: no"
    assert found["failure"].sel(Q=5, seed=1).item() == ""
    assert (found.attrs["n_finished"], found.attrs["n_failed"]) == (2, 2)


@pytest.mark.parametrize("outcome", [None, FAILURE])
def test_without_any_result(frame, outcome):
    found = joined(frame, [outcome] * 6)
    assert set(found) == {"failed", "failure"}
    assert found["failed"].shape == (3, 2)
    assert found["failed"].all() == (outcome is FAILURE)


def test_results_with_coordinates_are_aligned(frame):
    def of(times):
        return as_dataset({"x": xr.DataArray(times, {"time": times}, ("time",))})

    found = joined(frame, [of([0.0, 1.0])] * 5 + [of([1.0, 2.0])])
    assert found["x"].dims == ("Q", "seed", "time")
    assert found["time"].values.tolist() == [0, 1, 2]
    assert_array_equal(found["x"].sel(Q=5, seed=1), [0, 1, np.nan])
    assert_array_equal(found["x"].sel(Q=20, seed=2), [np.nan, 1, 2])


def test_coordinates_stay_coordinates(frame):
    def of(number):
        x = xr.DataArray([1, 2], {"unit": ("time", [3, 4]), "start": number}, ("time",))
        return as_dataset({"x": x})

    found = joined(frame, [of(number) for number in range(6)])
    assert found["unit"].dims == ("time",)
    assert found["start"].dims == ("Q", "seed")
    assert set(found.coords) == {"Q", "seed", "unit", "start"}


def test_results_of_different_names(frame):
    found = joined(frame, [as_dataset({"x": 1})] * 3 + [as_dataset({"y": 2})] * 3)
    assert int(found["x"].notnull().sum()) == int(found["y"].notnull().sum()) == 3


def test_it_can_be_saved(frame, tmp_path):
    result = as_dataset({"n": 3, "ok": True, "text": "word", "rates": [1, 2] * Hz})
    found = joined(frame, [result, FAILURE, None, result, None, FAILURE])
    found.to_netcdf(tmp_path / "sweep.nc", engine="h5netcdf")
    with xr.open_dataset(tmp_path / "sweep.nc", engine="h5netcdf") as read:
        xr.testing.assert_equal(read.load(), found)
