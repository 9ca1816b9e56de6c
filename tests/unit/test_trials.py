"""Test trials of a trained network: each is what a run of the same network by hand gives."""

import dataclasses

import numpy as np
import pytest
from brian2 import StateMonitor, ms, mV, second
from numpy.testing import assert_allclose, assert_array_equal

from brian_force import lif_network, rate_network, tasks, train
from brian_force.analysis import synaptic_filter
from brian_force.experiment import with_trials
from brian_force.experiment.trials import forced_trials, free_run_of

TASK = tasks.sine(frequency=20 * second**-1)
SETTINGS = {
    "n_neurons": 40,
    "Q": 20 * mV,
    "dt": 0.5 * ms,
    "learning_rate": 1e-4 * second**2,
    "learn_from": 20 * ms,
    "learn_until": 170 * ms,
    "duration": 200 * ms,
    "seed": 3,
}


@pytest.fixture(scope="module", params=["lif", "rate"])
def recording(request):
    return train(TASK, request.param, device="numpy", **SETTINGS)


@pytest.fixture(scope="module")
def tested(recording):
    return with_trials(TASK, recording, 3)


def test_what_was_recorded_stays(recording, tested):
    for field in dataclasses.fields(recording):
        if field.name not in ("free", "forced"):
            assert getattr(tested, field.name) is getattr(recording, field.name)


def test_free_run_goes_on_where_the_training_ended(recording, tested):
    free = tested.free
    assert free.n_trials == 1
    assert float(free.starts[0]) == pytest.approx(0.2)
    assert free.duration >= 3 * TASK.period
    output, target = (free.signals[name].values[0] for name in ("output", "target"))
    assert output.shape == target.shape == (round(float(free.duration) / 1e-3), 1)
    times = 200 * ms + np.arange(len(target)) * ms
    assert_allclose(target, TASK.target(times), atol=1e-12)
    # z does not jump: its change from the last sample is that between any two
    steps = np.abs(np.diff(np.concatenate([recording.output[-50:], output]), axis=0))
    assert steps[49] <= 3 * np.max(np.delete(steps, 49))


def test_free_run_uses_the_decoders_of_the_end(recording, tested):
    if recording.model == "lif":
        pytest.skip("r of a spiking network is in its spikes: see below")
    free = tested.free
    r = free.signals["r"]
    assert r.values[0].shape == (round(float(free.duration / r.dt)), 40)
    # every second sample of r is at a whole millisecond
    z = r.values[0][::2] @ np.asarray(recording.decoders)
    assert_allclose(z, free.signals["output"].values[0][::5], rtol=1e-9, atol=1e-12)


def test_spikes_of_the_free_run_and_the_state_give_its_output(recording, tested):
    if recording.model == "rate":
        pytest.skip("a rate network does not spike")
    free, p = tested.free, recording.parameters
    times = np.arange(len(free.signals["output"].values[0])) * 1e-3
    state = recording.state["r"], recording.state["h"]
    spikes = free.trial(0)
    constants = (float(p.tau_r), float(p.tau_d), float(p.dt))
    r = synaptic_filter(*spikes, 40, times, *constants, state=state)
    z = r @ np.asarray(recording.decoders)
    assert_allclose(z, free.signals["output"].values[0], rtol=1e-9, atol=1e-12)


def test_forced_trials_hold_as_many_samples_as_there_were_updates(recording, tested):
    forced = tested.forced
    assert forced.n_trials == (3 if recording.model == "lif" else 1)
    settle = forced.annotations["settle"]
    assert settle == pytest.approx(1)
    target = forced.signals["target"]
    assert target.dt == recording.rule_dt
    n_settle = round(settle / float(target.dt))
    assert len(target.values[0]) - n_settle == recording.n_updates == 60
    times = np.arange(len(target.values[0])) * target.dt
    assert_allclose(target.values[0], TASK.target(times), atol=1e-12)


def test_forced_trials_start_from_states_of_their_own(recording, tested):
    if recording.model == "rate":
        pytest.skip("a rate network has one such trial")
    first, second_ = tested.forced.trial(0), tested.forced.trial(1)
    assert len(first[0]) > 100
    assert len(first[0]) != len(second_[0]) or not np.array_equal(first[1], second_[1])


