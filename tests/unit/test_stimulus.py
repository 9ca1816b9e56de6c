"""What a stimulus promises to the author of a Brian script."""

import numpy as np
import pytest
from brian2 import (
    DimensionMismatchError,
    Hz,
    Network,
    NeuronGroup,
    StateMonitor,
    TimedArray,
    all_devices,
    linked_var,
    ms,
    mV,
    nA,
    ohm,
    run,
    set_device,
    volt,
)
from brian2.devices.cpp_standalone.device import CPPStandaloneDevice

from brian_force.errors import UnsupportedDeviceError
from brian_force.learning import Readout, Stimulus

N, STEPS = 6, 12
TIMES = 1e-3 * np.arange(STEPS)
SINE = np.sin(2 * np.pi * 50 * TIMES)
amplitude_of_module = 3.0


@pytest.fixture
def group():
    return NeuronGroup(
        N,
        """r : Hz
           x : 1
           voltage : volt
           current : amp
           shared_one : 1 (shared)
           fixed : 1 (constant)
           twice = 2*x : 1""",
        dt=1 * ms,
        name="neurons",
    )


def stimulus(group, parameter="x", signal="sin(2*pi*50*Hz*t)", encoders="1.0 + i", **options):
    return Stimulus(group, parameter, signal=signal, encoders=encoders, **options)


def stimulated(group, parameter="x", **options):
    """Run a stimulus and return it with u and the parameter at every step, shape (T, ...)."""
    made = stimulus(group, parameter, **options)
    channels = StateMonitor(made, "u", record=True, dt=1 * ms)
    received = StateMonitor(group, parameter, record=True, dt=1 * ms)
    Network(group, made, channels, received).run(STEPS * ms)
    return made, channels.u.T, getattr(received, parameter).T


# -- how it looks ---------------------------------------------------------------------------------


def test_repr(group):
    assert repr(stimulus(group, name="mine")) == "<Stimulus 'mine' of 'neurons', 1 channel>"
    several = stimulus(group, n_channels=3, name="several")
    assert repr(several) == "<Stimulus 'several' of 'neurons', 3 channels>"


def test_names_count_up(group):
    first, second = stimulus(group), stimulus(group)
    assert first.name.startswith("stimulus")
    assert second.name.startswith("stimulus_")
    assert first.name != second.name


def test_number_of_channels_is_its_length(group):
    assert len(stimulus(group)) == 1
    assert len(stimulus(group, encoders=np.ones((N, 4)))) == 4


# -- signals --------------------------------------------------------------------------------------


def test_string(group):
    _, u, x = stimulated(group)
    np.testing.assert_allclose(u[:, 0], SINE, atol=1e-12)
    np.testing.assert_allclose(x, np.outer(SINE, 1 + np.arange(N)), atol=1e-12)


def test_string_with_channels(group):
    encoders = np.arange(3.0 * N).reshape(N, 3)
    _, u, x = stimulated(group, signal="cos(2*pi*50*Hz*(i + 1)*t) + N", encoders=encoders)
    expected = np.cos(2 * np.pi * 50 * np.outer(TIMES, [1, 2, 3])) + 3
    np.testing.assert_allclose(u, expected, atol=1e-12)
    np.testing.assert_allclose(x, expected @ encoders.T, atol=1e-10)


def test_names_are_those_of_the_caller(group):
    amplitude, frequency = 2.0, 50 * Hz
    assert amplitude * frequency > 0
    signal = "amplitude_of_module*amplitude*sin(2*pi*frequency*t)"
    made = Stimulus(group, "x", signal=signal, encoders="amplitude*i")
    amplitude = 100.0  # a later value does not count
    channels = StateMonitor(made, "u", record=True)
    Network(group, made, channels).run(STEPS * ms)
    np.testing.assert_allclose(channels.u[0], 6 * SINE, atol=1e-12)
    np.testing.assert_array_equal(made.encoders[:, 0], 2 * np.arange(N))


def test_namespace(group):
    amplitude = 7.0  # noqa: F841
    names = {"amplitude": 2.0}
    made = stimulus(group, signal="amplitude", encoders="amplitude*i", namespace=names)
    Network(group, made).run(1 * ms)
    np.testing.assert_array_equal(group.x, 4 * np.arange(N))


