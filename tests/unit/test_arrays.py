"""Trials laid out flat, and put together again."""

import pytest

from brian_force import RecordingError
from brian_force.exchange.arrays import from_arrays, to_arrays


def test_round_trip(example, assert_same):
    arrays = to_arrays(example)
    assert set(arrays) == {
        *("header", "spike_times", "spike_neurons", "spike_trials"),
        *("signal_0", "signal_1"),
    }
    assert_same(from_arrays(arrays), example)


@pytest.mark.parametrize("change", [{}, {"header": b"{}"}, {"header": b"\xff"}])
def test_what_has_no_header_is_refused(example, change):
    arrays = {**to_arrays(example)}
    del arrays["header"]
    with pytest.raises(RecordingError, match="no header"):
        from_arrays({**arrays, **change})


def test_what_lacks_an_array_is_refused(example):
    arrays = {**to_arrays(example)}
    del arrays["signal_1"]
    with pytest.raises(KeyError, match="signal_1"):
        from_arrays(arrays)
