"""Spikes in a file of NumPy."""

import numpy as np
import pytest

from brian_force import RecordingError
from brian_force.exchange import read_npz, save_npz


def test_round_trip(example, assert_same, tmp_path):
    save_npz(example, tmp_path / "new" / "file.npz")
    assert_same(read_npz(tmp_path / "new" / "file.npz"), example)


def test_names_of_neurons_may_be_text(example, assert_same, tmp_path):
    import dataclasses

    named = dataclasses.replace(example, neuron_ids=["a", "b", "c", "d", "é"], dt=None)
    save_npz(named, tmp_path / "file.npz")
    assert_same(read_npz(tmp_path / "file.npz"), named)


def test_nothing_is_pickled(example, tmp_path):
    save_npz(example, tmp_path / "file.npz")
    with np.load(tmp_path / "file.npz", allow_pickle=False) as arrays:
        assert {arrays[name].dtype.kind for name in arrays} == {"f", "i", "u"}
        assert arrays["signal_1"].shape == (6, 1)


def test_a_damaged_file(example, tmp_path):
    path = tmp_path / "file.npz"
    save_npz(example, path)
    whole = path.read_bytes()
    place = whole.index(np.asarray(example.spike_times).tobytes())
    for damaged in (
        b"",
        whole[: len(whole) // 2],
        b"hello",
        whole[:place] + b"?" + whole[place + 1 :],
    ):
        path.write_bytes(damaged)
        with pytest.raises(RecordingError, match=r"file\.npz"):
            read_npz(path)


def test_arrays_of_others(tmp_path):
    path = tmp_path / "file.npz"
    np.savez(path, spike_times=[1.0])
    with pytest.raises(RecordingError, match="it has no header of brian_force"):
        read_npz(path)
    with path.open("wb") as file:
        np.save(file, [1.0])
    with pytest.raises(RecordingError, match="it is no archive of arrays"):
        read_npz(path)
