"""How a readout gives and takes its matrices and single numbers; more in test_readout.py."""

import numpy as np
import pytest
from brian2 import Hz, NeuronGroup, ms, second

from brian_force import LMS, RLS, Readout

N = 6


@pytest.fixture
def neurons():
    return NeuronGroup(N, "r : Hz\nfeedback : 1", dt=1 * ms, name="neurons")


@pytest.fixture
def readout(neurons):
    rule = RLS(1e-3 * second**2, dt=1 * ms)
    return Readout(neurons, "r", target="1.0", rule=rule, feedback="feedback", encoders=np.ones(N))


def test_single_numbers_are_numbers(readout):
    assert int(readout.n_updates) == 0
    assert bool(readout.learning) is True
    assert float(readout.learn_from) == 0
    assert readout.n_updates[:] == 0
    readout.learning = False
    assert not readout.learning


def test_a_string_sees_the_names_around_it(readout):
    factor = 3
    assert factor == 3  # used by Brian, which linters cannot know
    readout.encoders = "factor*i"
    np.testing.assert_array_equal(readout.encoders_[:, 0], 3.0 * np.arange(N))


def test_plain_numbers_and_quantities_are_the_same_values(readout):
    readout.decoders = np.arange(N) / Hz
    np.testing.assert_array_equal(readout.decoders_[:, 0], np.arange(N))
    readout.decoders_ = 2 * np.arange(N)
    np.testing.assert_array_equal(readout.decoders, 2 * np.arange(N)[:, np.newaxis] / Hz)


def test_P_before_the_first_update_is_the_learning_rate(readout):
    np.testing.assert_array_equal(readout.P, 1e-3 * np.eye(N) * second**2)


def test_P_survives_its_triangle(readout):
    root = np.random.default_rng(1).standard_normal((N, N))
    P = root @ root.T + np.eye(N)
    readout.P = P * second**2
    np.testing.assert_array_equal(readout.P_, np.tril(P) + np.tril(P, -1).T)


def test_what_is_not_there_says_why(neurons):
    readout = Readout(neurons, "r", target="1.0", rule=LMS(1e-3 * second**2))
    assert not hasattr(readout, "P")
    with pytest.raises(AttributeError, match="has no P, because its rule is not RLS"):
        _ = readout.P
    with pytest.raises(AttributeError, match="has no encoders, because it has no feedback"):
        readout.encoders = np.ones(N)
