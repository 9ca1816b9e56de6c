"""What a drive promises to the author of a Brian script."""

import re

import numpy as np
import pytest
from brian2 import (
    DimensionMismatchError,
    Hz,
    Network,
    NeuronGroup,
    StateMonitor,
    Synapses,
    all_devices,
    defaultclock,
    ms,
    nA,
    run,
    set_device,
)
from brian2.devices.cpp_standalone.device import CPPStandaloneDevice

from brian_force.errors import UnsupportedDeviceError
from brian_force.learning import RecurrentDrive

N = 12
EQUATIONS = """
dr/dt = (30*Hz*(1 + sin(i)) + s - r)/(5*ms) : Hz
s : Hz
I : amp
x : 1
shared_one : Hz (shared)
fixed : Hz (constant)
number : integer
double = 2*r : Hz
"""


@pytest.fixture
def group():
    defaultclock.dt = 0.5 * ms
    made = NeuronGroup(N, EQUATIONS, method="euler", name="neurons")
    made.r = "(10 + i)*Hz"
    return made


MODEL = """w : 1 (constant)
           changing : 1
           common : 1 (shared, constant)
           current : amp/Hz (constant)
           twice = 2*w : 1"""


def connect(senders, receivers=None, model=MODEL, name="synapses", **options):
    synapses = Synapses(
        senders, senders if receivers is None else receivers, model, name=name, **options
    )
    synapses.connect(condition="(i + 2*j) % 3 != 0")
    synapses.w = "sin(1.0*i + 5.0*j)/4"
    return synapses


def drive(synapses, weight="w", activity="r", target="s", **options):
    return RecurrentDrive(synapses, weight, activity=activity, target=target, **options)


def matrix(synapses, shape=(N, N)):
    """Return the weights, shape (receivers, senders)."""
    made = np.zeros(shape)
    np.add.at(made, (synapses.j[:], synapses.i[:]), synapses.w_[:])
    return made


def seen(group):
    return StateMonitor(group, ["r", "s"], record=True)


def assert_product(recorded, weights, steps=slice(None)):
    np.testing.assert_allclose(recorded.s_[:, steps], weights @ recorded.r_[:, steps], atol=1e-11)


# -- how it looks ---------------------------------------------------------------------------------


def test_repr(group):
    made = drive(connect(group), name="mine")
    assert repr(made) == "<RecurrentDrive 'mine': s = w r over 'synapses'>"


def test_names_count_up(group):
    synapses = connect(group)
    both = drive(synapses), drive(synapses)
    # whatever the number is at which drives of other tests, still alive, let them begin
    names = [made.name for made in both]
    assert len(set(names)) == 2
    assert all(re.fullmatch(r"drive(_\d+)?", name) for name in names)


# -- what it computes -----------------------------------------------------------------------------


def test_product_at_every_step(group):
    synapses, recorded = connect(group), seen(group)
    Network(group, synapses, drive(synapses), recorded).run(20 * ms)
    assert recorded.s.shape == (N, 40)
    assert_product(recorded, matrix(synapses))
    assert np.ptp(recorded.s_, axis=1).min() > 1


def test_it_runs_before_all_else(group):
    synapses = connect(group)
    first = StateMonitor(group, "s", record=True, when="before_start", order=1)
    before = StateMonitor(group, "s", record=True, when="before_start", order=-1)
    Network(group, synapses, drive(synapses), first, before).run(2 * ms)
    np.testing.assert_array_equal(before.s_[:, 0], 0)
    np.testing.assert_array_equal(before.s_[:, 1:], first.s_[:, :-1])
    np.testing.assert_allclose(first.s_[:, 0], matrix(synapses) @ (10 + np.arange(N)), atol=1e-12)


def test_slot_and_order_can_be_chosen(group):
    synapses = connect(group)
    recorded = StateMonitor(group, ["r", "s"], record=True, when="end", order=1)
    made = drive(synapses, when="end", order=0)
    Network(group, synapses, made, recorded).run(3 * ms)
    assert_product(recorded, matrix(synapses))


