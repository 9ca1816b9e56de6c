"""Spikes and signals of a Neo Block, whoever made it."""

import neo
import numpy as np
import pytest
import quantities as pq
from numpy.testing import assert_allclose

from brian_force.exchange import from_neo, to_neo


def train(times, t_start=0, t_stop=1000, **annotations):
    return neo.SpikeTrain(times, units="ms", t_start=t_start, t_stop=t_stop, **annotations)


def block(*segments):
    made = neo.Block(subject="m3", session=2, ratio=np.float64(0.5), probe={"a": 1}, rec=None)
    for trains in segments:
        segment = neo.Segment()
        segment.spiketrains.extend(list(trains))
        made.segments.append(segment)
    return made


@pytest.fixture
def warnings(monkeypatch):
    told = []
    monkeypatch.setattr(
        "brian_force.exchange.neo_import.logger.warn", lambda message, *_: told.append(message)
    )
    return told


def test_round_trip(example, assert_same, warnings):
    assert_same(from_neo(to_neo(example)), example)
    assert warnings == []


def test_round_trip_of_trains_that_were_made(example, assert_same):
    made = to_neo(example)
    for segment in made.segments:
        assert len(list(segment.spiketrains)) == 5
    assert_same(from_neo(made), example)


def test_one_segment_of_ours_is_one_trial(example, assert_same):
    # a Segment without samples of a signal knows nothing of it
    found = from_neo(to_neo(example).segments[0])
    assert_same(found, example.select(trials=[0]))


def test_a_block_of_others(warnings):
    theirs = block(
        [train([150], 100, 500, id=4), train([200, 400], 100, 500, id=2)],
        [train([1600], 1500, 2000, id=2)],
    )
    found = from_neo(theirs)
    assert found.neuron_ids.tolist() == [4, 2]
    assert_allclose(np.asarray(found.spike_times), [0.05, 0.1, 0.3, 0.1])
    assert found.spike_neurons.tolist() == [0, 1, 1, 1]
    assert_allclose(np.asarray(found.starts), [0.1, 1.5])
    assert_allclose(np.asarray(found.durations), [0.4, 0.5])
    assert (found.dt, found.annotations) == (None, {"subject": "m3", "session": 2, "ratio": 0.5})
    assert warnings == ["Left out of what was read from Neo: annotations (probe)."]


def test_a_start_that_others_noted_is_their_own_business():
    theirs = block([train([1])])
    theirs.segments[0].annotate(start=7.0)
    assert float(from_neo(theirs).starts[0]) == 0


def test_a_list_of_trains_is_one_trial_and_stays_where_it_was():
    theirs = block([train([1]), train([2])])
    trains = theirs.segments[0].spiketrains
    found = from_neo(list(trains))
    assert (found.n_trials, found.n_neurons, found.n_spikes) == (1, 2, 2)
    assert all(item.segment is theirs.segments[0] for item in trains)


def test_spikes_at_the_end_stay_within():
    found = from_neo([neo.SpikeTrain([0.3], units="s", t_start=0.1, t_stop=0.3)])
    assert float(found.spike_times[0]) == float(found.durations[0])


def test_what_is_left_out_is_named(warnings):
    theirs = block([train([1])], [])
    segment = theirs.segments[0]
    theirs.annotations = {}
    segment.events.append(neo.Event([1] * pq.s, labels=["x"], name="cue"))
    segment.epochs.append(neo.Epoch([1] * pq.s, durations=[1] * pq.s, labels=["x"]))
    uneven = neo.IrregularlySampledSignal([0, 1, 3] * pq.s, [1, 2, 3] * pq.V, name="eye")
    segment.irregularlysampledsignals.append(uneven)
    assert from_neo(theirs).n_trials == 1
    assert warnings == [
        "Left out of what was read from Neo: irregularly sampled signals (eye); events (cue); "
        "epochs (without name); empty segments (1)."
    ]
