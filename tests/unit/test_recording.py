"""Recordings: what goes into a file comes out of it, or a message says why not."""

import dataclasses
import re

import h5py
import numpy as np
import pytest
from brian2 import Hz, Quantity, have_same_dimensions, ms, mV, second
from numpy.testing import assert_array_equal

from brian_force import RecordingError, files
from brian_force.experiment import recording as module
from brian_force.experiment.recording import Recording, load_recording
from brian_force.networks import LIFParameters

N, K, T, S = 7, 2, 300, 40


def make_recording(**changes):
    """Make a recording of odd numbers, which no rounding leaves as they are."""
    rng = np.random.default_rng(3)
    times = np.arange(T) * ms
    target = np.sin(2 * np.pi * np.outer(np.asarray(times), [5, 10]))
    fields = {
        "task": "sine",
        "model": "lif",
        "device": "numpy",
        "seed": 12,
        "parameters": LIFParameters(n_neurons=N, G=0.1 / 3 * mV / Hz, dt=0.1 * ms),
        "learning_rate": 2.5e-6 / 3 * second**2,
        "rule_dt": 2.5 * ms,
        "learn_from": 0.1 * second,
        "learn_until": 0.2 * second,
        "duration": 0.3 * second,
        "period": 0.2 / 3 * second,
        "times": times,
        "output": target + rng.normal(size=(T, K)) / 10,
        "target": target,
        "spike_times": np.sort(rng.uniform(0, 0.3, S)) * second,
        "spike_neurons": rng.integers(0, N, S).astype(np.int32),
        "decoders": rng.normal(size=(N, K)) / Hz,
        "P": rng.normal(size=(N, N)) * second**2,
        "mean_rate": S / N / 0.3 * Hz,
        "state": {name: rng.normal(size=N) for name in ("v", "r", "h", "s", "h_s", "lastspike")},
        "n_updates": 40,
        "seconds_build": 1.25,
        "seconds_run": 0.1,
    }
    return Recording(**{**fields, **changes})


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "run.h5"
    make_recording().save(path)
    return path


def assert_same(got, expected):
    assert type(got) is type(expected)
    if isinstance(expected, Quantity):
        assert have_same_dimensions(got, expected)
    if isinstance(expected, dict):
        assert set(got) == set(expected)
        for name, value in expected.items():
            assert_same(got[name], value)
    elif isinstance(expected, np.ndarray):
        assert got.dtype == expected.dtype
        assert_array_equal(np.asarray(got), np.asarray(expected))
    else:
        assert got == expected


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"P": None},
        {"period": None},
        {"spike_times": np.zeros(0) * second, "spike_neurons": np.zeros(0, np.int32)},
        {
            "model": "rate",
            "spike_times": np.zeros(0) * second,
            "spike_neurons": np.zeros(0, np.int32),
            "state": {"h": np.full(N, 1 / 3), "r": np.full(N, 2 / 3)},
        },
        {"seed": 2**40, "task": "Δt – naïve"},
        {"versions": {"brian_force": "0", "numpy": "1"}},
        {"output": np.full((T, K), np.nan)},
    ],
    ids=["all", "no P", "no period", "silent", "rate", "large seed", "versions", "nan"],
)
def test_every_field_survives_the_file_exactly(tmp_path, changes):
    recording = make_recording(**changes)
    recording.save(tmp_path / "run.h5")
    loaded = load_recording(tmp_path / "run.h5")
    for field in dataclasses.fields(Recording):
        assert_same(getattr(loaded, field.name), getattr(recording, field.name))


def test_the_file_says_its_units(saved):
    with h5py.File(saved) as file:
        units = {name: file[name].attrs["unit"] for name in file if name != "state"}
    assert units == {
        "times": "s",
        "output": "1",
        "target": "1",
        "spike_times": "s",
        "spike_neurons": "1",
        "decoders": "1/Hz",
        "P": "s**2",
    }


def test_errors():
    recording = make_recording()
    difference = (recording.output - recording.target)[100:200]
    assert recording.errors.rms_learning == pytest.approx(np.sqrt(np.mean(difference**2)))
    assert recording.errors is recording.errors


