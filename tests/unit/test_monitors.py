"""Spikes and signals of the monitors of any Brian script."""

import numpy as np
import pytest
from brian2 import (
    EventMonitor,
    Network,
    NeuronGroup,
    SpikeGeneratorGroup,
    SpikeMonitor,
    StateMonitor,
    get_device,
    ms,
    mV,
)
from numpy.testing import assert_allclose, assert_array_equal

from brian_force.exchange import neo_from_monitors, trials_from_monitors


@pytest.fixture(autouse=True)
def numpy_target():
    from brian2 import prefs

    before, prefs.codegen.target = prefs.codegen.target, "numpy"
    yield
    prefs.codegen.target = before


def network():
    neurons = NeuronGroup(
        6,
        """dv/dt = (20*mV - v)/(10*ms) : volt
           current = i*nA : amp
           level : 1""",
        threshold="v > 15*mV",
        reset="v = 0*mV",
        events={"low": "v < 1*mV"},
        method="exact",
        dt=0.1 * ms,
    )
    neurons.v = np.arange(6) * mV
    spikes = SpikeMonitor(neurons)
    states = StateMonitor(neurons, ["v", "current"], record=[1, 4], dt=1 * ms)
    events = EventMonitor(neurons, "low", variables="v")
    return Network(neurons, spikes, states, events), neurons, spikes, states, events


@pytest.fixture
def ran():
    net, _, *monitors = network()
    net.run(30 * ms)
    net.run(30 * ms)
    return monitors


def test_one_trial_holds_all(ran):
    spikes, states, _ = ran
    found = trials_from_monitors(spikes, states)
    assert (found.n_trials, found.n_neurons) == (1, 6)
    assert (float(found.duration), float(found.dt)) == (600 * 1e-4, 1e-4)
    assert_array_equal(np.asarray(found.spike_times), np.asarray(spikes.t_))
    assert_array_equal(found.spike_neurons, np.asarray(spikes.i))


def test_signals_are_in_the_units_in_which_brian_holds_them(ran):
    spikes, states, _ = ran
    signals = trials_from_monitors(spikes, states).signals
    assert {name: signal.unit for name, signal in signals.items()} == {"v": "V", "current": "A"}
    assert_array_equal(signals["v"].values[0], np.asarray(states.v_).T)
    assert_allclose(signals["current"].values[0][0], [1e-9, 4e-9])
    assert signals["v"].channels.tolist() == [1, 4]
    assert float(signals["v"].dt) == 1e-3


def test_trials_follow_one_another(ran):
    spikes, states, _ = ran
    found = trials_from_monitors(spikes, states, duration=25 * ms)
    assert_allclose(np.asarray(found.starts), [0, 0.025])
    assert found.n_spikes == np.sum(np.asarray(spikes.t_) < 0.05 - 1e-6)
    assert [len(trial) for trial in found.signals["v"].values] == [25, 25]
    assert_array_equal(found.signals["v"].values[1], np.asarray(states.v_).T[25:50])


def test_trials_at_given_starts(ran):
    spikes, *_ = ran
    found = trials_from_monitors(spikes, starts=[10, 40] * ms, duration=20 * ms)
    times = np.asarray(spikes.t_)
    expected = (
        np.round((times[(times >= 0.01 - 1e-9) & (times < 0.03 - 1e-9)] - 0.01) / 1e-4) * 1e-4
    )
    assert_array_equal(found.trial(0)[0], expected)


def test_a_spike_on_the_border_belongs_to_the_later_trial():
    source = SpikeGeneratorGroup(1, [0, 0, 0], [0, 10, 19.9] * ms, dt=0.1 * ms)
    spikes = SpikeMonitor(source)
    Network(source, spikes).run(20 * ms)
    found = trials_from_monitors(spikes, duration=10 * ms)
    assert found.spike_trials.tolist() == [0, 1, 1]
    assert_array_equal(np.asarray(found.spike_times), [0, 0, 99 * 1e-4])


def test_a_monitor_that_came_later_or_paused_has_gaps():
    net, neurons, spikes, states, _ = network()
    net.run(5 * ms)
    late = StateMonitor(neurons, "level", record=[0], dt=1 * ms)
    net.add(late)
    states.active = False
    net.run(5 * ms)
    states.active = True
    net.run(5 * ms)
    signals = trials_from_monitors(spikes, [states, late]).signals
    assert np.isnan(signals["v"].values[0][:, 0]).tolist() == [False] * 5 + [True] * 5 + [False] * 5
    assert np.isnan(signals["level"].values[0][:, 0]).tolist() == [True] * 5 + [False] * 10


def test_two_monitors_of_one_variable():
    net, neurons, _, states, _ = network()
    other = StateMonitor(neurons, "v", record=[0], dt=1 * ms, name="other")
    net.add(other)
    net.run(5 * ms)
    found = trials_from_monitors(states=[states, other])
    assert list(found.signals) == ["v", "current", "other_v"]
    assert (found.n_neurons, found.dt) == (0, None)


def test_events_are_events_of_neo(ran):
    spikes, states, events = ran
    block = neo_from_monitors(spikes, states, events, duration=30 * ms, name="mine")
    assert (block.name, len(block.segments)) == ("mine", 2)
    (event,) = block.segments[1].events
    own = np.asarray(events.t_) >= 0.03 - 1e-9
    assert_allclose(
        event.times.rescale("s").magnitude, np.asarray(events.t_)[own] - 0.03, atol=1e-12
    )
    assert event.array_annotations["neuron"].tolist() == np.asarray(events.i)[own].tolist()
    assert_array_equal(event.array_annotations["v"], np.asarray(events.v_)[own])
    assert (event.name, event.annotations["v_unit"]) == ("low", "V")
    assert event.labels.tolist() == np.asarray(events.i)[own].astype(str).tolist()


def test_several_event_monitors_and_no_spikes(ran):
    _, states, events = ran
    block = neo_from_monitors(states=states, events=[events, events])
    assert [event.name for event in block.segments[0].events] == ["low", "low"]
    assert len(block.segments[0].spiketrains) == 0


@pytest.mark.slow
@pytest.mark.standalone
def test_after_a_standalone_run(ran, tmp_path, request):
    from brian2 import set_device

    expected = trials_from_monitors(*ran[:2], duration=20 * ms)
    request.addfinalizer(lambda: (get_device().reinit(), set_device("runtime")))
    set_device("cpp_standalone", build_on_run=False)
    net, _, spikes, states, events = network()
    net.remove(events)  # one code object less to compile
    net.run(60 * ms)
    get_device().build(directory=tmp_path)
    found = trials_from_monitors(spikes, states, duration=20 * ms)
    assert_array_equal(np.asarray(found.spike_times), np.asarray(expected.spike_times))
    assert_allclose(found.signals["v"].values[2], expected.signals["v"].values[2], rtol=1e-12)
