"""Files of spikes by what their names end in."""

import h5py
import neo
import numpy as np
import pytest

from brian_force import RecordingError
from brian_force.exchange import read, write


@pytest.mark.parametrize("suffix", [".npz", ".nwb", ".nix", ".NPZ"])
def test_round_trip(example, assert_same, tmp_path, suffix):
    path = tmp_path / f"file{suffix}"
    write(example, str(path))
    assert list(tmp_path.iterdir()) == [path]
    assert_same(read(str(path)), example)


def test_what_neo_reads(tmp_path):
    block = neo.Block()
    block.segments.append(neo.Segment())
    trains = [
        neo.SpikeTrain([0.1, 0.2], units="s", t_stop=1),
        neo.SpikeTrain([0.3], units="s", t_stop=1),
    ]
    block.segments[0].spiketrains.extend(trains)
    path = tmp_path / "theirs.h5"
    with neo.NixIO(str(path), mode="ow") as file:
        file.write_block(block)
    found = read(path)
    assert (found.n_neurons, np.asarray(found.spike_times).tolist()) == (2, [0.1, 0.2, 0.3])


def test_text_is_no_spikes_only_because_it_is_text(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("hello\nworld")
    with pytest.raises(RecordingError, match="not a file that Neo reads: AsciiSignalIO: no spike"):
        read(path)


def test_the_first_reader_that_finds_spikes(tmp_path):
    path = tmp_path / "spikes.txt"
    path.write_text("0.1\t0.2\t0.3\n0.4\t0.5\t0.6\n")
    found = read(path)
    assert (found.n_neurons, found.n_spikes) == (2, 6)


@pytest.mark.parametrize("suffix", [".npz", ".nwb", ".nix", ".plx"])
def test_a_missing_file(tmp_path, suffix):
    path = tmp_path / f"none{suffix}"
    with pytest.raises(FileNotFoundError, match="There is no file"):
        read(path)


@pytest.mark.parametrize("suffix", [".nwb", ".nix", ".h5"])
def test_other_files_of_HDF5(tmp_path, suffix):
    path = tmp_path / f"other{suffix}"
    with h5py.File(path, "w") as file:
        file["x"] = [1, 2]
    with pytest.raises(RecordingError, match=f"other{suffix}"):
        read(path)
