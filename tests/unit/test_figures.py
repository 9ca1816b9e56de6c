"""Figures as files."""

import pytest
from matplotlib.figure import Figure

from brian_force.commands.figures import save_figure


def test_a_picture_in_a_new_folder(tmp_path):
    path = tmp_path / "new" / "figure.png"
    save_figure(Figure(), path)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert list(path.parent.iterdir()) == [path]


def test_a_failure_leaves_the_older_picture(tmp_path, monkeypatch):
    def fail(figure, aside, **options):
        aside.write_bytes(b"half")
        raise OSError("full")

    path = tmp_path / "figure.png"
    path.write_bytes(b"older")
    monkeypatch.setattr(Figure, "savefig", fail)
    with pytest.raises(OSError, match="full"):
        save_figure(Figure(), path)
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]
