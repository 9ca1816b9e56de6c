"""The command ``brian-force analyse``: files, numbers, and what cannot be computed."""

import dataclasses
import json

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

from brian_force.analysis import compare_decoders, recording_statistics, spike_statistics
from brian_force.cli import app
from brian_force.commands.analyse import analyse
from brian_force.exchange import write

KEYS = [
    *("run", "model", "task", "n_neurons", "seed", "learning_rate", "n_trials", "mean_rate_hz"),
    *("cv", "cv2", "lv", "fano_factor", "participation_ratio", "mean_squared_bias"),
    *("mean_variance", "variance_to_bias", "variance_to_bias_raw", "drift", "n_repetitions"),
    *("decoder_correlation", "correlation_trial", "correlation_mean", "correlation_rate"),
    *("error_trial", "error_mean", "error_rate", "error_force", "n_averaged", "overlap"),
    *("error_held_out", "rms_held_out", "missing", "analysis", "figures"),
]
SHEETS = ["statistics", "decoders", "components", "variability"]


def call(*arguments):
    return CliRunner().invoke(app, ["analyse", *map(str, arguments)])


def strict_json(text):
    def refuse(constant):
        raise AssertionError(constant)

    return json.loads(text.strip().splitlines()[-1], parse_constant=refuse)


