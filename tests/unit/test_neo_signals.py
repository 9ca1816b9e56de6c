"""Signals of Neo Segments."""

import neo
import numpy as np
import pytest
import quantities as pq
from numpy.testing import assert_allclose, assert_array_equal

from brian_force.exchange.neo_signals import signals_of


def signal(values, name="x", units="mV", t_start=0.0, rate=10, **others):
    return neo.AnalogSignal(
        np.array(values, dtype=float).reshape(len(values), -1),
        units=units,
        sampling_rate=rate * pq.Hz,
        t_start=t_start * pq.s,
        name=name,
        **others,
    )


def segment(*signals):
    made = neo.Segment()
    made.analogsignals.extend(list(signals))
    return made


def read(*segments, starts=None):
    dropped = {}
    return signals_of(list(segments), starts or [0.0] * len(segments), dropped), dropped


def test_a_signal_of_two_segments():
    found, dropped = read(segment(signal([1, 2])), segment(signal([3], units="V")))
    assert [trial.ravel().tolist() for trial in found["x"].values] == [[1, 2], [3000]]
    assert (found["x"].unit, float(found["x"].dt), dropped) == ("mV", 0.1, {})


def test_a_segment_without_it_has_no_samples():
    found, _ = read(segment(), segment(signal([[1, 2]])))
    assert [trial.shape for trial in found["x"].values] == [(0, 2), (1, 2)]


def test_samples_stand_from_the_start_of_the_segment_on():
    late, early = signal([1, 2], t_start=5.2), signal([1, 2, 3], t_start=4.9)
    found, _ = read(segment(late), segment(early), starts=[5.0, 5.0])
    assert_array_equal(found["x"].values[0].ravel(), [np.nan, np.nan, 1, 2])
    assert_array_equal(found["x"].values[1].ravel(), [2, 3])


@pytest.mark.parametrize("other", [{"units": "Hz"}, {"rate": 11}, {"values": [[1, 2]]}])
def test_signals_that_differ_are_named(other):
    found, dropped = read(segment(signal([1, 2])), segment(signal(**{"values": [1], **other})))
    assert found == {}
    assert dropped == {"signals that differ between segments": ["x"]}


def test_names_and_channels():
    channels = {"channel_ids": np.array([4, 7])}
    first = signal([[1, 2]], name=None, array_annotations=channels)
    found, _ = read(segment(first, signal([1]), signal([2])))
    assert list(found) == ["signal 0", "x", "x 2"]
    assert found["signal 0"].channels.tolist() == [4, 7]


def test_a_note_of_dt_counts_while_it_is_true():
    found, _ = read(segment(signal([1, 2], dt=0.1 + 1e-16, rate=1 / (0.1 + 1e-16))))
    assert float(found["x"].dt) == 0.1 + 1e-16
    found, _ = read(segment(signal([1, 2], dt=0.05, unit="V")))
    assert_allclose(float(found["x"].dt), 0.1)
    assert found["x"].unit == "mV"
