"""The gain of every principal component, measured and expected."""

import numpy as np
import pytest

from brian_force.analysis.components import principal_components
from brian_force.analysis.decoders import ridge_decoders
from brian_force.analysis.learning_filter import (
    expected_gain,
    filter_gain,
    least_squares_decoders,
    projected_decoders,
)


@pytest.fixture
def target(rng, activity):
    return rng.normal(size=(len(activity), 2))


@pytest.fixture
def components(activity):
    return principal_components(activity)


def test_expected_gain():
    np.testing.assert_allclose(expected_gain([0.0, 2.0, 6.0], 0.5), [0, 0.5, 0.75])


def test_least_squares(activity, target, components):
    expected = np.linalg.lstsq(activity, target, rcond=None)[0]
    found = least_squares_decoders(activity, target, components)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_least_squares_of_fewer_samples_than_neurons(activity, target):
    r, x = activity[:5], target[:5]
    expected = np.linalg.lstsq(r, x, rcond=None)[0]
    found = least_squares_decoders(r, x, principal_components(r))
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("rate", [1e-7, 1e-4, 1e-1])
def test_ridge_has_the_expected_gain(activity, target, components, rate):
    learned = ridge_decoders(activity, target, rate)
    reference = least_squares_decoders(activity, target, components)
    measured = filter_gain(learned, reference, components)
    np.testing.assert_allclose(measured, expected_gain(components.eigenvalues, rate), rtol=1e-7)


def test_what_is_rounding_is_not_measured(rng, activity, target):
    r = np.column_stack([activity, activity[:, 0] + 1e-11 * rng.normal(size=60), activity[:, 1]])
    components = principal_components(r)
    reference = least_squares_decoders(r, target, components)
    measured = filter_gain(ridge_decoders(r, target, 1e-4), reference, components)
    assert np.isfinite(measured[:11]).all()
    assert np.isnan(measured[11:]).all()


def test_a_component_that_decodes_nothing_is_not_measured():
    components = principal_components(np.diag([3.0, 2.0, 1.0]))
    reference = np.array([1.0, 0.0, 1.0])
    np.testing.assert_allclose(
        filter_gain(reference / 2, reference, components), [0.5, np.nan, 0.5]
    )


def test_silence_has_no_gain():
    components = principal_components(np.zeros((4, 2)))
    assert np.isnan(filter_gain(np.zeros(2), np.zeros(2), components)).all()
    assert not least_squares_decoders(np.zeros((4, 2)), np.ones(4), components).any()


def test_projection(rng):
    basis = np.linalg.qr(rng.normal(size=(6, 4)))[0]
    along = rng.normal(size=(4, 2))
    np.testing.assert_allclose(projected_decoders(basis @ along, basis), along, atol=1e-12)
    assert projected_decoders(np.ones(6), basis).shape == (4, 1)
