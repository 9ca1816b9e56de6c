"""The file of a checkpoint, and what is refused."""

import dataclasses
import re
from pathlib import Path

import h5py
import numpy as np
import pytest
from brian2 import Hz, Quantity, have_same_dimensions, ms, mV, second
from numpy.testing import assert_array_equal

from brian_force import DivergenceError, RecordingError, files, tasks, train
from brian_force.experiment.checkpoint import Checkpoint, load_checkpoint, settings_of
from brian_force.experiment.run import RunResult
from brian_force.experiment.train import plan

SHORT = {
    "n_neurons": 30,
    "dt": 0.5 * ms,
    "learn_from": 20 * ms,
    "learn_until": 80 * ms,
    "duration": 100 * ms,
}


def make_result(**changes):
    rng = np.random.default_rng(1)
    fields = {
        "times": np.arange(5) * ms,
        "output": rng.random((5, 2)),
        "spike_times": rng.random(7) * second,
        "spike_neurons": np.arange(7, dtype=np.int32),
        "mean_rate": 29.7 * Hz,
        "decoders": rng.random((3, 2)) / Hz,
        "P": None,
        "state": {"v": rng.random(3), "lastspike": -rng.random(3)},
        "carried": {
            "_P": rng.random(6).astype(np.float32),
            "_P_ready": np.array([True]),
            "_gain": rng.random(3).astype(np.float32),
            "_pending": np.array([0.1]),
        },
        "n_updates": 12,
        "seconds_build": 0.3,
        "seconds_run": 0.7,
    }
    return RunResult(**{**fields, **changes})


def make_checkpoint(**changes):
    settings = settings_of(plan(tasks.sine(), **SHORT), "numpy")
    return Checkpoint(settings=settings, time=0.3 * second, result=make_result(**changes))


@pytest.fixture
def saved(tmp_path):
    make_checkpoint().save(tmp_path / "a.checkpoint")
    return tmp_path / "a.checkpoint"


def assert_same(got, expected):
    if isinstance(expected, dict):
        assert set(got) == set(expected)
        for name, value in expected.items():
            assert_same(got[name], value)
        return
    if isinstance(expected, Quantity):
        assert have_same_dimensions(got, expected)
    assert np.asarray(got).dtype == np.asarray(expected).dtype
    assert_array_equal(np.asarray(got), np.asarray(expected))


# The file


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"spike_times": np.zeros(0) * second, "spike_neurons": np.zeros(0, np.int32)},
        {"carried": {"_P_ready": np.array([False]), "n_spikes": np.ones(3)}},
    ],
    ids=["all", "silent", "before learning"],
)
def test_everything_survives_the_file_exactly(tmp_path, changes):
    checkpoint = make_checkpoint(**changes)
    checkpoint.save(tmp_path / "a.checkpoint")
    loaded = load_checkpoint(tmp_path / "a.checkpoint")
    assert loaded.settings == checkpoint.settings
    assert loaded.time == checkpoint.time
    for field in dataclasses.fields(RunResult):
        assert_same(getattr(loaded.result, field.name), getattr(checkpoint.result, field.name))


def test_saving_makes_the_folder_and_leaves_one_file(tmp_path):
    for _ in range(2):
        make_checkpoint().save(tmp_path / "new" / "a.checkpoint")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.checkpoint"]


def test_what_a_killed_process_left_is_written_over(saved):
    aside = saved.with_name(".a.checkpoint.aside")
    aside.write_bytes(b"half of a checkpoint")
    make_checkpoint().save(saved)
    assert list(saved.parent.iterdir()) == [saved]


