"""What a user of spike data reads who gives something wrong: every message, word for word."""

import re

import neo
import numpy as np
import pytest
from brian2 import (
    DimensionMismatchError,
    EventMonitor,
    NeuronGroup,
    SpikeMonitor,
    StateMonitor,
    ms,
    mV,
    second,
)

from brian_force.exchange import (
    Signal,
    SpikeTrials,
    from_neo,
    neo_from_monitors,
    read,
    to_neo,
    trials_from_monitors,
    write,
)


def spikes(times=(0.5,), neurons=(0,), trials=(0,), **others):
    given = {"n_neurons": 2, "durations": [1] * second, **others}
    times = times if isinstance(times, np.ndarray) else np.array(times) * second
    return SpikeTrials(
        spike_times=times,
        spike_neurons=np.array(neurons),
        spike_trials=np.array(trials),
        **given,
    )


def signal(*values, unit="mV", **others):
    arrays = values or (np.ones((3, 1)),)
    return Signal(values=arrays, unit=unit, **{"dt": 1 * ms, **others})


def neurons():
    return NeuronGroup(2, "v : 1", threshold="v > 1", reset="v = 0", dt=0.1 * ms, name="neurons")


def monitors(make):
    group = neurons()
    return make(group)


MESSAGES = [
    (
        lambda: spikes(durations=[1, 0] * second),
        ValueError,
        "The 'durations' argument of SpikeTrials must be positive, one a trial, as many as "
        "'starts', but got 2 durations and 2 starts, the least duration 0 s.",
    ),
    (
        lambda: spikes(starts=[1, 2] * second),
        ValueError,
        "The 'durations' argument of SpikeTrials must be positive, one a trial, as many as "
        "'starts', but got 1 durations and 2 starts, the least duration 1 s.",
    ),
    (
        lambda: spikes(durations=[1] * mV),
        DimensionMismatchError,
        "The 'durations' argument of SpikeTrials must be in units of second, but got an array in "
        "units of volt.",
    ),
    (
        lambda: spikes(times=np.array([0.5])),
        DimensionMismatchError,
        "The 'spike_times' argument of SpikeTrials must be in units of second, but got an array "
        "in units of 1.",
    ),
    (
        lambda: spikes(times=[np.nan]),
        ValueError,
        "The 'spike_times' argument of SpikeTrials must be an array of finite times, of one "
        "dimension, but got shape (1,).",
    ),
    (
        lambda: spikes(times=[1.5]),
        ValueError,
        "The 'spike_times' argument of SpikeTrials must be within [0 s, 1 s], the duration of "
        "trial 0, but got 1.5 s.",
    ),
    (
        lambda: spikes(neurons=[2]),
        ValueError,
        "The 'spike_neurons' argument of SpikeTrials must be within 0 to 1, but got 2 to 2.",
    ),
    (
        lambda: spikes(trials=[0.0]),
        ValueError,
        "The 'spike_trials' argument of SpikeTrials must be whole numbers, one a spike, shape "
        "(1,), but got float64 of shape (1,).",
    ),
    (
        lambda: spikes(neuron_ids=[1, 2, 3]),
        ValueError,
        "The 'neuron_ids' argument of SpikeTrials must be one name a neuron, shape (2,), but got "
        "shape (3,).",
    ),
    (
        lambda: spikes(neuron_ids=["a", "a"]),
        ValueError,
        "The 'neuron_ids' argument of SpikeTrials must be different names, but got 'a' 2 times.",
    ),
    (
        lambda: spikes(signals={"v": signal(np.ones((3, 1)), np.ones((3, 1)))}),
        ValueError,
        "The 'signals' argument of SpikeTrials must be one array a trial, 1 in all, but got 2 for "
        "'v'.",
    ),
    (
        lambda: spikes(annotations={"dt": 1 * ms}),
        TypeError,
        "The 'annotations' argument of SpikeTrials must be of text, numbers and truth values, but "
        "got 1*ms for 'dt'.",
    ),
    (
        lambda: spikes(annotations={"brian_force_dt": 1}),
        ValueError,
        "The 'annotations' argument of SpikeTrials must be without names that begin with "
        "'brian_force', which are its own, but got 'brian_force_dt'.",
    ),
    (
        lambda: spikes().cut([0, 0.5] * second, 0.6 * second),
        ValueError,
        "The 'starts' argument of cut must be within [0 s, 0.4 s], so that 0.6 s fit into every "
        "trial, but got 0 to 0.5 s.",
    ),
    (
        lambda: signal(np.ones(3)),
        ValueError,
        "The 'values' argument of Signal must be one array of shape (samples, channels) a trial, "
        "with equal channels, but got shapes (3,).",
    ),
    (
        lambda: signal(channels=[1, 2]),
        ValueError,
        "The 'channels' argument of Signal must be one name a channel, shape (1,), but got shape "
        "(2,).",
    ),
    (
        lambda: to_neo(spikes(signals={"v": signal(unit="µV")})),
        ValueError,
        "The 'unit' argument of Signal 'v' must be a unit that the library 'quantities' knows, "
        "but got 'µV'. Write 'uV' for microvolts, 'Hz' or '1/s' for rates, and '1' for no unit.",
    ),
    (
        lambda: from_neo(np.ones(3)),
        TypeError,
        "The 'data' argument of from_neo must be a Neo Block, a Segment or a list of SpikeTrains, "
        "but got a ndarray.",
    ),
    (
        lambda: from_neo(neo.Block()),
        ValueError,
        "The 'data' argument of from_neo must be a Block, a Segment or SpikeTrains of some "
        "duration, but got nothing that lasts.",
    ),
    (
        trials_from_monitors,
        TypeError,
        "The 'spikes' argument of trials_from_monitors must be given if there is no StateMonitor, "
        "but got None.",
    ),
    (
        lambda: monitors(lambda group: trials_from_monitors(StateMonitor(group, "v", record=True))),
        TypeError,
        "The 'spikes' argument of trials_from_monitors must be a SpikeMonitor, but got a "
        "StateMonitor.",
    ),
    (
        lambda: monitors(lambda group: trials_from_monitors(states=SpikeMonitor(group))),
        TypeError,
        "The 'states' argument of trials_from_monitors must be a StateMonitor or several, but got "
        "a SpikeMonitor.",
    ),
    (
        lambda: monitors(lambda group: trials_from_monitors(SpikeMonitor(group, record=False))),
        ValueError,
        "The 'spikes' argument of trials_from_monitors must be a monitor that records, but got "
        "one with record=False, which only counts.",
    ),
    (
        lambda: monitors(lambda group: trials_from_monitors(SpikeMonitor(group))),
        ValueError,
        "The 'spikes' argument of trials_from_monitors must be monitors of a run, but got "
        "monitors that did not run.",
    ),
    (
        lambda: monitors(
            lambda group: neo_from_monitors(
                SpikeMonitor(group), events=[EventMonitor(group, "spike", record=False)]
            )
        ),
        ValueError,
        "The 'events' argument of neo_from_monitors must be a monitor that records, but got one "
        "with record=False, which only counts.",
    ),
    (
        lambda: write(spikes(), "spikes.csv"),
        ValueError,
        "The 'path' argument of write must be a file that ends in .npz, .nwb or .nix, but got "
        "'spikes.csv'.",
    ),
    (
        lambda: read("spikes.xyz"),
        ValueError,
        "The 'path' argument of read must be a file that ends in .npz, .nwb or .nix, or one that "
        "Neo reads, but got 'spikes.xyz'.",
    ),
    (
        lambda: read("spikes.pkl"),
        ValueError,
        "The file 'spikes.pkl' is pickled, and to read it is to run what it says. If you trust "
        "it, give from_neo what neo.PickleIO('spikes.pkl').read_block() returns.",
    ),
    (
        lambda: read("none.nwb"),
        FileNotFoundError,
        "There is no file 'none.nwb'.",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), MESSAGES)
def test_messages(call, error, message):
    with pytest.raises(error) as raised:
        call()
    assert re.sub(r"^DimensionMismatchError: ", "", str(raised.value)) == message


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"starts": 0 * ms},
            TypeError,
            "The 'duration' argument of trials_from_monitors must be given together with "
            "'starts', but got None.",
        ),
        (
            {"duration": 3 * ms},
            ValueError,
            "The 'duration' argument of trials_from_monitors must be within what was simulated, "
            "0.001 s, but got 0.003 s.",
        ),
    ],
)
def test_messages_after_a_run(options, error, message):
    from brian2 import Network, prefs

    before, prefs.codegen.target = prefs.codegen.target, "numpy"
    try:
        group = neurons()
        monitor = SpikeMonitor(group)
        Network(group, monitor).run(1 * ms)
    finally:
        prefs.codegen.target = before
    with pytest.raises(error) as raised:
        trials_from_monitors(monitor, **options)
    assert str(raised.value) == message
