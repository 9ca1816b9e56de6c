"""The standalone session: one binary for the whole module, whatever the runs differ in."""

import dataclasses
import functools
import os
import signal

import brian2
import numpy as np
import pytest
from brian2 import Hz, defaultclock, get_device, ms, mV, prefs, second
from numpy.testing import assert_allclose, assert_array_equal

from brian_force import DivergenceError, InterruptedRunError, train
from brian_force.experiment import process, standalone
from brian_force.experiment.build_cache import BuildCache
from brian_force.experiment.run import Run
from brian_force.experiment.runtime import RuntimeSession
from brian_force.experiment.standalone import StandaloneSession
from brian_force.networks import LIFParameters
from brian_force.tasks import Task

pytestmark = pytest.mark.standalone

SIZE = {"n_neurons": 60, "connection_probability": 0.2, "dt": 0.5 * ms}
# The longest run that the table of the target, 32768 samples at 2.5 ms, has room for.
LONGEST = 81.91 * second


def sines(times):
    return np.sin(2 * np.pi * np.outer(times, [5, 8]))


def pulses(times, slowness=1.0):
    return np.stack([np.sin(30 * times / slowness), (times + 0.0003) % 0.04 < 0.01], axis=1).astype(
        float
    )


def make_run(  # noqa: PLR0917
    seed=1,
    decoders=None,
    G=0.1 * mV / Hz,
    Q=5 * mV,
    rule_dt=2.5 * ms,
    model="lif",
    learning=True,
    state=None,
    teacher_forced=False,
    **changes,
):
    """Make a run of 60 neurons and 2 outputs; by default of 0.2 s."""
    settings = {
        "learning_rate": 2e-5 * second**2,
        "learn_from": 0.05 * second,
        "learn_until": 0.15 * second,
        "duration": 0.2 * second,
        **changes,
    }
    task = Task(name="sines", signal=sines, n_outputs=2, G=G, Q=Q, source="test", **settings)
    parameters = LIFParameters(G=G, Q=Q, **SIZE)
    return Run(
        task=task,
        parameters=parameters,
        seed=seed,
        decoders=decoders,
        rule_dt=rule_dt,
        model=model,
        learning=learning,
        state=state,
        teacher_forced=teacher_forced,
    )


INPUTS = {"inputs": pulses, "n_inputs": 2, "Q_inputs": 10 * mV}


def make_rate_run(Q=20 * mV, **changes):
    """Make a run of a rate network with inputs."""
    return make_run(model="rate", Q=Q, **{**INPUTS, **changes})


def some_state(model):
    """Make a state of neurons, some of which are refractory."""
    rng = np.random.default_rng(6)
    state = {"r": rng.uniform(0, 60, 60), "h": rng.uniform(0, 2e4, 60)}
    if model == "lif":
        state |= {"s": rng.normal(0, 30, 60), "h_s": rng.normal(0, 1e4, 60)}
        last = rng.choice([-1e4, -0.03, -0.0015, -0.0005], 60)
        state |= {"v": rng.uniform(-0.065, 0.0, 60), "lastspike": last}
    return state


def some_decoders():
    return np.random.default_rng(2).uniform(-1e-3, 1e-3, (60, 2)) / Hz


RUNS = {
    "default": {},
    "seed": {"seed": 2},
    "G and Q": {"G": 0.02 * mV / Hz, "Q": 15 * mV},
    "learning rate": {"learning_rate": 1e-6 * second**2},
    "window": {"learn_from": 0 * second, "learn_until": 0.0625 * second},
    "duration": {"duration": 0.31 * second, "learn_until": 0.31 * second},
    "duration between two samples": {"duration": 0.2005 * second},
    "decoders": {"decoders": some_decoders()},
    "state": {"state": some_state("lif")},
    "no learning": {"decoders": some_decoders(), "learning": False},
}