def test_forced_trials_are_runs_on_the_target(recording, tested):
    """Rebuild the first trial with the network itself."""
    p = recording.parameters
    lowest, highest = float(p.v_reset), float(p.v_initial_max)
    v = np.random.default_rng([3, 1]).uniform(lowest, highest, 40)
    make = lif_network if recording.model == "lif" else rate_network
    from brian_force.networks.models import MODELS

    state = MODELS[recording.model].initial_state(p, v)
    duration = tested.forced.duration
    window = {"learn_from": 0 * second, "learn_until": duration, "duration": duration}
    network = make(TASK, p, seed=3, teacher_forced=True, state=state, **window)
    network["readout"].learning = False
    seen = StateMonitor(network["neurons"], "r", record=True, dt=recording.rule_dt)
    network.add(seen)
    network.run(duration)
    r = np.array(seen.r_).T
    if recording.model == "rate":
        assert_allclose(tested.forced.signals["r"].values[0], r, rtol=1e-9, atol=1e-9)
    else:
        times = np.arange(len(r)) * float(recording.rule_dt)
        constants = (float(p.tau_r), float(p.tau_d), float(p.dt))
        spikes = tested.forced.trial(0)
        assert_allclose(synaptic_filter(*spikes, 40, times, *constants), r, rtol=1e-9, atol=1e-9)


def test_trials_are_reproducible(recording, tested):
    again = with_trials(TASK, recording, 3)
    for one, other in ((tested.free, again.free), (tested.forced, again.forced)):
        assert_array_equal(one.spike_neurons, other.spike_neurons)
        assert_array_equal(np.asarray(one.spike_times), np.asarray(other.spike_times))


def test_a_training_can_ask_for_trials():
    short = {**SETTINGS, "n_neurons": 10}
    recording = train(TASK, "lif", device="numpy", n_trials=2, **short)
    assert recording.forced.n_trials == 2
    assert recording.free is not None


def test_a_task_without_period_has_no_free_repetitions():
    window = {name: SETTINGS[name] for name in ("learn_from", "learn_until", "duration")}
    task = tasks.from_function(lambda t: np.cos(9 * t**2), **window)
    recording = train(task, "rate", device="numpy", n_neurons=10, dt=0.5 * ms, n_trials=1)
    assert recording.free is None
    assert recording.forced.n_trials == 1
    with pytest.raises(ValueError, match="'task' argument of free_run_of must be one with a perio"):
        free_run_of(task, recording, 2)


def test_another_task_is_refused(recording):
    with pytest.raises(ValueError, match="must be the one that was learned, 'sine', but got 'saw"):
        with_trials(tasks.sawtooth(), recording, 3)


@pytest.mark.parametrize("n", [0, 1.5, None])
def test_number_of_trials(recording, n):
    with pytest.raises(ValueError, match="'n_trials' argument of with_trials must be a whole"):
        with_trials(TASK, recording, n)


def test_progress_of_all_trials_is_one(recording):
    seen = []
    forced_trials(TASK, recording, 2, lambda *state: seen.append((state[1], float(state[3]))))
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert 0.5 in fractions


@pytest.mark.slow
@pytest.mark.standalone
@pytest.mark.parametrize("model", ["lif", "rate"])
def test_compiled_trials_are_the_same(model):
    settings = {**SETTINGS, "n_neurons": 30, "n_trials": 2}
    numpy, cpp = (train(TASK, model, device=device, **settings) for device in ("numpy", "cpp"))
    for part in ("free", "forced"):
        ours, theirs = getattr(cpp, part), getattr(numpy, part)
        assert_array_equal(ours.spike_neurons, theirs.spike_neurons)
        assert_allclose(np.asarray(ours.spike_times), np.asarray(theirs.spike_times), atol=1e-9)
        for name, signal in ours.signals.items():
            for one, other in zip(signal.values, theirs.signals[name].values, strict=True):
                assert_allclose(one, other, rtol=1e-6, atol=1e-6)
