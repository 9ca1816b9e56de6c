"""Bias and variance by hand, their identity, and what the intervals hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from brian_force.analysis.variability import bias_and_variance

SPREAD = 0.1


def noisy(seed, bias, n=20, n_samples=30):
    """Repetitions of zero with an offset and independent noise."""
    noise = np.random.default_rng(seed).normal(scale=SPREAD, size=(n, n_samples, 1))
    return bias + noise


def test_two_repetitions_by_hand():
    found = bias_and_variance([[1.0, 2.0], [3.0, 2.0]], [1.0, 2.0])
    np.testing.assert_allclose(found.mean[:, 0], [2, 2])
    np.testing.assert_allclose(found.squared_bias[:, 0], [1, 0])
    np.testing.assert_allclose(found.variance[:, 0], [2, 0])  # divided by n - 1
    np.testing.assert_allclose(found.squared_bias_corrected[:, 0], [0, 0])
    assert (found.mean_squared_bias, found.mean_variance) == (0.5, 1)
    assert found.variance_to_bias == 2
    assert found.variance_to_bias_corrected == np.inf
    assert found.n_repetitions == 2


values = st.floats(-3, 3, width=32, allow_subnormal=False)


@settings(max_examples=50, deadline=None)
@given(
    outputs=arrays(float, (5, 4, 2), elements=values), target=arrays(float, (4, 2), elements=values)
)
def test_squared_error_is_squared_bias_and_variance(outputs, target):
    found = bias_and_variance(outputs, target, n_resamples=2)
    error = np.mean((outputs - target) ** 2)
    n = len(outputs)
    parts = found.mean_squared_bias + (n - 1) / n * found.mean_variance
    assert parts == pytest.approx(error, rel=1e-9, abs=1e-12)


def test_corrected_bias_is_unbiased():
    found = [
        bias_and_variance(noisy(seed, 0.0), np.zeros(30), n_resamples=2) for seed in range(100)
    ]
    plain = np.mean([each.mean_squared_bias for each in found])
    corrected = np.mean([each.mean_squared_bias_corrected for each in found])
    assert plain == pytest.approx(SPREAD**2 / 20, rel=0.1)
    assert abs(corrected) < 0.1 * SPREAD**2 / 20


@pytest.mark.parametrize("bias", [0.02, 0.2])
def test_intervals_hold_the_truth_as_often_as_they_say(bias):
    trials = [
        bias_and_variance(noisy(seed, bias), np.zeros(30), confidence=0.9, n_resamples=300)
        for seed in range(100)
    ]
    truths = {
        "mean_squared_bias_corrected": bias**2,
        "mean_variance": SPREAD**2,
        "variance_to_bias_corrected": (SPREAD / bias) ** 2,
    }
    for name, truth in truths.items():
        intervals = np.array([getattr(trial, f"{name}_interval") for trial in trials])
        held = np.mean((intervals[:, 0] <= truth) & (truth <= intervals[:, 1]))
        assert 0.8 <= held <= 0.99, name


def test_estimates_are_within_their_intervals():
    found = bias_and_variance(noisy(1, 0.0, n=100, n_samples=200), np.zeros(200))
    for name in ("mean_squared_bias_corrected", "mean_variance"):
        low, high = getattr(found, f"{name}_interval")
        assert low < getattr(found, name) < high
    assert found.variance_to_bias_corrected_interval[1] == np.inf  # no bias to see


def test_the_bootstrap_is_that_of_whole_repetitions(rng):
    z, x = rng.normal(size=(6, 5, 2)), rng.normal(size=(5, 2))
    found = bias_and_variance(z, x, n_resamples=3000, seed=4)
    draws = np.random.default_rng(9).integers(6, size=(3000, 6))
    means, variances = z[draws].mean(axis=1), z[draws].var(axis=1, ddof=1).mean(axis=(1, 2)) * 6 / 5
    biases = ((means - x) ** 2).mean(axis=(1, 2)) - 2 * variances / 6
    for name, drawn in (("mean_variance", variances), ("mean_squared_bias_corrected", biases)):
        interval = getattr(found, f"{name}_interval")
        np.testing.assert_allclose(interval, np.quantile(drawn, [0.025, 0.975]), rtol=0.1)


def test_repetitions_that_are_all_the_same():
    found = bias_and_variance(np.ones((4, 3, 1)), np.zeros(3))
    assert found.mean_variance_interval == (0, 0)
    assert found.mean_squared_bias_corrected_interval == pytest.approx((1, 1))
    assert found.variance_to_bias_corrected_interval == (0, 0)
    perfect = bias_and_variance(np.zeros((4, 3, 1)), np.zeros(3))
    assert np.isnan(perfect.variance_to_bias)
    assert np.isnan(perfect.variance_to_bias_corrected_interval).all()


def test_the_seed_decides():
    z, x = noisy(1, 0.1), np.zeros(30)
    first, again, other = (bias_and_variance(z, x, seed=seed) for seed in (1, 1, 2))
    assert first.mean_variance_interval == again.mean_variance_interval
    assert first.mean_variance_interval != other.mean_variance_interval


def test_dataset():
    found = bias_and_variance(noisy(1, 0.1), np.zeros(30)).to_dataset()
    assert found.squared_bias.dims == ("sample", "output")
    assert found.mean_variance_interval.dims == ("bound",)
    assert float(found.mean_variance_interval.sel(bound="low")) < float(found.mean_variance)
    assert found.mean_variance.attrs["units"] == "squared unit of the output"
    assert found.variance_to_bias.attrs["units"] == "1"
    assert int(found.n_repetitions) == 20
