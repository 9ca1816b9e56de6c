"""Growth of a perturbation in networks whose stability is known."""

import dataclasses

import numpy as np
import pytest
from brian2 import DimensionMismatchError, Hz, ms, mV, second
from numpy.testing import assert_allclose, assert_array_equal

from brian_force import tasks
from brian_force.experiment import PerturbationGrowth, perturbation_growth, train

DT, TAU_D = 0.5 * ms, 20 * ms
TASK = tasks.sine()
FORGETS = np.log(1 - float(DT / TAU_D)) / float(DT)  # by Euler's method, nearly -1/tau_d


def undriven(model, **parameters):
    """Train for a moment and take the decoders away: what is left, the weights decide."""
    recording = train(
        TASK,
        model,
        device="numpy",
        n_neurons=100,
        dt=DT,
        tau_d=TAU_D,
        learn_from=0 * second,
        learn_until=20 * ms,
        duration=200 * ms,
        **parameters,
    )
    return dataclasses.replace(recording, decoders=0 * recording.decoders)


@pytest.fixture(scope="module")
def uncoupled():
    return undriven("rate", G=0 * mV / Hz, I_bias=-35 * mV)  # above threshold


def grown(recording, **settings):
    return perturbation_growth(TASK, recording, **{"duration": 0.5 * second, **settings})


def test_without_coupling_the_filters_forget(uncoupled):
    found = grown(uncoupled)
    assert isinstance(found, PerturbationGrowth)
    assert found.distance.shape == found.times.shape == (200,)
    assert_allclose(np.diff(found.times / second), 2.5e-3)
    assert float(found.rate) == pytest.approx(FORGETS, rel=1e-3)
    later = found.distance[found.fitted]
    assert_allclose(np.diff(np.log(later)), 2.5e-3 * FORGETS, rtol=0.02)
    assert found.fitted.start == 8
    assert 1e-13 < later.min() < 1.2e-13


def test_the_distance_begins_with_the_size(uncoupled):
    for size in (1e-8, 1e-2):
        assert grown(uncoupled, size=size, duration=20 * ms).distance[0] == pytest.approx(
            size, rel=0.3
        )


def test_strong_coupling_is_chaotic():
    chaotic = undriven("rate", G=1 * mV / Hz)
    found = grown(chaotic, size=1e-4)
    assert float(found.rate) > 5
    assert found.distance[-1] > 1e-2


def test_a_spiking_network_forgets_what_moves_no_spike():
    spiking = undriven("lif", G=0.5 * mV / Hz)
    found = grown(spiking, size=1e-13)
    assert found.fitted.stop == found.fitted.start
    assert np.isnan(float(found.rate))
    found = grown(spiking)
    assert float(found.rate) == pytest.approx(FORGETS, rel=0.01)
    found = grown(spiking, size=1e-2, duration=0.2 * second)
    assert float(found.rate) > 0
    assert found.distance[-1] > 0.02


def test_silence_has_no_distance(uncoupled):
    state = {name: np.zeros_like(values) for name, values in uncoupled.state.items()}
    parameters = dataclasses.replace(uncoupled.parameters, I_bias=-40 * mV)
    found = grown(dataclasses.replace(uncoupled, state=state, parameters=parameters))
    assert_array_equal(found.distance, 0)
    assert np.isnan(float(found.rate))


def test_the_seed_decides_on_the_perturbation(uncoupled):
    first, again, other = (
        grown(uncoupled, seed=seed, duration=20 * ms).distance for seed in (1, 1, 2)
    )
    assert_array_equal(first, again)
    assert (first != other).any()


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"size": 0}, ValueError),
        ({"size": 1e-8 * ms}, DimensionMismatchError),
        ({"duration": 1}, DimensionMismatchError),
        ({"seed": -1}, ValueError),
    ],
)
def test_what_it_refuses(uncoupled, settings, error):
    with pytest.raises(error, match=f"'{next(iter(settings))}' argument of perturbation_growth"):
        grown(uncoupled, **settings)


def test_it_refuses_another_task(uncoupled):
    with pytest.raises(ValueError, match="the one that was learned, 'sine'"):
        perturbation_growth(tasks.get("sawtooth"), uncoupled)
