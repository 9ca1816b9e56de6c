"""The reference in NumPy against numbers worked out by hand."""

import numpy as np
import pytest

from brian_force.learning.reference import lms_update, ridge_decoders, rls_update, shrinkage


def one_update(**options):
    """r = (1, 2), P = 1/5 of the identity: g = (0.2, 0.4), r'Pr = 1."""
    P, decoders = 0.2 * np.eye(2), np.zeros((2, 1))
    rls_update(P, np.array([1.0, 2.0]), np.array([-1.0]), decoders, **options)
    return P, decoders


def test_posterior_gain():
    P, decoders = one_update()
    np.testing.assert_allclose(decoders, [[0.1], [0.2]])
    np.testing.assert_allclose(P, [[0.18, -0.04], [-0.04, 0.12]])


def test_prior_gain():
    P, decoders = one_update(gain="prior")
    np.testing.assert_allclose(decoders, [[0.2], [0.4]])
    np.testing.assert_allclose(P, [[0.18, -0.04], [-0.04, 0.12]])


def test_forgetting():
    P, decoders = one_update(forgetting=0.6)
    np.testing.assert_allclose(decoders, [[0.125], [0.25]])
    np.testing.assert_allclose(P, np.array([[0.175, -0.05], [-0.05, 0.1]]) / 0.6)


def test_two_outputs():
    P, decoders = 0.2 * np.eye(2), np.zeros((2, 2))
    rls_update(P, np.array([1.0, 2.0]), np.array([-1.0, 3.0]), decoders)
    np.testing.assert_allclose(decoders, [[0.1, -0.3], [0.2, -0.6]])


@pytest.mark.parametrize("gain", [np.nan, np.inf, -1.0])
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_refused_gain(gain):
    P, decoders = np.diag([gain, gain]), np.zeros((2, 1))
    with pytest.raises(ArithmeticError, match="must be positive"):
        rls_update(P, np.ones(2), np.ones(1), decoders)
    assert np.all(decoders == 0)


def test_lms():
    decoders = np.zeros((2, 2))
    lms_update(np.array([1.0, 2.0]), np.array([-1.0, 3.0]), decoders, 0.1)
    np.testing.assert_allclose(decoders, [[0.1, -0.3], [0.2, -0.6]])


def test_ridge():
    r, x = np.array([[1.0], [2.0]]), np.array([[3.0], [4.0]])
    np.testing.assert_allclose(ridge_decoders(r, x, 0.5), [[11 / 7]])


def test_shrinkage():
    np.testing.assert_allclose(shrinkage(np.array([0.0, 2.0, 6.0]), 0.5), [0, 0.5, 0.75])
