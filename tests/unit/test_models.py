"""The models of neurons by their names."""

import numpy as np
import pytest

from brian_force.networks import LIFParameters
from brian_force.networks.models import MODELS

PARAMETERS = LIFParameters(n_neurons=5)


def test_names():
    assert list(MODELS) == ["lif", "rate"]
    assert [model.name for model in MODELS.values()] == ["lif", "rate"]


@pytest.mark.parametrize("model", MODELS.values(), ids=list(MODELS))
def test_the_initial_state_is_of_variables_that_can_be_set(model):
    neurons = model.neurons(PARAMETERS)
    v = np.linspace(-0.065, 0.03, 5)
    for name, values in model.initial_state(PARAMETERS, v).items():
        assert np.shape(values) == (5,)
        assert np.all(np.isfinite(values))
        setattr(neurons, f"{name}_", values)
        np.testing.assert_array_equal(neurons.variables[name].get_value(), values)


@pytest.mark.parametrize("model", MODELS.values(), ids=list(MODELS))
def test_every_differential_equation_but_that_of_the_count_has_its_state(model):
    names = set(model.neurons(PARAMETERS).equations.diff_eq_names) - {"n_spikes"}
    assert names == set(model.initial_state(PARAMETERS, np.zeros(5))) - {"lastspike"}
