"""How a network is put together, whatever the model of its neurons."""

import re

import numpy as np
import pytest
from brian2 import Network, StateMonitor, ms, mV, second
from numpy.testing import assert_allclose, assert_array_equal

from brian_force.experiment.run import Run, build_network
from brian_force.networks import LIFParameters, lif_network, rate_network
from brian_force.networks.assembly import NetworkOptions, data_of, set_parameters, signal_dt
from brian_force.networks.models import MODELS
from brian_force.tasks import Task

N = 20
PARAMETERS = LIFParameters(n_neurons=N, G=0.1 * mV / (1 / second), Q=20 * mV, dt=0.25 * ms)
MAKERS = {"lif": lif_network, "rate": rate_network}
EACH_MODEL = pytest.mark.parametrize("model", MODELS)


def two_waves(times):
    return np.sin(2 * np.pi * np.outer(times, [10, 15]))


def two_pulses(times):
    return np.stack([times * 1e3 % 7 < 3, np.cos(100 * times)], axis=1).astype(float)


def make_task(**changes):
    settings = {
        "G": 0.1 * mV * second,
        "Q": 20 * mV,
        "learning_rate": 1e-4 * second**2,
        "learn_from": 10 * ms,
        "learn_until": 40 * ms,
        "duration": 50 * ms,
        **changes,
    }
    return Task(name="waves", signal=two_waves, n_outputs=2, source="test", **settings)


def with_inputs():
    return make_task(inputs=two_pulses, n_inputs=2, Q_inputs=30 * mV)


def make(model, task=None, **options):
    return MAKERS[model](task or make_task(), PARAMETERS, seed=1, **options)


def names_of(network):
    return {obj.name for obj in network.objects}


def a_state(model):
    rng = np.random.default_rng(4)
    names = MODELS[model].initial_state(PARAMETERS, np.zeros(N))
    return {name: -rng.random(N) for name in names}


# -- the parts ------------------------------------------------------------------------------------


@EACH_MODEL
def test_the_parts_and_their_names(model):
    network = make(model)
    assert isinstance(network, Network)
    assert network.name == f"{model}_network"
    assert {"neurons", "recurrent", "readout"} <= names_of(network)
    assert ("drive" in names_of(network)) == (model == "rate")
    assert not {"stimulus", "teacher"} & names_of(network)
    clocks = [network[name].clock.dt for name in ("neurons", "recurrent", "readout")]
    assert clocks == [0.25 * ms] * 3
    assert network["readout"].rule.dt == 2.5 * ms


@EACH_MODEL
def test_options_reach_the_readout(model):
    options = {"gain": "prior", "precision": "float32", "forgetting": 0.99, "rule_dt": 5 * ms}
    network = make(model, learn_from=5 * ms, learning_rate=1e-6 * second**2, **options)
    rule, readout = network["readout"].rule, network["readout"]
    assert {name: getattr(rule, name if name != "rule_dt" else "dt") for name in options} == options
    assert rule.learning_rate == 1e-6 * second**2
    assert (readout.learn_from, readout.learn_until) == (5 * ms, 40 * ms)


@EACH_MODEL
def test_without_parameters_the_task_says(model):
    network = MAKERS[model](make_task(n_neurons=30, G=0.07 * mV * second, Q=9 * mV), seed=1)
    assert network["neurons"].N == 30
    assert float(network["neurons"].Q / mV) == pytest.approx(9)
    assert float(network["neurons"].G / (mV * second)) == pytest.approx(0.07)


@EACH_MODEL
def test_set_parameters(model):
    neurons = MODELS[model].neurons(PARAMETERS)
    set_parameters(neurons, LIFParameters(n_neurons=N, tau_m=13 * ms, I_bias=-41 * mV))
    assert neurons.tau_m == 13 * ms
    assert neurons.I_bias == -41 * mV


@pytest.mark.parametrize(
    ("dt", "expected"), [(0.05, 1), (0.25, 1), (0.3, 0.9), (0.4, 0.8), (0.5, 1), (1, 1), (3, 3)]
)
def test_signals_are_sampled_about_every_millisecond_at_steps(dt, expected):
    found = signal_dt(LIFParameters(n_neurons=2, dt=dt * ms))
    assert float(found / ms) == pytest.approx(expected, rel=1e-12)


