"""Spikes in NIX files."""

import neo
import numpy as np
import pytest
import quantities as pq

from brian_force import RecordingError
from brian_force.exchange import from_neo, read_nix, save_nix


def test_round_trip(example, assert_same, tmp_path):
    save_nix(example, tmp_path / "file.nix")
    assert_same(read_nix(tmp_path / "file.nix"), example)


def test_neo_reads_one_train_a_trial(example, assert_same, tmp_path):
    save_nix(example, tmp_path / "file.nix")
    with neo.NixIO(str(tmp_path / "file.nix"), mode="ro") as file:
        block = file.read_block()
    assert [len(segment.spiketrains) for segment in block.segments] == [1, 1, 1]
    train = block.segments[0].spiketrains[0]
    assert train.array_annotations["neuron"].tolist() == [1, 0, 3, 1, 1]
    assert_same(from_neo(block), example)


def test_files_of_others(tmp_path):
    block = neo.Block(name="theirs")
    for k in range(2):
        segment = neo.Segment(name=f"{k}")
        segment.spiketrains.extend(
            [
                neo.SpikeTrain([10, 20 + k], units="ms", t_stop=100, unit_id=5),
                neo.SpikeTrain([], units="ms", t_stop=100, unit_id=3),
            ]
        )
        signal = neo.AnalogSignal(np.ones((5, 2)), units="uV", sampling_rate=1 * pq.kHz, name="LFP")
        segment.analogsignals.append(signal)
        block.segments.append(segment)
    path = tmp_path / "theirs.nix"
    with neo.NixIO(str(path), mode="ow") as file:
        file.write_block(block)
    found = read_nix(path)
    assert found.neuron_ids.tolist() == [5, 3]
    np.testing.assert_allclose(np.asarray(found.spike_times), [0.01, 0.02, 0.01, 0.021])
    assert found.signals["LFP"].unit == "uV"


def test_a_failed_write_leaves_the_older_file(example, tmp_path, monkeypatch):
    path = tmp_path / "file.nix"
    path.write_text("old")
    monkeypatch.setattr(neo.NixIO, "write_block", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        save_nix(example, path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_damaged_file(example, tmp_path):
    path = tmp_path / "file.nix"
    save_nix(example, path)
    whole = path.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], b"hello"):
        path.write_bytes(damaged)
        with pytest.raises(RecordingError, match="is damaged or not a NIX file"):
            read_nix(path)
