"""Parameters of a sweep: every combination once, in the order of the axes."""

import numpy as np
import pytest
from brian2 import DimensionMismatchError, mV

from brian_force.studies.spaces import space_of


def test_a_grid_is_a_product():
    space = space_of({"Q": [5, 10] * mV, "n": [1, 2, 3]}, None, [7, 8])
    assert space.axes == {"Q": 2, "n": 3, "seed": 2}
    assert len(space.calls) == 12
    assert space.calls[0] == {"Q": 5 * mV, "n": 1, "seed": 7}
    assert space.calls[1] == {"Q": 5 * mV, "n": 1, "seed": 8}
    assert space.calls[-1] == {"Q": 10 * mV, "n": 3, "seed": 8}
    frame = space.frame([str(k) for k in range(12)], {"function": "f"})
    assert frame["key"].sel(Q=10, n=2, seed=7).item() == "8"
    assert frame["Q"].attrs == {"units": "mV"}
    assert frame.attrs == {"function": "f"}


def test_samples_lie_along_one_axis():
    samples = [{"Q": 5 * mV, "n": 1}, {"n": 1, "Q": 6 * mV}]
    space = space_of(None, samples, [1])
    assert space.axes == {"sample": 2, "seed": 1}
    frame = space.frame(["a", "b"], {})
    assert frame["Q"].dims == ("sample",)
    assert frame["Q"].values.tolist() == [5, 6]
    assert frame["n"].values.tolist() == [1, 1]


def test_without_seeds():
    space = space_of({"n": range(3)}, None, None)
    assert space.axes == {"n": 3}
    assert space.calls == [{"n": 0}, {"n": 1}, {"n": 2}]


def test_seeds_alone():
    assert space_of(None, None, range(3)).calls == [{"seed": 0}, {"seed": 1}, {"seed": 2}]


def test_values_are_plain():
    (call,) = space_of({"x": np.array([0.5])}, None, None).calls
    assert type(call["x"]) is float


def test_names_of_the_axes_are_those_of_no_result():
    names = space_of(None, [{"Q": 5 * mV}], [1]).names
    assert set(names) == {"Q", "sample", "seed", "failed", "failure", "key"}


REFUSED = [
    ({"x": []}, None, [1], "'x' argument of sweep must be one or more values, all different"),
    ({"x": [1, 1]}, None, [1], "but got 2 values, 1 of them different"),
    ({"x": [1]}, None, [], "'seeds' argument of sweep must be one or more"),
    ({"x": [1]}, None, [1, 1], "'seeds' argument"),
    ({"x": [1]}, None, [1.5], "must be a whole number of at least 0, but got 1.5"),
    ({"seed": [1]}, None, None, r"but got 'seed'\. Write seeds="),
    ({"failed": [1]}, None, None, "but got 'failed'"),
    ({3: [1]}, None, None, "but got 3"),
    ({"x": [1]}, [{"x": 1}], [1], "'samples' argument of sweep must be left out where"),
    (None, [], [1], "'samples' argument of sweep must be at least one, but got none"),
    (None, [{"x": 1}, {"y": 1}], [1], "must be of the parameters x each, but got y"),
    (None, [{"sample": 1}], [1], "but got 'sample'"),
]


@pytest.mark.parametrize(("grid", "samples", "seeds", "message"), REFUSED)
def test_what_is_refused(grid, samples, seeds, message):
    with pytest.raises(ValueError, match=message):
        space_of(grid, samples, seeds)


def test_one_value_is_no_axis():
    message = (
        r"^The 'Q' argument of sweep must be several values, but got 0\.005\*volt\. Give it as"
    )
    with pytest.raises(TypeError, match=message):
        space_of({"Q": 5 * mV}, None, [1])


def test_two_units_are_refused():
    with pytest.raises(DimensionMismatchError, match="'Q' argument of sweep must be in one unit"):
        space_of(None, [{"Q": 1 * mV}, {"Q": 1}], [1])
