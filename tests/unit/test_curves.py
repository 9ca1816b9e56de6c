"""Smooth curves through points."""

import numpy as np

from brian_force.tasks.curves import cubic_hermite


def test_a_cubic_is_followed_exactly():
    at = np.arange(5.0)
    values = np.column_stack([at**3 - 2 * at, 1 + at])
    slopes = np.column_stack([3 * at**2 - 2, np.ones(5)])
    position = np.linspace(0, 4, 41)
    expected = np.column_stack([position**3 - 2 * position, 1 + position])
    np.testing.assert_allclose(cubic_hermite(position, values, slopes), expected, atol=1e-12)


def test_points_are_met():
    values = np.random.default_rng(1).normal(size=(9, 3))
    np.testing.assert_array_equal(cubic_hermite(np.arange(9.0), values, values), values)


def test_the_error_is_of_fourth_order():
    def error(n):
        at = np.linspace(0, 2 * np.pi, n + 1)
        points, slopes = np.sin(at)[:, np.newaxis], np.cos(at)[:, np.newaxis] * at[1]
        position = np.linspace(0, n, 1001)
        curve = cubic_hermite(position, points, slopes)[:, 0]
        return np.abs(curve - np.sin(position * at[1])).max()

    assert 14 < error(20) / error(40) < 18


def test_the_beginning_does_not_depend_on_the_end():
    values = np.random.default_rng(1).normal(size=(9, 1))
    position = np.linspace(0, 4, 33)
    np.testing.assert_array_equal(
        cubic_hermite(position, values, values), cubic_hermite(position, values[:6], values[:6])
    )