def test_equals_summed_synapses(group):
    synapses, recorded = connect(group), seen(group)
    Network(group, synapses, drive(synapses), recorded).run(50 * ms)
    again = NeuronGroup(N, EQUATIONS, method="euler")
    again.r = "(10 + i)*Hz"
    summed = connect(again, model=f"{MODEL}\ns_post = w*r_pre : Hz (summed)", name="summed")
    # Brian sums in the slot 'groups', just before r changes.
    classical = StateMonitor(again, ["r", "s"], record=True, when="groups", order=-1)
    after = StateMonitor(again, ["r", "s"], record=True, when="end")
    Network(again, summed, classical, after).run(50 * ms)
    np.testing.assert_allclose(recorded.r_, classical.r_, rtol=1e-11)
    np.testing.assert_allclose(recorded.s_, after.s_, rtol=1e-10, atol=1e-10)


def test_weights_that_change_between_runs(group):
    synapses, recorded = connect(group), seen(group)
    net = Network(group, synapses, drive(synapses), recorded)
    net.run(5 * ms)
    first = matrix(synapses)
    synapses.w = "cos(1.0*i*j)"
    net.run(5 * ms)
    assert_product(recorded, first, slice(0, 10))
    assert_product(recorded, matrix(synapses), slice(10, 20))


def test_one_weight_that_changes_between_runs(group):
    synapses, recorded = connect(group), seen(group)
    net = Network(group, synapses, drive(synapses), recorded)
    net.run(1 * ms)
    synapses.w[3] = 7
    net.run(1 * ms)
    assert_product(recorded, matrix(synapses), slice(2, 4))


def test_synapses_that_are_added_between_runs(group):
    synapses, recorded = connect(group), seen(group)
    net = Network(group, synapses, drive(synapses), recorded)
    net.run(2 * ms)
    synapses.connect(i=[0, 0, 4], j=[1, 1, 11])
    synapses.w = "1.0 + i"
    net.run(2 * ms)
    assert_product(recorded, matrix(synapses), slice(4, 8))


def test_several_synapses_between_the_same_neurons_add_up(group):
    synapses = Synapses(group, group, MODEL)
    synapses.connect(i=[2, 2, 2], j=[5, 5, 6], n=2)
    synapses.w = [1, 2, 4, 8, 16, 32]
    Network(group, synapses, drive(synapses)).run(0.5 * ms)
    np.testing.assert_allclose(group.s_, matrix(synapses) @ (10 + np.arange(N)))
    assert np.count_nonzero(group.s_) == 2


def test_no_synapse(group):
    synapses = Synapses(group, group, MODEL)
    synapses.connect(condition="i > 100")
    group.s = 5 * Hz
    Network(group, synapses, drive(synapses)).run(1 * ms)
    np.testing.assert_array_equal(group.s_, 0)


def test_delays_do_not_count():
    spiking = NeuronGroup(5, "dx/dt = 200*Hz : 1\nr : Hz\ns : Hz", threshold="x > 1", reset="x = 0")
    spiking.r = "i*Hz"
    synapses = Synapses(spiking, spiking, "w : 1 (constant)", on_pre="r_post += 0*Hz")
    synapses.connect()
    synapses.w, synapses.delay = 1, "i*ms"
    recorded = StateMonitor(spiking, "s", record=True)
    Network(spiking, synapses, drive(synapses), recorded).run(1 * ms)
    np.testing.assert_array_equal(recorded.s_, 10)


def test_it_writes_nothing_but_its_target(group):
    synapses = connect(group)
    group.I, group.x = 3 * nA, 4
    Network(group, synapses, drive(synapses)).run(1 * ms)
    np.testing.assert_array_equal(group.I / nA, 3)
    np.testing.assert_array_equal(group.x, 4)


# -- parts of groups ------------------------------------------------------------------------------

PARTS = [slice(0, 5), slice(4, 9), slice(7, 12), slice(0, 12)]


@pytest.mark.parametrize("senders", PARTS)
@pytest.mark.parametrize("receivers", PARTS)
def test_subgroups(group, senders, receivers):
    sides = group[senders], group[receivers]
    synapses, recorded = connect(*sides), seen(group)
    Network(group, *sides, synapses, drive(synapses), recorded).run(3 * ms)
    weights = np.zeros((N, N))
    shape = receivers.stop - receivers.start, senders.stop - senders.start
    weights[receivers, senders] = matrix(synapses, shape)
    assert_product(recorded, weights)