@pytest.mark.parametrize("exception", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_write_that_fails_leaves_the_older_file(saved, monkeypatch, exception):
    def fail(_):
        raise exception

    before = saved.read_bytes()
    monkeypatch.setattr(files, "_flush_to_disk", fail)
    with pytest.raises(type(exception)):
        make_checkpoint(n_updates=13).save(saved)
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


# Files that are no checkpoints


def refused(path, message):
    with pytest.raises(RecordingError, match=f"^{message}$") as caught:
        load_checkpoint(path)
    return caught.value


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no checkpoint '.*none'\."):
        load_checkpoint(tmp_path / "none")


@pytest.mark.parametrize("share", [0, 0.3, 0.9])
def test_a_file_cut_short(saved, share):
    saved.write_bytes(saved.read_bytes()[: int(share * saved.stat().st_size)])
    start = re.escape(f"The checkpoint '{saved}' is damaged: ")
    refused(saved, start + r"(?s:.*)\. Start anew without resume\.")


def test_a_file_not_written_to_its_end(saved):
    with h5py.File(saved, "a") as file:
        del file.attrs["whole"]
    refused(saved, ".* is damaged: it was not written to its end. Start anew without resume.")


def test_a_file_of_another_format(saved):
    with h5py.File(saved, "a") as file:
        file.attrs["format"] = 2
    refused(saved, ".* has format 2, but this version of brian_force reads format 1.")


def test_a_recording_is_no_checkpoint(tmp_path):
    train(tasks.sine(), device="numpy", **SHORT).save(tmp_path / "run.h5")
    refused(tmp_path / "run.h5", ".* is an HDF5 file, but not a checkpoint of brian_force.")


# Other settings


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("model", {"model": "rate"}),
        ("seed", {"seed": 2}),
        ("n_neurons", {"n_neurons": 31}),
        ("Q", {"Q": 11 * mV}),
        ("learning_rate", {"learning_rate": 1e-3 * second**2}),
        ("learn_until", {"learn_until": 79 * ms}),
        ("duration", {"duration": 101 * ms}),
        ("rule_dt", {"rule_dt": 5 * ms}),
        ("gain", {"gain": "prior"}),
        ("precision", {"precision": "float32"}),
        ("decoders", {"decoders": np.ones(30) / Hz}),
    ],
)
def test_other_settings_are_refused_by_name(name, changes):
    checkpoint = make_checkpoint()
    wanted = settings_of(plan(tasks.sine(), **{**SHORT, **changes}), "numpy")
    message = rf"^The checkpoint 'a' was written with {name} .*, but got .*\. Only a training with"
    with pytest.raises(ValueError, match=message):
        checkpoint.check(wanted, "a")


def test_another_target_device_or_version_is_refused(monkeypatch):
    checkpoint = make_checkpoint()
    wanted = settings_of(plan(tasks.sine(frequency=6 * Hz), **SHORT), "numpy")
    with pytest.raises(ValueError, match="was written with target "):
        checkpoint.check(wanted, "a")
    wanted = settings_of(plan(tasks.sine(), **SHORT), "cpp")
    with pytest.raises(ValueError, match="was written with device numpy, but got cpp"):
        checkpoint.check(wanted, "a")
    monkeypatch.setattr("brian_force.experiment.checkpoint.version", lambda package: "99")
    wanted = settings_of(plan(tasks.sine(), **SHORT), "numpy")
    with pytest.raises(ValueError, match=r"was written with brian_force version .*, but got 99"):
        checkpoint.check(wanted, "a")


def test_the_same_settings_are_the_same():
    make_checkpoint().check(settings_of(plan(tasks.sine(), **SHORT), "numpy"), "a")


@pytest.mark.parametrize("given", [{"resume": True}, {"checkpoint_every": 10 * ms}])
def test_a_checkpoint_needs_a_file(given):
    message = f"^The 'checkpoint' argument of train must be given with '{next(iter(given))}'"
    with pytest.raises(ValueError, match=message):
        train(tasks.sine(), device="numpy", **SHORT, **given)


@pytest.mark.parametrize("every", [0 * second, -1 * second])
def test_the_interval_is_positive(tmp_path, every):
    with pytest.raises(ValueError, match="'checkpoint_every' argument of train must be one finite"):
        train(
            tasks.sine(), device="numpy", **SHORT, checkpoint=tmp_path / "a", checkpoint_every=every
        )


def test_a_divergence_is_told_with_the_time_of_the_whole(tmp_path):
    settings = {**SHORT, "learn_from": 60 * ms, "Q": 1e300 * mV, "learning_rate": 1e300 * second**2}
    keep = {"checkpoint": tmp_path / "a", "checkpoint_every": 25 * ms}
    with pytest.raises(DivergenceError) as plain:
        train(tasks.sine(), device="numpy", **settings)
    with pytest.raises(DivergenceError) as caught:
        train(tasks.sine(), device="numpy", **settings, **keep)
    assert str(caught.value) == str(plain.value)
    assert float(caught.value.time) == pytest.approx(float(plain.value.time))
    assert Path(tmp_path / "a").exists()
