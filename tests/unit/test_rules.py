"""Rules describe; they are frozen, comparable and can be read."""

import dataclasses

import numpy as np
import pytest
from brian2 import DimensionMismatchError, ms, second

from brian_force.learning import LMS, RLS, PythonRule

RULES = [
    RLS(5e-6 * second**2),
    LMS(5e-6 * second**2),
    PythonRule(np.outer),
]


def difference(r, error, decoders):
    return -1e-6 * np.outer(r, error)


def test_defaults():
    rule = RLS(5e-6 * second**2)
    assert (rule.dt, rule.gain, rule.forgetting, rule.precision) == (
        None,
        "posterior",
        1,
        "float64",
    )
    assert LMS(5e-6 * second**2).dt is None
    assert PythonRule(np.outer).dt is None


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        (
            RLS(5e-6 * second**2, dt=2.5 * ms),
            "RLS(learning_rate=5e-06*second**2, dt=2.5*ms, gain='posterior', forgetting=1.0, "
            "precision='float64')",
        ),
        (
            RLS(3.0, gain="prior", forgetting=0.99, precision="float32"),
            "RLS(learning_rate=3.0, dt=None, gain='prior', forgetting=0.99, precision='float32')",
        ),
        (LMS(5e-6 * second**2, 1 * ms), "LMS(learning_rate=5e-06*second**2, dt=1*ms)"),
        (PythonRule(difference), "PythonRule(function=difference, dt=None)"),
    ],
)
def test_repr(rule, shown):
    assert repr(rule) == shown
    names = {"RLS": RLS, "LMS": LMS, "PythonRule": PythonRule, "difference": difference}
    assert eval(repr(rule), names | {"second": second, "ms": ms}) == rule


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_frozen(rule):
    name = dataclasses.fields(rule)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(rule, name, 1)


@pytest.mark.parametrize("make", [RLS, LMS])
def test_learning_rate_cannot_be_changed_from_outside(make):
    rate = 5e-6 * second**2
    rule = make(rate)
    rate *= 2
    assert float(rule.learning_rate) == 5e-6
    with pytest.raises(ValueError, match="read-only"):
        rule.learning_rate[...] = rate
    with pytest.raises(dataclasses.FrozenInstanceError):
        rule.learning_rate *= 2
    assert float(rule.learning_rate) == 5e-6


def test_equal_and_hashable():
    rules = {RLS(5e-6 * second**2, dt=1 * ms), RLS(5e-6 * second**2, 1 * ms), LMS(5e-6 * second**2)}
    assert len(rules) == 2
    assert RLS(5e-6 * second**2) == RLS(5e-6 * second**2)
    assert PythonRule(difference) == PythonRule(difference)
    assert hash(PythonRule(difference)) == hash(PythonRule(difference))


@pytest.mark.parametrize(
    "other",
    [
        RLS(4e-6 * second**2),
        RLS(5e-6 * second**2, dt=1 * ms),
        RLS(5e-6 * second**2, gain="prior"),
        RLS(5e-6 * second**2, forgetting=0.5),
        RLS(5e-6 * second**2, precision="float32"),
        LMS(5e-6 * second**2),
    ],
    ids=repr,
)
def test_different(other):
    assert RLS(5e-6 * second**2) != other


@pytest.mark.parametrize("make", [RLS, LMS])
@pytest.mark.parametrize(
    ("rate", "error"),
    [
        (0 * second**2, ValueError),
        (-1 * second**2, ValueError),
        (np.inf * second**2, ValueError),
        (np.nan * second**2, ValueError),
        ([1, 2] * second**2, ValueError),
        ("1e-6*second**2", TypeError),
        (None, TypeError),
        (True, TypeError),
    ],
)
def test_refused_learning_rate(make, rate, error):
    with pytest.raises(error, match=f"'learning_rate' argument of {make.__name__}"):
        make(rate)


@pytest.mark.parametrize(
    ("dt", "error"),
    [(0 * ms, ValueError), (-1 * ms, ValueError), (1, DimensionMismatchError), ("1*ms", TypeError)],
)
@pytest.mark.parametrize(
    "make",
    [
        lambda dt: RLS(1 * second**2, dt=dt),
        lambda dt: LMS(1 * second**2, dt=dt),
        lambda dt: PythonRule(np.outer, dt=dt),
    ],
)
def test_refused_dt(make, dt, error):
    with pytest.raises(error, match="'dt' argument"):
        make(dt)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"gain": "posteriori"}, ValueError, "'posterior' or 'prior', but got 'posteriori'"),
        ({"precision": "float16"}, ValueError, "'float64' or 'float32', but got 'float16'"),
        ({"forgetting": 0}, ValueError, "positive"),
        ({"forgetting": 1.01}, ValueError, "at most 1, but got 1.01"),
        ({"forgetting": 1 * ms}, DimensionMismatchError, "'forgetting' argument of RLS"),
    ],
)
def test_refused_options(options, error, message):
    with pytest.raises(error, match=message):
        RLS(1 * second**2, **options)


def test_python_rule_needs_a_function():
    with pytest.raises(TypeError, match=r"a function of \(r, error, decoders\), but got 3"):
        PythonRule(3)
