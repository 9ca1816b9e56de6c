"""Whatever writes into neurons has its numbers to itself."""

import numpy as np
import pytest
from brian2 import BrianObjectException, Hz, Network, NeuronGroup, Synapses, ms

from brian_force.learning import Readout, RecurrentDrive, Stimulus
from brian_force.learning.writing import Written, check_sole_writer


@pytest.fixture
def neurons():
    return NeuronGroup(10, "r : Hz\nfeedback : Hz\nother : Hz", dt=1 * ms, name="neurons")


@pytest.fixture
def synapses(neurons):
    synapses = Synapses(neurons, neurons, "w : 1 (constant)", name="synapses")
    synapses.connect(j="i")
    return synapses


def stimulus(group, parameter="feedback", name="stimulus"):
    return Stimulus(group, parameter, signal=1.0, encoders=np.ones(len(group)) * Hz, name=name)


def readout(group, parameter="feedback", name="readout"):
    ones = np.ones(len(group))
    return Readout(
        group, "r", decoders=ones / Hz, feedback=parameter, encoders=ones * Hz, name=name
    )


def drive(synapses, parameter="feedback", name="drive"):
    return RecurrentDrive(synapses, "w", activity="r", target=parameter, name=name)


def refused(*objects):
    """Return what the check says; Brian wraps it."""
    with pytest.raises(BrianObjectException) as raised:
        Network(*objects).run(1 * ms)
    assert isinstance(raised.value.__cause__, ValueError)
    return str(raised.value.__cause__)


WRITERS = {
    "stimulus": lambda synapses, **options: stimulus(synapses.target, **options),
    "readout": lambda synapses, **options: readout(synapses.target, **options),
    "drive": drive,
}


def pair(synapses, first, second, **options):
    return WRITERS[first](synapses, name="one"), WRITERS[second](synapses, name="two", **options)


@pytest.mark.parametrize("first", WRITERS)
@pytest.mark.parametrize("second", WRITERS)
def test_two_writers_into_one_parameter(neurons, synapses, first, second):
    writers = pair(synapses, first, second)
    message = refused(neurons, synapses, *writers)
    assert "'one'" in message
    assert "'two'" in message
    assert "both write into 'feedback' of 'neurons'" in message
    assert "Give each a parameter of its own" in message


@pytest.mark.parametrize("first", WRITERS)
@pytest.mark.parametrize("second", WRITERS)
def test_two_writers_into_two_parameters(neurons, synapses, first, second):
    writers = pair(synapses, first, second, parameter="other")
    Network(neurons, synapses, *writers).run(1 * ms)


@pytest.mark.parametrize("kind", [stimulus, readout])
def test_different_neurons(neurons, kind):
    low, high = neurons[:4], neurons[4:]
    neurons.r = 1 * Hz
    Network(neurons, low, high, kind(low, name="low"), stimulus(high)).run(1 * ms)
    np.testing.assert_array_equal(
        neurons.feedback_, np.where(np.arange(10) < 4, neurons.feedback_[0], 1)
    )
    assert np.all(neurons.feedback_ > 0)


@pytest.mark.parametrize(
    ("first", "second"), [((0, 5), (4, 10)), ((2, 8), (3, 5)), ((0, 10), (9, 10))]
)
def test_neurons_in_common(neurons, first, second):
    first, second = neurons[slice(*first)], neurons[slice(*second)]
    writers = readout(first), stimulus(second)
    assert "both write into 'feedback'" in refused(neurons, first, second, *writers)


def test_different_receivers_of_drives(neurons):
    neurons.r = 2 * Hz
    low, high = neurons[:3], neurons[3:]
    objects = []
    for name, part in (("low", low), ("high", high)):
        synapses = Synapses(neurons, part, "w : 1 (constant)")
        synapses.connect()
        synapses.w = 1
        objects += [synapses, drive(synapses, name=name)]
    Network(neurons, low, high, *objects).run(1 * ms)
    np.testing.assert_array_equal(neurons.feedback_, 20)


def test_the_same_name_in_another_group(neurons):
    others = NeuronGroup(10, "feedback : Hz", dt=1 * ms)
    Network(neurons, others, stimulus(neurons, name="a"), stimulus(others, name="b")).run(1 * ms)
    assert np.all(others.feedback_ == 1)


def test_writers_of_other_networks_do_not_count(neurons):
    first, second = stimulus(neurons, name="one"), stimulus(neurons, name="two")
    nets = Network(neurons, first), Network(second)
    assert len(nets) == 2
    check_sole_writer(first)
    nets[0].run(1 * ms)


def test_writer_that_was_added_later(neurons):
    net = Network(neurons, stimulus(neurons, name="one"))
    net.run(1 * ms)
    net.add(stimulus(neurons, name="two"))
    with pytest.raises(BrianObjectException) as raised:
        net.run(1 * ms)
    assert "both write" in str(raised.value.__cause__)


def test_writer_that_was_removed(neurons):
    extra = stimulus(neurons, name="two")
    net = Network(neurons, stimulus(neurons, name="one"), extra)
    net.remove(extra)
    net.run(1 * ms)


def test_readout_without_feedback_writes_nothing(neurons):
    reader = Readout(neurons, "r", n_outputs=1)
    assert reader.written is None
    Network(neurons, reader, stimulus(neurons)).run(1 * ms)


def test_written_names_the_neurons_of_the_whole_group(neurons):
    part = neurons[2:9][1:4]
    assert stimulus(part).written == Written(neurons.variables["feedback"], 3, 6)
    assert stimulus(neurons, name="all").written == Written(neurons.variables["feedback"], 0, 10)
