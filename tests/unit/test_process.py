"""The process of a binary, for which a few lines of Python stand in."""

import os
import signal
import sys

import pytest
from brian2 import second

from brian_force.experiment.process import run_process

PROGRESS = "import sys; say = lambda text: print(text, file=sys.stderr, flush=True); "
WAITING = PROGRESS + "say('progress 0.5'); import time; time.sleep(60)"


def run(script, folder, report=None, environment=None):
    environment = dict(os.environ) if environment is None else environment
    run_process([sys.executable, "-c", script], folder, environment, 3 * second, report)


def test_progress_is_passed_on(tmp_path):
    calls = []
    script = PROGRESS + "say('progress 0'); say('progress 0.25'); say('progress 1')"
    run(script, tmp_path, lambda *arguments: calls.append(arguments))
    elapsed, completed, starts, durations = zip(*calls, strict=True)
    assert completed == (0, 0.25, 1)
    assert list(elapsed) == sorted(elapsed)
    assert (set(map(float, starts)), set(map(float, durations))) == ({0}, {3})


def test_without_a_report_progress_is_no_message(tmp_path):
    run(PROGRESS + "say('progress 0.5')", tmp_path)


def test_it_runs_in_its_folder_and_environment(tmp_path):
    script = "import os; open('found', 'w').write(os.environ['WHO']); print('is not read')"
    run(script, tmp_path, environment={"WHO": "me"})
    assert (tmp_path / "found").read_text() == "me"


def test_a_failure_is_told_with_the_last_messages(tmp_path):
    script = PROGRESS + "[say(k) for k in range(7)]; say('progress 1'); sys.exit(3)"
    expected = "^The compiled network failed with status 3: 2\n3\n4\n5\n6$"
    with pytest.raises(RuntimeError, match=expected):
        run(script, tmp_path)


def test_a_message_is_a_failure(tmp_path):
    with pytest.raises(RuntimeError, match=r"^The compiled network failed with status 0: help$"):
        run(PROGRESS + "say('help')", tmp_path)


def test_a_killed_binary_is_a_failure(tmp_path, started):
    with pytest.raises(RuntimeError, match=r"^The compiled network failed with status -9:"):
        run(WAITING, tmp_path, lambda *_: started[0].kill())


@pytest.mark.parametrize("exception", [KeyboardInterrupt, ZeroDivisionError])
def test_an_exception_in_the_report_ends_the_process(tmp_path, started, exception):
    def report(*_):
        raise exception

    with pytest.raises(exception):
        run(WAITING, tmp_path, report)
    assert started[0].returncode == -signal.SIGKILL


def test_ctrl_c_does_not_reach_the_binary(tmp_path, started):
    def report(*_):
        assert os.getpgid(started[0].pid) != os.getpgid(0)
        started[0].kill()

    with pytest.raises(RuntimeError, match="status -9"):
        run(WAITING, tmp_path, report)