def test_errors_of_a_loaded_recording_are_the_same(saved):
    assert load_recording(saved).errors == make_recording().errors


def test_a_recording_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        make_recording().seed = 2


def test_saving_makes_the_folder_and_leaves_one_file(tmp_path):
    make_recording().save(tmp_path / "new" / "folder" / "run.h5")
    assert [path.name for path in (tmp_path / "new" / "folder").iterdir()] == ["run.h5"]


def test_a_path_may_be_a_string(tmp_path):
    make_recording().save(f"{tmp_path}/run.h5")
    assert load_recording(f"{tmp_path}/run.h5").seed == 12


def test_saving_replaces_an_older_recording(saved):
    make_recording(seed=13).save(saved)
    assert load_recording(saved).seed == 13
    assert [path.name for path in saved.parent.iterdir()] == ["run.h5"]


@pytest.mark.parametrize(
    ("owner", "step"), [(files, "_flush_to_disk"), (module, "_as_attribute")], ids=["end", "middle"]
)
def test_a_failing_write_leaves_the_older_file(saved, monkeypatch, owner, step):
    def fail(*_):
        raise OSError(28, "No space left on device")

    before = saved.read_bytes()
    monkeypatch.setattr(owner, step, fail)
    with pytest.raises(OSError, match="No space left on device"):
        make_recording(seed=13).save(saved)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == ["run.h5"]


def test_an_interrupted_write_leaves_no_file(tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(files, "_flush_to_disk", interrupt)
    with pytest.raises(KeyboardInterrupt):
        make_recording().save(tmp_path / "run.h5")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_an_os_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=re.escape(str(tmp_path / "file"))):
        make_recording().save(tmp_path / "file" / "run.h5")


def test_the_file_is_as_readable_as_any_other(saved):
    plain = saved.with_name("plain")
    plain.touch()
    assert saved.stat().st_mode == plain.stat().st_mode


# Files that are no recordings


def refused(path, message):
    with pytest.raises(RecordingError, match=f"^{message}$") as caught:
        load_recording(path)
    return caught.value


def named(path):
    return re.escape(f"The file '{path}'")


def test_a_missing_file(tmp_path):
    path = tmp_path / "none.h5"
    with pytest.raises(FileNotFoundError, match=re.escape(f"There is no recording '{path}'.")):
        load_recording(path)
    with pytest.raises(FileNotFoundError, match=re.escape(f"There is no recording '{tmp_path}'.")):
        load_recording(tmp_path)


@pytest.mark.parametrize("fraction", [0, 0.01, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_damaged(saved, fraction):
    content = saved.read_bytes()
    saved.write_bytes(content[: int(fraction * len(content))])
    refused(saved, f"{named(saved)} is damaged: .*")


def test_random_bytes_are_damaged(saved):
    saved.write_bytes(np.random.default_rng(1).bytes(5000))
    refused(saved, f"{named(saved)} is damaged: .*")


def test_another_hdf5_file(saved):
    with h5py.File(saved, "w") as file:
        file["data"] = 1
    refused(saved, f"{named(saved)} is an HDF5 file, but not a recording of brian_force\\.")


def test_another_format(saved):
    with h5py.File(saved, "a") as file:
        file.attrs["format"] = 2
    message = r" has format 2, but this version of brian_force reads format 1\."
    refused(saved, named(saved) + message)


def test_an_unfinished_file(saved):
    with h5py.File(saved, "a") as file:
        del file.attrs["whole"]
    refused(saved, f"{named(saved)} is damaged: it was not written to its end\\.")


@pytest.mark.parametrize("name", ["output", "times", "decoders", "state"])
def test_a_lost_array(saved, name):
    with h5py.File(saved, "a") as file:
        del file[name]
    refused(saved, f"{named(saved)} is damaged: it has no '{name}'\\.")


def test_parameters_that_cannot_be_read(saved):
    with h5py.File(saved, "a") as file:
        file.attrs["parameters"] = "{}x"
    refused(saved, f"{named(saved)} is damaged: .*")
