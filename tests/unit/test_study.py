import dataclasses
import json

import pytest
import xarray as xr
from typer.testing import CliRunner

from brian_force.cli import app
from brian_force.commands import study as module
from brian_force.commands.study import claims_table, study, study_list
from brian_force.plotting.style import new_sheet
from brian_force.studies.registry import STUDIES


@pytest.fixture
def numpy_scale(tiny):
    """Four jobs of a second or two, without a compiler."""
    return dataclasses.replace(
        tiny,
        sizes=(20,),
        many_seeds=(1, 2),
        windows={"sine": (0.02, 0.1, 0.15)},
        device="numpy",
    )


def test_the_list_names_every_study():
    lines = study_list().splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(STUDIES)


def test_a_study_from_end_to_end(numpy_scale, tmp_path):
    said = []
    summary = study("size", scale=numpy_scale, out=tmp_path, workers=0, say=said.append)
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    assert [claim["claim"] for claim in summary["claims"]] == [7]
    assert summary["studies"]["size"]["n_jobs"] == 4
    assert summary["studies"]["size"]["n_failed"] == 0
    assert "4 jobs; about" in said[0]
    with xr.open_datatree(tmp_path / "size.nc", engine="h5netcdf") as tree:
        assert tree["sizes/learning"].notnull().all()
    assert (tmp_path / "size.png").stat().st_size > 10_000
    assert summary["report"] is None
    table = claims_table(summary["claims"])
    assert "(7) Faster learning" in table
    study("size", scale=numpy_scale, out=tmp_path, workers=0, say=said.append)
    assert "4 jobs, 4 of them done before" in said[-2]


@pytest.fixture
def without_networks(made_up, monkeypatch):
    def run(one, scale, out, **options):
        return made_up(one.name)

    figures = {name: lambda result: {result.study.name: new_sheet(1, 1)} for name in STUDIES}
    monkeypatch.setattr(module, "run_study", run)
    monkeypatch.setattr(module, "FIGURES", figures)


def test_all_studies_leave_a_report(without_networks, tiny, tmp_path):
    summary = study("all", scale=tiny, out=tmp_path, workers=0, say=lambda line: None)
    assert list(summary["studies"]) == list(STUDIES)
    assert [claim["claim"] for claim in summary["claims"]] == list(range(1, 11))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    n_figures = sum(len(one["figures"]) for one in summary["studies"].values())
    assert page.count("data:image/png;base64,") == n_figures
    assert not list(tmp_path.glob(".*"))  # nothing is left aside


def test_a_finding_that_two_studies_make_counts_once(without_networks, tiny, tmp_path):
    summary = study("all", scale=tiny, out=tmp_path, workers=0, say=lambda line: None)
    for claim in summary["claims"]:
        places = [(one["what"], one["where"]) for one in claim["findings"]]
        assert len(places) == len(set(places))


def test_an_interruption_tells_how_to_go_on(monkeypatch, tiny, tmp_path):
    def run(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "run_study", run)
    with pytest.raises(RuntimeError, match="the same command goes on"):
        study("size", scale=tiny, out=tmp_path, workers=0, say=lambda line: None)


def test_unknown_studies_and_scales_are_refused(tmp_path):
    with pytest.raises(ValueError, match="known names"):
        study("everything", out=tmp_path)
    with pytest.raises(ValueError, match="'small' or 'paper'"):
        study("size", scale="huge", out=tmp_path)
    with pytest.raises(ValueError, match="left out where there is a scheduler"):
        study("size", out=tmp_path, workers=2, scheduler="tcp://127.0.0.1:1")


def test_the_command_line(monkeypatch, without_networks, tiny, tmp_path):
    monkeypatch.setattr(module, "scale_named", lambda name: tiny)
    run = CliRunner().invoke
    assert "Fig. 6B, C" in run(app, ["study", "list"]).stdout
    out = str(tmp_path)
    shown = run(app, ["study", "size", "--out", out, "--workers", "0"])
    assert "(7) Faster learning" in shown.stdout
    assert shown.stdout.rstrip().endswith("size.png")
    as_json = run(app, ["study", "size", "--out", out, "--workers", "0", "--json"])
    assert json.loads(as_json.stdout.splitlines()[-1])["scale"] == "tiny"
    wrong = run(app, ["study", "sizes", "--out", out])
    assert (wrong.exit_code, "'size'" in wrong.stderr) == (2, True)
