"""Whatever trials hold, they come back from Neo and from files to the last bit."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from brian2 import second
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from brian_force.exchange import (
    Signal,
    SpikeTrials,
    from_neo,
    read_nix,
    read_npz,
    read_nwb,
    save_nix,
    save_npz,
    save_nwb,
    to_neo,
)

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]))
PLAIN = st.one_of(
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_subnormal=False),
    st.text(max_size=5),
)
# Code compiled with -ffast-math, once loaded, takes subnormal numbers for 0.
FLOATS = st.floats(-1e6, 1e6, allow_subnormal=False) | st.just(np.nan)


@st.composite
def grids(draw):
    """Make n_trials, dt, starts and durations, in steps of dt."""
    n_trials = draw(st.integers(1, 4))
    dt = draw(st.sampled_from([5e-5, 1e-4, 2.5e-4, 1e-3, 1 / 30000]))
    lengths = draw(st.lists(st.integers(1, 3000), min_size=n_trials, max_size=n_trials))
    begins = draw(st.lists(st.integers(0, 9000), min_size=n_trials, max_size=n_trials))
    if draw(st.booleans()):  # one directly after the other
        begins = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    return dt, np.array(begins), np.array(lengths)


@st.composite
def signals(draw, n_trials):
    width = draw(st.integers(1, 3))
    samples = draw(st.lists(st.integers(0, 4), min_size=n_trials, max_size=n_trials))
    samples[0] = max(1, samples[0])
    fill = draw(st.lists(FLOATS, min_size=1, max_size=5))
    return Signal(
        values=tuple(np.resize(fill, (count, width)) for count in samples),
        dt=draw(st.sampled_from([1e-4, 1e-3, 0.1, 1 / 3])) * second,
        unit=draw(st.sampled_from(["1", "mV", "Hz", "1/s", "nA"])),
        channels=draw(
            st.sampled_from([None, np.arange(9, 9 + width), np.array(list("abc"))[:width]])
        ),
    )


@st.composite
def trials(draw):
    dt, begins, lengths = draw(grids())
    n_trials, n_neurons = len(begins), draw(st.integers(1, 6))
    of_trial = [
        (step, neuron, number)
        for number, length in enumerate(lengths)
        for step, neuron in draw(
            st.lists(  # edges, and the same spike twice
                st.tuples(
                    st.sampled_from([0, int(length)]) | st.integers(0, int(length)),
                    st.integers(0, n_neurons - 1),
                ),
                max_size=8,
            )
        )
    ]
    steps, neurons, numbers = np.array(of_trial, dtype=int).reshape(-1, 3).T
    on_grid = draw(st.booleans())
    times, durations = steps * dt, lengths * dt
    if not on_grid:
        times = np.minimum(times * draw(st.floats(0.5, 1)), durations[numbers])
    ids = draw(st.sampled_from([None, np.arange(n_neurons)[::-1] + 7, np.array(list("abcdéf"))]))
    names = draw(st.lists(NAMES.filter(bool), max_size=2, unique=True))
    return SpikeTrials(
        spike_times=times * second,
        spike_neurons=neurons,
        spike_trials=numbers,
        n_neurons=n_neurons,
        durations=durations * second,
        starts=begins * dt * second,
        dt=dt * second if on_grid else None,
        neuron_ids=None if ids is None else ids[:n_neurons],
        signals={name: draw(signals(n_trials)) for name in names},
        annotations=draw(
            st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), PLAIN, max_size=3)
        ),
    )


def assert_same(found, expected):
    for name in ("spike_times", "spike_neurons", "spike_trials", "durations", "starts"):
        assert_array_equal(*(np.asarray(getattr(x, name)) for x in (found, expected)), name)
    assert found.neuron_ids.tolist() == expected.neuron_ids.tolist()
    assert repr(found.dt) == repr(expected.dt)
    assert found.dt is None or float(found.dt) == float(expected.dt)
    assert found.annotations == expected.annotations
    assert list(found.signals) == list(expected.signals)
    for ours, theirs in zip(found.signals.values(), expected.signals.values(), strict=True):
        assert (float(ours.dt), ours.unit) == (float(theirs.dt), theirs.unit)
        assert ours.channels.tolist() == theirs.channels.tolist()
        for one, other in zip(ours.values, theirs.values, strict=True):
            assert_array_equal(one, other)


@settings(max_examples=100, deadline=None)
@given(trials())
def test_neo(made):
    assert_same(from_neo(to_neo(made)), made)


@settings(max_examples=30, deadline=None)
@given(trials())
def test_neo_with_trains_that_were_made(made):
    block = to_neo(made)
    for segment in block.segments:
        list(segment.spiketrains)
    assert_same(from_neo(block), made)


@pytest.mark.parametrize(
    ("save", "read", "examples"),
    [(save_npz, read_npz, 50), (save_nwb, read_nwb, 15), (save_nix, read_nix, 6)],
)
def test_files(save, read, examples):
    @settings(max_examples=examples, deadline=None)
    @given(trials())
    def comes_back(made):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file"
            save(made, path)
            assert_same(read(path), made)

    comes_back()


@settings(max_examples=50, deadline=None)
@given(trials(), st.integers(1, 5))
def test_pieces_hold_every_spike_but_those_at_the_very_end(made, n_pieces):
    shortest = float(np.asarray(made.durations).min())
    length = shortest / n_pieces
    pieces = made.cut(np.arange(n_pieces) * length * second, length * second)
    slack = 1e-3 * float(made.dt) if made.dt is not None else 1e-12
    inside = np.asarray(made.spike_times) < shortest - slack
    if made.dt is not None or np.all(np.abs(np.asarray(made.spike_times) - shortest) > 1e-9):
        assert pieces.n_spikes == inside.sum()
    assert pieces.n_trials == n_pieces * made.n_trials
