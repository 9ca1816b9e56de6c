"""What ``brian-force train`` leaves and returns; the program itself is in test_cli.py."""

import json
from pathlib import Path

import pytest
from brian2 import ms, second

from brian_force import load_recording
from brian_force.commands.train import _without_nan, train

SHORT = {
    "device": "numpy",
    "n_neurons": 30,
    "dt": 0.5 * ms,
    "learn_from": 0.02 * second,
    "learn_until": 0.15 * second,
    "duration": 0.2 * second,
}


def test_what_is_none_comes_from_the_task(tmp_path):
    said = []
    options = {**SHORT, "G": None, "Q": None, "learning_rate": None}
    found = train("sine", model="lif", out=tmp_path, say=said.append, **options)
    assert said == ["Training 'sine' with NumPy."]
    assert (found["G"], found["Q"], found["learning_rate"]) == (0.1, 30, 2.5e-6)


def test_both_networks_and_the_swap_of_their_decoders(tmp_path):
    said = []
    found = train("sine", model="both", out=tmp_path, say=said.append, **SHORT)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert said == ["Training 'sine' with NumPy."] * 2
    assert found["model"] == "both"
    assert set(found["swap"]) == {"lif", "rate"}
    for model, path in found["recording"].items():
        recording = load_recording(path)
        assert recording.model == model
        assert found["rms_learning"][model] == recording.errors.rms_learning
    assert found["figures"] == [str(tmp_path / "pair.png")]
    assert Path(found["figures"][0]).read_bytes().startswith(b"\x89PNG")


def test_an_unknown_task_is_refused(tmp_path):
    with pytest.raises(ValueError, match="Did you mean 'sine'"):
        train("sin", model="lif", out=tmp_path, **SHORT)


def test_a_swap_that_falls_silent_has_none():
    swap = _without_nan({"drift": -86.41, "frequency": float("nan"), "score": None})
    assert swap == {"drift": -86.41, "frequency": None, "score": None}
