"""The command line: files, a few lines, an exit status, and messages instead of tracebacks."""

import json
import os
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
from brian2 import Hz, mV
from typer.testing import CliRunner

from brian_force import load_recording
from brian_force.cli import app
from brian_force.commands import train as train_command
from brian_force.exchange import read
from brian_force.experiment import session

# Interface: the keys of one JSON object, in this order.
KEYS = [
    "task",
    "model",
    "n_neurons",
    "G",
    "Q",
    "learning_rate",
    "seed",
    "device",
    "rms_before",
    "rms_learning",
    "rms_after",
    "rms_after_aligned",
    "rms_after_scaled",
    "speed_after",
    "normalised_learning",
    "normalised_after",
    "l2_after",
    "drift_after",
    "mean_rate_hz",
    "decoder_correlation",
    "seconds_build",
    "seconds_run",
    "recording",
    "figures",
]

SMALL = ["-N", "30", "--dt", "0.5", "--device", "numpy"]
SHORT = [*SMALL, "--learn-from", "0.02", "--learn-until", "0.15", "--duration", "0.2"]


def call(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def lines(text):
    return text.strip().splitlines()


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    out = tmp_path_factory.mktemp("cli") / "new" / "folder"
    options = ["--G", "0.05", "--Q", "8", "--learning-rate", "1e-5", "--seed", "7", "--json"]
    return call("train", "sine", *SHORT, *options, "--out", out), out


@pytest.fixture(scope="module")
def summary(done):
    return json.loads(lines(done[0].stdout)[-1])


def test_it_succeeds_and_prints_one_json_object(done):
    result, _ = done
    assert result.exit_code == 0
    assert len(lines(result.stdout)) == 1
    assert lines(result.stderr)[0] == "Training 'sine' with NumPy."


def test_the_keys_are_those_of_the_interface(summary):
    assert list(summary) == KEYS


def test_the_numbers_are_those_of_the_recording(summary, done):
    recording = load_recording(done[1] / "recording.h5")
    assert (summary["task"], summary["model"], summary["device"]) == ("sine", "lif", "numpy")
    assert (summary["n_neurons"], summary["seed"]) == (30, 7)
    assert (summary["G"], summary["Q"], summary["learning_rate"]) == (0.05, 8, 1e-5)
    assert summary["rms_after"] == recording.errors.rms_after
    assert summary["mean_rate_hz"] == float(recording.mean_rate / Hz)
    assert summary["decoder_correlation"] is None
    assert float(recording.parameters.Q / mV) == pytest.approx(8)


def test_the_files_are_where_it_says(summary, done):
    out = done[1]
    assert sorted(path.name for path in out.iterdir()) == ["figure.png", "recording.h5"]
    assert summary["recording"] == str(out / "recording.h5")
    assert summary["figures"] == [str(out / "figure.png")]
    assert (out / "figure.png").read_bytes().startswith(b"\x89PNG")


def test_json_is_strict(done):
    """No NaN, which is not JSON."""

    def refuse(constant):
        raise AssertionError(constant)

    json.loads(lines(done[0].stdout)[-1], parse_constant=refuse)


def test_without_json_it_prints_a_table_and_replaces_older_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "out"
    out.mkdir()
    for name in ("recording.h5", "figure.png", "notes.txt"):
        (out / name).write_text("older")
    result = call("train", *SHORT, "--seed", 2)
    assert result.exit_code == 0
    table = dict(line.split(None, 1) for line in lines(result.stdout))
    assert set(table) <= set(KEYS)
    assert table["n_neurons"] == "30"
    assert table["G"] == "0.1 mV/Hz"
    assert table["learning_rate"] == "2.5e-06 s^2"
    assert table["l2_after"].endswith(" sqrt(s)")
    assert table["figures"] == "out/figure.png"
    assert "decoder_correlation" not in table
    assert load_recording("out/recording.h5").seed == 2
    assert (out / "figure.png").read_bytes().startswith(b"\x89PNG")
    assert (out / "notes.txt").read_text() == "older"
    assert len(list(out.iterdir())) == 3


def test_the_rate_network(tmp_path):
    result = call("train", *SHORT, "--model", "rate", "--json", "--out", tmp_path)
    assert result.exit_code == 0
    summary = json.loads(lines(result.stdout)[-1])
    assert list(summary) == KEYS
    recording = load_recording(tmp_path / "recording.h5")
    assert summary["model"] == recording.model == "rate"
    assert recording.spike_times.size == 0
    assert summary["mean_rate_hz"] == float(recording.mean_rate / Hz) > 1
    assert (tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")


def test_a_run_without_time_after_learning_has_null(tmp_path):
    options = [
        *SMALL,
        "--learn-from",
        "0",
        "--learn-until",
        "0.1",
        "--duration",
        "0.1",
        "--json",
    ]
    result = call("train", *options, "--out", tmp_path)
    assert result.exit_code == 0
    summary = json.loads(lines(result.stdout)[-1])
    assert list(summary) == KEYS
    assert summary["rms_before"] is summary["rms_after"] is summary["speed_after"] is None


# Wrong usage


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sin"], "must be one of the known names, but got 'sin'. Did you mean 'sine'?"),
        (["--model", "liff"], "The 'model' argument of train must be 'lif' or 'rate', but got"),
        (["--device", "gpu"], "must be 'auto', 'cpp', 'cython', 'numpy' or 'cuda', but got 'gpu'"),
        (["-N", "1"], "must be a whole number of at least 2, but got 1."),
        (["--seed", "-1"], "must be a whole number of at least 0, but got -1."),
        (["--G", "-1"], "must be one finite number, not negative, but got -1*mV/Hz."),
        (["--dt", "nan"], "must be one finite number, positive, but got nan*ms."),
        (["--learn-from", "12"], "'learn_from' argument of Task must be before 'learn_until'"),
        (["--duration", "2"], "'learn_until' argument of Task must be within 'duration'"),
    ],
)
def test_wrong_values_end_with_status_2_and_a_message(tmp_path, arguments, message):
    defaults = [] if "--device" in arguments else ["--device", "numpy"]
    result = call("train", *arguments, *defaults, "--out", tmp_path)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert lines(result.stderr)[-1].startswith("brian-force: ")
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_rule_that_does_not_fit_the_time_step_is_wrong_usage(tmp_path):
    result = call("train", *SHORT, "--dt", "0.7", "--out", tmp_path)
    assert "must be a multiple of the network's dt (0.7 ms), but got 2.5 ms" in result.stderr
    assert result.exit_code == 2


