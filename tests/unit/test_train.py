"""`train`: a task and a few numbers in, a recording out."""

import os

import numpy as np
import pytest
from brian2 import DimensionMismatchError, Hz, defaultclock, get_device, ms, mV, prefs, second
from numpy.testing import assert_array_equal

from brian_force import DivergenceError, UnsupportedDeviceError, load_recording, tasks, train
from brian_force.experiment import session

SHORT = {
    "device": "numpy",
    "n_neurons": 30,
    "dt": 0.5 * ms,
    "learn_from": 0.02 * second,
    "learn_until": 0.08 * second,
    "duration": 0.1 * second,
}


@pytest.fixture(scope="module")
def task():
    return tasks.sine(10 * Hz)


@pytest.fixture(scope="module")
def recording(task):
    return train(task, **SHORT, seed=3, learning_rate=1e-5 * second**2)


def test_the_recording_says_what_was_run(recording, task):
    assert recording.task == "sine"
    assert (recording.model, recording.device, recording.seed) == ("lif", "numpy", 3)
    assert recording.parameters.n_neurons == 30
    assert recording.parameters.dt == 0.5 * ms
    assert recording.parameters.G == task.G
    assert recording.parameters.Q == task.Q
    assert recording.learning_rate == 1e-5 * second**2
    assert (recording.learn_from, recording.learn_until) == (20 * ms, 80 * ms)
    assert recording.duration == 100 * ms
    assert recording.period == 100 * ms
    assert recording.n_updates == 24
    assert recording.P is None


def test_the_target_is_that_of_the_samples(recording, task):
    assert recording.output.shape == recording.target.shape == (100, 1)
    assert_array_equal(recording.target, task.target(recording.times))


def test_the_recording_can_be_saved(recording, tmp_path):
    recording.save(tmp_path / "run.h5")
    loaded = load_recording(tmp_path / "run.h5")
    assert_array_equal(loaded.output, recording.output)
    assert loaded.errors == recording.errors
    assert loaded.errors.rms_after is not None


def test_a_seed_fixes_everything(recording, task):
    again = train(task, **SHORT, seed=3, learning_rate=1e-5 * second**2)
    other = train(task, **SHORT, seed=4, learning_rate=1e-5 * second**2)
    for field in ("output", "spike_times", "spike_neurons", "decoders"):
        assert_array_equal(np.asarray(getattr(again, field)), np.asarray(getattr(recording, field)))
    assert not np.array_equal(other.output, recording.output)


def test_the_rate_network(recording, task, tmp_path):
    rate = train(task, "rate", **SHORT, seed=3, learning_rate=1e-5 * second**2)
    assert (rate.model, rate.seed, rate.n_updates) == ("rate", 3, 24)
    assert rate.parameters == recording.parameters
    assert rate.spike_times.size == rate.spike_neurons.size == 0
    assert float(rate.mean_rate) > 1
    assert set(rate.state) == {"r", "h"}
    assert not np.array_equal(rate.output, recording.output)
    rate.save(tmp_path / "rate.h5")
    loaded = load_recording(tmp_path / "rate.h5")
    assert loaded.errors == rate.errors
    assert loaded.mean_rate == rate.mean_rate


def test_the_mean_rate_counts_the_spikes(recording):
    expected = len(recording.spike_times) / (30 * 0.1)
    assert float(recording.mean_rate) == pytest.approx(expected, rel=1e-12)


def test_decoders_of_one_run_start_the_next(recording, task):
    window = {**SHORT, "learn_from": 0.09 * second, "learn_until": 0.1 * second}
    deployed = train(task, **window, decoders=recording.decoders)
    assert np.any(deployed.output[deployed.times < 90 * ms])


@pytest.fixture
def asked(monkeypatch):
    """Catch the run instead of running it."""
    runs = []

    class Caught(Exception):  # noqa: N818
        pass

    def open_session(device, run, keep_P):
        runs.append((device, run, keep_P))
        raise Caught

    monkeypatch.setitem(train.__globals__, "open_session", open_session)

    def ask(*arguments, **keywords):
        with pytest.raises(Caught):
            train(*arguments, **keywords)
        return runs[-1]

    return ask


