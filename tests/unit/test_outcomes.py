"""What a function may return, and what becomes of its errors."""

import pickle

import numpy as np
import pytest
import xarray as xr
from brian2 import Hz, mV
from numpy.testing import assert_array_equal

from brian_force.studies.outcomes import Failure, as_dataset, attempt


def test_a_dict_of_anything():
    labelled = xr.DataArray([1.0, 2], {"time": [0, 1]}, ("time",), attrs={"units": "Hz"})
    result = {
        "number": 1,
        "quantity": 3 * mV,
        "rates": [1, 2, 3] * Hz,
        "matrix": np.eye(2),
        "text": "words",
        "labelled": labelled,
    }
    found = as_dataset(result)
    assert found["number"].item() == 1
    assert found["quantity"].attrs == {"units": "mV"}
    assert found["rates"].dims == ("rates_axis",)
    assert found["matrix"].dims == ("matrix_axis_0", "matrix_axis_1")
    assert found["text"].item() == "words"
    xr.testing.assert_identical(found["labelled"], labelled.rename("labelled"))


def test_objects_of_xarray():
    array = xr.DataArray([1.0, 2], dims="time")
    assert list(as_dataset(array)) == ["result"]
    assert list(as_dataset(array.rename("rate"))) == ["rate"]
    dataset = xr.Dataset({"rate": array})
    assert as_dataset(dataset) is dataset


@pytest.mark.parametrize("result", [3, None, [1, 2], np.eye(2), 3 * mV])
def test_other_results_are_refused(result):
    message = r"^The function of a sweep must return a dict .*Write return {'result': ...}\.$"
    with pytest.raises(TypeError, match=message):
        as_dataset(result)


@pytest.mark.parametrize("name", ["seed", "Q", 3])
def test_names_of_the_sweep_are_refused(name):
    with pytest.raises(ValueError, match=f"^The name {name!r} cannot be one of a result"):
        as_dataset({name: 1}, reserved=["Q", "seed"])
    with pytest.raises(ValueError, match="cannot be one"):
        as_dataset({"x": xr.Variable((name,), [1, 2])}, reserved=["Q", "seed"])


@pytest.mark.parametrize("value", [None, object(), np.array([1, None], dtype=object)])
def test_objects_are_refused(value):
    with pytest.raises(TypeError, match=r"^The result 'x' must be numbers or text"):
        as_dataset({"x": value})


def test_an_error_becomes_a_failure():
    def fail(x):
        raise ValueError(f"no\n{x}")

    failure = attempt(fail, {"x": 3}, [])
    assert failure.reason == "ValueError: no 3"
    assert "in fail" in failure.traceback
    assert pickle.loads(pickle.dumps(failure)) == failure


def test_leaving_python_is_a_failure_but_an_interruption_is_not():
    def leave(how):
        raise how

    assert attempt(leave, {"how": SystemExit(3)}, []) == attempt(leave, {"how": SystemExit(3)}, [])
    assert attempt(leave, {"how": SystemExit(3)}, []).reason == "SystemExit: 3"
    with pytest.raises(KeyboardInterrupt):
        attempt(leave, {"how": KeyboardInterrupt()}, [])


def test_a_result_of_no_use_is_a_failure():
    assert isinstance(attempt(dict, {"Q": 1}, ["Q"]), Failure)
    assert_array_equal(attempt(dict, {"x": 1}, ["Q"])["x"], 1)
