"""Spikes of any origin, steps of time, labels."""

import numpy as np
import pytest
from brian2 import ms, second

from brian_force.analysis.spike_data import as_trials, grid_steps, labelled, step_of
from brian_force.exchange import SpikeTrials


def made_trials(dt=None):
    return SpikeTrials(
        spike_times=[0.1, 0.2] * second,
        spike_neurons=[1, 0],
        spike_trials=[0, 1],
        n_neurons=2,
        durations=[1, 1] * second,
        dt=dt,
        neuron_ids=np.array([7, 9]),
    )


def test_trials_pass_through():
    trials = made_trials()
    assert as_trials(trials) is trials


def test_neo_is_converted():
    neo = pytest.importorskip("neo")
    pq = pytest.importorskip("quantities")
    segment = neo.Segment()
    segment.spiketrains.append(neo.SpikeTrain([1.0, 3.0], units="ms", t_stop=10))
    segment.spiketrains.append(neo.SpikeTrain([2.0] * pq.ms, t_stop=10 * pq.ms))
    block = neo.Block()
    block.segments.append(segment)
    for data in (block, segment, list(segment.spiketrains)):
        trials = as_trials(data)
        assert (trials.n_neurons, trials.n_trials, trials.n_spikes) == (2, 1, 3)
        np.testing.assert_allclose(trials.spike_times / ms, [1, 2, 3])


def test_other_data_are_refused():
    with pytest.raises(TypeError, match=r"must be SpikeTrials, or a Block.*, but got ndarray"):
        as_trials(np.zeros(3))


def test_the_time_step_is_that_given_or_that_of_the_trials():
    assert step_of(made_trials(0.1 * ms), "f") == pytest.approx(1e-4)
    assert step_of(made_trials(0.1 * ms), "f", 1 * ms) == pytest.approx(1e-3)
    with pytest.raises(TypeError, match=r"'dt' argument of f.*f\(..., dt=0.05\*ms\)"):
        step_of(made_trials(), "f")
    with pytest.raises(ValueError, match=r"'dt'.*positive"):
        step_of(made_trials(), "f", 0 * ms)


def test_steps_hold_their_times():
    steps = np.arange(200_000)
    for dt in (0.05e-3, 0.1e-3, 1e-3 / 3):
        np.testing.assert_array_equal(grid_steps(steps * dt, dt), steps)
        np.testing.assert_array_equal(grid_steps((steps + 0.99) * dt, dt), steps)


def test_labels():
    array = labelled(
        np.zeros((2, 3, 2)),
        ("trial", "time", "neuron"),
        made_trials(),
        name="r",
        units="Hz",
        times=np.array([0, 0.1, 0.2]),
    )
    assert array.neuron.values.tolist() == [7, 9]
    assert array.trial.values.tolist() == [0, 1]
    assert array.time.attrs == {"units": "s"}
    assert (array.name, array.attrs) == ("r", {"units": "Hz"})