@pytest.fixture(scope="module")
def folder(trained_twins, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pair")
    for recording in trained_twins:
        recording.save(folder / f"{recording.model}.h5")
    return folder


@pytest.fixture(scope="module")
def pair(folder):
    result = call(folder, "--json")
    assert result.exit_code == 0, result.stderr
    return strict_json(result.stdout), result


def test_two_recordings_are_analysed_and_compared(pair, folder, trained_twins):
    summary, result = pair
    assert list(summary) == KEYS
    assert result.stderr == ""
    assert (summary["model"], summary["task"], summary["seed"]) == ("both", "sine", 3)
    assert summary["n_trials"] == {"lif": 3, "rate": 1}
    rates = {r.model: float(recording_statistics(r)["mean_rate"]) for r in trained_twins}
    assert summary["mean_rate_hz"] == rates
    assert summary["cv"]["rate"] is None
    found = compare_decoders(*trained_twins)
    assert summary["correlation_mean"] == float(found["correlation"][-1])
    assert summary["decoder_correlation"] == float(found["twin_correlation"])


def test_files_are_where_it_says(pair, folder):
    summary, _ = pair
    assert summary["figures"] == [str(folder / f"{name}.png") for name in SHEETS]
    for path in summary["figures"]:
        with open(path, "rb") as file:  # noqa: PTH123
            assert file.read(4) == b"\x89PNG"
    names = {"lif.h5", "rate.h5", "analysis.nc", *(f"{name}.png" for name in SHEETS)}
    assert {path.name for path in folder.iterdir()} == names


def test_the_numbers_are_in_one_file(pair, trained_twins):
    with xr.open_datatree(pair[0]["analysis"], engine="h5netcdf") as tree:
        assert set(tree.children) == {"lif", "rate", "decoders", "components"}
        found = compare_decoders(*trained_twins)
        assert tree["decoders"].to_dataset().load().equals(found)
        assert tree["lif/statistics/rate"].attrs["units"] == "Hz"
        assert set(tree["rate"].children) == {"statistics", "variability", "currents"}
        lif, rate = (tree[f"{model}/currents/neuron"].values for model in ("lif", "rate"))
        assert lif.tolist() == rate.tolist()


def test_without_json_it_prints_a_table(trained_twins, tmp_path):
    trained_twins[1].save(tmp_path / "recording.h5")
    result = call(tmp_path / "recording.h5", "--out", tmp_path / "new" / "folder")
    assert result.exit_code == 0
    table = dict(line.split(None, 1) for line in result.stdout.splitlines())
    assert table["model"] == "rate"
    assert table["mean_rate_hz"].endswith(" Hz")
    assert "missing" not in table
    assert (tmp_path / "new" / "folder" / "analysis.nc").is_file()


def test_without_test_trials_it_says_what_cannot_be_computed(trained_twins, tmp_path):
    dataclasses.replace(trained_twins[0], free=None, forced=None).save(tmp_path / "recording.h5")
    result = call(tmp_path, "--json")
    assert result.exit_code == 0
    summary = strict_json(result.stdout)
    (reason,) = summary["missing"]
    assert reason in result.stderr
    assert "train with --trials 10" in reason
    assert summary["figures"] == [str(tmp_path / "statistics.png")]
    assert summary["mean_rate_hz"] > 1
    assert summary["drift"] is summary["error_force"] is None


def test_one_trial_and_no_period_leave_the_rest(trained_twins, tmp_path):
    lif = trained_twins[0]
    alone = dataclasses.replace(lif, free=None, forced=lif.forced.select(trials=[0]), task="walk")
    alone.save(tmp_path / "recording.h5")
    said = []
    summary = analyse(tmp_path, say=said.append)
    assert said == summary["missing"]
    few, aperiodic = said
    assert "at least two test trials, but got one with 1" in few
    assert aperiodic == "The task 'walk' has no period: there are no repetitions."
    assert [path.rpartition("/")[2] for path in summary["figures"]] == [
        "statistics.png",
        "components.png",
    ]


# Spikes of others


@pytest.fixture
def spikes(trained_twins, tmp_path):
    write(trained_twins[0].forced, tmp_path / "spikes.npz")
    return tmp_path / "spikes.npz"


def test_spikes_of_others_are_decoded(spikes, trained_twins):
    result = call(spikes, "--json")
    assert result.exit_code == 0, result.stderr
    summary = strict_json(result.stdout)
    assert list(summary) == KEYS
    forced = trained_twins[0].forced.cut(*spans(trained_twins[0]))
    expected = spike_statistics(forced)
    assert summary["cv"] == pytest.approx(float(expected["cv"].mean()))
    assert summary["model"] is summary["task"] is None
    assert 0 < summary["error_held_out"] < 1
    assert [path.name for path in sorted(spikes.parent.glob("*.png"))] == [
        "decoders.png",
        "statistics.png",
    ]


def spans(recording):
    from brian2 import second

    settle = recording.forced.annotations["settle"] * second
    return settle, recording.forced.duration - settle


def test_its_options_reach_the_analysis(spikes):
    times = np.arange(0, 1.41, 0.01)
    table = np.column_stack([times, np.cos(10 * np.pi * times)])
    np.savetxt(spikes.parent / "x.csv", table, delimiter=",")
    options = ["--learning-rate", 1e-6, "--tau-r", 3, "--tau-d", 30, "--dt", 0.25]
    target = ["--target", spikes.parent / "x.csv", "--method", "rls"]
    result = call(spikes, *options, *target, "--json")
    assert result.exit_code == 0, result.stderr
    summary = strict_json(result.stdout)
    assert summary["learning_rate"] == 1e-6
    assert summary["error_held_out"] > 0


def test_unequal_trials_without_a_target(example, tmp_path):
    write(example.select(trials=[0, 1]), tmp_path / "spikes.npz")
    said = []
    summary = analyse(tmp_path / "spikes.npz", say=said.append)
    assert said[0].startswith("The trials differ in length and are cut to the shortest")
    assert summary["missing"] == said[1:]
    assert "name one with --target" in said[1]
    assert summary["n_trials"] == 2


# Errors


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["."], 1, "There is no recording in "),
        (["nothing.h5"], 1, "There is no file or folder "),
        (["text.h5"], 1, "text.h5"),
        (["text.xyz"], 2, "a file that ends in .npz, .nwb or .nix, or one that Neo reads"),
        (["run.h5", "--tau-r", "3"], 2, "'tau_r' argument of analyse must be left out for a rec"),
        (["spikes.npz", "--target", "y"], 2, "must be a signal of the run (target), or a file"),
        (["spikes.npz", "--method", "lasso"], 2, "must be 'ridge' or 'rls', but got 'lasso'"),
        (["spikes.npz", "--learning-rate", "0"], 2, "must be one finite number, positive"),
    ],
)
def test_errors_end_with_a_message_and_without_files(
    trained_twins, spikes, tmp_path, arguments, status, message
):
    trained_twins[0].save(tmp_path / "run.h5")
    (tmp_path / "text.h5").write_text("text")
    (tmp_path / "text.xyz").write_text("text")
    (tmp_path / "empty").mkdir()
    run = tmp_path / ("empty" if arguments[0] == "." else arguments[0])
    result = call(run, *arguments[1:], "--out", tmp_path / "out")
    assert result.exit_code == status
    assert result.stdout == ""
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out").exists()


def test_networks_that_are_no_twins_are_refused(trained_twins, tmp_path):
    lif, rate = trained_twins
    lif.save(tmp_path / "lif.h5")
    dataclasses.replace(rate, seed=8).save(tmp_path / "rate.h5")
    result = call(tmp_path)
    assert result.exit_code == 2
    assert "of the same seed as the spiking network, but got 8 instead of 3" in result.stderr


def test_debug_shows_the_traceback(tmp_path):
    assert "Traceback" in call(tmp_path, "--debug").stderr
