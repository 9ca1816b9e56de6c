"""Progress, as functions that Brian calls."""

import io
import sys

import pytest
from brian2 import second

from brian_force.experiment.progress import ProgressBar, as_report, part_of


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_none_and_functions_stay():
    assert as_report(None) is None
    assert as_report(print) is print


@pytest.mark.parametrize(
    ("report", "stream"), [("text", "out"), ("stdout", "out"), ("stderr", "err")]
)
def test_a_word_becomes_brians_text(capsys, report, stream):
    function = as_report(report)
    function(0 * second, 0.0, 0 * second, 2 * second)
    function(1 * second, 0.5, 0 * second, 2 * second)
    function(2 * second, 1.0, 0 * second, 2 * second)
    captured = capsys.readouterr()
    text = getattr(captured, stream)
    assert "Starting simulation at t=0. s for a duration of 2. s" in text
    assert "1. s (50%) simulated in 1s, estimated 1s remaining." in text
    assert captured.out + captured.err == text


def test_another_word_is_refused():
    with pytest.raises(TypeError) as caught:
        as_report("loud")
    assert str(caught.value) == (
        "The 'report' argument of train must be 'text', 'stdout', 'stderr', a function or None, "
        "but got 'loud'."
    )


def test_the_bar_shows_simulated_seconds_and_goes_at_the_end(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    bar = ProgressBar("sine")
    bar(0 * second, 0.0, 0 * second, 2 * second)
    bar(1 * second, 0.5, 0 * second, 2 * second)
    assert "sine  50% |" in terminal.getvalue()
    assert "1.0/2.0 s [" in terminal.getvalue()
    assert bar.bar is not None
    bar(2 * second, 1.0, 0 * second, 2 * second)
    assert bar.bar is None
    assert terminal.getvalue().rsplit("\r", 2)[-2].strip() == ""


def test_the_bar_is_silent_where_nobody_looks(capsys):
    bar = ProgressBar("sine")
    bar(0 * second, 0.5, 0 * second, 2 * second)
    bar.close()
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""


def test_a_bar_may_be_closed_twice_or_before_its_start():
    bar = ProgressBar("sine")
    bar.close()
    bar(0 * second, 0.0, 0 * second, 1 * second)
    bar.close()
    bar.close()


def test_parts_of_a_run_make_up_the_whole():
    seen = []
    for number in range(2):
        report = part_of(lambda *state: seen.append(state), number, 2)
        report(0.1 * second, 0.0, 0 * second, 3 * second)
        report(0.2 * second, 1.0, 0 * second, 3 * second)
    assert [state[1] for state in seen] == [0, 0.5, 0.5, 1]
    assert {float(state[3]) for state in seen} == {6}
    assert part_of(None, 0, 2) is None