def test_subgroup_of_a_subgroup(group):
    part = group[2:10][1:4]
    synapses, recorded = connect(part), seen(group)
    Network(group, part, synapses, drive(synapses), recorded).run(3 * ms)
    weights = np.zeros((N, N))
    weights[3:6, 3:6] = matrix(synapses, (3, 3))
    assert_product(recorded, weights)


def test_another_group(group):
    others = NeuronGroup(7, "I : amp")
    synapses = Synapses(group, others, MODEL)
    synapses.connect()
    synapses.current = "(1 + i - j)*nA/Hz"
    made = drive(synapses, "current", target="I")
    Network(group, others, synapses, made).run(0.5 * ms)
    expected = (1 + np.arange(N) - np.arange(7)[:, np.newaxis]) @ (10 + np.arange(N))
    np.testing.assert_allclose(others.I / nA, expected)


def test_receivers_with_a_time_step_of_their_own(group):
    others = NeuronGroup(7, "s : Hz", dt=2 * ms)
    synapses = Synapses(group, others, MODEL)
    synapses.connect()
    synapses.w = 1
    recorded = StateMonitor(others, "s", record=True, dt=0.5 * ms)
    sent = StateMonitor(group, "r", record=True)
    Network(group, others, synapses, drive(synapses), recorded, sent).run(8 * ms)
    held = np.repeat(sent.r_.sum(axis=0)[::4], 4)
    np.testing.assert_allclose(recorded.s_, np.tile(held, (7, 1)))


def test_two_drives_of_the_same_synapses(group):
    synapses = connect(group)
    synapses.current = "(i - j)*nA/Hz"
    drives = drive(synapses), drive(synapses, "current", target="I")
    recorded = StateMonitor(group, ["r", "s", "I"], record=True)
    Network(group, synapses, *drives, recorded).run(3 * ms)
    assert_product(recorded, matrix(synapses))
    currents = np.zeros((N, N))
    currents[synapses.j[:], synapses.i[:]] = synapses.i[:] - synapses.j[:]
    np.testing.assert_allclose(recorded.I / nA, currents @ recorded.r_, atol=1e-11)


def test_two_networks_with_the_same_names():
    def make(weight):
        group = NeuronGroup(3, "r : Hz\ns : Hz", name="group")
        synapses = Synapses(group, group, "w : 1 (constant)", name="synapses")
        synapses.connect()
        synapses.w, group.r = weight, 1 * Hz
        return group, Network(group, synapses, drive(synapses, name="drive"))

    (first, first_net), (second, second_net) = make(1), make(10)
    for _ in range(2):
        first_net.run(0.1 * ms)
        second_net.run(0.1 * ms)
    np.testing.assert_array_equal(first.s_, 3)
    np.testing.assert_array_equal(second.s_, 30)


# -- in a script ----------------------------------------------------------------------------------


def test_store_and_restore(group):
    synapses, recorded = connect(group), seen(group)
    net = Network(group, synapses, drive(synapses), recorded)
    net.run(5 * ms)
    net.store()
    first = matrix(synapses)
    replays = []
    for _ in range(2):
        net.run(5 * ms)
        replays.append(np.array(recorded.s_))
        synapses.w = 0
        net.run(1 * ms)
        assert np.all(group.s_ == 0)
        net.restore()
        np.testing.assert_array_equal(matrix(synapses), first)
    np.testing.assert_array_equal(*replays)
    assert replays[0].shape == (N, 20)


def test_store_to_a_file(group, tmp_path):
    synapses = connect(group)
    net = Network(group, synapses, drive(synapses))
    net.run(2 * ms)
    net.store(filename=tmp_path / "state")
    net.run(5 * ms)
    expected = group.s_[:]
    net.restore(filename=tmp_path / "state")
    net.run(5 * ms)
    np.testing.assert_array_equal(group.s_[:], expected)


