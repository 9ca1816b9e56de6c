"""Exact small cases of principal components and of spaces that two networks share."""

import numpy as np
import pytest

from brian_force.analysis.components import (
    basis_alignment,
    participation_ratio,
    principal_components,
)


def turned(angle):
    """Return the axes of 3-space, the plane of the first and the last turned."""
    basis = np.eye(3)
    basis[[0, 2, 0, 2], [0, 0, 2, 2]] = np.cos(angle), np.sin(angle), -np.sin(angle), np.cos(angle)
    return basis


def test_components_by_hand():
    found = principal_components(np.array([[3.0, 0.0], [0.0, -1.0], [3.0, 0.0]]))
    np.testing.assert_allclose(found.eigenvalues, [18, 1])  # a sum, not a mean
    np.testing.assert_allclose(found.basis, np.eye(2))  # the largest entry is positive
    np.testing.assert_allclose(found.explained_variance, [18 / 19, 1 / 19])
    assert (found.n_samples, found.rank) == (3, 2)


def test_components_give_the_correlation_back(activity):
    found = principal_components(activity)
    back = found.basis * found.eigenvalues @ found.basis.T
    np.testing.assert_allclose(back, activity.T @ activity, rtol=1e-10)
    assert (np.diff(found.eigenvalues) <= 0).all()
    np.testing.assert_allclose(found.basis.T @ found.basis, np.eye(11), atol=1e-12)


def test_trials_are_longer_recordings(activity):
    parts, whole = principal_components([activity[:20], activity[20:]]), activity
    np.testing.assert_allclose(parts.eigenvalues, principal_components(whole).eigenvalues)
    assert parts.n_samples == 60


def test_centred_components_are_those_of_the_covariance(activity):
    found = principal_components(activity, centred=True)
    expected = np.linalg.eigvalsh(59 * np.cov(activity.T))[::-1]
    np.testing.assert_allclose(found.eigenvalues, expected, rtol=1e-8)


def test_fewer_samples_than_neurons(activity):
    found = principal_components(activity[:5])
    assert found.rank == 5
    assert (found.eigenvalues >= 0).all()


def test_silence():
    found = principal_components(np.zeros((4, 2)))
    assert found.rank == 0
    assert np.isnan(found.explained_variance).all()
    assert np.isnan(participation_ratio(found.eigenvalues))


def test_spectrum(activity):
    spectrum = principal_components(activity).spectrum()
    assert spectrum.eigenvalue.attrs["units"] == "Hz^2"
    assert list(spectrum.component[:2]) == [1, 2]
    assert float(spectrum.cumulated_variance[-1]) == pytest.approx(1)


@pytest.mark.parametrize(
    ("eigenvalues", "expected"), [([2, 2, 2], 3), ([5, 0, 0], 1), ([3, 1], 1.6)]
)
def test_participation_ratio(eigenvalues, expected):
    assert participation_ratio(eigenvalues) == pytest.approx(expected)


def test_a_space_is_its_own():
    found = basis_alignment(np.eye(5), np.eye(5)[:, [1, 0, 2]], 3)
    np.testing.assert_allclose(found.overlap, [0, 1, 1])
    np.testing.assert_allclose(found.chance, [0.2, 0.4, 0.6])
    np.testing.assert_allclose(found.principal_angle, 0, atol=1e-12)


@pytest.mark.parametrize("angle", [1e-9, 0.3, np.pi / 2])
def test_a_turned_plane(angle):
    found = basis_alignment(np.eye(3), turned(angle), 2)
    cosine = np.cos(angle) ** 2
    np.testing.assert_allclose(found.overlap, [cosine, (1 + cosine) / 2], atol=1e-15)
    np.testing.assert_allclose(found.principal_angle, [0, angle], atol=1e-12)


def test_overlap_is_the_mean_squared_cosine(rng):
    a, b = (np.linalg.qr(rng.normal(size=(20, 6)))[0] for _ in range(2))
    found = basis_alignment(a, b, 6)
    expected = np.mean(np.cos(found.principal_angle.values) ** 2)
    assert float(found.overlap[-1]) == pytest.approx(expected)


def test_chance_is_that_of_random_spaces(rng):
    pairs = [[np.linalg.qr(rng.normal(size=(20, 5)))[0] for _ in "ab"] for _ in range(200)]
    overlaps = [float(basis_alignment(a, b, 5).overlap[-1]) for a, b in pairs]
    assert np.mean(overlaps) == pytest.approx(5 / 20, abs=0.02)
