"""Spikes in NWB files that others wrote."""

import uuid
from datetime import UTC, datetime

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from pynwb import NWBHDF5IO, NWBFile, TimeSeries

from brian_force import RecordingError
from brian_force.exchange import read_nwb

SPIKES = [[0.5, 1.2, 1.9, 3.5], [], [1.0, 2.0, 2.5]]


@pytest.fixture
def told(monkeypatch):
    messages = []
    monkeypatch.setattr("brian_force.exchange.nwb_of_others.logger.warn", messages.append)
    return messages


@pytest.fixture
def saved(tmp_path):
    def save(spikes=SPIKES, trials=(), series=()):
        file = NWBFile(
            session_description="theirs",
            identifier=str(uuid.uuid4()),
            session_start_time=datetime(2026, 1, 1, tzinfo=UTC),
            notes="Notes of theirs",
        )
        for times in spikes:
            file.add_unit(spike_times=times, obs_intervals=[[0.0, 4.0]])
        for start, stop in trials:
            file.add_trial(start_time=float(start), stop_time=float(stop))
        for one in series:
            file.add_acquisition(one)
        path = tmp_path / "theirs.nwb"
        with NWBHDF5IO(str(path), "w") as target:
            target.write(file)
        return path

    return save


def test_units_cut_by_trials(saved, told):
    found = read_nwb(saved(trials=[(1, 2), (2, 3)]))
    assert_allclose(np.asarray(found.spike_times), [0, 0.2, 0.9, 0, 0.5])
    assert found.spike_neurons.tolist() == [2, 0, 0, 2, 2]
    assert found.spike_trials.tolist() == [0, 0, 0, 1, 1]
    assert (found.n_neurons, np.asarray(found.starts).tolist()) == (3, [1, 2])
    assert found.annotations["session_description"] == "theirs"
    assert (found.dt, told) == (None, [])


def test_trials_may_overlap(saved):
    found = read_nwb(saved(trials=[(1, 3), (1.5, 3)]))
    assert np.bincount(found.spike_trials).tolist() == [5, 3]


def test_without_trials_it_is_one(saved):
    found = read_nwb(saved())
    assert (found.n_trials, found.n_spikes) == (1, 7)
    assert float(found.duration) == pytest.approx(3.5)


def test_trials_that_do_not_last_are_named(saved, told):
    assert read_nwb(saved(trials=[(1, 2), (2, np.nan), (3, 3)])).n_trials == 1
    assert told == ["Left out of what was read from NWB: trials that do not last (1, 2)."]


def test_signals_come_when_asked_for(saved, told):
    even = TimeSeries(
        name="LFP", data=np.arange(40.0), unit="volts", rate=10.0, starting_time=0.0, conversion=0.5
    )
    stamped = TimeSeries(
        name="eye", data=np.ones((30, 2)), unit="m", timestamps=1.5 + np.arange(30) / 10
    )
    path = saved(trials=[(1, 2), (2, 3)], series=[even, stamped])
    assert read_nwb(path).signals == {}
    assert told == [
        "Left out of what was read from NWB: signals (LFP, eye). Take some of them along: "
        "read_nwb(..., signals=('LFP',))."
    ]
    found = read_nwb(path, signals=("LFP", "eye")).signals
    assert_allclose(found["LFP"].values[1].ravel(), np.arange(20, 30) / 2)
    assert (found["LFP"].unit, float(found["LFP"].dt)) == ("volts", 0.1)
    assert_array_equal(np.isnan(found["eye"].values[0][:, 0]), np.arange(10) < 5)
    assert found["eye"].values[1].shape == (10, 2)


def test_refusals(saved):
    uneven = TimeSeries(name="eye", data=np.ones(3), unit="m", timestamps=[0.0, 1.0, 3.0])
    path = saved(series=[uneven])
    with pytest.raises(RecordingError, match=r"it has no TimeSeries 'eyes'\. Did you mean 'eye'"):
        read_nwb(path, signals=("eyes",))
    with pytest.raises(RecordingError, match="its TimeSeries 'eye' is not sampled regularly"):
        read_nwb(path, signals=("eye",))
    with pytest.raises(RecordingError, match="none of its trials lasts"):
        read_nwb(saved(trials=[(3, 3)]))
    with pytest.raises(RecordingError, match="it has neither trials nor a spike"):
        read_nwb(saved(spikes=[[]]))
    with pytest.raises(RecordingError, match="it has no units with spike times"):
        read_nwb(saved(spikes=[]))
