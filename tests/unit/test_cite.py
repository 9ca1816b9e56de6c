"""``brian-force cite``: the same papers as in CITATION.cff."""

import re
from pathlib import Path

from typer.testing import CliRunner

from brian_force.cli import app

CITATION = Path(__file__).parents[2] / "CITATION.cff"


def test_the_same_papers_as_in_the_citation_file():
    printed = CliRunner().invoke(app, ["cite"])
    assert printed.exit_code == 0
    ours = re.findall(r"doi += \{(.*)\}", printed.stdout)
    assert sorted(ours) == sorted(re.findall(r"doi: (\S+)", CITATION.read_text()))
    assert len(ours) == 4


def test_it_can_be_parsed():
    entries = CliRunner().invoke(app, ["cite"]).stdout
    assert entries.count("{") == entries.count("}")
    assert re.search(r"version = \{\d+\.\d+\.\d+\}", entries)
