"""Spikes in trials, their comparison, and two small networks with test trials."""

import numpy as np
import pytest
from brian2 import ms, second
from numpy.testing import assert_array_equal

from brian_force import tasks, train
from brian_force.exchange import Signal, SpikeTrials


@pytest.fixture
def example():
    """Five neurons of whom two are silent, three unequal trials of whom one is silent."""
    return SpikeTrials(
        spike_times=[0, 0.1, 0.1, 0.35, 0.5, 0.0123456789, 0.25] * second,
        spike_neurons=[1, 0, 3, 1, 1, 0, 3],
        spike_trials=[0, 0, 0, 0, 0, 2, 2],
        n_neurons=5,
        durations=[500, 300, 250] * ms,
        starts=[0.1, 0.6, 1.7] * second,
        dt=0.1 * ms,
        neuron_ids=[10, 7, 3, 99, 4],
        signals={
            "output": Signal(
                values=(np.random.default_rng(1).random((50, 2)), np.ones((0, 2)), np.eye(2)),
                dt=10 * ms,
            ),
            "v/mean": Signal(
                values=(np.arange(3.0)[:, None], -np.ones((2, 1)), np.array([[np.nan]])),
                dt=0.1 * second,
                unit="mV",
                channels=["mean"],
            ),
        },
        annotations={"task": "sine ü", "seed": 3, "gain": 0.1, "learned": True},
    )


@pytest.fixture
def assert_same():
    def compare(found, expected):
        for name in ("spike_times", "spike_neurons", "spike_trials", "durations", "starts"):
            assert_array_equal(*(np.asarray(getattr(x, name)) for x in (found, expected)), name)
        assert found.n_neurons == expected.n_neurons
        assert found.neuron_ids.tolist() == expected.neuron_ids.tolist()
        assert (found.dt is None) == (expected.dt is None)
        assert found.dt is None or float(found.dt) == float(expected.dt)
        assert found.annotations == expected.annotations
        assert [type(x) for x in found.annotations.values()] == [
            type(x) for x in expected.annotations.values()
        ]
        assert list(found.signals) == list(expected.signals)
        for ours, theirs in zip(found.signals.values(), expected.signals.values(), strict=True):
            assert (float(ours.dt), ours.unit) == (float(theirs.dt), theirs.unit)
            assert ours.channels.tolist() == theirs.channels.tolist()
            for one, other in zip(ours.values, theirs.values, strict=True):
                assert_array_equal(one, other)

    return compare


@pytest.fixture(scope="session")
def trained_twins():
    """A spiking network with three test trials and its rate twin, after a short training."""
    settings = {
        "n_neurons": 40,
        "dt": 0.5 * ms,
        "learn_from": 50 * ms,
        "learn_until": 450 * ms,
        "duration": 500 * ms,
        "device": "numpy",
        "seed": 3,
        "n_trials": 3,
    }
    return [train(tasks.get("sine"), model, **settings) for model in ("lif", "rate")]
