"""What is known beside the numbers, as JSON."""

import json

import numpy as np
import pytest

from brian_force import RecordingError
from brian_force.exchange.header import header_of, read_header, trials_of


def test_it_comes_back(example, assert_same):
    header = read_header(header_of(example))
    values = {name: signal.values for name, signal in example.signals.items()}
    parts = (example.spike_times, example.spike_neurons, example.spike_trials)
    found = trials_of(header, *map(np.asarray, parts), values)
    assert_same(found, example)
    assert found.neuron_ids.dtype == example.neuron_ids.dtype


def test_it_is_ascii_and_names_the_version(example):
    text = header_of(example)
    assert text.isascii()
    assert json.loads(text)["brian_force"] == "0.1.0"


@pytest.mark.parametrize("text", ["", "Notes of mine", "[1]", "{}", '{"format": 1}', "3"])
def test_other_texts_are_none(text):
    assert read_header(text) is None


def test_a_later_format_is_refused():
    with pytest.raises(
        RecordingError, match=r"it has format 9, but this version .* reads format 1"
    ):
        read_header('{"brian_force": "9.0", "format": 9}')
