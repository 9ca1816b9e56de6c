"""Random weights, encoders and initial states from a seed."""

import re

import numpy as np
import pytest

from brian_force import tasks
from brian_force.networks import LIFParameters
from brian_force.networks.weights import (
    Connections,
    network_arrays,
    padded,
    padded_size,
    random_streams,
    row_balanced_weights,
    uniform_encoders,
)

N, P = 400, 0.1


def connections(seed=1, n_neurons=N, p=P):
    return row_balanced_weights(n_neurons, p, random_streams(seed).weights)


def dense(drawn, n_neurons=N):
    matrix = np.zeros((n_neurons, n_neurons))
    np.add.at(matrix, (drawn.post, drawn.pre), drawn.weight)
    return matrix


def test_types():
    drawn = connections()
    assert [array.dtype for array in drawn] == [np.int32, np.int32, np.float64]


def test_what_a_neuron_receives_is_balanced():
    assert np.abs(dense(connections()).sum(axis=1)).max() < 1e-12


def test_number_of_synapses():
    # 5 standard deviations of the binomial distribution
    assert abs(connections().pre.size - N * N * P) < 5 * np.sqrt(N * N * P * (1 - P))


def test_spread_of_the_weights():
    weight = connections().weight
    # a row of n keeps n - 1 of its n independent normals; relative error 1/sqrt(2 S)
    expected = (weight.size - N) / (N * P**2)
    assert abs(np.sum(weight**2) / expected - 1) < 5 * np.sqrt(2 / weight.size)


def test_senders_are_drawn_evenly():
    counts = np.bincount(connections().pre, minlength=N)
    assert np.abs(counts - N * P).max() < 5 * np.sqrt(N * P * (1 - P))


def test_order_is_by_sender_then_receiver():
    drawn = connections()
    pair = drawn.pre.astype(np.int64) * N + drawn.post
    assert np.all(np.diff(pair) > 0)


def test_full_connection():
    assert connections(n_neurons=20, p=1).pre.size == 400


def test_a_single_synapse_has_weight_zero():
    drawn = connections(n_neurons=50, p=0.01)
    counts = np.bincount(drawn.post, minlength=50)
    assert {0, 1} <= set(counts)
    assert np.all(drawn.weight[counts[drawn.post] == 1] == 0)


def test_same_seed_same_arrays_other_seed_others():
    for one, same, other in zip(connections(1), connections(1), connections(2), strict=True):
        np.testing.assert_array_equal(one, same)
        assert not np.array_equal(one, other)


def test_streams_are_independent_of_each_other():
    streams, again = random_streams(3), random_streams(3)
    streams.weights.random(1000)
    np.testing.assert_array_equal(streams.encoders.random(5), again.encoders.random(5))
    assert streams.encoders.random() != streams.initial_state.random()


def test_a_further_stream_would_leave_the_others_alone():
    children = np.random.SeedSequence(3).spawn(10)
    expected = [np.random.default_rng(child).random() for child in children[:4]]
    assert [stream.random() for stream in random_streams(3)] == expected


def test_encoders():
    encoders = uniform_encoders(5000, 2, random_streams(1).encoders)
    assert encoders.shape == (5000, 2)
    assert np.abs(encoders).max() <= 1
    # mean 0 and variance 1/3, the latter with variance 4/45, of 10**4 numbers
    assert abs(encoders.mean()) < 5 * np.sqrt(1 / 3 / 1e4)
    assert abs(encoders.var() - 1 / 3) < 5 * np.sqrt(4 / 45 / 1e4)


@pytest.mark.parametrize(("n_neurons", "p"), [(10, 0.5), (100, 0.1), (1000, 0.1), (2000, 0.1)])
def test_padded_size(n_neurons, p):
    size = padded_size(n_neurons, p)
    pairs = n_neurons**2
    bound = pairs * p + 6 * np.sqrt(pairs * p * (1 - p))
    assert min(bound, pairs) <= size < bound + 1024
    assert size == pairs or size % 1024 == 0


def test_padding_changes_no_weight():
    drawn = connections()
    more = padded(drawn, padded_size(N, P))
    assert more.pre.size == padded_size(N, P)
    np.testing.assert_array_equal(dense(more), dense(drawn))
    assert np.all(np.diff(more.pre) >= 0)
    assert [array.dtype for array in more] == [array.dtype for array in drawn]


def test_padding_is_spread_over_the_neurons():
    drawn = connections()
    more = padded(drawn, drawn.pre.size + 3 * N)
    added = np.bincount(more.pre, minlength=N) - np.bincount(drawn.pre, minlength=N)
    assert np.all(added == 3)


def test_padding_by_nothing_and_of_nothing():
    drawn = connections()
    for one, same in zip(padded(drawn, drawn.pre.size), drawn, strict=True):
        np.testing.assert_array_equal(one, same)
    nothing = Connections(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0))
    assert padded(nothing, 4).weight.tolist() == [0, 0, 0, 0]


def test_the_arrays_of_a_network():
    parameters = LIFParameters(n_neurons=50)
    arrays = network_arrays(parameters, tasks.fourier(), seed=1)
    assert arrays.v.shape == (50,)
    assert arrays.v.min() >= float(parameters.v_reset)
    assert arrays.v.max() < float(parameters.v_initial_max)
    assert arrays.encoders.shape == (50, tasks.fourier().n_outputs)
    assert arrays.input_encoders.shape == (50, 0)


def test_inputs_leave_all_other_arrays_alone():
    parameters = LIFParameters(n_neurons=50)
    plain, clocked = tasks.sine(), tasks.sine().with_clock(5)
    without, with_inputs = (network_arrays(parameters, task, 1) for task in (plain, clocked))
    assert with_inputs.input_encoders.shape == (50, 5)
    assert np.abs(with_inputs.input_encoders).max() <= 1
    assert np.unique(with_inputs.input_encoders).size == 250
    np.testing.assert_array_equal(with_inputs.v, without.v)
    np.testing.assert_array_equal(with_inputs.encoders, without.encoders)
    for one, same in zip(with_inputs.connections, without.connections, strict=True):
        np.testing.assert_array_equal(one, same)


def test_the_arrays_are_padded_on_demand():
    parameters = LIFParameters(n_neurons=50)
    arrays = network_arrays(parameters, tasks.sine(), 1, n_synapses=900)
    assert arrays.connections.pre.size == 900
    plain = network_arrays(parameters, tasks.sine(), 1)
    np.testing.assert_array_equal(dense(arrays.connections, 50), dense(plain.connections, 50))


def test_refusals():
    message = (
        "The 'n_synapses' argument of lif_network must be at least the number of synapses "
        "drawn (6), but got 5."
    )
    six = Connections(np.arange(6, dtype=np.int32), np.arange(6, dtype=np.int32), np.ones(6))
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        padded(six, 5)
    message = "The 'seed' argument of lif_network must be a whole number of at least 0, but got"
    with pytest.raises(ValueError, match=f"^{re.escape(message)} 1.5.$"):
        random_streams(1.5)
