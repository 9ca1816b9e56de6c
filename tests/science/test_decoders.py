"""What noise from trial to trial does to decoders, where the answer is known."""

import numpy as np
import pytest

from brian_force.analysis.components import principal_components
from brian_force.analysis.cross_trial import cross_validated_error, decoder_comparison
from brian_force.analysis.decoders import decoding_error, ridge_decoders, rls_decoders
from brian_force.analysis.learning_filter import (
    expected_gain,
    filter_gain,
    least_squares_decoders,
)
from brian_force.metrics import pearson_correlation

N, T = 12, 2000
SPREAD = 4.0  # Hz
RATE = 1e-4


@pytest.fixture
def signal(rng):
    """Activity without noise, shape (T, N) [Hz]: some components above the noise, some below."""
    phases = 2 * np.pi * 5e-3 * np.outer(np.arange(T), np.arange(1, N // 2 + 1))
    sources = np.hstack([np.cos(phases), np.sin(phases)]) * np.geomspace(30, 1, N)
    return sources @ np.linalg.qr(rng.normal(size=(N, N)))[0]


@pytest.fixture
def target(signal, rng):
    return signal @ rng.normal(size=(N, 1)) / 100


@pytest.fixture
def trials(signal, rng):
    return signal + SPREAD * rng.normal(size=(130, T, N))


def ridge_with_diagonal(signal, target, rate, diagonal):
    """Solve for the decoders by hand, with something added to the penalty."""
    penalised = signal.T @ signal + (1 / rate + diagonal) * np.eye(N)
    return np.linalg.solve(penalised, signal.T @ target)


def test_the_mean_of_trials_tends_to_the_decoder_of_the_signal(signal, target, trials):
    found = decoder_comparison(
        ridge_decoders(signal, target, RATE), trials, signal, target, RATE, n_held_out=2
    )
    distance = 1 - found.correlation.sel(n_averaged=[1, 4, 16, 64, 128]).values
    assert (distance[1:] < distance[:-1]).all()
    assert distance[-1] < 1e-2 * distance[0]
    assert float(found.rate_correlation) == pytest.approx(1)


@pytest.mark.parametrize("n", [1, 4, 16])
def test_noise_is_a_penalty_of_its_own(signal, target, trials, n):
    # a mean of n trials has T SPREAD²/n more on the diagonal of its correlation, on average
    means = trials[: 8 * n].reshape(8, n, T, N).mean(axis=1)
    found = np.mean([ridge_decoders(mean, target, RATE) for mean in means], axis=0)
    expected = ridge_with_diagonal(signal, target, RATE, T * SPREAD**2 / n)
    plain = ridge_with_diagonal(signal, target, RATE, 0)
    assert pearson_correlation(found, expected) > 0.99
    away = np.linalg.norm(found - expected) / np.linalg.norm(expected - plain)
    assert away < 0.3


@pytest.mark.parametrize("rate", [1e-5, 1e-3])
def test_rls_on_noisy_trials_is_ridge_with_a_diagonal(signal, target, trials, rate):
    n = 12
    learned = rls_decoders(trials[:n], target, rate)
    # the sums of n trials are n times those of one, so the penalty counts for 1/n
    expected = ridge_with_diagonal(signal, target, n * rate, T * SPREAD**2)
    plain = ridge_with_diagonal(signal, target, n * rate, 0)
    size = np.linalg.norm(expected)
    assert np.linalg.norm(learned - expected) < 0.05 * size
    assert np.linalg.norm(plain - expected) > 0.2 * size


def test_trials_not_seen_cost_more(signal, target, trials):
    held_out = float(cross_validated_error(trials[:8], target, RATE).rms.mean())
    seen = ridge_decoders(trials[:8], target, RATE)
    assert decoding_error(trials[:8], target, seen).rms < held_out
    # decoders of activity without noise are not made for single trials
    clean = ridge_decoders(signal, target, 1.0)
    assert decoding_error(trials[1], target, clean).rms > 1.1 * held_out


@pytest.mark.parametrize("rate", [1e-7, 1e-5, 1e-3])
def test_the_learning_rate_is_a_low_pass_filter(trials, target, rate):
    components = principal_components(trials[0])
    reference = least_squares_decoders(trials[0], target, components)
    learned = rls_decoders(trials[0], target, rate)
    measured = filter_gain(learned, reference, components)
    expected = expected_gain(components.eigenvalues, rate)
    assert np.isfinite(measured).mean() > 0.9
    known = np.isfinite(measured)
    np.testing.assert_allclose(measured[known], expected[known], rtol=1e-6)