def test_timed_array_with_a_time_step_of_its_own(group):
    table = np.arange(12.0).reshape(4, 3)
    _, u, _ = stimulated(group, signal=TimedArray(table, dt=2 * ms))
    np.testing.assert_array_equal(u, table[np.minimum(np.arange(STEPS) // 2, 3)])


def test_timed_array_of_one_channel(group):
    _, u, _ = stimulated(group, signal=TimedArray(SINE, dt=1 * ms))
    np.testing.assert_array_equal(u[:, 0], SINE)


def test_timed_array_of_one_channel_into_several(group):
    encoders = np.ones((N, 2))
    _, u, _ = stimulated(group, signal=TimedArray(SINE, dt=1 * ms), encoders=encoders)
    np.testing.assert_array_equal(u, np.column_stack([SINE, SINE]))


def test_timed_array_in_a_string(group):
    pulses = TimedArray(np.arange(20.0), dt=1 * ms)
    _, u, _ = stimulated(group, signal="2*pulses(t)", namespace={"pulses": pulses})
    np.testing.assert_array_equal(u[:, 0], 2 * np.arange(STEPS))


@pytest.mark.parametrize("make", [np.array, list])
def test_array_is_sampled_at_the_dt_of_the_group_and_its_last_sample_holds(group, make):
    _, u, _ = stimulated(group, signal=make([1.0, -2.0, 4.0]))
    np.testing.assert_array_equal(u[:, 0], [1, -2] + [4] * (STEPS - 2))


def test_array_with_one_column_per_channel(group, rng):
    samples, encoders = rng.normal(size=(STEPS, 4)), rng.normal(size=(N, 4))
    _, u, x = stimulated(group, signal=samples, encoders=encoders)
    np.testing.assert_array_equal(u, samples)
    np.testing.assert_allclose(x, samples @ encoders.T, atol=1e-13)


def test_later_changes_of_an_array_do_not_count(group):
    samples = np.ones(STEPS)
    made = stimulus(group, signal=samples)
    samples[:] = 5
    Network(group, made).run(2 * ms)
    assert made.u[0] == 1


@pytest.mark.parametrize("constant", [2, 2.0, np.float64(2)])
def test_constant(group, constant):
    _, u, x = stimulated(group, signal=constant)
    np.testing.assert_array_equal(u, np.full((STEPS, 1), 2))
    np.testing.assert_array_equal(x[-1], 2 * (1 + np.arange(N)))


def test_noise_is_another_number_in_every_channel_and_step(group):
    _, u, _ = stimulated(group, signal="randn()", n_channels=3)
    assert np.unique(u).size == 3 * STEPS


@pytest.mark.parametrize("off", [[0], [1], [2], [0, 2], [0, 1, 2]])
def test_channels_that_are_zero(group, rng, off):
    samples = np.ones((STEPS, 3))
    samples[4:8, off] = 0
    encoders = rng.normal(size=(N, 3))
    _, _, x = stimulated(group, signal=samples, encoders=encoders)
    np.testing.assert_allclose(x, samples @ encoders.T, atol=1e-14)


def test_signal_changes_while_the_slot_before_start_runs(group):
    made = stimulus(group)
    order = StateMonitor(group, "x", record=[0], when="before_start", order=1)
    Network(group, made, order).run(STEPS * ms)
    np.testing.assert_allclose(order.x[0], SINE, atol=1e-12)


# -- encoders -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoders", "expected"),
    [
        ("1.0 + i", 1 + np.arange(N)),
        (np.arange(N), np.arange(N)),
        (np.arange(N)[:, np.newaxis], np.arange(N)),
        (list(range(N)), np.arange(N)),
        (3.0, np.full(N, 3)),
    ],
)
def test_encoders_of_one_channel(group, encoders, expected):
    made, _, x = stimulated(group, signal=1.0, encoders=encoders)
    np.testing.assert_array_equal(made.encoders, expected[:, np.newaxis])
    np.testing.assert_array_equal(x[-1], expected)


def test_encoders_as_a_string_of_neuron_and_channel(group):
    made, _, _ = stimulated(group, encoders="i + 10*j", n_channels=2)
    expected = np.arange(N)[:, np.newaxis] + 10 * np.arange(2)
    np.testing.assert_array_equal(made.encoders, expected)


def test_encoders_with_a_unit(group):
    made, _, voltage = stimulated(group, "voltage", encoders=np.arange(N) * mV)
    assert made.encoders.dim is volt.dim
    np.testing.assert_allclose(voltage / mV, np.outer(SINE, np.arange(N)), atol=1e-12)


def test_encoders_can_be_set_later(group):
    made = stimulus(group, "voltage", signal=2.0, encoders=np.zeros(N) * mV)
    gain = 4 * mV
    net = Network(group, made)
    made.encoders = np.ones(N) * mV
    net.run(1 * ms)
    np.testing.assert_allclose(group.voltage / mV, 2)
    made.encoders = "gain"
    net.run(1 * ms)
    np.testing.assert_allclose(group.voltage / mV, 2 * gain / mV)


# -- units ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "signal",
    [
        "sin(2*pi*50*Hz*t)*nA",
        TimedArray(SINE * nA, dt=1 * ms),
        SINE * nA,
        TimedArray(np.column_stack([SINE]) * nA, dt=1 * ms),
    ],
    ids=["string", "TimedArray", "Quantity", "table"],
)
def test_units_follow_the_signal(group, signal):
    made, u, voltage = stimulated(group, "voltage", signal=signal, encoders=np.ones(N) * ohm)
    assert made.u.dim is nA.dim
    assert made.encoders.dim is ohm.dim
    np.testing.assert_allclose(u[:, 0] / nA, SINE, atol=1e-12)
    np.testing.assert_allclose(voltage[:, 2] / volt, SINE * 1e-9, atol=1e-20)


def test_constant_with_a_unit(group):
    made, _, x = stimulated(group, "current", signal=3 * nA, encoders=np.ones(N))
    assert made.u.dim is nA.dim
    np.testing.assert_allclose(x / nA, 3)


# -- parts of groups ------------------------------------------------------------------------------


def test_subgroup(group):
    group.x = 7
    part = group[2:5]
    made = stimulus(part, signal=np.array([[1.0, 2.0]]), encoders="i + 10*j")
    Network(group, part, made).run(1 * ms)
    np.testing.assert_array_equal(group.x, [7, 7, 20, 23, 26, 7])


def test_subgroup_of_a_subgroup(group):
    part = group[1:6][1:3]
    Network(group, part, stimulus(part, signal=1.0)).run(1 * ms)
    np.testing.assert_array_equal(group.x, [0, 0, 1, 2, 0, 0])


@pytest.mark.parametrize("start", [0, 1])
def test_a_variable_of_the_neurons_named_start(start):
    group = NeuronGroup(1, "x : 1\nstart : 1")
    group.start = start
    Network(group, stimulus(group, signal=2.0)).run(0.1 * ms)
    assert group.x[0] == 2


def test_beside_a_readout(group):
    group.r = 1 * Hz
    part, rest = group[:2], group[2:]
    ones = np.ones(2)
    readout = Readout(part, "r", decoders=ones / Hz, feedback="x", encoders=ones)
    Network(group, part, rest, readout, stimulus(rest, signal=1.0)).run(1 * ms)
    np.testing.assert_array_equal(group.x, [2, 2, 1, 2, 3, 4])


def test_two_stimuli_of_one_group(group):
    made = stimulus(group, signal=1.0), stimulus(group, "voltage", 2.0, np.ones(N) * mV)
    Network(group, *made).run(1 * ms)
    np.testing.assert_array_equal(group.x, 1 + np.arange(N))
    np.testing.assert_allclose(group.voltage / mV, 2)


# -- in a script ----------------------------------------------------------------------------------


def test_u_can_be_linked(group):
    made = stimulus(group)
    others = NeuronGroup(3, "u : 1 (linked)\ncopied : 1", dt=1 * ms)
    others.u = linked_var(made, "u")
    others.run_regularly("copied = u", dt=1 * ms)
    Network(group, made, others).run(4 * ms)
    np.testing.assert_allclose(others.copied, SINE[3])


def test_u_is_read_only(group):
    made = stimulus(group)
    with pytest.raises(TypeError, match="read-only"):
        made.u = 3


def test_several_runs_are_one_run(group):
    made = stimulus(group)
    recorded = StateMonitor(made, "u", record=True)
    net = Network(group, made, recorded)
    for duration in (1, 4, 7):
        net.run(duration * ms)
    np.testing.assert_allclose(recorded.u[0], SINE, atol=1e-12)


def test_store_and_restore(group):
    made = stimulus(group)
    net = Network(group, made)
    net.run(3 * ms)
    net.store()
    made.encoders = np.zeros(N)
    net.run(4 * ms)
    net.restore()
    np.testing.assert_array_equal(made.encoders[:, 0], 1 + np.arange(N))
    np.testing.assert_allclose(made.u[0], SINE[2])
    net.run(1 * ms)
    np.testing.assert_allclose(group.x, SINE[3] * (1 + np.arange(N)))


def test_magic_run(group):
    made = stimulus(group)
    run(3 * ms)
    np.testing.assert_allclose(made.u[0], SINE[2])
    np.testing.assert_allclose(group.x, SINE[2] * (1 + np.arange(N)))


def test_states(group):
    made, _, _ = stimulated(group, "voltage", encoders=np.arange(N) * mV)
    assert "u" in made.get_states()
    np.testing.assert_array_equal(made.get_states(["u"])["u"], made.u)


# -- what is refused ------------------------------------------------------------------------------


def test_foreign_device(group):
    class ForeignDevice(CPPStandaloneDevice):
        """As brian2cuda and brian2genn do."""

    all_devices["foreign"] = ForeignDevice()
    try:
        set_device("foreign", build_on_run=False)
        with pytest.raises(UnsupportedDeviceError, match="Stimulus has no kernel for the device"):
            stimulus(group)
    finally:
        set_device("runtime")
        del all_devices["foreign"]


@pytest.mark.parametrize("source", [None, "neurons", 3])
def test_refused_group(source):
    with pytest.raises(TypeError, match="'group' argument of Stimulus must be a NeuronGroup"):
        stimulus(source)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"parameter": "xx"}, ValueError, "'parameter' argument of Stimulus"),
        ({"parameter": "shared_one"}, ValueError, "neither constant nor shared"),
        ({"parameter": "fixed"}, ValueError, "but got 'fixed'"),
        ({"parameter": "twice"}, ValueError, "but got 'twice'"),
        (
            {"signal": "sin(omega*t)"},
            ValueError,
            "'signal' argument of Stimulus .* but got 'omega'",
        ),
        ({"signal": "t + 1"}, ValueError, "'signal' argument of Stimulus .*inconsistent units"),
        ({"signal": "sin(t"}, ValueError, "'signal' argument of Stimulus"),
        ({"signal": None}, ValueError, "'signal' argument of Stimulus"),
        ({"signal": {"u": 1}}, TypeError, "'signal' argument of Stimulus must be a string"),
        ({"signal": [1, np.nan]}, ValueError, "'signal' argument of Stimulus must be finite"),
        ({"signal": np.zeros((2, 2, 2))}, ValueError, "'signal' argument of Stimulus"),
        ({"signal": []}, ValueError, "'signal' argument of Stimulus"),
        ({"n_channels": 0}, ValueError, "'n_channels' argument of Stimulus must be a whole number"),
        ({"n_channels": 1.5}, ValueError, "'n_channels' argument of Stimulus"),
        (
            {"n_channels": 2, "signal": np.zeros((5, 3))},
            ValueError,
            "'signal' argument of Stimulus",
        ),
        ({"n_channels": 2, "encoders": np.ones(N)}, ValueError, "'encoders' argument of Stimulus"),
        (
            {"signal": np.zeros((5, 3)), "encoders": np.ones((N, 2))},
            ValueError,
            "'encoders' argument of Stimulus",
        ),
        ({"encoders": np.ones(N + 1)}, ValueError, "'encoders' argument of Stimulus"),
        ({"encoders": np.ones(N) * mV}, DimensionMismatchError, "'encoders' argument of Stimulus"),
        ({"encoders": "eta*rand()"}, ValueError, "'encoders' argument of Stimulus"),
        ({"encoders": np.full(N, np.nan)}, ValueError, "'encoders' argument of Stimulus"),
    ],
)
def test_refused(group, options, error, message):
    with pytest.raises(error, match=message) as refused:
        stimulus(group, **options)
    assert type(refused.value) is error


def test_encoders_that_are_refused_later(group):
    made = stimulus(group)
    with pytest.raises(ValueError, match="'encoders' argument of Stimulus"):
        made.encoders = np.ones(N + 1)


@pytest.mark.parametrize("name", ["u", "n_neurons"])
def test_a_name_that_the_stimulus_has_too_means_the_users_or_is_refused(group, name):
    try:
        made = stimulus(group, signal=f"{name} + 1", namespace={name: 41.0})
    except ValueError as refused:
        assert f"but got '{name}'" in str(refused)  # noqa: PT017
        return
    Network(group, made).run(1 * ms)
    assert made.u[0] == 42


@pytest.mark.parametrize("name", ["z", "error", "learning_rate"])
def test_a_name_of_a_readout_is_free(group, name):
    made = stimulus(group, signal=f"{name} + 1", namespace={name: 41.0})
    Network(group, made).run(1 * ms)
    assert made.u[0] == 42


def test_u_is_free_in_the_target_of_a_readout(group):
    assert Readout(group, "r", target="u*t*Hz", namespace={"u": 3.0}).z.shape == (1,)