RATE_RUNS = {
    **{name: changes for name, changes in RUNS.items() if name not in ("state", "G and Q")},
    "state": {"state": some_state("rate")},
    "G": {"G": 0.02 * mV / Hz},
    "other inputs": {"inputs": functools.partial(pulses, slowness=2.0)},
    "weaker inputs": {"Q_inputs": 2 * mV},
}


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return BuildCache(tmp_path_factory.mktemp("binaries"))


@pytest.fixture(scope="module")
def session(cache):
    """Open the one session of this module that compiles, with P."""
    opened = StandaloneSession(make_run(), keep_P=True, cache=cache)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def rate_session(cache):
    """Open the other session that compiles: of a rate network with inputs."""
    opened = StandaloneSession(make_rate_run(), cache=cache)
    yield opened
    opened.close()


def assert_equal_results(got, expected):
    assert_array_equal(got.spike_neurons, expected.spike_neurons)
    for field in ("times", "spike_times", "decoders", "output", "P", "mean_rate"):
        if getattr(expected, field) is not None:
            assert_close(np.asarray(getattr(got, field)), np.asarray(getattr(expected, field)))
    assert set(got.state) == set(expected.state)
    for name, values in expected.state.items():
        assert_close(got.state[name], values)
    assert got.n_updates == expected.n_updates


def assert_close(values, others):
    assert_allclose(values, others, rtol=1e-10, atol=1e-10 * np.abs(others).max(initial=0))


def run_folders(session):
    return list(session.project.glob("run_*"))


def test_the_first_session_compiles_and_a_second_does_not(session, cache):
    assert session.compiled
    assert session.seconds_build > 0
    binaries = list(cache.folder.iterdir())
    others = [make_run(), make_run(seed=5, G=0 * mV / Hz, duration=1 * second, learn_from=0 * ms)]
    for run in others:
        second_session = StandaloneSession(run, keep_P=True, cache=cache)
        second_session.close()
        assert not second_session.compiled
    assert list(cache.folder.iterdir()) == binaries


def test_the_users_own_settings_do_not_compile_again(session, cache):
    defaultclock.dt = 0.3 * ms
    mine = brian2.NeuronGroup(2, "dv/dt = -v/ms : 1", name="neurons")
    brian2.Network(mine).run(1 * ms)
    third_session = StandaloneSession(make_run(), keep_P=True, cache=cache)
    third_session.close()
    assert not third_session.compiled


@pytest.mark.parametrize("name", RUNS)
def test_a_run_equals_the_run_on_numpy(session, name):
    run = make_run(**RUNS[name])
    result = session.run(run)
    assert len(result.spike_times) > 50
    assert_equal_results(result, RuntimeSession("numpy", keep_P=True).run(run))
    assert run_folders(session) == []


@pytest.mark.parametrize("name", RATE_RUNS)
def test_a_run_of_the_rate_network_equals_the_run_on_numpy(rate_session, name):
    run = make_rate_run(**RATE_RUNS[name])
    result = rate_session.run(run)
    assert float(result.mean_rate) > 1
    assert result.spike_times.shape == result.spike_neurons.shape == (0,)
    assert_equal_results(result, RuntimeSession("numpy").run(run))
    assert run_folders(rate_session) == []


def test_runs_of_the_rate_network_differ_too(rate_session):
    sums = [
        float(np.sum(rate_session.run(make_rate_run(**changes)).output ** 2))
        for changes in RATE_RUNS.values()
    ]
    assert len(set(sums)) == len(RATE_RUNS)


def test_without_learning_the_decoders_stay_and_the_next_run_learns(session, rate_session):
    for opened, make in ((session, make_run), (rate_session, make_rate_run)):
        result = opened.run(make(decoders=some_decoders(), learning=False))
        assert result.n_updates == 0
        assert_array_equal(np.asarray(result.decoders), np.asarray(some_decoders()))
        assert opened.run(make()).n_updates == 40