def test_several_runs_are_one_run(group):
    synapses, recorded = connect(group), seen(group)
    net = Network(group, synapses, drive(synapses), recorded)
    for duration in (1, 3, 6):
        net.run(duration * ms)
    assert recorded.s.shape == (N, 20)
    assert_product(recorded, matrix(synapses))


def test_magic_run(group):
    synapses = connect(group)
    made = drive(synapses)
    recorded = seen(group)
    run(5 * ms)
    assert made.name == "drive"
    assert recorded.s.shape == (N, 10)
    assert_product(recorded, matrix(synapses))


def test_without_its_synapses(group):
    made = drive(connect(group))
    with pytest.raises(ValueError, match="not the object on which it depends"):
        Network(group, made).run(1 * ms)


def test_synapses_that_were_never_connected(group):
    synapses = Synapses(group, group, MODEL)
    made = drive(synapses)
    Network(group, synapses, made).run(1 * ms)
    np.testing.assert_array_equal(group.s_, 0)


# -- devices --------------------------------------------------------------------------------------


def test_foreign_device(group):
    class ForeignDevice(CPPStandaloneDevice):
        """As brian2cuda and brian2genn do."""

    synapses = connect(group)
    all_devices["foreign"] = ForeignDevice()
    try:
        set_device("foreign", build_on_run=False)
        with pytest.raises(UnsupportedDeviceError, match="RecurrentDrive has no kernel for the"):
            drive(synapses)
    finally:
        set_device("runtime")
        del all_devices["foreign"]


# -- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"weight": "changing"}, ValueError, r"Write 'changing : 1 \(constant\)' in its equations"),
        ({"weight": "common"}, ValueError, r"is declared \(constant\), but got 'common'"),
        ({"weight": "twice"}, ValueError, "but got 'twice'"),
        ({"weight": "v"}, ValueError, "but got 'v'"),
        ({"weight": "curent"}, ValueError, "Did you mean 'current'?"),
        ({"weight": "delay"}, ValueError, "but got 'delay'"),
        ({"weight": 1.5}, ValueError, "but got 1.5"),
        ({"activity": "rr"}, ValueError, "'activity' argument of RecurrentDrive"),
        ({"activity": "double"}, ValueError, "but got 'double'"),
        ({"activity": "shared_one"}, ValueError, "but got 'shared_one'"),
        ({"activity": "number"}, ValueError, "but got 'number'"),
        ({"target": "t"}, ValueError, "'target' argument of RecurrentDrive"),
        ({"target": "r"}, ValueError, "name of a parameter of 'neurons'"),
        ({"target": "fixed"}, ValueError, "neither constant nor shared, but got 'fixed'"),
        ({"target": "shared_one"}, ValueError, "but got 'shared_one'"),
        ({"target": "double"}, ValueError, "but got 'double'"),
        ({"target": "I"}, DimensionMismatchError, "in units of 'w' times 'r'"),
        ({"weight": "current"}, DimensionMismatchError, "in units of 'current' times 'r'"),
        ({"activity": "x"}, DimensionMismatchError, "got hertz for 1"),
    ],
)
def test_refused(group, options, error, message):
    synapses = connect(group)
    with pytest.raises(error, match=message) as refused:
        drive(synapses, **options)
    assert type(refused.value) is error


def test_state_variable_of_synapses_as_weight(group):
    model = "dw/dt = -w/(10*ms) : 1 (clock-driven)"
    synapses = Synapses(group, group, model, method="exact")
    with pytest.raises(ValueError, match="that is declared"):
        drive(synapses)


@pytest.mark.parametrize("synapses", [None, "synapses", 3])
def test_refused_synapses(synapses):
    with pytest.raises(TypeError, match="'synapses' argument of RecurrentDrive must be Synapses"):
        drive(synapses)


def test_neurons_are_no_synapses(group):
    with pytest.raises(TypeError, match="must be Synapses"):
        drive(group)


def test_a_refused_drive_leaves_nothing_in_a_magic_network(group):
    synapses = connect(group)
    with pytest.raises(ValueError, match="weight"):
        drive(synapses, "v")
    run(1 * ms)
    np.testing.assert_array_equal(group.s_, 0)
