"""Trials of activity and targets, in every form in which they come."""

import numpy as np
import pytest
from brian2 import Hz, mV

from brian_force.analysis.samples import activity_trials, gram, mean_trial, paired_trials

R = np.arange(24.0).reshape(2, 4, 3)
X = np.arange(8.0).reshape(2, 4, 1)


def pairs(r, target):
    return list(paired_trials("f", r, target))


@pytest.mark.parametrize("r", [R, list(R), tuple(R), (trial for trial in R), R * Hz])
def test_forms_of_trials(r):
    np.testing.assert_array_equal(list(activity_trials("f", r)), R)


def test_one_trial_is_not_copied():
    (only,) = activity_trials("f", R[0])
    assert np.shares_memory(only, R)


@pytest.mark.parametrize("target", [X, list(X), list(X[:, :, 0]), iter(X), X * mV / mV])
def test_forms_of_targets(target):
    found = pairs(R, target)
    np.testing.assert_array_equal([x for _, x in found], X)


@pytest.mark.parametrize("target", [X[0], X[0, :, 0], list(X[0, :, 0])])
def test_a_target_common_to_all_trials(target):
    found = pairs(R, target)
    np.testing.assert_array_equal([x for _, x in found], [X[0], X[0]])


def test_trials_may_differ_in_length():
    found = pairs([R[0], R[1, :2]], [X[0], X[1, :2]])
    assert [len(r) for r, _ in found] == [4, 2]


def test_sums_over_trials_are_those_of_all_samples():
    correlation, cross = gram(pairs(R, X))
    r, x = R.reshape(8, 3), X.reshape(8, 1)
    np.testing.assert_allclose(correlation, r.T @ r)
    np.testing.assert_allclose(cross, r.T @ x)


def test_mean_over_trials():
    r, x = mean_trial("f", pairs(R, X))
    np.testing.assert_array_equal(r, R.mean(axis=0))
    np.testing.assert_array_equal(x, X.mean(axis=0))
