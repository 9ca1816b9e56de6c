"""A spiking network and its rate twin: what they share, how they are compared and swapped."""

import dataclasses

import numpy as np
import pytest
from brian2 import DimensionMismatchError, Hz, ms, mV, second
from numpy.testing import assert_allclose, assert_array_equal

from brian_force import DivergenceError, Pair, Recording, Swap, metrics, tasks, train, train_pair
from brian_force.experiment.pair import FreeRun, free_run, run_on
from brian_force.tasks import Task

SETTINGS = {
    "seed": 3,
    "n_neurons": 40,
    "Q": 20 * mV,
    "dt": 0.5 * ms,
    "learning_rate": 1e-4 * second**2,
    "learn_from": 20 * ms,
    "learn_until": 180 * ms,
    "duration": 200 * ms,
    "device": "numpy",
}
MODELS = ("lif", "rate")


def waves(times):
    return np.stack([np.sin(20 * np.pi * times), np.cos(20 * np.pi * times + 0.3)], axis=1)


def pulses(times):
    return np.stack([np.sin(7 * times), times > 0.25], axis=1).astype(float)


def score(times, output, learn_until):
    """Say where it was called: the score itself is a number like any other."""
    return float(times[0]) if times[0] == learn_until else -1.0


def make_task(**changes):
    return Task(
        name="waves",
        signal=waves,
        n_outputs=2,
        period=100 * ms,
        G=0.05 * mV / Hz,
        Q=30 * mV,
        learning_rate=1e-5 * second**2,
        learn_from=1 * second,
        learn_until=2 * second,
        duration=3 * second,
        source="test",
        **changes,
    )


TASKS = {
    "autonomous": make_task(),
    "inputs": make_task(inputs=pulses, n_inputs=2, Q_inputs=15 * mV, score=score),
}


@pytest.fixture(scope="module", params=TASKS)
def pair(request):
    return train_pair(TASKS[request.param], **SETTINGS)


@pytest.fixture(scope="module")
def swap(pair):
    return pair.swap(230 * ms)


# -- training -------------------------------------------------------------------------------------


def test_both_were_trained_by_the_same_settings(pair):
    assert isinstance(pair, Pair)
    assert (pair.lif.model, pair.rate.model) == MODELS
    equal = ("task", "device", "seed", "parameters", "learn_from", "learn_until", "duration")
    for name in (*equal, "learning_rate", "period", "n_updates"):
        assert getattr(pair.lif, name) == getattr(pair.rate, name)
    assert pair.lif.n_updates == 64
    assert_array_equal(pair.lif.target, pair.rate.target)
    assert_array_equal(np.asarray(pair.lif.times), np.asarray(pair.rate.times))


def test_each_is_what_train_makes(pair):
    task = TASKS["autonomous" if pair.task.n_inputs == 0 else "inputs"]
    for model in MODELS:
        alone, recording = train(task, model, **SETTINGS), getattr(pair, model)
        assert_array_equal(alone.output, recording.output)
        assert_array_equal(np.asarray(alone.decoders), np.asarray(recording.decoders))


def test_the_task_of_the_pair_has_the_settings_of_the_run(pair):
    assert (pair.task.learn_from, pair.task.learn_until) == (20 * ms, 180 * ms)
    assert pair.task.duration == 200 * ms
    assert pair.task.learning_rate == 1e-4 * second**2
    assert pair.task.signal is waves


def test_correlation_of_each_output_and_pooled(pair):
    spiking, rate = np.asarray(pair.lif.decoders), np.asarray(pair.rate.decoders)
    each = [np.corrcoef(spiking[:, k], rate[:, k])[0, 1] for k in range(2)]
    assert pair.decoder_correlations.shape == (2,)
    assert_allclose(pair.decoder_correlations, each, rtol=1e-12)
    assert pair.decoder_correlation == pytest.approx(np.mean(each))
    pooled = np.corrcoef(spiking.ravel(), rate.ravel())[0, 1]
    assert pair.decoder_correlation_pooled == pytest.approx(pooled)


def stand_in(decoders):
    recording = train(tasks.sine(), **SETTINGS)
    return dataclasses.replace(recording, decoders=np.array(decoders, float) / Hz)


def test_pooling_sees_what_the_outputs_alone_do_not():
    one = stand_in([[0, 10], [1, 11], [2, 12], [3, 13]])
    other = stand_in([[3, 0], [4, 1], [5, 2], [6, 3]])
    made = Pair(task=tasks.sine(), lif=one, rate=other)
    assert_allclose(made.decoder_correlations, [1, 1])
    assert made.decoder_correlation == pytest.approx(1)
    assert made.decoder_correlation_pooled < 0


def test_a_pair_cannot_be_changed(pair):
    with pytest.raises(dataclasses.FrozenInstanceError):
        pair.lif = pair.rate


def test_arguments_are_those_of_train():
    with pytest.raises(TypeError, match="model"):
        train_pair(tasks.sine(), model="lif", **SETTINGS)
    with pytest.raises(TypeError, match=r"^train has no argument 'n_neuron'"):
        train_pair(tasks.sine(), device="numpy", n_neuron=3)
    with pytest.raises(TypeError, match="'task' argument of train"):
        train_pair("sine")


def test_reports_come_from_both_runs():
    fractions = []
    train_pair(tasks.sine(), **SETTINGS, report=lambda *given: fractions.append(given[1]))
    assert fractions.count(0) == fractions.count(1) == 2


# -- the swap -------------------------------------------------------------------------------------


