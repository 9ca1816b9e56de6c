"""A task that goes on where a recording ends."""

import numpy as np
from brian2 import ms, second
from numpy.testing import assert_array_equal

from brian_force import tasks, train
from brian_force.experiment.continuing import continued, end_of_run, run_without_learning

SHORT = {"learn_from": 0 * ms, "learn_until": 5 * ms, "duration": 5 * ms}
TIMES = np.linspace(0, 2, 41) * second


def test_signals_go_on():
    task = tasks.get("pitchfork")
    later = continued(task, 7 * second, 3 * second)
    assert_array_equal(later.target(TIMES), task.target(TIMES + 7 * second))
    assert_array_equal(later.input_signal(TIMES), task.input_signal(TIMES + 7 * second))
    assert later.duration == 3 * second
    assert later.score is None


def test_a_task_without_inputs_has_none_later():
    assert continued(tasks.sine(), 1 * second, 1 * second).inputs is None


def test_the_end_is_a_whole_step():
    class Recording:
        duration = 1.00002 * second

        class parameters:  # noqa: N801
            dt = 0.05e-3 * second

    assert float(end_of_run(Recording)) == 1.00005


def test_a_run_without_learning_is_that_of_the_recording():
    recording = train(tasks.sine(), n_neurons=5, device="numpy", **SHORT)
    run = run_without_learning(recording, tasks.sawtooth(), teacher_forced=True)
    assert run.task.name == "sawtooth"
    assert run.parameters == recording.parameters
    assert (run.seed, run.model, run.learning, run.teacher_forced) == (1, "lif", False, True)
    assert run.decoders is recording.decoders
    assert run_without_learning(recording, tasks.sine(), decoders=None).decoders is None