def test_the_task_brings_the_defaults(asked):
    task = tasks.sine()
    device, run, keep_P = asked(task, device="numpy")
    assert run.task.learn_from == task.learn_from
    assert run.task.learn_until == task.learn_until
    assert run.task.duration == task.duration
    assert run.task.learning_rate == task.learning_rate
    assert run.parameters.n_neurons == task.n_neurons
    assert (run.parameters.G, run.parameters.Q) == (task.G, task.Q)
    assert (run.seed, run.rule_dt, run.gain, run.precision) == (
        1,
        2.5 * ms,
        "posterior",
        "float64",
    )
    assert run.decoders is None
    assert (device, keep_P) == ("numpy", False)


def test_arguments_replace_the_defaults(asked):
    _, run, keep_P = asked(
        tasks.sine(),
        device="numpy",
        Q=7 * mV,
        tau_m=9 * ms,
        gain="prior",
        precision="float32",
        rule_dt=5 * ms,
        keep_P=True,
    )
    assert (run.parameters.Q, run.parameters.tau_m) == (7 * mV, 9 * ms)
    assert (run.gain, run.precision, run.rule_dt) == ("prior", "float32", 5 * ms)
    assert keep_P


def test_without_a_compiler_auto_runs_elsewhere_and_cpp_is_refused(asked, monkeypatch):
    monkeypatch.setattr(session.shutil, "which", lambda _: None)
    monkeypatch.setattr(session.CythonCodeObject, "is_available", lambda: False)
    assert asked(tasks.sine(), device="auto")[0] == "numpy"
    with pytest.raises(UnsupportedDeviceError, match=r"^The device 'cpp' needs g\+\+ and make"):
        train(tasks.sine(), device="cpp")


@pytest.mark.parametrize(("report", "stream"), [("text", "out"), ("stderr", "err")])
def test_a_report_in_words(task, capsys, report, stream):
    train(task, **SHORT, report=report)
    captured = capsys.readouterr()
    assert "Starting simulation at t=0. s for a duration of 100. ms" in getattr(captured, stream)


def test_a_report_by_a_function(task):
    calls = []
    train(task, **SHORT, report=lambda *arguments: calls.append(arguments))
    assert [calls[0][1], calls[-1][1]] == [0, 1]
    assert calls[-1][2:] == (0 * second, 100 * ms)


def test_nothing_of_the_user_changes(task):
    defaultclock.dt = 0.3 * ms
    device, target = get_device(), prefs.codegen.target
    environment, folder = dict(os.environ), os.getcwd()  # noqa: PTH109
    state = np.random.get_state()[1].tolist()  # noqa: NPY002, the global state is meant
    train(task, **SHORT)
    assert get_device() is device
    assert prefs.codegen.target == target
    assert float(defaultclock.dt / ms) == pytest.approx(0.3)
    assert (dict(os.environ), os.getcwd()) == (environment, folder)  # noqa: PTH109
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002


def test_divergence_is_raised(task):
    with pytest.raises(DivergenceError):
        train(task, **SHORT, decoders=np.full((30, 1), 1e308) / Hz)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"n_neuron": 30}, TypeError),
        ({"model": "rat"}, ValueError),
        ({"seed": -1}, ValueError),
        ({"Q": 10}, DimensionMismatchError),
        ({"rule_dt": 0.7 * ms}, ValueError),
        ({"rule_dt": 2.5}, DimensionMismatchError),
        ({"gain": "both"}, ValueError),
        ({"decoders": np.zeros(30)}, DimensionMismatchError),
        ({"decoders": np.zeros((31, 1)) / Hz}, ValueError),
        ({"learn_until": 0.2 * second}, ValueError),
        ({"report": "loud"}, TypeError),
    ],
)
def test_wrong_arguments_are_refused(task, changes, error):
    with pytest.raises(error):
        train(task, **{**SHORT, **changes})


def test_an_unknown_argument_gets_a_suggestion(task):
    with pytest.raises(TypeError) as caught:
        train(task, device="numpy", n_neuron=30)
    assert str(caught.value).startswith(
        "train has no argument 'n_neuron'. Did you mean 'n_neurons'? Known: G, I_bias, Q, "
    )
