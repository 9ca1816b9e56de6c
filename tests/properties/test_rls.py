"""The exact laws of recursive least squares, for the reference and for each kernel."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brian_force.learning import reference

# The laws are exact; what remains is rounding, times the condition number of P (at most about
# 1e5 for the samples drawn here).
ROUNDING = 1e-9

kernels = settings(max_examples=40, deadline=None)


@st.composite
def problems(draw):
    """Samples r (T, N) and x (T, K), some of them silent, and a learning rate."""
    n, k, steps = (draw(st.integers(1, top)) for top in (10, 3, 20))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    r = rng.uniform(-2, 2, (steps, n)) * (rng.random((steps, 1)) < 0.9)
    x = rng.uniform(-2, 2, (steps, k))
    return r, x, draw(st.floats(1e-3, 10))


def assert_close(value, expected, tolerance=ROUNDING):
    scale = max(np.max(np.abs(expected)), 1e-3)
    np.testing.assert_allclose(value, expected, rtol=0, atol=tolerance * scale)


@kernels
@given(problem=problems())
def test_posterior_gain_gives_the_ridge_solution(train_rls, problem):
    r, x, rate = problem
    decoders, _ = train_rls(r, x, rate)
    assert_close(decoders, reference.ridge_decoders(r, x, rate))


@kernels
@given(problem=problems(), gain=st.sampled_from(["posterior", "prior"]))
def test_P_is_the_inverse_of_the_regularised_correlation(train_rls, problem, gain):
    r, x, rate = problem
    _, P = train_rls(r, x, rate, gain)
    assert_close(P, np.linalg.inv(r.T @ r + np.eye(r.shape[1]) / rate))


@kernels
@given(problem=problems(), forgetting=st.floats(0.8, 1))
def test_forgetting_weighs_samples_by_their_age(train_rls, problem, forgetting):
    r, x, rate = problem
    decoders, P = train_rls(r, x, rate, forgetting=forgetting)
    weight = forgetting ** np.arange(len(r))[::-1, np.newaxis]
    penalty = forgetting ** len(r) * np.eye(r.shape[1]) / rate
    inverse = np.linalg.inv((weight * r).T @ r + penalty)
    assert_close(P, inverse)
    assert_close(decoders, inverse @ (weight * r).T @ x)


@kernels
@given(
    problem=problems(),
    gain=st.sampled_from(["posterior", "prior"]),
    forgetting=st.floats(0.9, 1),
    precision=st.sampled_from(["float64", "float32"]),
)
def test_P_is_symmetric_and_positive_definite(train_rls, problem, gain, forgetting, precision):
    r, x, rate = problem
    _, P = train_rls(r, x, rate, gain, forgetting, precision)
    rounding = np.finfo(precision).eps * np.max(np.abs(P))
    np.testing.assert_allclose(P, P.T, rtol=0, atol=10 * rounding)
    assert np.linalg.eigvalsh(P).min() > 0


@kernels
@given(
    problem=problems(), factor=st.floats(1e-3, 1e3), gain=st.sampled_from(["posterior", "prior"])
)
def test_scaling(train_rls, problem, factor, gain):
    r, x, rate = problem
    decoders, P = train_rls(r, x, rate, gain)
    scaled, scaled_P = train_rls(factor * r, x, rate / factor**2, gain)
    assert_close(factor * scaled, decoders)
    assert_close(factor**2 * scaled_P, P)


@kernels
@given(problem=problems(), gain=st.sampled_from(["posterior", "prior"]), data=st.data())
def test_permutation(train_rls, problem, gain, data):
    r, x, rate = problem
    order = data.draw(st.permutations(range(r.shape[1])))
    decoders, P = train_rls(r, x, rate, gain)
    permuted, permuted_P = train_rls(r[:, order], x, rate, gain)
    assert_close(permuted, decoders[order])
    assert_close(permuted_P, P[np.ix_(order, order)])


@kernels
@given(n=st.integers(1, 20), steps=st.integers(1, 50), rate=st.floats(1e-3, 1e3))
def test_constant_input(train_rls, n, steps, rate):
    decoders, _ = train_rls(np.ones((steps, n)), np.ones((steps, 1)), rate)
    assert_close(decoders, np.full((n, 1), 1 / (n + 1 / (steps * rate))))


@kernels
@given(problem=problems(), gain=st.sampled_from(["posterior", "prior"]))
def test_silence_changes_nothing(train_rls, problem, gain):
    r, x, rate = problem
    start = np.ones((r.shape[1], x.shape[1]))
    decoders, P = train_rls(0 * r, x, rate, gain, decoders=start)
    np.testing.assert_array_equal(decoders, start)
    assert_close(P, rate * np.eye(r.shape[1]), 1e-15)


@kernels
@given(problem=problems(), gain=st.sampled_from(["posterior", "prior"]))
def test_silence_after_learning_changes_nothing(train_rls, problem, gain):
    r, x, rate = problem
    decoders, P = train_rls(r, x, rate, gain)
    pause = np.zeros_like(r)
    later, later_P = train_rls(np.concatenate([r, pause]), np.concatenate([x, x]), rate, gain)
    np.testing.assert_array_equal(later, decoders)
    assert_close(later_P, P, 1e-14)


@kernels
@given(problem=problems())
def test_error_after_one_update(train_rls, problem):
    r, x, rate = problem
    first, goal = r[:1], x[:1]
    rPr = rate * (first @ first.T).item()
    posterior, _ = train_rls(first, goal, rate)
    prior, _ = train_rls(first, goal, rate, "prior")
    assert_close(first @ posterior - goal, -goal / (1 + rPr))
    assert_close(first @ prior - goal, -goal * (1 - rPr), ROUNDING * (1 + rPr))


@kernels
@given(problem=problems(), gain=st.sampled_from(["posterior", "prior"]))
def test_outputs_learn_independently(train_rls, problem, gain):
    r, x, rate = problem
    together, _ = train_rls(r, x, rate, gain)
    for j in range(x.shape[1]):
        alone, _ = train_rls(r, x[:, j : j + 1], rate, gain)
        assert_close(together[:, j : j + 1], alone)


def test_reference_refuses_a_P_that_is_not_positive():
    P, decoders = -np.eye(2), np.zeros((2, 1))
    with pytest.raises(ArithmeticError, match="must be positive, but is -1"):
        reference.rls_update(P, np.ones(2), np.ones(1), decoders)
