"""A training kept in a folder: what `--resume` finds there, and what it does with it."""

import functools
import json
import re

import numpy as np
import pytest
from brian2 import ms
from numpy.testing import assert_array_equal
from typer.testing import CliRunner

from brian_force import Pair, load_recording
from brian_force.cli import app
from brian_force.experiment import keeping
from brian_force.experiment.checkpoint import load_checkpoint
from brian_force.experiment.progress import ProgressBar
from brian_force.experiment.segments import Segments

SMALL = ["-N", "30", "--dt", "0.5", "--device", "numpy", "--json"]
WINDOW = ["--learn-from", "0.02", "--learn-until", "0.15", "--duration", "0.2"]
SHORT = ["train", "sine", *SMALL, *WINDOW]


def call(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def files(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed")
    result = call(*SHORT, "--out", out)
    assert result.exit_code == 0
    assert files(out) == ["figure.png", "recording.h5"]
    return load_recording(out / "recording.h5")


@pytest.fixture
def often(monkeypatch):
    """Make a checkpoint every 50 ms of the run, however fast it is."""

    def segments(*what, every, **how):
        return Segments(*what, every=50 * ms, **how)

    monkeypatch.setattr(keeping, "Segments", segments)


@pytest.fixture
def stopped(tmp_path, often, monkeypatch):
    """Leave a folder in which a training was stopped."""

    def stop(bar, elapsed, completed, *_):
        if completed > 0.6:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ProgressBar, "__call__", stop)
        result = call(*SHORT, "--out", tmp_path)
    assert result.exit_code == 1
    assert "recording.checkpoint' holds it up to t = " in result.stderr
    assert result.stderr.strip().endswith("Go on from there with resume=True (--resume).")
    assert files(tmp_path) == ["recording.checkpoint"]
    return tmp_path


def assert_same(folder, recording):
    got = load_recording(folder / "recording.h5")
    for field in ("times", "output", "spike_times", "spike_neurons", "decoders", "n_updates"):
        assert_array_equal(np.asarray(getattr(got, field)), np.asarray(getattr(recording, field)))


def test_a_stopped_training_goes_on(stopped, undisturbed):
    reached = float(load_checkpoint(stopped / "recording.checkpoint").time)
    result = call(*SHORT, "--out", stopped, "--resume")
    assert result.exit_code == 0
    assert f"Going on from t = {reached:g} s of 0.2 s." in result.stderr
    assert json.loads(result.stdout)["recording"] == str(stopped / "recording.h5")
    assert files(stopped) == ["figure.png", "recording.h5"]
    assert_same(stopped, undisturbed)


def test_without_resume_it_starts_anew(stopped, undisturbed):
    result = call(*SHORT, "--out", stopped)
    assert "Going on" not in result.stderr
    assert files(stopped) == ["figure.png", "recording.h5"]
    assert_same(stopped, undisturbed)


def test_with_nothing_to_resume_it_starts(tmp_path, undisturbed):
    result = call(*SHORT, "--out", tmp_path / "new", "--resume")
    assert "There is nothing to resume in" in result.stderr
    assert_same(tmp_path / "new", undisturbed)


def test_a_finished_training_is_left_as_it_is(tmp_path, undisturbed):
    undisturbed.save(tmp_path / "recording.h5")
    for name in ("recording.checkpoint", ".recording.checkpoint.aside"):  # killed just before
        (tmp_path / name).touch()
    before = (tmp_path / "recording.h5").stat()
    result = call(*SHORT, "--out", tmp_path, "--resume")
    assert result.exit_code == 0
    assert "is the recording of this training: there is nothing left to do." in result.stderr
    assert json.loads(result.stdout)["seconds_run"] == undisturbed.seconds_run
    after = (tmp_path / "recording.h5").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert files(tmp_path) == ["figure.png", "recording.h5"]


OTHER = [
    (["--seed", "2"], "seed 1, but got 2"),
    (["--Q", "11"], r"Q .*, but got 11. mV"),
    (["--learn-until", "0.14"], "learn_until .*, but got "),
    (["-N", "31"], "n_neurons 30, but got 31"),
]


@pytest.mark.parametrize(("changes", "named"), OTHER)
def test_a_checkpoint_of_other_settings_is_refused(stopped, changes, named):
    before = (stopped / "recording.checkpoint").read_bytes()
    result = call(*SHORT, *changes, "--out", stopped, "--resume")
    assert result.exit_code == 2
    message = rf"^brian-force: The checkpoint '.*' was written with {named.split()[0]} "
    assert re.search(message, result.stderr.strip().splitlines()[-1])
    assert (stopped / "recording.checkpoint").read_bytes() == before


@pytest.mark.parametrize(("changes", "named"), OTHER)
def test_a_recording_of_other_settings_is_refused(tmp_path, undisturbed, changes, named):
    undisturbed.save(tmp_path / "recording.h5")
    result = call(*SHORT, *changes, "--out", tmp_path, "--resume")
    assert result.exit_code == 2
    message = rf"^brian-force: The recording '.*' was made with {named}"
    assert re.search(message, result.stderr.strip().splitlines()[-1])
    assert files(tmp_path) == ["recording.h5"]


def test_a_damaged_checkpoint_is_refused(stopped):
    path = stopped / "recording.checkpoint"
    path.write_bytes(path.read_bytes()[:1000])
    result = call(*SHORT, "--out", stopped, "--resume")
    assert result.exit_code == 1
    assert "' is damaged: " in result.stderr


def test_both_models_go_on(tmp_path, often, monkeypatch):
    def stop(bar, elapsed, completed, *_):
        seen.append(completed)
        if 1 in seen and 0.6 < completed < 1:  # the second network
            raise KeyboardInterrupt

    seen = []
    monkeypatch.setattr(Pair, "swap", functools.partialmethod(Pair.swap, 50 * ms))  # not 5 s
    with monkeypatch.context() as patch:
        patch.setattr(ProgressBar, "__call__", stop)
        result = call(*SHORT, "--model", "both", "--out", tmp_path)
    assert result.exit_code == 1
    assert files(tmp_path) == ["lif.h5", "rate.checkpoint"]
    result = call(*SHORT, "--model", "both", "--out", tmp_path, "--resume")
    assert result.exit_code == 0
    assert "lif.h5' is the recording of this training" in result.stderr
    assert "Going on from t = " in result.stderr
    assert files(tmp_path) == ["lif.h5", "pair.png", "rate.h5"]


def test_trials_are_added_to_a_finished_training(undisturbed, tmp_path):
    undisturbed.save(tmp_path / "recording.h5")
    result = call(*SHORT, "--out", tmp_path, "--trials", "2", "--resume")
    assert result.exit_code == 0
    assert "nothing left to do" not in result.stderr
    assert_same(tmp_path, undisturbed)
    made = load_recording(tmp_path / "recording.h5")
    assert made.forced.n_trials == 2
    again = call(*SHORT, "--out", tmp_path, "--trials", "2", "--resume")
    assert "there is nothing left to do" in again.stderr
    assert_array_equal(
        load_recording(tmp_path / "recording.h5").forced.spike_neurons, made.forced.spike_neurons
    )


def test_a_training_is_saved_before_its_trials(tmp_path, undisturbed, monkeypatch):
    def fail(*_):
        raise RuntimeError("the trials failed")

    monkeypatch.setattr(keeping, "with_trials", fail)
    result = call(*SHORT, "--out", tmp_path, "--trials", "2")
    assert result.exit_code == 1
    assert "the trials failed" in result.stderr
    assert_same(tmp_path, undisturbed)


def test_recordings_of_a_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no recording in"):
        keeping.recordings_in(tmp_path)
    for name in ("rate.h5", "lif.h5", "other.h5"):
        (tmp_path / name).touch()
    found = [path.name for path in keeping.recordings_in(tmp_path)]
    assert found == ["lif.h5", "rate.h5"]
    assert keeping.recordings_in(tmp_path / "other.h5") == [tmp_path / "other.h5"]