@pytest.mark.parametrize("device", ["numpy", "cpp"])
@pytest.mark.parametrize("model", ["lif", "rate"])
def test_a_run_goes_on_from_the_state_of_another(session, rate_session, model, device):
    """0.12 s and 0.08 s are 0.2 s: the state is all that the neurons have."""
    make = {"lif": make_run, "rate": make_rate_run}[model]
    opened = {"lif": session, "rate": rate_session}[model]
    opened = opened if device == "cpp" else RuntimeSession("numpy")
    settings = {"decoders": some_decoders(), "learning": False, "learn_from": 0 * second}

    def run(duration, **changes):
        times = {"duration": duration * second, "learn_until": duration * second}
        return opened.run(make(**{**settings, **times, **changes}))

    later = {"inputs": lambda times: pulses(times + 0.12)} if model == "rate" else {}
    whole, first = run(0.2), run(0.12)
    rest = run(0.08, state=first.state, **later)
    tolerance = {"rtol": 0, "atol": 1e-12 * np.abs(whole.output).max()}
    assert_allclose(np.concatenate([first.output, rest.output]), whole.output, **tolerance)
    assert_array_equal(
        np.concatenate([first.spike_neurons, rest.spike_neurons]), whole.spike_neurons
    )
    spike_times = np.concatenate([first.spike_times, np.asarray(rest.spike_times) + 0.12])
    assert_allclose(spike_times, np.asarray(whole.spike_times), rtol=0, atol=1e-12)
    if model == "lif":
        assert 50 < len(first.spike_times) < len(whole.spike_times) - 50
        assert np.any(first.state["lastspike"] > -0.002)  # some neurons are refractory
    for name, values in whole.state.items():
        assert_allclose(rest.state[name], values, rtol=1e-10, atol=1e-10 * np.abs(values).max())


def test_a_session_of_the_rate_network_compiles_once(rate_session, cache):
    assert rate_session.compiled
    other = make_rate_run(seed=4, duration=1 * second, learn_from=0 * second)
    other = dataclasses.replace(
        other, task=other.task.changed(inputs=lambda times: np.cos(np.outer(times, [3, 4])))
    )
    opened = StandaloneSession(other, cache=cache)
    opened.close()
    assert not opened.compiled


@pytest.fixture
def generate(monkeypatch):
    """Open a session without compiling: its arrays are found by what they contain."""

    def opened(run):
        monkeypatch.setattr(StandaloneSession, "_compile", lambda *_: False)
        session = StandaloneSession(run)
        session.close()
        return set(session.files)

    return opened


def test_every_array_has_a_file(generate):
    common = {"senders", "receivers", "w", "encoders", "target"}
    assert generate(make_run()) == common | set(some_state("lif"))
    inputs = {"inputs", "input encoders"}
    assert generate(make_rate_run()) == common | set(some_state("rate")) | inputs
    forced = make_run(teacher_forced=True)
    assert generate(forced) == common | set(some_state("lif")) | {"teacher"}


@pytest.mark.parametrize(
    "changes",
    [
        {"teacher_forced": True, "rule_dt": 1 * ms},
        {"inputs": sines, "n_inputs": 2, "rule_dt": 1 * ms},
    ],
    ids=["teacher", "inputs"],
)
def test_signals_that_equal_the_target_have_a_file(generate, changes):
    generate(make_run(**changes))


def test_a_rule_at_every_short_time_step(generate):
    run = make_run(rule_dt=0.1 * ms)
    generate(dataclasses.replace(run, parameters=LIFParameters(n_neurons=60, dt=0.1 * ms)))


@pytest.mark.slow
def test_a_teacher_on_this_device(cache):
    run = make_run(teacher_forced=True, model="rate", Q=20 * mV)
    opened = StandaloneSession(run, cache=cache)
    for seed in (1, 2):
        run = dataclasses.replace(run, seed=seed)
        assert_equal_results(opened.run(run), RuntimeSession("numpy").run(run))
    opened.close()


