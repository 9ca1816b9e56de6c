"""Values as plain numbers in the units of the field."""

import numpy as np
import pytest
from brian2 import DimensionMismatchError, Hz, Quantity, amp, ms, mV, nS, ohm, second, volt
from numpy.testing import assert_array_equal

from brian_force import tasks
from brian_force.studies.coordinates import coordinate, in_unit, plain

UNITS = [
    (10 * mV, 10, "mV"),
    (0.04 * mV / Hz, 0.04, "mV/Hz"),
    (1e-6 * second**2, 1e-6, "s^2"),
    (5 * Hz, 5, "Hz"),
    (20 * ms, 0.02, "s"),
    (3 * nS, 3, "nS"),
    (7 * ohm, 7, "ohm"),
    (2.5, 2.5, "1"),
    (volt / mV, 1000, "1"),
    ([1, 2] * mV, [1, 2], "mV"),
]


@pytest.mark.parametrize(("quantity", "values", "unit"), UNITS)
def test_units(quantity, values, unit):
    found, name = in_unit(quantity)
    np.testing.assert_allclose(found, values, rtol=1e-15)
    assert name == unit


def test_text_has_no_unit():
    assert in_unit("text")[1] == "1"


def test_coordinates_are_what_users_wrote():
    values = [0.1, 1.1, 2.3, 3.3, 4.7, 5.5, 10, 25.4]
    found, attributes = coordinate("sweep", "Q", [value * mV for value in values])
    assert found.tolist() == values
    assert attributes == {"units": "mV"}


@pytest.mark.parametrize("values", [[1, 2], [0.5, 1.0], [True, False], [np.int64(3)]])
def test_numbers_stay_what_they_are(values):
    found, attributes = coordinate("sweep", "n", [plain(value) for value in values])
    assert_array_equal(found, values)
    assert found.dtype == np.asarray(values).dtype
    assert attributes == {}


def test_other_values_are_named():
    named = [tasks.sine(), tasks.pitchfork()]
    assert coordinate("sweep", "task", named)[0].tolist() == ["sine", "pitchfork"]
    assert coordinate("sweep", "kind", ["a", None])[0].tolist() == ["a", "None"]
    assert coordinate("sweep", "of", [np.sin, np.cos])[0].tolist() == ["sin", "cos"]


def test_values_of_the_same_name_are_numbered():
    assert coordinate("sweep", "task", [tasks.sine(), tasks.sine()])[0].tolist() == [0, 1]


def test_two_units_are_refused():
    message = r"^The 'Q' argument of sweep must be in one unit, but got 1 and volt.$"
    with pytest.raises(DimensionMismatchError, match=message):
        coordinate("sweep", "Q", [1 * mV, 2])
    with pytest.raises(DimensionMismatchError):
        coordinate("sweep", "Q", [1 * mV, 2 * amp])


@pytest.mark.parametrize("value", [np.float64(2), np.array(2.0), Quantity(2.0), np.int8(2)])
def test_plain_scalars(value):
    assert type(plain(value)) in (int, float)
    assert plain(value) == 2


def test_all_else_stays():
    for value in (3 * mV, np.arange(3), "text", None, [1]):
        assert plain(value) is value
