"""Files that are whole or not there at all."""

import pytest

from brian_force.files import discard, written_aside


def test_the_file_appears_at_the_end_only(tmp_path):
    path = tmp_path / "new" / "file"
    with written_aside(path) as aside:
        aside.write_text("new")
        assert not path.exists()
    assert path.read_text() == "new"
    assert list(path.parent.iterdir()) == [path]


def test_what_fails_leaves_the_older_file(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")

    def write():
        with written_aside(path) as aside:
            aside.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_discard_removes_what_a_killed_process_left(tmp_path):
    path = tmp_path / "file"
    with written_aside(path) as aside:
        aside.write_text("new")
    aside.write_text("half")
    discard(path)
    discard(path)
    assert list(tmp_path.iterdir()) == []
