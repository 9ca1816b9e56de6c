"""Parts of a recording as trials of spikes, and as Blocks of Neo."""

import json

import numpy as np
import pytest
from brian2 import ms, mV, second
from numpy.testing import assert_allclose, assert_array_equal

from brian_force import load_recording, tasks, train
from brian_force.exchange import from_neo

TASK = tasks.sine(frequency=20 * second**-1)
SETTINGS = {
    "n_neurons": 40,
    "Q": 20 * mV,
    "dt": 0.5 * ms,
    "learning_rate": 1e-4 * second**2,
    "learn_from": 20 * ms,
    "learn_until": 250 * ms,
    "duration": 300 * ms,
    "seed": 3,
}


@pytest.fixture(scope="module")
def recording():
    return train(TASK, "lif", device="numpy", n_trials=3, **SETTINGS)


@pytest.fixture(scope="module")
def untested():
    return train(TASK, "rate", device="numpy", **{**SETTINGS, "n_neurons": 10})


def test_the_run_is_one_trial(recording):
    run = recording.trials("run")
    assert run.n_trials == 1
    assert_array_equal(np.asarray(run.spike_times), np.asarray(recording.spike_times))
    assert_array_equal(run.spike_neurons, recording.spike_neurons)
    assert_array_equal(run.signals["output"].values[0], recording.output)
    assert_array_equal(run.signals["target"].values[0], recording.target)
    assert float(run.duration) == pytest.approx(0.3)


def test_the_free_run_is_cut_into_repetitions(recording):
    free = recording.trials("free")
    assert free.n_trials >= 3
    assert_allclose(np.diff(np.asarray(free.starts)), 0.05, atol=0.025)
    assert float(free.duration) == pytest.approx(0.05)
    first = free.signals["target"].values[0]
    assert all(np.array_equal(first, values) for values in free.signals["target"].values)
    # the spikes of a repetition are those of the free run since its start
    whole = np.asarray(recording.free.spike_times)
    begin = float(free.starts[1] - recording.free.starts[0])
    expected = whole[(whole >= begin - 1e-6) & (whole < begin + 0.05 - 1e-6)] - begin
    assert_allclose(np.sort(free.trial(1)[0]), np.clip(expected, 0, None), atol=1e-9)


def test_forced_trials_are_given_as_they_are(recording):
    forced = recording.trials("forced")
    assert forced.n_trials == 3
    assert_array_equal(forced.spike_neurons, recording.forced.spike_neurons)
    assert forced.annotations["settle"] == recording.forced.annotations["settle"]


def test_default_is_the_free_run_if_there_is_one(recording, untested):
    assert recording.trials().annotations["part"] == "free"
    assert untested.trials().annotations["part"] == "run"


def test_annotations_hold_the_settings(recording):
    known = recording.trials("run").annotations
    assert (known["task"], known["model"], known["seed"]) == ("sine", "lif", 3)
    assert known["learning_rate"] == 1e-4
    assert json.loads(known["parameters"])["n_neurons"] == 40
    assert known["version of brian2"] == recording.versions["brian2"]


def test_to_neo_and_back(recording):
    block = recording.to_neo("forced")
    assert len(block.segments) == 3
    assert block.name == "sine"
    found, given = from_neo(block), recording.trials("forced")
    assert_array_equal(np.asarray(found.spike_times), np.asarray(given.spike_times))
    assert_array_equal(found.spike_neurons, given.spike_neurons)
    assert found.annotations == given.annotations


def test_parts_are_saved_with_the_recording(recording, tmp_path):
    recording.save(tmp_path / "r.h5")
    found = load_recording(tmp_path / "r.h5")
    for part in ("run", "free", "forced"):
        ours, theirs = found.trials(part), recording.trials(part)
        assert_array_equal(np.asarray(ours.spike_times), np.asarray(theirs.spike_times))
        assert ours.annotations == theirs.annotations
        for name, signal in theirs.signals.items():
            for one, other in zip(ours.signals[name].values, signal.values, strict=True):
                assert_array_equal(one, other)


def test_a_part_that_is_not_there(recording, untested):
    with pytest.raises(ValueError, match=r"must be 'run', but got 'forced'. Make test trials: tr"):
        untested.trials("forced")
    with pytest.raises(ValueError, match=r"'run' or 'free' or 'forced', but got 'test'\.$"):
        recording.trials("test")