@pytest.mark.parametrize(
    "arguments", [["-N", "many"], ["--size", "3"], ["--seed"], ["sine", "cosine"]]
)
def test_what_typer_refuses_ends_with_status_2(arguments):
    result = call("train", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_an_unknown_command_ends_with_status_2():
    assert call("trian").exit_code == 2


# Failing work


def test_a_missing_compiler_ends_with_status_1(tmp_path, monkeypatch):
    monkeypatch.setattr(session.shutil, "which", lambda _: None)
    result = call("train", "--device", "cpp", "--out", tmp_path)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "brian-force: The device 'cpp' needs" in result.stderr


def test_divergence_ends_with_status_1(tmp_path):
    result = call("train", *SHORT, "--Q", "1e300", "--learning-rate", "1e300", "--out", tmp_path)
    assert result.exit_code == 1
    assert lines(result.stderr)[-1].startswith("brian-force: Readout 'readout' diverged at t = ")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_ends_with_status_1(tmp_path):
    (tmp_path / "file").touch()
    result = call("train", *SHORT, "--out", tmp_path / "file")
    assert result.exit_code == 1
    assert "Traceback" not in result.stderr
    assert str(tmp_path / "file") in result.stderr


@pytest.mark.parametrize(
    "arguments", [["--debug", "train", "sin"], ["train", "sin", "--debug"]], ids=["before", "after"]
)
def test_debug_shows_the_traceback(arguments):
    result = call(*arguments)
    assert result.exit_code == 2
    assert "Traceback (most recent call last)" in result.stderr
    assert "Did you mean 'sine'?" in lines(result.stderr)[-1]


def test_ctrl_c_before_the_run(tmp_path, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(train_command, "choose_device", interrupt)
    result = call("train", *SHORT, "--out", tmp_path)
    assert result.exit_code == 1
    assert lines(result.stderr) == ["brian-force: Interrupted. Nothing of this run was saved."]


# Help and version


def in_a_wide_terminal(monkeypatch, *arguments):
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("NO_COLOR", "1")
    return call(*arguments)


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_lists_every_option(option, monkeypatch):
    result = in_a_wide_terminal(monkeypatch, "train", option)
    assert result.exit_code == 0
    for name in [
        "-N",
        "--G",
        "--Q",
        "--learning-rate",
        "--model",
        "--seed",
        "--learn-from",
        "--learn-until",
        "--resume",
        "--duration",
        "--dt",
        "--device",
        "--out",
        "--json",
        "--debug",
    ]:
        assert f"{name} " in result.stdout


def test_help_names_the_units(monkeypatch):
    text = in_a_wide_terminal(monkeypatch, "train", "--help").stdout
    assert [unit for unit in ("(mV/Hz)", "(mV)", "(s^2)", "(s)", "(ms)") if unit not in text] == []


def test_help_lists_the_commands():
    result = call("--help")
    assert result.exit_code == 0
    for name in ["train", "tasks", "export", "doctor", "cite", "analyse", "study"]:
        assert f" {name} " in result.stdout


# In a process of its own


def process(*arguments, script=None):
    """Start the command, or a script that ends in it, in a group of its own."""
    command = [sys.executable, "-c", script or "from brian_force.cli import main; main()"]
    return subprocess.Popen(
        [*command, *[str(argument) for argument in arguments]],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_version():
    program = Path(sys.executable).with_name("brian-force")  # not resolved: the environment's own
    command = [program, "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"brian_force {version('brian_force')}\n"
    assert done.stderr == ""


def test_the_start_does_not_wait_for_brian():
    started = process(script="import sys, brian_force.cli; print('brian2' in sys.modules)")
    assert started.communicate(timeout=60) == ("False\n", "")


def test_progress_goes_nowhere_near_stdout(tmp_path):
    started = process("train", *SHORT, "--json", "--out", tmp_path)
    out, err = started.communicate(timeout=100)
    assert started.returncode == 0
    assert list(json.loads(out)) == KEYS
    assert "Training 'sine' with NumPy." in err


# The bar is silent without a terminal: say when the run has begun.
TALKING = """
import sys
from brian_force.cli import main
from brian_force.experiment.progress import ProgressBar
def say(bar, elapsed, completed, *_):
    if completed > 0:
        print("running", file=sys.stderr, flush=True)
ProgressBar.__call__ = say
main()
"""


def test_ctrl_c_ends_with_a_message_and_without_files(tmp_path):
    long = ["--learn-from", "1", "--learn-until", "50", "--duration", "1000"]
    started = process("train", *SMALL, *long, "--out", tmp_path, script=TALKING)
    for line in started.stderr:
        if line == "running\n":
            break
    os.killpg(started.pid, signal.SIGINT)
    out, err = started.communicate(timeout=60)
    assert started.returncode == 1
    assert out == ""
    assert "Traceback" not in err
    assert lines(err)[-1].startswith("brian-force: The run was stopped at t = ")
    assert lines(err)[-1].endswith(" s of 1000 s. Nothing of it was saved.")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ProcessLookupError):  # nobody of its group is left
        os.killpg(started.pid, 0)


# -- export ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["nwb", "nix", "npz"])
def test_export(done, tmp_path, to):
    result = call("export", done[1], "--to", to, "--out", tmp_path)
    assert result.exit_code == 0, result.stderr
    assert lines(result.stdout) == [str(tmp_path / f"recording.{to}")]
    found, recording = read(tmp_path / f"recording.{to}"), load_recording(done[1] / "recording.h5")
    assert np.array_equal(np.asarray(found.spike_times), np.asarray(recording.spike_times))
    assert np.array_equal(found.spike_neurons, recording.spike_neurons)
    assert np.array_equal(found.signals["output"].values[0], recording.output)
    assert found.annotations["part"] == "run"


def test_export_goes_beside_the_recording(done):
    result = call("export", done[1] / "recording.h5", "--to", "npz")
    written = done[1] / "recording.npz"
    assert lines(result.stdout) == [str(written)]
    written.unlink()


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--to", "mat"], 2, "must be 'nwb', 'nix' or 'npz', but got 'mat'"),
        (["--to", "npz", "--part", "forced"], 2, "Make test trials: train(..., n_trials=10)."),
    ],
)
def test_export_refuses(done, arguments, status, message):
    result = call("export", done[1], *arguments)
    assert result.exit_code == status
    assert message in result.stderr
    assert result.stdout == ""


def test_export_of_nothing(tmp_path):
    result = call("export", tmp_path, "--to", "npz")
    assert result.exit_code == 1
    assert "There is no recording in" in result.stderr
