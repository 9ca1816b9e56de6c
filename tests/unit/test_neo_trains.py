"""Spike trains of one Neo Segment as flat arrays."""

import neo
import numpy as np
import pytest
import quantities as pq
from neo.core.spiketrainlist import SpikeTrainList
from numpy.testing import assert_allclose, assert_array_equal

from brian_force.exchange import to_neo
from brian_force.exchange.neo_trains import matched, trains_of


def segment(*trains):
    made = neo.Segment()
    made.spiketrains.extend(list(trains))
    return made


def train(times, t_start=0, t_stop=1000, name=None, **annotations):
    return neo.SpikeTrain(
        times, units="ms", t_start=t_start, t_stop=t_stop, name=name, **annotations
    )


def names(*parts):
    return matched([trains_of(part) for part in parts])[0].tolist()


def test_times_are_in_seconds_from_the_start_of_the_segment():
    part = trains_of(segment(train([150, 300], 100, 500), train([90], 80, 400)))
    assert_allclose([part.start, part.duration], [0.08, 0.42])
    assert_allclose(part.times, [0.07, 0.22, 0.01])
    assert part.neurons.tolist() == [0, 0, 1]


def test_trains_of_different_units():
    other = neo.SpikeTrain([0.5], units="s", t_stop=1)
    assert_allclose(trains_of(segment(train([1]), other)).times, [0.001, 0.5])


def test_trains_that_were_not_made_are_not_made(example):
    part = to_neo(example).segments[0]
    lazy = trains_of(part)
    assert part.spiketrains._items is None
    made = segment(*part.spiketrains)
    for name in ("start", "duration", "n_trains"):
        assert getattr(lazy, name) == getattr(trains_of(made), name)
    order = np.lexsort((lazy.times, lazy.neurons))
    assert_array_equal(lazy.times[order], trains_of(made).times)
    assert lazy.names["channel_id"] == trains_of(made).names["channel_id"]


def test_spikes_of_channels_that_are_not_listed_are_left_out_as_neo_does():
    made = neo.Segment()
    made.spiketrains = SpikeTrainList.from_spike_time_array(
        spike_time_array=np.array([1.0, 2.0, 3.0]),
        channel_id_array=np.array([7, 8, 9]),
        all_channel_ids=[9, 7],
        units="ms",
        t_stop=10 * pq.ms,
    )
    part = trains_of(made)
    assert part.neurons.tolist() == [1, 0]
    assert_allclose(part.times, [0.001, 0.003])


@pytest.mark.parametrize("key", ["unit_id", "id", "cluster_id", "channel_id", "name"])
def test_neurons_are_known_by_their_names(key):
    one = segment(train([1], **{key: "a"}), train([2], **{key: "b"}))
    other = segment(train([3], **{key: "c"}), train([4], **{key: "b"}))
    parts = [trains_of(one), trains_of(other)]
    found, neurons = matched(parts)
    assert found.tolist() == ["a", "b", "c"]
    assert [own.tolist() for own in neurons] == [[0, 1], [2, 1]]


def test_units_that_share_a_channel_are_not_one():
    one = segment(train([1], channel_id=3, id=0), train([2], channel_id=3, id=1))
    assert names(one) == [0, 1]


def test_numbers_of_numpy_are_names():
    one = segment(train([1], id=np.int64(4)), train([2], id=np.int64(2)))
    assert names(one) == [4, 2]


def test_names_that_some_lack_do_not_count():
    one = segment(train([1], id=7, name="x"), train([2], name="y"))
    assert names(one) == ["x", "y"]
    assert names(one, segment(train([1], id=7), train([2]), train([3]))) == [0, 1, 2]


def test_a_segment_without_trains_lasts_as_long_as_its_signals():
    made = neo.Segment()
    assert trains_of(made) is None
    signal = neo.AnalogSignal(np.ones((5, 1)), units="V", sampling_rate=10 * pq.Hz)
    made.analogsignals.append(signal)
    assert (trains_of(made).n_trains, trains_of(made).duration) == (0, 0.5)
    assert trains_of(segment(train([], 5, 5))) is None
