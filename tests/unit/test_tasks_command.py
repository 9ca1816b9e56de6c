"""``brian-force tasks``: a table, and a picture where one is asked for."""

from typer.testing import CliRunner

from brian_force import tasks
from brian_force.cli import app
from brian_force.commands.tasks import task_list


def test_the_table_names_every_task():
    head, units, *lines = task_list().splitlines()
    assert [line.split()[0] for line in lines] == tasks.names()
    assert "learn from, until, end" in head
    assert "mV/Hz" in units


def test_a_line_has_the_defaults():
    (line,) = (one for one in task_list().splitlines() if one.startswith("sine "))
    assert line.split() == ["sine", "1", "0.2", "1000", "0.1", "30", "2.5e-06", "5,", "10,", "15"]


def test_the_picture(tmp_path):
    result = CliRunner().invoke(app, ["tasks", "--out", str(tmp_path / "new")])
    assert result.exit_code == 0
    picture = tmp_path / "new" / "tasks.png"
    assert result.stdout == f"{task_list()}\n{picture}\n"
    assert picture.read_bytes().startswith(b"\x89PNG")
