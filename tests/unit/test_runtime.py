"""The session on the runtime targets."""

import dataclasses

import brian2
import numpy as np
import pytest
from brian2 import Hz, defaultclock, get_device, ms, mV, prefs, second
from numpy.testing import assert_allclose, assert_array_equal

from brian_force import DivergenceError, InterruptedRunError
from brian_force.experiment.run import Run
from brian_force.experiment.runtime import RuntimeSession
from brian_force.networks import LIFParameters
from brian_force.tasks import Task


def pulses(times):
    return np.stack([np.sin(40 * times), times % 0.03 < 0.01], axis=1).astype(float)


def make_run(model="lif", duration=0.1, n_inputs=0, **changes):
    task = Task(
        name="sine",
        signal=lambda times: np.sin(30 * times)[:, np.newaxis],
        n_outputs=1,
        G=0.1 * mV / Hz,
        Q=5 * mV,
        learning_rate=1e-5 * second**2,
        learn_from=0.02 * second,
        learn_until=0.08 * second,
        duration=duration * second,
        inputs=pulses if n_inputs else None,
        n_inputs=n_inputs,
        Q_inputs=10 * mV,
        source="test",
    )
    parameters = LIFParameters(n_neurons=30, dt=0.5 * ms)
    return Run(task=task, parameters=parameters, seed=1, model=model, **changes)


FIELDS = ("times", "output", "spike_times", "spike_neurons", "decoders")


@pytest.mark.parametrize(
    "target", ["numpy", pytest.param("cython", marks=[pytest.mark.cython, pytest.mark.slow])]
)
def test_a_run_gives_arrays_that_outlive_it(target):
    result = RuntimeSession(target).run(make_run())
    assert result.times.shape == (100,)
    assert result.output.shape == (100, 1)
    assert result.decoders.shape == (30, 1)
    assert result.spike_times.shape == result.spike_neurons.shape
    assert len(result.spike_times) > 10
    assert result.n_updates == 24
    assert result.P is None
    assert result.seconds_build > 0
    assert result.seconds_run > 0


@pytest.mark.cython
def test_the_rate_network_is_the_same_with_cython():
    run = make_run("rate", duration=0.3, n_inputs=2)
    run = dataclasses.replace(run, task=run.task.changed(learn_until=0.2 * second))
    ours, theirs = (RuntimeSession(target).run(run) for target in ("numpy", "cython"))
    assert ours.n_updates == theirs.n_updates == 72
    for field in ("times", "output", "decoders", "mean_rate"):
        expected = np.asarray(getattr(ours, field))
        scale = np.abs(expected).max()
        assert_allclose(np.asarray(getattr(theirs, field)), expected, rtol=0, atol=1e-9 * scale)
    for name, values in ours.state.items():
        assert_allclose(theirs.state[name], values, rtol=1e-9)


@pytest.mark.parametrize("model", ["lif", "rate"])
def test_forced_and_free_runs_differ(model):
    session = RuntimeSession("numpy")
    free, forced = (session.run(make_run(model, teacher_forced=on)) for on in (False, True))
    assert free.n_updates == forced.n_updates == 24
    assert not np.array_equal(free.output, forced.output)


@pytest.mark.parametrize("model", ["lif", "rate"])
def test_without_learning_nothing_is_learned(model):
    decoders = np.full((30, 1), 1e-3) / Hz
    result = RuntimeSession("numpy").run(make_run(model, decoders=decoders, learning=False))
    assert result.n_updates == 0
    assert_array_equal(np.asarray(result.decoders), np.asarray(decoders))


def test_P_is_kept_on_demand():
    P = RuntimeSession("numpy", keep_P=True).run(make_run()).P
    assert P.shape == (30, 30)
    assert brian2.have_same_dimensions(P, second**2)
    assert_array_equal(np.asarray(P), np.asarray(P).T)


def test_every_run_starts_afresh():
    session = RuntimeSession("numpy")
    first, second_result = session.run(make_run()), session.run(make_run())
    for field in FIELDS:
        assert_array_equal(
            np.asarray(getattr(first, field)), np.asarray(getattr(second_result, field))
        )
    session.close()


def test_decoders_at_the_start_count():
    result = RuntimeSession("numpy").run(make_run(decoders=np.full((30, 1), 1e-3) / Hz))
    assert np.any(result.output[result.times < 20 * ms])


@pytest.mark.parametrize("target", ["numpy", "cython"])
def test_what_the_user_set_stays(tmp_path, target):
    brian2.set_device("cpp_standalone", directory=str(tmp_path), build_on_run=False)
    device = get_device()
    prefs.codegen.target = target
    defaultclock.dt = 0.3 * ms
    state = np.random.get_state()[1].tolist()  # noqa: NPY002, the global state is meant
    RuntimeSession("numpy").run(make_run())
    assert get_device() is device
    assert prefs.codegen.target == target
    assert float(defaultclock.dt / ms) == pytest.approx(0.3)
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002


def test_what_the_user_set_stays_after_a_failure():
    prefs.codegen.target = "cython"
    device = get_device()
    with pytest.raises(DivergenceError) as caught:
        RuntimeSession("numpy").run(make_run(decoders=np.full((30, 1), 1e308) / Hz))
    assert caught.value.readout == "readout"
    assert prefs.codegen.target == "cython"
    assert get_device() is device


def test_a_stopped_run_raises():
    def report(*_):
        brian2.stop()

    with pytest.raises(InterruptedRunError, match=r"^The run was stopped at t = ") as caught:
        RuntimeSession("numpy").run(make_run(), report=report)
    assert caught.value.completed < 1


def test_ctrl_c_in_the_report_comes_through():
    def report(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        RuntimeSession("numpy").run(make_run(), report=report)
    assert RuntimeSession("numpy").run(make_run()).n_updates == 24
