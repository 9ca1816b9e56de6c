"""Exact small cases of ridge regression and RLS over recorded samples."""

import numpy as np
import pytest
from brian2 import Hz, second

from brian_force.analysis.decoders import decode, decoding_error, ridge_decoders, rls_decoders
from brian_force.learning import reference

RATE = 1e-4


@pytest.fixture
def target(rng, activity):
    return rng.normal(size=(len(activity), 2))


@pytest.fixture
def trials(rng, activity):
    return activity + rng.normal(size=(4, *activity.shape))


def test_ridge_by_hand():
    np.testing.assert_allclose(ridge_decoders([[1.0], [2.0]] * np.ones(1), [3.0, 4.0], 0.5), 11 / 7)


@pytest.mark.parametrize("rate", [1e-8, 1e-4, 1.0])
def test_ridge_is_that_of_the_reference(activity, target, rate):
    expected = reference.ridge_decoders(activity, target, rate)
    np.testing.assert_allclose(ridge_decoders(activity, target, rate), expected, rtol=1e-7)


def test_units_are_taken_in_si(activity, target):
    with_units = ridge_decoders(activity * Hz, target, RATE * second**2)
    np.testing.assert_array_equal(with_units, ridge_decoders(activity, target, RATE))


def test_trials_are_longer_recordings(trials, target):
    stacked = ridge_decoders(np.concatenate(trials), np.tile(target, (4, 1)), RATE)
    np.testing.assert_allclose(ridge_decoders(trials, target, RATE), stacked, rtol=1e-9)


def test_a_target_for_every_trial(trials, target):
    targets = [k * target for k in range(4)]
    stacked = ridge_decoders(np.concatenate(trials), np.concatenate(targets), RATE)
    found = ridge_decoders(iter(trials), targets, RATE)
    np.testing.assert_allclose(found, stacked, rtol=1e-9)


def test_average_decodes_the_mean_trial(trials, target):
    expected = ridge_decoders(trials.mean(axis=0), target, RATE)
    found = ridge_decoders(iter(trials), target, RATE, average=True)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_silence_has_no_decoders():
    assert not ridge_decoders(np.zeros((5, 3)), np.ones(5), RATE).any()


@pytest.mark.parametrize("rate", [1e-7, 1e-4, 1e-2])
def test_rls_reaches_ridge(trials, target, rate):
    expected = ridge_decoders(trials, target, rate)
    found = rls_decoders(trials, target, rate)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9 * np.abs(expected).max())


def test_rls_learns_as_the_kernels_do(activity, target, train_kernel):
    options = {"gain": "prior", "forgetting": 0.99}
    expected, _ = train_kernel(activity, target, RATE, **options)
    found = rls_decoders(activity, target, RATE, **options)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10 * np.abs(expected).max())


def test_forgetting_weighs_the_last_samples_most(activity, target):
    forgetting = 0.9
    left = np.sqrt(forgetting ** np.arange(len(activity))[::-1])[:, np.newaxis]
    # the penalty is forgotten too
    rate = RATE / forgetting ** len(activity)
    expected = ridge_decoders(left * activity, left * target, rate)
    found = rls_decoders(activity, target, RATE, forgetting=forgetting)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-7 * np.abs(expected).max())


def test_decode(activity):
    phi = np.arange(11.0)
    np.testing.assert_allclose(decode(activity, phi), (activity @ phi)[:, np.newaxis])
    assert decode(activity * Hz, np.ones((11, 3)) / Hz).shape == (60, 3)


def test_decoding_error_by_hand():
    r, x = np.array([[1.0], [2.0]]), np.array([1.0, 4.0])
    error = decoding_error(r, x, [1.0])
    assert error.rms == pytest.approx(np.sqrt(2))
    assert error.normalised == pytest.approx(2 / np.sqrt(17))
    assert decoding_error([r, r], [x, 2 * r], [1.0]).rms == pytest.approx(np.sqrt(9 / 4))


def test_error_of_a_target_that_is_zero(activity):
    error = decoding_error(activity, np.zeros(60), np.zeros(11))
    assert error.rms == 0
    assert np.isnan(error.normalised)
