"""Spikes in NWB files."""

import dataclasses
from datetime import UTC, datetime

import numpy as np
import pytest
from brian2 import second
from nwbinspector import Importance, inspect_nwbfile
from pynwb import NWBHDF5IO, validate
from pynwb.file import Subject

from brian_force import RecordingError
from brian_force.exchange import read_nwb, save_nwb


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file.nwb"


def opened(path):
    return NWBHDF5IO(str(path), "r")


def test_round_trip(example, assert_same, path):
    save_nwb(example, path)
    assert_same(read_nwb(path), example)


def test_round_trip_of_trials_that_overlap(example, assert_same, path):
    overlapping = dataclasses.replace(example, starts=[0, 0.2, 0.1] * second)
    save_nwb(overlapping, path)
    assert_same(read_nwb(path), overlapping)


def test_round_trip_of_signals_alone(example, assert_same, path):
    alone = dataclasses.replace(example.select(neurons=[]), dt=None, neuron_ids=np.empty(0, int))
    save_nwb(alone, path)
    assert_same(read_nwb(path), alone)


def test_trials_stand_where_they_were(example, path):
    save_nwb(example, path)
    with opened(path) as source:
        file = source.read()
        assert file.trials["start_time"][:].tolist() == [0.1, 0.6, 1.7]
        assert file.trials.colnames == ("start_time", "stop_time")
        assert file.units["spike_times"][1].tolist() == [0.1, 0.1 + 0.35, 0.1 + 0.5]
        assert file.units["spike_trials"][0].tolist() == [0, 2]
        assert file.units["neuron_id"][:].tolist() == [10, 7, 3, 99, 4]
        assert len(file.units["spike_times"][2]) == 0
        assert file.units.resolution == 1e-4


def test_trials_that_overlap_are_laid_end_to_end(example, path):
    save_nwb(dataclasses.replace(example, starts=[0, 0, 0] * second), path)
    with opened(path) as source:
        trials = source.read().trials
        np.testing.assert_allclose(trials["start_time"][:], [0, 1.5, 2.8])
        assert trials["start_in_recording"][:].tolist() == [0, 0, 0]


def test_a_signal_is_one_series(example, path):
    save_nwb(example, path)
    with opened(path) as source:
        acquired = source.read().acquisition
        assert set(acquired) == {"output", "v_mean 1"}
        assert acquired["output"].data.shape == (52, 2)
        assert (acquired["v_mean 1"].unit, acquired["v_mean 1"].comments) == (
            "mV",
            "Channels: mean",
        )
        assert acquired["output"].timestamps[50] == 1.7
    save_nwb(example.select(trials=[0]), path)
    with opened(path) as source:
        output = source.read().acquisition["output"]
        assert (output.rate, output.starting_time, output.timestamps) == (100, 0.1, None)


@pytest.mark.parametrize("name", [".", "", "a/b", "c:d", "ü"])
def test_any_name_of_a_signal_comes_back(example, assert_same, path, name):
    named = dataclasses.replace(example, signals={name: example.signals["output"]})
    save_nwb(named, path)
    assert_same(read_nwb(path), named)


def test_the_session(example, path):
    start = datetime(2026, 1, 2, 3, tzinfo=UTC)
    subject = Subject(subject_id="m3", species="Mus musculus", sex="M", age="P90D")
    save_nwb(
        example,
        path,
        session_start_time=start,
        session_description="one",
        experimenter=["A"],
        subject=subject,
    )
    with opened(path) as source:
        file = source.read()
        assert (file.session_start_time, file.session_description) == (start, "one")
        assert (file.experimenter, file.subject.subject_id) == (("A",), "m3")
        assert file.was_generated_by[:].tolist() == [["brian_force", "0.1.0"]]
    save_nwb(example, path, session_start_time=datetime(2026, 1, 2))
    with opened(path) as source:
        assert source.read().session_start_time.tzinfo is not None


def test_it_is_valid(example, path):
    save_nwb(example, path)
    assert validate(path=path) == []


def test_what_the_inspector_says(example, path):
    save_nwb(example, path)
    found = {
        told.check_function_name: told.importance for told in inspect_nwbfile(nwbfile_path=path)
    }
    assert found == {
        "check_experimenter_exists": Importance.BEST_PRACTICE_SUGGESTION,
        "check_institution": Importance.BEST_PRACTICE_SUGGESTION,
        "check_subject_species_exists": Importance.BEST_PRACTICE_VIOLATION,
    }


def test_a_failed_write_leaves_the_older_file(example, path, monkeypatch):
    path.write_text("old")
    monkeypatch.setattr(NWBHDF5IO, "write", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        save_nwb(example, path)
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]


def test_a_damaged_file(example, path):
    save_nwb(example, path)
    whole = path.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], b"hello"):
        path.write_bytes(damaged)
        with pytest.raises(RecordingError, match="is damaged or not an NWB file"):
            read_nwb(path)
