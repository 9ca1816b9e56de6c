"""The session on the runtime targets."""

import brian2
import numpy as np
import pytest
from brian2 import Hz, defaultclock, get_device, ms, mV, prefs, second
from numpy.testing import assert_array_equal

from brian_force import DivergenceError, InterruptedRunError
from brian_force.experiment.run import Run
from brian_force.experiment.runtime import RuntimeSession
from brian_force.networks import LIFParameters
from brian_force.tasks import Task


def make_run(**changes):
    task = Task(
        name="sine",
        signal=lambda times: np.sin(30 * times)[:, np.newaxis],
        n_outputs=1,
        G=0.1 * mV / Hz,
        Q=5 * mV,
        learning_rate=1e-5 * second**2,
        learn_from=0.02 * second,
        learn_until=0.08 * second,
        duration=0.1 * second,
        source="test",
    )
    return Run(task=task, parameters=LIFParameters(n_neurons=30, dt=0.5 * ms), seed=1, **changes)


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
