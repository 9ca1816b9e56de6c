import dataclasses

import numpy as np
import pytest
from brian2 import Hz, second
from numpy.testing import assert_allclose

from brian_force import tasks
from brian_force.experiment.pair import Pair, Swap, train_pair
from brian_force.metrics import normalised_error
from brian_force.studies.pair_measures import measured, swapped, traces


@pytest.fixture(scope="module")
def pair():
    """Two small networks; times and outputs are made up, for which training would take long."""
    task = tasks.sine().changed(
        learn_from=0.02 * second, learn_until=0.04 * second, duration=0.05 * second
    )
    trained = train_pair(task, n_neurons=10, device="numpy")
    task = task.changed(learn_from=1 * second, learn_until=3 * second, duration=6 * second)
    return Pair(
        task=task, lif=made_up(trained.lif, task, 0.8), rate=made_up(trained.rate, task, 0.9)
    )


def made_up(recording, task, amplitude):
    """Put a wave of the right speed and another amplitude for what the network did."""
    times = np.arange(0, float(task.duration), 1e-3) * second
    target = task.target(times)
    names = ("learn_from", "learn_until", "duration")
    return dataclasses.replace(
        recording,
        times=times,
        target=target,
        output=amplitude * target,
        **{name: getattr(task, name) for name in names},
    )


def test_errors_are_over_the_size_of_the_target(pair):
    found = measured(pair)
    for name in ("learning", "free", "plain", "aligned", "scaled"):
        assert_allclose(found[name], [0.2, 0.1], rtol=1e-2)
    assert_allclose(found["speed"], 1, atol=1e-2)
    assert_allclose(found["l2"], np.array([0.2, 0.1]) * np.sqrt(0.5 * 3), rtol=1e-2)
    assert_allclose(found["mean_rate"][0], float(pair.lif.mean_rate / Hz))
    assert np.isnan(found["score"]).all()


def test_the_free_error_of_a_task_without_period_is_the_plain_one(pair):
    without = [dataclasses.replace(one, period=None) for one in (pair.lif, pair.rate)]
    found = measured(Pair(task=pair.task, lif=without[0], rate=without[1]))
    assert np.isnan(found["aligned"]).all()
    assert_allclose(found["free"], [0.2, 0.1], rtol=1e-6)


def test_swaps_are_measured_by_the_network_that_runs(pair):
    from brian_force.experiment.pair import FreeRun

    run = FreeRun(
        error=0.2, error_normalised=0.3, error_l2=1.0, error_aligned=0.15, error_scaled=0.1,
        speed=1.1, drift=1.0, frequency=5.0, amplitude=0.9, score=None,
    )  # fmt: skip
    other = dataclasses.replace(run, error_scaled=0.3, speed=0.9)
    found = swapped(Swap(lif=pair.lif, rate=pair.rate, lif_run=run, rate_run=other))
    assert_allclose(found["swap"], np.array([0.1, 0.3]) * np.sqrt(2), rtol=1e-3)
    assert found["swap_speed"].to_numpy().tolist() == [1.1, 0.9]


def test_traces_end_where_their_phase_ends(pair):
    found = traces(pair.lif, pair.rate)
    assert found["phase"].to_numpy().tolist() == ["before", "learning", "after", "swapped"]
    assert_allclose(found["start"], [0, 2, 5, 5])
    assert float(found["moment"][-1]) == pytest.approx(0.999)
    shown = found["output"].sel(phase="learning", channel=0)
    kept = (np.asarray(pair.lif.times) >= 1.9995) & (np.asarray(pair.lif.times) < 2.9995)
    assert normalised_error(shown, pair.lif.output[kept, 0]) < 1e-6
    assert found["decoders"].shape == (10, 1)
