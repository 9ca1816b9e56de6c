"""One run: the network that is built for it, and what is read from it."""

import dataclasses

import numpy as np
import pytest
from brian2 import Hz, StateMonitor, ms, mV, second
from numpy.testing import assert_allclose, assert_array_equal

from brian_force import tasks
from brian_force.experiment.run import Run, build_network, read_result
from brian_force.networks import LIFParameters
from brian_force.networks.assembly import NetworkOptions

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


def test_a_rate_network_has_no_spikes_to_monitor():
    net = build_network(make_run(model="rate"), keep_P=False)
    names = {obj.name for obj in net.objects}
    assert {"neurons", "recurrent", "drive", "readout", "output"} <= names
    assert "spikes" not in names


def test_a_run_without_learning_keeps_its_decoders():
    net = build_network(make_run(learning=False, decoders=1e-3 / Hz), keep_P=False)
    net.run(40 * ms, namespace={})
    assert int(net["readout"].n_updates) == 0
    assert_array_equal(net["readout"].decoders_, np.full((20, 1), 1e-3))


def test_options_are_those_of_the_functions_that_build_networks():
    state = {"r": np.zeros(20), "h": np.ones(20)}
    run = make_run(model="rate", state=state, teacher_forced=True, gain="prior")
    assert set(run.options) <= set(NetworkOptions.__annotations__)
    net = build_network(run, keep_P=False)
    assert "teacher" in net
    assert net["readout"].rule.gain == "prior"
    assert_array_equal(net["neurons"].h_[:], 1)


def test_the_state_at_the_end_is_that_of_the_network():
    run = make_run()
    net = build_network(run, keep_P=False)
    net.run(40 * ms, namespace={})
    state = read_result(net, run, False, 0.0, 0.0).state
    assert set(state) == {"v", "r", "h", "s", "h_s", "lastspike"}
    for name in ("v", "r", "h", "s", "h_s"):
        assert_array_equal(state[name], net["neurons"].variables[name].get_value())
    last = np.array(net["neurons"].variables["lastspike"].get_value())
    assert_allclose(state["lastspike"], last - 0.04)
    assert state["lastspike"].max() <= 0


def test_the_mean_rate_of_a_rate_network_is_the_mean_of_f():
    run = make_run(model="rate")
    net = build_network(run, keep_P=False)
    f = StateMonitor(net["neurons"], "f", record=True)  # before each step: what the step takes
    net.add(f)
    net.run(40 * ms, namespace={})
    result = read_result(net, run, False, 0.0, 0.0)
    assert set(result.state) == {"r", "h"}
    assert result.spike_times.shape == result.spike_neurons.shape == (0,)
    assert result.spike_times.dim == second.dim
    assert result.mean_rate.dim == Hz.dim
    assert float(result.mean_rate) > 1
    assert_allclose(float(result.mean_rate), np.mean(f.f_), rtol=1e-12)


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
    run = make_run()
    net = build_network(run, keep_P=keep_P)
    net.run(20 * ms, namespace={})
    run = dataclasses.replace(run, task=run.task.changed(learn_until=20 * ms, duration=20 * ms))
    result = read_result(net, run, keep_P, 1.0, 2.0)
    assert result.output.shape == (20, 1)
    assert (result.P is not None) == keep_P
    assert (result.seconds_build, result.seconds_run, result.n_updates) == (1.0, 2.0, 4)
    decoders, n_spikes = np.array(result.decoders), len(result.spike_times)
    v = result.state["v"].copy()
    net.run(20 * ms, namespace={})
    assert result.times.shape == (20,)
    assert len(result.spike_times) == len(result.spike_neurons) == n_spikes
    assert_array_equal(np.asarray(result.decoders), decoders)
    assert_array_equal(result.state["v"], v)
    assert result.mean_rate == n_spikes / (20 * 20 * ms)
    assert result.decoders.dim == (1 / Hz).dim
    assert result.times.dim == second.dim
