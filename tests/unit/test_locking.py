"""A file that one process at a time holds."""

import os
import signal
import subprocess
import sys

import pytest

from brian_force import locking
from brian_force.locking import locked

HOLD = """
import pathlib, sys, time
from brian_force.locking import locked
with locked(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "new" / "lock"


@pytest.fixture
def holder(path):
    """Start another process that holds the file."""
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_it_is_held_again_and_again(path):
    for _ in range(2):
        with locked(path, wait=False):
            assert path.exists()


def test_what_another_process_holds_is_refused(path, holder):
    message = f"^Another process is at work in '{path.parent}'. Wait until it has ended.$"
    with pytest.raises(BlockingIOError, match=message), locked(path, wait=False):
        pytest.fail("held by two")


def test_a_killed_process_lets_go(path, holder):
    os.kill(holder.pid, signal.SIGKILL)
    with locked(path):
        holder.wait()


def test_an_error_lets_go(path):
    with pytest.raises(KeyError), locked(path):
        raise KeyError
    with locked(path, wait=False):
        pass


@pytest.mark.parametrize("missing", ["module", "locks", "folder"])
def test_where_nothing_can_be_locked_nothing_is_held(path, monkeypatch, tmp_path, missing):
    def refuse(*_):
        raise OSError(37, "No locks available")

    if missing == "module":
        monkeypatch.setattr(locking, "fcntl", None)
    elif missing == "locks":
        monkeypatch.setattr(locking.fcntl, "flock", refuse)
    else:
        (tmp_path / "new").write_text("not a folder")
    with locked(path, wait=False), locked(path, wait=False):
        pass
