"""What the README says works: its script and its figure's text."""

import re
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from brian2 import prefs, start_scope

ROOT = Path(__file__).parents[2]


@pytest.fixture
def script() -> str:
    readme = (ROOT / "README.md").read_text()
    (block,) = re.findall(r"```python\n(.*?)```", readme, flags=re.DOTALL)
    return block


@pytest.mark.cython
def test_script_trains_a_network(script, monkeypatch, capsys):
    monkeypatch.setenv("MPLBACKEND", "agg")
    start_scope()
    prefs.codegen.target = "cython"
    names: dict = {"__name__": "readme"}
    exec(script, names)
    plt.close("all")
    error = re.search(r"error while learning: (\S+)", capsys.readouterr().out)
    assert 0 < float(error[1]) < 0.1
    assert names["readout"].n_updates[:] == 1600


def test_documentation_shows_the_same_script():
    assert "```{include} ../README.md" in (ROOT / "docs" / "index.md").read_text()


def test_links_point_to_files():
    links = re.findall(r"\]\((?!https)([^)#]+)\)", (ROOT / "README.md").read_text())
    assert links
    for link in links:
        assert (ROOT / link).is_file(), link
