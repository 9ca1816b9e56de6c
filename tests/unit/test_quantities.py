"""Fields that hold one quantity, and the unit in which they write it."""

import dataclasses

import numpy as np
import pytest
from brian2 import DimensionMismatchError, Hz, Quantity, ms, mV, second, volt

from brian_force.quantities import UNITS, check_quantities, quantity, written


@dataclasses.dataclass(frozen=True, kw_only=True)
class Record:
    name: str = "x"
    G: Quantity = quantity("mV/Hz", "not negative", default=0.04)
    tau: Quantity = quantity("ms", "positive", default=10)
    period: Quantity | None = quantity("second", "positive", default=None)
    needed: Quantity = quantity("mV")

    def __post_init__(self):
        check_quantities(self)


def test_defaults_have_their_units():
    record = Record(needed=1 * volt)
    assert 0.04 * mV / Hz == record.G
    assert record.tau == 10 * ms
    assert record.period is None


def test_a_field_without_default_must_be_given():
    with pytest.raises(TypeError, match="'needed'"):
        Record()


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"G": 0.04}, DimensionMismatchError, "Write 0.04*mV/Hz."),
        ({"G": 4 * mV}, DimensionMismatchError, "Write it in mV/Hz."),
        ({"G": -1 * mV / Hz}, ValueError, "one finite number, not negative, but got -1*mV/Hz."),
        ({"tau": 0 * ms}, ValueError, "one finite number, positive, but got 0*ms."),
        ({"tau": None}, TypeError, "must be a quantity in ms, but got None."),
        ({"period": 0 * second}, ValueError, "one finite number, positive, but got 0*second."),
        ({"needed": np.nan * mV}, ValueError, "one finite number, but got nan*mV."),
        ({"needed": [1, 2] * mV}, ValueError, "must be one finite number"),
        ({"needed": "1 mV"}, TypeError, "must be a quantity in mV, but got '1 mV'."),
    ],
)
def test_a_wrong_value_is_refused_in_the_unit_of_its_field(given, error, message):
    with pytest.raises(error) as caught:
        Record(**{"needed": 1 * mV, **given})
    (name,) = given
    assert f"The '{name}' argument of Record must be " in str(caught.value)
    assert message in str(caught.value)


def test_values_are_copies_that_nobody_can_change():
    mine = Quantity(np.array(3e-3), dim=volt.dim)
    record = Record(needed=mine)
    mine[...] = 5 * mV
    assert record.needed == 3 * mV
    with pytest.raises(ValueError, match="read-only"):
        record.needed[...] = 5 * mV


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_is_what_its_name_says(unit):
    assert eval(unit, {"mV": mV, "Hz": Hz, "ms": ms, "second": second}) == UNITS[unit]


def test_a_record_is_written_as_the_call_that_makes_it():
    record = Record(needed=-65 * mV, G=0.1 / 3 * mV / Hz)
    assert written(record) == (
        "Record(name='x', G=0.0333333333333333*mV/Hz, tau=10*ms, period=None, needed=-65*mV)"
    )
