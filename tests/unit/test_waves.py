"""Waves that have a formula."""

import numpy as np
import pytest
from brian2 import DimensionMismatchError, Hz, ms, second

from brian_force import tasks

TIMES = np.arange(4001) * 0.25 * ms


def test_the_product_of_two_sines():
    (column,) = tasks.product_of_sines().target(TIMES).T
    t = np.asarray(TIMES)
    np.testing.assert_allclose(column, np.sin(8 * np.pi * t) * np.sin(12 * np.pi * t), atol=1e-14)


def test_noise_is_normal_white_and_has_one_value_each_time_step():
    times = np.arange(200_000) * 0.05 * ms
    noise = tasks.noisy_product_of_sines().target(times) - tasks.product_of_sines().target(times)
    noise = noise[:, 0]
    assert noise.std() == pytest.approx(0.05, rel=0.01)
    assert abs(noise.mean()) < 5e-4
    assert abs(np.corrcoef(noise[1:], noise[:-1])[0, 1]) < 0.01
    assert len(np.unique(noise)) == len(noise)
    assert np.mean(np.abs(noise) < 0.05) == pytest.approx(0.683, abs=0.005)


def test_noise_does_not_depend_on_how_the_target_is_sampled():
    task = tasks.noisy_product_of_sines()
    fine = task.target(np.arange(100_000) * 0.05 * ms)
    coarse = task.target(np.arange(2000) * 2.5 * ms)
    np.testing.assert_allclose(fine[::50], coarse, atol=1e-12)
    np.testing.assert_array_equal(task.target(4 * second), task.target([9, 4, 1] * second)[[1]])


def test_noise_has_a_size_and_a_seed():
    def noise(**settings):
        task = tasks.noisy_product_of_sines(**settings)
        return task.target(TIMES) - tasks.product_of_sines().target(TIMES)

    assert noise(noise=0.0).max() == 0
    np.testing.assert_allclose(noise(noise=0.1), 2 * noise(), atol=1e-14)
    assert not np.any(noise(seed=1) == noise(seed=2))


def test_the_sawtooth_has_straight_flanks():
    (column,) = tasks.sawtooth(2 * Hz).target(TIMES).T
    assert column.max() == pytest.approx(np.pi / 2)
    steps = np.abs(np.diff(column))
    np.testing.assert_allclose(steps, 4 * np.pi * 0.25e-3, rtol=1e-6)
    assert float(tasks.sawtooth(2 * Hz).period) == 0.5


def test_fourier_gives_cosine_and_sine_of_each_harmonic():
    task = tasks.fourier(2 * Hz, n_harmonics=2)
    assert (task.n_outputs, float(task.period)) == (4, 0.5)
    phase = 4 * np.pi * np.asarray(TIMES)
    expected = [np.cos(phase), np.sin(phase), np.cos(2 * phase), np.sin(2 * phase)]
    np.testing.assert_allclose(task.target(TIMES).T, expected, atol=1e-13)


def test_the_outputs_of_fourier_are_orthogonal():
    target = tasks.fourier().target(np.arange(1000) * ms)
    np.testing.assert_allclose(target.T @ target / 1000, np.eye(6) / 2, atol=1e-12)


WRONG_CALLS = [
    (lambda: tasks.sawtooth(5), DimensionMismatchError, "'frequency' argument of tasks.sawtooth"),
    (lambda: tasks.fourier(-1 * Hz), ValueError, "'frequency' argument of tasks.fourier"),
    (lambda: tasks.fourier(n_harmonics=0), ValueError, "'n_harmonics' argument of tasks.fourier"),
    (
        lambda: tasks.noisy_product_of_sines(noise=-1),
        ValueError,
        "'noise' argument of tasks.noisy_product_of_sines must be one finite number, not negative",
    ),
    (
        lambda: tasks.noisy_product_of_sines(seed=-1),
        ValueError,
        "'seed' argument of tasks.noisy_product_of_sines must be a whole number of at least 0",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG_CALLS)
def test_refusals(call, error, message):
    with pytest.raises(error, match=f"^The {message}"):
        call()
