"""What was sampled beside the spikes."""

import numpy as np
from brian2 import ms

from brian_force.exchange import Signal


def signal(n_samples=10, dt=10 * ms):
    return Signal(values=(np.arange(float(n_samples))[:, None],), dt=dt, unit="mV")


def test_defaults():
    made = signal()
    assert (made.n_channels, made.channels.tolist()) == (1, [0])
    assert repr(made) == "<Signal [mV] every 10. ms: (10, 1)>"


def test_many_trials_are_not_all_shown():
    made = Signal(values=tuple(np.ones((2, 1)) for _ in range(4)), dt=1 * ms)
    assert repr(made).endswith("(2, 1), (2, 1), (2, 1), ...>")


def test_pieces_begin_at_the_nearest_sample():
    pieces = signal().pieces([(0, 0.0), (0, 0.046)], 0.03)
    assert [part.ravel().tolist() for part in pieces] == [[0, 1, 2], [5, 6, 7]]


def test_pieces_are_equally_long():
    pieces = signal(9).pieces([(0, 0.0), (0, 0.066)], 0.03)
    assert [len(part) for part in pieces] == [2, 2]
    assert len(signal().pieces([(0, 0.0)], 1e-3)[0]) == 1


def test_a_piece_without_samples_leaves_those_of_others():
    pieces = signal().pieces([(0, 0.0), (0, 0.2)], 0.03)
    assert [len(part) for part in pieces] == [3, 0]


def test_times_of_a_trial():
    signal = Signal(values=(np.ones((3, 1)), np.ones((1, 1))), dt=2 * ms)
    assert np.asarray(signal.times()).tolist() == [0, 0.002, 0.004]
    assert np.asarray(signal.times(1)).tolist() == [0]
