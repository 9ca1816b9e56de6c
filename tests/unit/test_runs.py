"""What the commands read: recordings, spikes of others, targets."""

import dataclasses

import numpy as np
import pytest
from brian2 import ms
from numpy.testing import assert_allclose

from brian_force.commands.runs import equally_long, read_run, read_target
from brian_force.errors import RecordingError
from brian_force.exchange import SpikeTrials, write

LENGTH = 0.25


@pytest.fixture
def equal(example):
    return example.cut(0 * ms, 250 * ms)


def test_a_recording_is_known_by_its_model(trained_twins, tmp_path):
    lif, rate = trained_twins
    rate.save(tmp_path / "recording.h5")
    assert list(read_run(tmp_path / "recording.h5")) == list(read_run(tmp_path)) == ["rate"]
    lif.save(tmp_path / "lif.h5")
    assert list(read_run(tmp_path)) == ["lif"]
    rate.save(tmp_path / "rate.h5")
    assert list(read_run(tmp_path)) == ["lif", "rate"]


def test_other_files_are_spikes(example, tmp_path):
    write(example, tmp_path / "spikes.npz")
    found = read_run(tmp_path / "spikes.npz")
    assert isinstance(found, SpikeTrials)
    assert found.n_spikes == example.n_spikes


def test_what_is_not_there_is_said(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no file or folder"):
        read_run(tmp_path / "nothing.h5")
    with pytest.raises(FileNotFoundError, match="There is no recording in"):
        read_run(tmp_path)
    (tmp_path / "damaged.h5").write_bytes(b"?")
    with pytest.raises(RecordingError):
        read_run(tmp_path / "damaged.h5")


def test_trials_are_cut_to_the_shortest(example, equal):
    cut = equally_long(example)
    assert_allclose(np.asarray(cut.durations), LENGTH)
    assert equally_long(equal) is equal


def test_a_target_is_a_signal_first(example, equal, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "output").write_text("0,1\n")
    assert read_target("output", example) == "output"
    assert read_target(None, example) is None
    named = dataclasses.replace(example, signals={"target": example.signals["output"]})
    assert read_target(None, named) == "target"


@pytest.mark.parametrize("head", ["", "time (s),x,y\n"])
def test_a_table_has_times_in_its_first_column(equal, tmp_path, head):
    (tmp_path / "x.csv").write_text(head + "0,1,2\n0.1,3,4\n0.3,5,6\n")
    found = read_target(str(tmp_path / "x.csv"), equal)
    assert_allclose(found["time"], [0, 0.1, 0.3])
    assert_allclose(found, [[1, 2], [3, 4], [5, 6]])


def test_an_array_covers_a_trial(equal, tmp_path):
    np.save(tmp_path / "x.npy", np.arange(5.0))
    found = read_target(str(tmp_path / "x.npy"), equal)
    assert_allclose(found["time"], [0, 0.05, 0.1, 0.15, 0.2])
    assert found.shape == (5, 1)


def test_targets_that_are_none_are_refused(equal, tmp_path):
    with pytest.raises(ValueError, match=r"a signal of the run \(output, v/mean\), or a file"):
        read_target("sine", equal)
    for name, text in {"a.csv": "1\n2\n", "b.csv": "0,x\n1,y\n", "c.csv": "0,1\n1,nan\n"}.items():
        (tmp_path / name).write_text(text)
        with pytest.raises(ValueError, match="must be a file of columns of finite numbers"):
            read_target(str(tmp_path / name), equal)
    np.save(tmp_path / "d.npy", np.zeros((2, 2, 2)))
    (tmp_path / "e.npy").write_text("no array")
    for name in ("d.npy", "e.npy"):
        with pytest.raises(ValueError, match="must be a file of samples of shape"):
            read_target(str(tmp_path / name), equal)
