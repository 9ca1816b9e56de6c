"""Every kernel does what the reference does."""

import ctypes

import numpy as np
import pytest

from brian_force.learning import reference

# Relative to the largest entry. The sums of the kernels are in another order than those of the
# reference, and P loses some of its digits to the conditioning of the samples.
EXACT = 1e-10
# P in single precision: 24 bits, and rounding adds up over the updates.
SINGLE = 2e-4


def samples(n, k, steps=80, seed=1):
    rng = np.random.default_rng(seed)
    r = 20 * (1 + np.tanh(rng.normal(size=(steps, n))))
    return r, rng.normal(size=(steps, k))


# 8 rows at a time: fewer, as many, more, and several times as many
@pytest.mark.parametrize("n", [1, 5, 8, 13, 24])
@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("gain", ["posterior", "prior"])
@pytest.mark.parametrize("forgetting", [1.0, 0.99])
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_rls(agree, train_kernel, train_reference, n, k, gain, forgetting, precision):
    r, x = samples(n, k)
    rate = 1e-5 if gain == "prior" else 1e-4
    start = np.random.default_rng(2).normal(scale=1e-3, size=(n, k))
    decoders, P = train_kernel(r, x, rate, gain, forgetting, precision, start)
    expected, expected_P = train_reference(r, x, rate, gain, forgetting, decoders=start)
    note, tolerance = (", float32", SINGLE) if precision == "float32" else ("", EXACT)
    agree(f"decoders by RLS{note}", decoders, expected, tolerance)
    agree(f"P{note}", P, expected_P, tolerance)


def test_many_updates_in_single_precision(agree, train_kernel, train_reference):
    r, x = samples(16, 1, steps=4000)
    decoders, P = train_kernel(r, x, 1e-4, precision="float32")
    expected, expected_P = train_reference(r, x, 1e-4)
    agree("decoders by RLS, float32, 4000 updates", decoders, expected, 1e-2)
    agree("P, float32, 4000 updates", P, expected_P, 1e-2)
    assert np.linalg.eigvalsh(P).min() > 0


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_activity_that_is_not_finite(train_kernel, bad, precision):
    r, x = samples(13, 1)
    r[7, 3] = bad
    with pytest.raises(ArithmeticError):
        train_kernel(r, x, 1e-4, precision=precision)


def test_negative_gain(train_kernel):
    r, x = samples(5, 1)
    with pytest.raises(ArithmeticError):
        train_kernel(r, x, -1.0)


@pytest.mark.standalone
@pytest.mark.parametrize("number", [0.0, -1.0, 5e-324, 1.79e308, -1e308])
def test_numbers_that_are_finite(compiled_header, number):
    assert compiled_header.finite(ctypes.c_double(number)) == 1


@pytest.mark.standalone
@pytest.mark.parametrize("number", [np.inf, -np.inf, np.nan, -np.nan])
def test_numbers_that_are_not_finite(compiled_header, number):
    # compiled with -ffast-math, where std::isfinite may always say yes
    assert compiled_header.finite(ctypes.c_double(number)) == 0


# -- in a network, on each device: the reference gets the same r(t) and x(t) ----------------


def samples_within(window):
    """Samples inside a window in seconds, one for each step of the rule."""
    return slice(*(round(edge / 2.5e-3) for edge in window))


def replay(outcome, name, x, neurons=slice(None), window=(0.1, 0.4), start=None, **rule):
    r = outcome.r[samples_within(window), neurons]
    x = x[samples_within(window)]
    decoders = np.zeros((r.shape[1], x.shape[1])) if start is None else start.copy()
    P = rule.pop("learning_rate") * np.eye(r.shape[1])
    for now, goal in zip(r, x, strict=True):
        reference.rls_update(P, now, now @ decoders - goal, decoders, **rule)
    assert getattr(outcome, name).n_updates == len(r)
    return decoders, P


def sine(outcome, k=1):
    frequency = 5 * (1 + np.arange(k))
    return np.sin(2 * np.pi * np.outer(outcome.main.t, frequency))


def test_posterior_gain_in_a_network(agree, outcome_on):
    decoders, P = replay(outcome_on, "main", sine(outcome_on), learning_rate=1e-4)
    agree("decoders by RLS", outcome_on.main.decoders, decoders, EXACT)
    agree("P", outcome_on.main.P, P, EXACT)


def test_prior_gain_with_forgetting_and_three_outputs_on_a_subgroup(agree, outcome_on):
    decoders, P = replay(
        outcome_on,
        "part",
        outcome_on.three,
        slice(5, 18),
        window=(0, 0.5),
        start=outcome_on.start,
        learning_rate=1e-5,
        gain="prior",
        forgetting=0.999,
    )
    agree("decoders by RLS", outcome_on.part.decoders, decoders, EXACT)
    agree("P", outcome_on.part.P, P, EXACT)


def test_single_precision_in_a_network(agree, outcome_on):
    decoders, _ = replay(outcome_on, "single", sine(outcome_on), learning_rate=1e-4)
    agree("decoders by RLS, float32", outcome_on.single.decoders, decoders, SINGLE)


def test_lms_in_a_network(agree, outcome_on):
    window = samples_within((0.1, 0.4))
    decoders = np.zeros((21, 2))
    for r, x in zip(outcome_on.r[window], sine(outcome_on, 2)[window], strict=True):
        reference.lms_update(r, r @ decoders - x, decoders, 1e-6)
    agree("decoders by LMS", outcome_on.lms.decoders, decoders, EXACT)
