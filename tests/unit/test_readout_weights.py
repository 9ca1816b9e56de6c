"""Decoders and encoders: shapes, units, strings."""

import numpy as np
import pytest
from brian2 import DimensionMismatchError, Hz, Network, StateMonitor, ms, mV, second, seed, volt

from brian_force.learning import LMS, Readout

N, K = 11, 3
UNIT = {"decoders": 1 / Hz, "encoders": 1}


def make(neurons, k=K, **options):
    options = {"feedback": "feedback", "encoders": "1.0", "n_outputs": k} | options
    return Readout(neurons, "r", target="1.0", rule=LMS(1e-6 * second**2), **options)


def test_defaults(neurons):
    readout = Readout(neurons, "r", target="1.0", rule=LMS(1e-6 * second**2), n_outputs=K)
    assert readout.decoders.shape == (N, K)
    assert readout.decoders.dim is (1 / Hz).dim
    assert np.all(readout.decoders_ == 0)
    with pytest.raises(AttributeError, match="no encoders, because it has no feedback"):
        _ = readout.encoders


@pytest.mark.parametrize("name", ["decoders", "encoders"])
class TestBoth:
    def test_array(self, neurons, rng, name):
        values = rng.normal(size=(N, K))
        readout = make(neurons, **{name: values * UNIT[name]})
        np.testing.assert_array_equal(getattr(readout, f"{name}_"), values)
        np.testing.assert_array_equal(getattr(readout, name), values * UNIT[name])

    def test_vector_with_one_output(self, neurons, rng, name):
        values = rng.normal(size=N)
        readout = make(neurons, k=1, **{name: values * UNIT[name]})
        np.testing.assert_array_equal(getattr(readout, f"{name}_"), values[:, np.newaxis])

    def test_setting(self, neurons, rng, name):
        values = rng.normal(size=(N, K))
        readout = make(neurons)
        setattr(readout, name, values * UNIT[name])
        np.testing.assert_array_equal(getattr(readout, f"{name}_"), values)
        setattr(readout, f"{name}_", 2 * values)
        np.testing.assert_array_equal(getattr(readout, f"{name}_"), 2 * values)

    def test_one_number(self, neurons, name):
        readout = make(neurons)
        setattr(readout, name, 2 * UNIT[name])
        assert np.all(getattr(readout, f"{name}_") == 2)

    def test_string_per_neuron_and_output(self, neurons, name):
        unit = "/Hz" if name == "decoders" else ""
        readout = make(neurons, **{name: f"(i + 100.0*j){unit}"})
        expected = np.arange(N)[:, np.newaxis] + 100 * np.arange(K)
        np.testing.assert_array_equal(getattr(readout, f"{name}_"), expected)

    def test_string_with_names_of_the_caller(self, neurons, name):
        factor = 3 * UNIT[name]
        readout = make_here(neurons, name, factor)
        assert np.all(getattr(readout, f"{name}_") == 3)
        other_factor = 2 * factor
        setattr(readout, name, "other_factor")
        assert np.all(getattr(readout, f"{name}_") == 6)
        assert float(other_factor) == 6

    def test_random_string_follows_the_seed(self, neurons, name):
        unit = "/Hz" if name == "decoders" else ""
        drawn = []
        for _ in range(2):
            seed(3)
            drawn.append(getattr(make(neurons, **{name: f"(2*rand() - 1){unit}"}), f"{name}_"))
        np.testing.assert_array_equal(drawn[0], drawn[1])
        assert np.unique(drawn[0]).size == N * K

    def test_reading_gives_a_copy(self, neurons, name):
        readout = make(neurons)
        before = getattr(readout, f"{name}_")
        getattr(readout, name)[:] = 7 * UNIT[name]
        getattr(readout, f"{name}_")[:] = 7
        np.testing.assert_array_equal(getattr(readout, f"{name}_"), before)

    @pytest.mark.parametrize("shape", [(N,), (K,), (K, N), (N, K, 1), (N, 1), (N + 1, K)])
    def test_wrong_shape(self, neurons, name, shape):
        readout = make(neurons)
        with pytest.raises(ValueError, match=f"'{name}' argument of Readout"):
            setattr(readout, name, np.ones(shape) * UNIT[name])

    def test_wrong_unit(self, neurons, name):
        readout = make(neurons)
        with pytest.raises(DimensionMismatchError):
            setattr(readout, name, np.ones((N, K)) * mV)
        with pytest.raises(DimensionMismatchError):
            setattr(readout, name, "1*mV")

    @pytest.mark.parametrize("bad", [np.nan, np.inf])
    def test_not_finite(self, neurons, name, bad):
        values = np.ones((N, K)) * UNIT[name]
        values[3, 1] = bad * UNIT[name]
        readout = make(neurons)
        with pytest.raises(ValueError, match=f"'{name}' argument of Readout must be finite"):
            setattr(readout, name, values)


def make_here(neurons, name, factor):
    """The string is written here, so `factor` of this function counts."""
    assert factor is not None
    options = {"encoders": "1.0"} | {name: "factor"}
    return Readout(
        neurons,
        "r",
        target="1.0",
        rule=LMS(1e-6 * second**2),
        n_outputs=K,
        feedback="feedback",
        **options,
    )


@pytest.mark.parametrize("name", ["decoders", "encoders"])
def test_refused_at_construction(neurons, name):
    with pytest.raises(ValueError, match=f"'{name}' argument of Readout"):
        make(neurons, **{name: np.ones(N + 1)}, k=1)


def test_outputs_are_told_by_the_matrices(neurons):
    readout = Readout(neurons, "r", decoders=np.ones((N, 2)) / Hz)
    assert len(readout) == 2
    with pytest.raises(ValueError, match="as many outputs"):
        Readout(
            neurons,
            "r",
            decoders=np.ones((N, 2)) / Hz,
            feedback="feedback",
            encoders=np.ones((N, 3)),
        )


def test_unit_of_encoders_follows_feedback(neurons):
    readout = make(neurons, feedback="voltage_feedback", encoders="1*mV")
    assert readout.encoders.dim is volt.dim
    with pytest.raises(DimensionMismatchError):
        make(neurons, feedback="voltage_feedback", encoders="1.0")


def test_chosen_pairs_can_be_recorded(neurons):
    readout = make(neurons, decoders=np.ones((N, K)) / Hz)
    recorded = StateMonitor(readout.weights, "decoders", record=[0, N + 2], dt=1 * ms)
    Network(neurons, readout, recorded).run(5 * ms)
    assert recorded.decoders.shape == (2, 5)
    np.testing.assert_array_equal(readout.weights.i[[0, N + 2]], [0, 2])
    np.testing.assert_array_equal(readout.weights.j[[0, N + 2]], [0, 1])
    assert recorded.decoders[1, -1] != recorded.decoders[1, 0]
