"""Checks of arguments and their words."""

import numpy as np
import pytest
from brian2 import DimensionMismatchError, Hz, Quantity, ms, mV, second

from brian_force.arguments import (
    check_choice,
    check_count,
    check_known,
    check_quantity,
    did_you_mean,
    refusal,
)


def test_refusal():
    assert (
        refusal("p", "Thing", "at most 1", 2)
        == "The 'p' argument of Thing must be at most 1, but got 2."
    )
    assert refusal("p", "Thing", "at most 1", 2, "Lower it.").endswith("but got 2. Lower it.")


def test_did_you_mean():
    assert did_you_mean("decoder", ["z", "decoders"]) == (
        "Did you mean 'decoders'? Known: decoders, z."
    )
    assert did_you_mean("xyz", ["b", "a"]) == "Known: a, b."
    assert did_you_mean("xyz", []) == "Known: ."


def test_known():
    assert check_known("task", "train", "sine", {"sine": 3}) == 3
    with pytest.raises(ValueError, match="Did you mean 'sine'"):
        check_known("task", "train", "sin", {"sine": 3})


def test_choice():
    check_choice("gain", "RLS", "prior", ["posterior", "prior"])
    with pytest.raises(ValueError, match="'posterior' or 'prior', but got 3"):
        check_choice("gain", "RLS", 3, ["posterior", "prior"])


@pytest.mark.parametrize("value", [1, 7, np.int64(3), np.uint8(3)])
def test_count(value):
    count = check_count("n", "Thing", value)
    assert count == value
    assert type(count) is int


@pytest.mark.parametrize("value", [0, -1, 1.0, "1", None, True, np.array([1])])
def test_refused_count(value):
    with pytest.raises(ValueError, match="a whole number of at least 1"):
        check_count("n", "Thing", value)


def test_count_from_zero():
    assert check_count("n", "Thing", 0, least=0) == 0


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        (3 * mV, mV),
        (np.float32(3) * ms, second),
        (3, 1),
        (3 * Hz / Hz, 1),
        (Quantity(3, dim=Hz.dim), Hz.dim),
        (np.array(3.0) * ms, second),
    ],
)
def test_quantity(value, unit):
    checked = check_quantity("q", "Thing", value, unit)
    assert float(checked) == pytest.approx(float(value))
    assert getattr(checked, "shape", ()) == ()


def test_quantity_is_a_copy_that_cannot_change():
    value = 3 * ms
    checked = check_quantity("q", "Thing", value, second)
    value *= 2
    assert float(checked) == 0.003
    with pytest.raises(ValueError, match="read-only"):
        checked[...] = value


@pytest.mark.parametrize(
    ("value", "sign", "error", "message"),
    [
        (3, "any", DimensionMismatchError, "in units of second, but got 3"),
        (3 * mV, "any", DimensionMismatchError, "but got 0.003\\*volt. Write it in second"),
        (np.inf * ms, "any", ValueError, "one finite number"),
        (np.nan * ms, "positive", ValueError, "one finite number"),
        ([1, 2] * ms, "any", ValueError, "one finite number"),
        (0 * ms, "positive", ValueError, "one finite number, positive"),
        (-1 * ms, "not negative", ValueError, "one finite number, not negative"),
        ("3*ms", "any", TypeError, "a quantity in second"),
        (None, "any", TypeError, "a quantity in second"),
        (True, "any", TypeError, "a quantity in second"),
    ],
)
def test_refused_quantity(value, sign, error, message):
    with pytest.raises(error, match=message):
        check_quantity("q", "Thing", value, second, sign)


def test_zero_is_not_negative():
    assert check_quantity("q", "Thing", 0 * ms, second, "not negative") == 0 * ms


@pytest.mark.parametrize("value", [object(), [1, "a"], {}])
def test_quantity_of_things_that_are_no_number(value):
    with pytest.raises(TypeError):
        check_quantity("q", "Thing", value, 1)
