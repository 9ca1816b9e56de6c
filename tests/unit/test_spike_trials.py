"""Spikes of one population in repeated trials."""

import numpy as np
import pytest
from brian2 import ms, second
from numpy.testing import assert_allclose, assert_array_equal

from brian_force.exchange import Signal, SpikeTrials


def spikes(times, neurons, trials, n_trials=1, **others):
    given = {"n_neurons": 4, "durations": np.ones(n_trials) * second, **others}
    return SpikeTrials(
        spike_times=np.array(times, dtype=float) * second,
        spike_neurons=np.array(neurons, dtype=int),
        spike_trials=np.array(trials, dtype=int),
        **given,
    )


def seconds(quantity):
    return np.asarray(quantity).tolist()


def test_defaults():
    made = spikes([0.5], [2], [0])
    assert (made.n_trials, made.n_spikes, made.n_neurons) == (1, 1, 4)
    assert (seconds(made.starts), made.neuron_ids.tolist(), made.dt) == ([0], [0, 1, 2, 3], None)
    assert repr(made) == "<SpikeTrials: 1 spikes of 4 neurons in 1 trials of 1 s, signals none>"


def test_spikes_stand_by_trial_then_time_then_neuron():
    made = spikes([0.5, 0.2, 0.2, 0.9], [0, 3, 1, 2], [1, 1, 1, 0], n_trials=2)
    assert seconds(made.spike_times) == [0.9, 0.2, 0.2, 0.5]
    assert made.spike_neurons.tolist() == [2, 1, 3, 0]
    assert made.spike_trials.tolist() == [0, 1, 1, 1]


def test_a_trial_is_a_view():
    made = spikes([0.1, 0.2, 0.3], [0, 1, 2], [0, 2, 2], n_trials=3)
    times, neurons = made.trial(2)
    assert (times.tolist(), neurons.tolist()) == ([0.2, 0.3], [1, 2])
    assert np.shares_memory(neurons, made.spike_neurons)
    assert len(made.trial(1)[0]) == 0


def test_only_signals_can_be_held():
    signal = Signal(values=(np.ones((3, 1)),), dt=1 * ms)
    made = spikes([], [], [], n_neurons=0, signals={"v": signal})
    assert (made.n_neurons, made.n_spikes) == (0, 0)


def test_one_duration_of_all():
    assert float(spikes([], [], [], n_trials=3).duration) == 1
    with pytest.raises(ValueError, match=r"last 1 to 2 s\. Cut them: trials\.cut\(0\*second"):
        _ = spikes([], [], [], durations=[1, 2] * second).duration


def test_select_neurons_and_trials(example):
    chosen = example.select(neurons=[3, 1], trials=[2, 0])
    assert chosen.neuron_ids.tolist() == [99, 7]
    assert seconds(chosen.durations) == [0.25, 0.5]
    assert seconds(chosen.starts) == [1.7, 0.1]
    assert seconds(chosen.spike_times) == [0.25, 0, 0.1, 0.35, 0.5]
    assert chosen.spike_neurons.tolist() == [0, 1, 0, 1, 1]
    assert chosen.spike_trials.tolist() == [0, 1, 1, 1, 1]
    assert [len(trial) for trial in chosen.signals["output"].values] == [2, 50]
    assert example.select(neurons=[]).n_spikes == 0
    with pytest.raises(IndexError):
        example.select(trials=[3])


def test_a_signal_of_which_nothing_is_left_is_left_out(example):
    assert list(example.select(trials=[1]).signals) == ["v/mean"]
    assert list(example.cut(0.1 * second, 0.1 * second).signals) == ["output", "v/mean"]


def test_cut_takes_the_start_and_leaves_the_end():
    whole = spikes([0, 0.1, 0.2, 0.3], [0, 1, 2, 3], [0] * 4, dt=0.1 * second)
    pieces = whole.cut([0, 0.1, 0.2] * second, 0.1 * second)
    assert pieces.spike_trials.tolist() == [0, 1, 2]
    assert seconds(pieces.spike_times) == [0, 0, 0]
    assert pieces.spike_neurons.tolist() == [0, 1, 2]
    assert seconds(pieces.starts) == [0, 0.1, 0.2]


def test_a_piece_on_the_grid_is_like_a_run_of_its_own():
    dt, first = 1e-4, 3000
    steps = np.arange(first, first + 50)
    whole = spikes(steps * dt, np.zeros(50), np.zeros(50), dt=dt * second)
    piece = whole.cut(0.3 * second, 0.1 * second)
    assert_array_equal(np.asarray(piece.spike_times), np.arange(50) * dt)
    assert float(piece.dt) == dt


def test_a_piece_off_the_grid_has_no_dt():
    whole = spikes([0.2], [0], [0], dt=0.1 * second)
    piece = whole.cut(0.15 * second, 0.5 * second)
    assert piece.dt is None
    assert_allclose(np.asarray(piece.spike_times), 0.05)


def test_pieces_of_the_first_trial_come_first():
    whole = spikes([0.1, 0.6], [0, 1], [1, 1], n_trials=2, starts=[5, 7] * second)
    pieces = whole.cut([0, 0.5] * second, 0.5 * second)
    assert seconds(pieces.starts) == [5, 5.5, 7, 7.5]
    assert pieces.spike_trials.tolist() == [2, 3]


def test_cut_takes_the_samples_along():
    signal = Signal(values=(np.arange(10.0)[:, None],), dt=0.1 * second)
    pieces = spikes([], [], [], signals={"x": signal}).cut([0.2, 0.5] * second, 0.3 * second)
    assert [trial.ravel().tolist() for trial in pieces.signals["x"].values] == [
        [2, 3, 4],
        [5, 6, 7],
    ]


def test_what_is_given_is_not_changed():
    times = [0.5, 0.2] * second
    made = SpikeTrials(
        spike_times=times,
        spike_neurons=np.array([0, 1]),
        spike_trials=np.array([0, 0]),
        n_neurons=2,
        durations=[1] * second,
    )
    made.spike_times[0] = 0 * second
    assert seconds(times) == [0.5, 0.2]


def test_numbers_of_numpy_become_plain_in_annotations():
    made = spikes([], [], [], annotations={"n": np.int64(3), "x": np.float64(0.5), "b": np.True_})
    assert [type(value) for value in made.annotations.values()] == [int, float, bool]
