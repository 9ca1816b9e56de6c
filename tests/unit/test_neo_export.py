"""Spikes and signals as a Neo Block."""

import dataclasses

import numpy as np
import pytest
import quantities as pq

from brian_force.exchange import to_neo


def test_one_segment_a_trial(example):
    block = to_neo(example, name="mine")
    assert block.name == "mine"
    assert [segment.index for segment in block.segments] == [0, 1, 2]
    abouts = [(s.annotations["trial"], s.annotations["start"]) for s in block.segments]
    assert abouts == [(0, 0.1), (1, 0.6), (2, 1.7)]
    assert [float(segment.t_stop) for segment in block.segments] == [0.5, 0.3, 0.25]


def test_trains_are_in_seconds_and_silent_ones_are_there(example):
    trains = to_neo(example).segments[0].spiketrains
    assert [train.annotations["channel_id"] for train in trains] == [10, 7, 3, 99, 4]
    assert [train.magnitude.tolist() for train in trains] == [[0.1], [0, 0.35, 0.5], [], [0.1], []]
    assert {train.units.dimensionality.string for train in trains} == {"s"}
    assert {(float(train.t_start), float(train.t_stop)) for train in trains} == {(0, 0.5)}


def test_trains_know_their_segment(example):
    segment = to_neo(example).segments[2]
    assert all(train.segment is segment for train in segment.spiketrains)
    assert segment.block.name == "spikes"


def test_signals(example):
    output, v = to_neo(example).segments[0].analogsignals
    assert (output.name, output.shape, output.units) == ("output", (50, 2), pq.dimensionless)
    assert (v.name, v.units) == ("v/mean", pq.mV)
    assert v.array_annotations["channel"].tolist() == ["mean"]
    assert float(output.sampling_period.rescale("ms")) == pytest.approx(10)
    assert [signal.name for signal in to_neo(example).segments[1].analogsignals] == ["v/mean"]


def test_annotations(example):
    annotations = to_neo(example).annotations
    assert annotations == {
        **example.annotations,
        "brian_force_version": "0.1.0",
        "brian_force_dt": 1e-4,
    }
    assert "brian_force_dt" not in to_neo(dataclasses.replace(example, dt=None)).annotations


def test_the_block_holds_copies(example):
    block = to_neo(example)
    block.segments[0].spiketrains.multiplexed[1][:] = 0 * pq.s
    assert np.asarray(example.spike_times).max() == 0.5
    block.segments[0].analogsignals[0][:] = 0 * pq.dimensionless
    assert example.signals["output"].values[0].all()
