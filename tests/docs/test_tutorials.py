"""Tutorials are committed without what running them leaves."""

from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).parents[2] / "tutorials"
NOTEBOOKS = sorted(FOLDER.rglob("*.ipynb"))

pytestmark = pytest.mark.skipif(not NOTEBOOKS, reason="there are no tutorials here")


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.name)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_it_is_a_valid_notebook(notebook):
    nbformat.validate(notebook)


def test_no_cell_has_outputs_or_a_count(notebook):
    left = [
        cell.source
        for cell in code_cells(notebook)
        if cell.outputs or cell.execution_count is not None
    ]
    assert left == []


def test_no_cell_says_when_it_ran(notebook):
    assert [cell.source for cell in notebook.cells if "execution" in cell.metadata] == []


def test_it_begins_with_a_title(notebook):
    first = notebook.cells[0]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")


def test_no_code_cell_is_empty(notebook):
    assert all(cell.source.strip() for cell in code_cells(notebook))
