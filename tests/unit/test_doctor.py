"""``brian-force doctor``: what it prints and how it ends."""

import json
import sys
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from brian_force.cli import app
from brian_force.commands import doctor as module
from brian_force.commands.doctor import _line_of_version, doctor, report
from brian_force.experiment.build_cache import BuildCache
from brian_force.experiment.device_check import Finding

FINE = Finding(device="numpy", difference=2e-16, seconds=1.25)
ABSENT = Finding(device="cuda", missing="needs a GPU. Buy one.")
WRONG = Finding(device="cpp", difference=0.1, failure="its decoders differ", seconds=2.0)


@pytest.fixture
def findings(monkeypatch, tmp_path):
    found = [FINE, ABSENT]

    def examine_all(say):
        for finding in found:
            say(finding.device)
            yield finding

    (tmp_path / "key").write_bytes(b"binary")
    monkeypatch.setattr(module, "examine_all", examine_all)
    monkeypatch.setattr(module, "BuildCache", lambda: BuildCache(tmp_path))
    return found


def test_report(findings):
    text = report(doctor())
    assert f"brian_force {version('brian_force')}" in text
    assert "cache      1 binaries, 0.0 MB in " in text
    assert "NumPy            works: decoders differ from the reference by 2.0e-16" in text
    assert "CUDA             not here: needs a GPU. Buy one." in text


def test_nvcc_is_the_one_that_would_be_used(findings, monkeypatch):
    monkeypatch.setattr(module, "nvcc", lambda: sys.executable)
    assert doctor()["nvcc"] == f"Python {sys.version.split()[0]}"


def test_a_failure_is_told_and_ends_with_status_1(findings):
    findings.append(WRONG)
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "C++ standalone   FAILS: its decoders differ" in result.stdout
    assert "Trying CUDA." in result.stderr


def test_json(findings):
    result = CliRunner().invoke(app, ["doctor", "--json"])
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert set(found) == {"versions", "compiler", "nvcc", "cache", "devices", "healthy"}
    assert found["devices"]["numpy"] == {
        "missing": None,
        "difference": 2e-16,
        "failure": None,
        "seconds": 1.25,
        "works": True,
    }
    assert found["devices"]["cuda"]["works"] is False
    assert found["healthy"] is True


def test_cache_is_cleared(findings, tmp_path):
    assert doctor()["cache"] == {"folder": str(tmp_path), "entries": 1, "bytes": 6}
    assert doctor(clear_cache=True)["cache"]["entries"] == 0
    assert not any(tmp_path.iterdir())


def test_versions_of_what_is_no_package():
    python = f"Python {sys.version.split()[0]}"
    assert _line_of_version(sys.executable, 0) == _line_of_version(sys.executable, -1) == python
    assert _line_of_version("no-such-compiler", 0) is None
