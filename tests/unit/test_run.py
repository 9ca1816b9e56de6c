"""One run: the network that is built for it, and what is read from it."""

import dataclasses

import numpy as np
import pytest
from brian2 import Hz, ms, mV, second
from numpy.testing import assert_array_equal

from brian_force import tasks
from brian_force.experiment.run import Run, build_network, read_result
from brian_force.networks import LIFParameters

PARAMETERS = LIFParameters(n_neurons=20, dt=0.5 * ms)


def make_run(**changes):
    task = dataclasses.replace(
        tasks.sine(),
        G=0.02 * mV / Hz,
        learn_from=10 * ms,
        learn_until=30 * ms,
        duration=40 * ms,
    )
    return Run(task=task, parameters=PARAMETERS, seed=1, **changes)


def test_the_network_has_its_monitors():
    net = build_network(make_run(), keep_P=False)
    names = {obj.name for obj in net.objects}
    assert {"neurons", "recurrent", "readout", "spikes", "output"} <= names
    assert net["output"].clock.dt == 1 * ms
    assert net["neurons"].clock.dt == 0.5 * ms


def test_the_run_says_what_the_rule_is():
    run = make_run(rule_dt=5 * ms, gain="prior", precision="float32")
    rule = build_network(run, keep_P=False)["readout"].rule
    assert (rule.dt, rule.gain, rule.precision) == (5 * ms, "prior", "float32")
    assert rule.learning_rate == run.task.learning_rate


def test_the_task_says_the_window_and_the_parameters_the_rest():
    run = make_run()
    net = build_network(run, keep_P=False)
    assert net["readout"].learn_from == 10 * ms
    assert net["readout"].learn_until == 30 * ms
    assert net["neurons"].G == PARAMETERS.G != run.task.G


def test_synapses_are_padded():
    assert len(build_network(make_run(), keep_P=False, n_synapses=300)["recurrent"]) == 300


@pytest.mark.parametrize(
    "decoders", [np.ones(20) / Hz, np.ones((20, 1)) / Hz, 1 / Hz], ids=["flat", "column", "one"]
)
def test_decoders_are_set(decoders):
    net = build_network(make_run(decoders=decoders), keep_P=False)
    assert_array_equal(net["readout"].decoders_, np.ones((20, 1)))


def test_defaults_are_not_shared():
    assert make_run().rule_dt is not make_run().rule_dt


@pytest.mark.parametrize("keep_P", [True, False])
def test_a_result_is_a_copy(keep_P):
    net = build_network(make_run(), keep_P=keep_P)
    net.run(20 * ms, namespace={})
    result = read_result(net, keep_P, 1.0, 2.0)
    assert result.output.shape == (20, 1)
    assert (result.P is not None) == keep_P
    assert (result.seconds_build, result.seconds_run, result.n_updates) == (1.0, 2.0, 4)
    decoders, n_spikes = np.array(result.decoders), len(result.spike_times)
    net.run(20 * ms, namespace={})
    assert result.times.shape == (20,)
    assert len(result.spike_times) == len(result.spike_neurons) == n_spikes
    assert_array_equal(np.asarray(result.decoders), decoders)
    assert result.decoders.dim == (1 / Hz).dim
    assert result.times.dim == second.dim