def test_each_runs_on_the_decoders_of_the_other_and_keeps_them(pair, swap):
    assert isinstance(swap, Swap)
    for model, other in (MODELS, MODELS[::-1]):
        recording = getattr(swap, model)
        assert isinstance(recording, Recording)
        assert (recording.model, recording.seed) == (model, 3)
        assert recording.parameters == pair.lif.parameters
        assert recording.n_updates == 0
        expected = np.asarray(getattr(pair, other).decoders)
        assert_array_equal(np.asarray(recording.decoders), expected)
        assert recording.duration == 230 * ms
        assert recording.learn_from == recording.learn_until == 0 * second
        assert recording.output.shape == (230, 2)


def test_each_goes_on_from_its_own_state(pair, swap):
    """The first output is that of the last r on the decoders of the other."""
    for model, other in (MODELS, MODELS[::-1]):
        r = getattr(pair, model).state["r"]
        expected = r @ np.asarray(getattr(pair, other).decoders)
        assert_allclose(getattr(swap, model).output[0], expected, rtol=1e-12, atol=1e-15)


def test_the_target_goes_on_where_it_was(pair, swap):
    times = np.asarray(swap.lif.times)
    assert times[0] == 0
    assert_allclose(swap.lif.target, waves(times + 0.2), atol=1e-12)


def test_the_pair_stays_as_it_was(pair, swap):
    assert pair.lif.n_updates == 64
    assert pair.lif.duration == 200 * ms


def test_how_they_run(pair, swap):
    for model in MODELS:
        recording, found = getattr(swap, model), getattr(swap, f"{model}_run")
        assert isinstance(found, FreeRun)
        x = (recording.times, recording.output, recording.target)
        scaled, speed = metrics.scaled_error(*x, 0.1, 0.0) or (None, None)
        assert found.error == recording.errors.rms_after == metrics.rms_error(*x[1:])
        assert found.error_normalised == metrics.normalised_error(*x[1:])
        assert found.error_l2 == metrics.l2_error(*x[1:], 1e-3)
        assert found.drift == metrics.phase_drift(*x, 0.1, 0.0)
        assert found.error_aligned == metrics.aligned_error(*x, 0.1, 0.0)
        assert (found.error_scaled, found.speed) == (scaled, speed)
        assert found.frequency == metrics.dominant_frequency(recording.output, 1e-3)
        assert found.amplitude == metrics.amplitude_ratio(*x[1:])


def test_the_score_counts_from_the_end_of_training(pair, swap):
    expected = None if pair.task.score is None else pytest.approx(0.2)
    assert (swap.lif_run.score, swap.rate_run.score) == (expected, expected)


@pytest.mark.parametrize("model", MODELS)
def test_on_its_own_decoders_a_network_runs_as_if_it_had_not_stopped(pair, model):
    """Train 200 ms and run on for 100 ms: the same as 300 ms with learning until 180 ms."""
    task = TASKS["autonomous" if pair.task.n_inputs == 0 else "inputs"]
    longer = train(task, model, **{**SETTINGS, "duration": 300 * ms})
    first = getattr(pair, model)
    rest = run_on(pair.task, first, first.decoders, 100 * ms)
    assert_allclose(rest.target, longer.target[200:], atol=1e-12)
    scale = np.abs(longer.output).max()
    assert_allclose(rest.output, longer.output[200:], rtol=0, atol=1e-10 * scale)
    later = longer.spike_times >= 199.9 * ms
    assert_array_equal(rest.spike_neurons, longer.spike_neurons[later])
    assert_allclose(
        np.asarray(rest.spike_times) + 0.2, np.asarray(longer.spike_times[later]), atol=1e-9
    )


@pytest.mark.parametrize(
    ("duration", "error"), [(3, DimensionMismatchError), (0 * second, ValueError)]
)
def test_the_duration_of_a_swap_is_a_time(pair, duration, error):
    with pytest.raises(error, match="'duration' argument of swap"):
        pair.swap(duration)


def test_a_swap_reports_and_can_diverge(pair):
    calls = []
    broken = dataclasses.replace(pair.rate, decoders=np.full((40, 2), 1e308) / Hz)
    with pytest.raises(DivergenceError):
        dataclasses.replace(pair, rate=broken).swap(
            20 * ms, report=lambda *given: calls.append(given)
        )
    assert calls


def test_a_swap_after_another_interval_of_the_rule():
    """2.5 ms is no multiple of 0.4 ms; the training had 2 ms."""
    made = train_pair(tasks.sine(), **{**SETTINGS, "dt": 0.4 * ms}, rule_dt=2 * ms)
    assert made.swap(20 * ms).lif.n_updates == 0


# -- one free run ---------------------------------------------------------------------------------


def test_a_free_run_at_another_speed_is_seen_as_such():
    times = np.arange(3000) * 1e-3
    target, output = (np.sin(2 * np.pi * f * times)[:, np.newaxis] for f in (5, 5.5))
    recording = dataclasses.replace(
        stand_in(np.zeros((4, 1))),
        times=times * second,
        output=0.5 * output,
        target=target,
        duration=3 * second,
        period=0.2 * second,
    )
    found = free_run(tasks.sine(), recording, 10 * second)
    assert found.error > 0.5
    assert found.error_scaled < found.error
    assert found.speed == pytest.approx(1.1, rel=0.01)
    assert found.drift == pytest.approx(100, rel=0.01)
    assert found.error_l2 == pytest.approx(np.sqrt(3) * found.error)
    assert found.frequency == pytest.approx(5.5, rel=0.01)
    assert found.amplitude == pytest.approx(0.5, rel=0.01)
    assert found.score is None
    assert (
        free_run(
            tasks.sine(), dataclasses.replace(recording, period=None), 10 * second
        ).error_aligned
        is None
    )
