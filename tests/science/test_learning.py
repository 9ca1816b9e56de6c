"""Small networks that learn: slow, and in C++ standalone, since they take seconds there."""

import numpy as np
import pytest
from brian2 import ms, mV, second

from brian_force import tasks, train_pair
from brian_force.experiment import standalone
from brian_force.experiment.build_cache import BuildCache

pytestmark = [pytest.mark.slow, pytest.mark.standalone]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Train pairs of 300 neurons for 4 s, one binary for each model and time step."""
    cache = BuildCache(tmp_path_factory.mktemp("binaries"))
    pairs = {}

    def pair(task="sine", learning_rate=2e-5, seed=1, dt=0.1, **changes):
        key = (task, learning_rate, seed, dt)
        if key not in pairs:
            settings = {
                "n_neurons": 300,
                "learn_from": 0.5 * second,
                "learn_until": 4.5 * second,
                "duration": 4.5 * second,
                **changes,
            }
            pairs[key] = train_pair(
                tasks.get(task),
                seed=seed,
                learning_rate=learning_rate * second**2,
                dt=dt * ms,
                device="cpp",
                **settings,
            )
        return pairs[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standalone, "BuildCache", lambda: cache)
        yield pair


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_both_networks_learn_the_sine(trained, seed):
    pair = trained(seed=seed)
    assert 0 < pair.lif.errors.rms_learning < 0.1  # a network that learns nothing: 0.7
    assert 0 < pair.rate.errors.rms_learning < 0.1
    assert pair.lif.errors.rms_before > 0.5


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_slow_learning_finds_similar_decoders(trained, seed):
    slow = trained(learning_rate=5e-7, seed=seed)
    assert 0.3 < slow.decoder_correlation < 1


def test_fast_learning_finds_decoders_less_similar(trained):
    slow, fast = (
        np.mean([trained(learning_rate=rate, seed=seed).decoder_correlation for seed in (1, 2, 3)])
        for rate in (5e-7, 5e-3)
    )
    assert fast < slow - 0.1


def test_fast_learning_improves_the_rate_network_most(trained):
    """Spiking networks stop at the noise of their own spikes."""
    slow, fast = (trained(learning_rate=rate) for rate in (2e-5, 5e-3))
    assert fast.rate.errors.rms_learning < 0.25 * slow.rate.errors.rms_learning
    assert fast.lif.errors.rms_learning > 4 * fast.rate.errors.rms_learning


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_twins_are_about_as_active(trained, seed):
    pair = trained(seed=seed)
    assert abs(pair.lif.mean_rate / pair.rate.mean_rate - 1) < 0.1


@pytest.mark.parametrize("seed", [1, 2])
def test_halving_the_time_step_changes_little(trained, seed):
    """Chaotic networks take other paths; how well they learn and what they find is similar."""
    whole, half = trained(seed=seed), trained(seed=seed, dt=0.05)
    for one, other in ((whole.lif, half.lif), (whole.rate, half.rate)):
        ratio = one.errors.rms_learning / other.errors.rms_learning
        assert 0.6 < ratio < 1 / 0.6
        assert abs(one.mean_rate / other.mean_rate - 1) < 0.05
    one, other = (np.asarray(pair.rate.decoders) for pair in (whole, half))
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.7


def test_both_learn_several_harmonics(trained):
    pair = trained("fourier", G=0.05 * mV * second, Q=20 * mV)
    for recording in (pair.lif, pair.rate):
        assert recording.output.shape[1] == pair.task.n_outputs > 1
        assert recording.errors.rms_learning < 0.15
    assert pair.decoder_correlations.shape == (pair.task.n_outputs,)
    assert pair.decoder_correlations.min() > 0.2


def test_both_learn_the_pitchfork_and_swap(trained):
    window = {"learn_until": 8 * second, "duration": 12 * second}
    pair = trained("pitchfork", 5e-7, **window)
    swap = pair.swap(8 * second)
    for recording in (pair.lif, pair.rate):
        assert recording.errors.rms_after < 0.15  # of an amplitude of 1
    for run in (swap.lif_run, swap.rate_run):
        assert run.score > 0.8