def test_twins_have_the_same_arrays():
    spiking, rate = (make(model, with_inputs()) for model in ("lif", "rate"))
    for name in ("i", "j", "w"):
        one, other = (np.array(getattr(net["recurrent"], name)[:]) for net in (spiking, rate))
        assert_array_equal(one, other)
    for name in ("readout", "stimulus"):
        one, other = (np.asarray(net[name].encoders) for net in (spiking, rate))
        assert one.shape == (N, 2)
        assert_array_equal(one, other)


@EACH_MODEL
def test_padding_changes_nothing_else(model):
    plain, more = make(model), make(model, n_synapses=200)
    assert len(more["recurrent"]) == 200 > len(plain["recurrent"])
    for net in (plain, more):
        net.run(50 * ms, namespace={})
    assert_allclose(more["readout"].decoders_, plain["readout"].decoders_, rtol=1e-9)


# -- inputs and teacher ---------------------------------------------------------------------------


def held(function, times, interval):
    """Sample a signal as a table does: the value of the last sample."""
    return function(np.floor(times / interval + 1e-9) * interval)


@EACH_MODEL
def test_inputs_enter_through_their_encoders(model):
    network = make(model, with_inputs())
    neurons = network["neurons"]
    names = ["I", "s", "feedback", "stimulus"]
    seen = StateMonitor(neurons, names, record=True, when="start", order=-1)
    network.add(seen)
    network.run(50 * ms, namespace={})
    u = held(two_pulses, np.asarray(seen.t), 1e-3)
    expected = np.asarray(network["stimulus"].encoders) @ u.T
    assert_allclose(seen.stimulus, expected, atol=1e-12)
    others = -0.04 + 1e-4 * seen.s_ + 0.02 * seen.feedback
    assert_allclose(seen.I_ - others, 0.03 * expected, atol=1e-12)
    assert np.ptp(expected) > 1


@EACH_MODEL
def test_inputs_count(model):
    decoders = []
    for task in (make_task(), with_inputs()):
        network = make(model, task)
        network.run(50 * ms, namespace={})
        decoders.append(network["readout"].decoders_)
    assert np.abs(decoders[0] - decoders[1]).max() > 1e-6


@EACH_MODEL
def test_a_teacher_feeds_the_target_back(model):
    network = make(model, teacher_forced=True)
    seen = StateMonitor(network["neurons"], "feedback", record=True)
    z = StateMonitor(network["readout"], "z", record=True)
    network.add(seen, z)
    network.run(50 * ms, namespace={})
    x = held(two_waves, np.asarray(seen.t), 1e-3)
    encoders = np.asarray(make(model)["readout"].encoders)
    assert_allclose(seen.feedback, encoders @ x.T, atol=1e-12)
    assert_allclose(np.asarray(network["teacher"].encoders), encoders)
    assert network["readout"].n_updates == 12
    assert np.abs(network["readout"].decoders_).max() > 0
    assert np.abs(z.z).max() > 0


def test_forced_decoders_are_those_of_ridge_regression():
    """With a teacher r does not depend on the decoders, so RLS has its closed form."""
    network = make("rate", teacher_forced=True)
    seen = StateMonitor(
        network["neurons"], "r", record=True, dt=2.5 * ms, when="before_start", order=-1
    )
    network.add(seen)
    network.run(50 * ms, namespace={})
    times = np.asarray(seen.t)
    window = (times > 0.01 - 1e-6) & (times < 0.04 - 1e-6)
    r, x = seen.r_[:, window], two_waves(times[window])
    expected = np.linalg.solve(r @ r.T + np.eye(N) / 1e-4, r @ x)
    assert_allclose(network["readout"].decoders_, expected, rtol=1e-6, atol=1e-9)


# -- the state ------------------------------------------------------------------------------------


@EACH_MODEL
def test_a_given_state_is_where_the_neurons_start(model):
    state = a_state(model)
    neurons = make(model, state=state)["neurons"]
    for name, values in state.items():
        assert_array_equal(neurons.variables[name].get_value(), values)