def test_runs_differ_in_what_they_were_told_to_differ_in(session):
    results = {name: session.run(make_run(**changes)) for name, changes in RUNS.items()}
    sums = [float(np.sum(result.output**2)) for result in results.values()]
    assert len(set(sums)) == len(RUNS)
    assert results["default"].n_updates == results["seed"].n_updates == 40
    assert results["window"].n_updates == 25
    assert results["duration"].n_updates == 104
    assert len(results["duration"].times) == 310


def test_a_rerun_is_identical_after_other_runs(session):
    first = session.run(make_run())
    session.run(make_run(seed=3, decoders=some_decoders(), duration=0.4 * second))
    again = session.run(make_run())
    for field in ("times", "output", "spike_times", "spike_neurons", "decoders", "P"):
        assert_array_equal(np.asarray(getattr(first, field)), np.asarray(getattr(again, field)))


def test_results_outlive_the_next_run(session):
    first = session.run(make_run())
    kept = np.array(first.decoders), np.array(first.spike_times), np.array(first.output)
    session.run(make_run(seed=2))
    assert_array_equal(kept[0], np.asarray(first.decoders))
    assert_array_equal(kept[1], np.asarray(first.spike_times))
    assert_array_equal(kept[2], first.output)


def test_a_silent_network_has_no_spikes(session):
    run = make_run()
    quiet = LIFParameters(**SIZE, I_bias=-60 * mV, v_initial_max=-50 * mV)
    silent = Run(task=run.task, parameters=quiet, seed=1)
    result = session.run(silent)
    assert result.spike_times.shape == result.spike_neurons.shape == (0,)
    assert not np.any(result.output)


def test_every_parameter_reaches_the_binary(session):
    run = make_run()
    parameters = LIFParameters(
        **SIZE,
        G=0.03 * mV / Hz,
        Q=7 * mV,
        tau_m=12 * ms,
        t_ref=3 * ms,
        v_reset=-63 * mV,
        v_threshold=-42 * mV,
        I_bias=-41 * mV,
        tau_r=3 * ms,
        tau_d=15 * ms,
        v_initial_max=20 * mV,
    )
    changed = Run(task=run.task, parameters=parameters, seed=4)
    assert_equal_results(session.run(changed), RuntimeSession("numpy", keep_P=True).run(changed))


def test_another_size_is_refused(session, rate_session):
    for opened, other in ((session, make_run(rule_dt=5 * ms)), (rate_session, make_run())):
        with pytest.raises(
            ValueError, match=r"^This session was compiled for .*Open another session"
        ):
            opened.run(other)


def test_the_report_gets_the_times_of_the_run(session):
    calls = []
    session.run(make_run(), report=lambda *arguments: calls.append(arguments))
    assert calls[0][1] == 0
    assert calls[-1][1] == 1
    for elapsed, _, start, duration in calls:
        assert brian2.have_same_dimensions(elapsed, second)
        assert (start, duration) == (0 * second, 0.2 * second)


def test_a_diverging_run_raises_and_the_next_one_works(session):
    first = session.run(make_run())
    with pytest.raises(DivergenceError, match="the output is not finite") as caught:
        session.run(make_run(decoders=np.full((60, 2), 1e308) / Hz))
    assert caught.value.readout == "readout"
    assert 0 * ms <= caught.value.time < 200 * ms
    assert run_folders(session) == []
    assert_equal_results(session.run(make_run()), first)


def test_decoders_of_another_unit_or_shape_are_refused(session):
    with pytest.raises(brian2.DimensionMismatchError):
        session.run(make_run(decoders=np.full((60, 2), 1e-3)))
    with pytest.raises(ValueError, match="'decoders' argument"):
        session.run(make_run(decoders=np.full((59, 2), 1e-3) / Hz))


@pytest.mark.parametrize("exception", [KeyboardInterrupt, ZeroDivisionError])
def test_an_exception_in_the_report_ends_the_run(session, exception):
    def report(*_):
        raise exception

    with pytest.raises(exception):
        session.run(make_run(duration=LONGEST), report=report)
    assert run_folders(session) == []
    assert session.run(make_run()).n_updates == 40