@EACH_MODEL
def test_without_one_it_is_that_of_the_model(model):
    neurons = make(model)["neurons"]
    v = data_of(MODELS["lif"], make_task(), PARAMETERS, 1, rule_dt=2.5 * ms)["v"]
    for name, values in MODELS[model].initial_state(PARAMETERS, v).items():
        assert_array_equal(neurons.variables[name].get_value(), values)


@EACH_MODEL
def test_wrong_names_in_a_state_are_refused(model):
    allowed = {"lif": "h, h_s, lastspike, r, s, v", "rate": "h, r"}[model]
    for state, got in (({}, ""), ({"r": np.zeros(N), "x": np.zeros(N)}, "r, x")):
        message = (
            f"The 'state' argument of {model}_network must be a dict of {allowed}, but got {got}."
        )
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            make(model, state=state)


def test_the_state_of_one_model_is_not_that_of_the_other():
    with pytest.raises(
        ValueError, match=r"^The 'state' argument of rate_network must be a dict of"
    ):
        make("rate", state=a_state("lif"))
    with pytest.raises(ValueError, match=r"^The 'state' argument of lif_network must be a dict"):
        make("lif", state=a_state("rate"))


@EACH_MODEL
@pytest.mark.parametrize("shape", [(), (N - 1,), (N, 1)])
def test_wrong_shapes_in_a_state_are_refused(model, shape):
    message = (
        f"The 'state' argument of {model}_network must be finite arrays of shape ({N},), "
        f"but got shape {shape} for 'h'."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        make(model, state={**a_state(model), "h": np.zeros(shape)})


@EACH_MODEL
def test_an_unknown_option_is_refused(model):
    known = ", ".join(sorted(NetworkOptions.__annotations__, key=str.lower))
    message = f"{model}_network has no argument 'learn_form'. Did you mean 'learn_from'? Known: "
    with pytest.raises(TypeError, match=f"^{re.escape(message)}") as caught:
        make(model, learn_form=1 * ms)
    assert str(caught.value).endswith(f"{known}.")


@EACH_MODEL
def test_the_window_must_fit_into_the_run(model):
    with pytest.raises(ValueError, match=r"'learn_until' .* must be within 'duration'"):
        make(model, duration=20 * ms)


# -- all that is data -----------------------------------------------------------------------------


@EACH_MODEL
def test_the_data_are_the_arrays_of_the_network(model):
    state = a_state(model)
    options = {"rule_dt": 5 * ms, "n_synapses": 90, "state": state}
    data = data_of(MODELS[model], with_inputs(), PARAMETERS, 1, **options)
    network = make(model, with_inputs(), **options)
    recurrent, neurons = network["recurrent"], network["neurons"]
    pairs = {"senders": recurrent.i, "receivers": recurrent.j, "w": recurrent.w}
    pairs |= {name: neurons.variables[name].get_value() for name in state}
    for name, values in pairs.items():
        assert_array_equal(data[name], np.array(values[:]))
    for name, owner in (("encoders", "readout"), ("input encoders", "stimulus")):
        assert_array_equal(data[name], np.asarray(network[owner].encoders).T.ravel())
    table = with_inputs().timed_array(50 * ms, 5 * ms).values
    assert_array_equal(data["target"], table.ravel())
    assert data["inputs"].size == with_inputs().input_array(50 * ms, 1 * ms).values.size
    assert "teacher" not in data
    assert all(np.ndim(values) == 1 for values in data.values())


def test_a_teacher_is_data_too_and_inputs_only_where_there_are_any():
    task = make_task()
    data = data_of(
        MODELS["rate"], task, PARAMETERS, 1, rule_dt=2.5 * ms, teacher_forced=True, state=None
    )
    assert_array_equal(data["teacher"], task.timed_array(50 * ms, 1 * ms).values.ravel())
    assert not {"inputs", "input encoders", "v"} & set(data)


@EACH_MODEL
def test_a_forced_network_is_built_from_a_run(model):
    run = Run(task=make_task(), parameters=PARAMETERS, seed=1, model=model, teacher_forced=True)
    assert "teacher" in build_network(run, keep_P=False)