def test_a_stopped_binary_is_not_taken_for_a_whole_run(session, started):
    sent = []

    def report(_, completed, *__):
        # Once, since the binary gives in to a second signal at once, and not at the first report,
        # which comes before it listens for signals.
        if completed > 0 and not sent:
            sent.append(os.kill(started[0].pid, signal.SIGINT))

    with pytest.raises(InterruptedRunError) as caught:
        session.run(make_run(duration=LONGEST), report=report)
    assert 0 < caught.value.completed < 1
    assert started[0].returncode == 0
    assert run_folders(session) == []
    assert session.run(make_run()).n_updates == 40


def halve(folder, pattern):
    (path,) = (folder / "results").glob(pattern)
    # At the border between two numbers, as a full disk leaves it more often than not.
    os.truncate(path, path.stat().st_size // 16 * 8 if path.suffix != ".txt" else 0)


@pytest.mark.parametrize(
    "array",
    [
        "_dynamic_array_spikes_t_*",
        "_dynamic_array_spikes_i_*",
        "_dynamic_array_output_t_*",
        "_dynamic_array_output_z_*",
        "_array_readout_weights_decoders_*",
        "last_run_info.txt",
    ],
)
def test_results_that_were_not_written_whole_are_refused(session, monkeypatch, array):
    def run_and_damage(command, folder, *others):
        process.run_process(command, folder, *others)
        halve(folder, array)

    monkeypatch.setattr(standalone, "run_process", run_and_damage)
    expected = r"^The results of the run are not whole\. Is the disk full\?$"
    with pytest.raises(RuntimeError, match=expected):
        session.run(make_run())
    assert run_folders(session) == []


def test_a_project_that_does_not_compile_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(
        brian2.devices.cpp_standalone.device.CPPStandaloneDevice,
        "compile_source",
        lambda *_, **__: (_ for _ in ()).throw(RuntimeError("Project compilation failed.")),
    )
    folders = []
    close = StandaloneSession.close
    monkeypatch.setattr(
        StandaloneSession, "close", lambda self: (folders.append(self.project), close(self))
    )
    with pytest.raises(RuntimeError, match=r"^Project compilation failed\. Try device='numpy'"):
        StandaloneSession(make_run(), cache=BuildCache(tmp_path))
    assert not folders[0].exists()
    assert list(tmp_path.iterdir()) == []


def test_close_removes_the_project(cache, session):  # the session fills the cache
    other = StandaloneSession(make_run(), keep_P=True, cache=cache)
    assert other.project.is_dir()
    other.close()
    assert not other.project.exists()


@pytest.mark.parametrize("mine", ["runtime", "cpp_standalone"])
def test_the_users_device_and_preferences_stay(session, cache, monkeypatch, tmp_path, mine):
    """The whole of `train`, with the binary of this module."""
    monkeypatch.setattr(standalone, "BuildCache", lambda: cache)
    run = make_run()
    keywords = {"directory": str(tmp_path), "build_on_run": False} if mine != "runtime" else {}
    brian2.set_device(mine, **keywords)
    prefs.codegen.target = "numpy"
    defaultclock.dt = 0.3 * ms
    device, environment = get_device(), dict(os.environ)
    np.random.seed(4)  # noqa: NPY002, the global state is what the test is about
    state = np.random.get_state()[1].tolist()  # noqa: NPY002
    recording = train(run.task, device="cpp", keep_P=True, **SIZE)
    assert recording.device == "cpp"
    assert_equal_results(recording, session.run(run))
    assert get_device() is device
    assert prefs.codegen.target == "numpy"
    assert_allclose(float(defaultclock.dt / ms), 0.3)
    assert dict(os.environ) == environment
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002
    assert recording.seconds_build > 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_without_P_the_result_has_none(cache):
    session = StandaloneSession(make_run(), cache=cache)
    result = session.run(make_run())
    session.close()
    expected = RuntimeSession("numpy").run(make_run())
    assert result.P is None
    assert_array_equal(result.spike_neurons, expected.spike_neurons)
