"""The folder of a sweep: whole files that hold results exactly."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from brian2 import mV

from brian_force.studies import job_files
from brian_force.studies.job_files import JobFiles
from brian_force.studies.jobs import jobs_of
from brian_force.studies.outcomes import Failure, as_dataset

FAILURE = Failure("ValueError: no", "Traceback ...")


def work(**_):
    pass


@pytest.fixture
def files(tmp_path):
    return JobFiles(tmp_path / "new" / "sweep")


@pytest.fixture
def job():
    return jobs_of(work, [{"Q": 10 * mV, "seed": 1}])[0]


@pytest.fixture
def result():
    rng = np.random.default_rng(1)
    times = xr.DataArray(rng.random(3), {"time": [0.1, 0.2, 0.3]}, ("time",), attrs={"units": "s"})
    return as_dataset(
        {
            "double": 0.1 + 0.2,
            "single": np.float32(0.1),
            "whole": np.int8([1, 2]),
            "logical": True,
            "complex": 1 + 2j,
            "text": ["short", "longer text ü"],
            "nothing": np.zeros((0, 2)),
            "not finite": [np.nan, np.inf, -0.0],
            "quantity": rng.random(2) * mV,
            "labelled": times.assign_coords(neuron=("time", [3, 2, 1])),
            "when": np.array(["2025-01-01T00:00:00.123456789"], "datetime64[ns]"),
        }
    ).assign_attrs(note="ü", seeds=[1, 2], one=0.1, none=None)


def kept(files):
    return sorted(path.name for path in (files.folder / "jobs").iterdir())


def test_a_result_is_read_as_it_was(files, job, result):
    files.keep(job, result)
    found = files.outcome(job.key)
    xr.testing.assert_identical(found, result)
    for name, variable in result.variables.items():
        assert found[name].dtype == variable.dtype
        assert found[name].values.tobytes() == variable.values.tobytes()


def test_a_result_of_nothing_is_a_result(files, job):
    files.keep(job, xr.Dataset())
    xr.testing.assert_identical(files.outcome(job.key), xr.Dataset())


def test_the_file_says_what_it_is_of(files, job, result):
    files.keep(job, result)
    with np.load(files.result_file(job.key)) as archive:
        header = json.loads(archive["header"].item())
        assert archive["data_vars/double"] == 0.1 + 0.2
    assert header["key"] == job.key
    assert set(header["versions"]) == {"brian_force", "brian2", "numpy"}
    assert dict(header["arguments"]["mapping"])["seed"] == 1


def test_a_failure_is_kept_until_there_is_a_result(files, job, result):
    assert files.outcome(job.key) is None
    files.keep(job, FAILURE)
    assert files.outcome(job.key) == FAILURE
    files.keep(job, result)
    assert kept(files) == [f"{job.key}.npz"]
    xr.testing.assert_identical(files.outcome(job.key), result)


def test_no_damaged_file_is_taken_for_whole(files, job, caplog):
    result = as_dataset({"x": np.arange(3.0), "text": "words"})
    files.keep(job, result)
    path = files.result_file(job.key)
    whole = path.read_bytes()
    for position in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[position] ^= 0xFF
        path.write_bytes(damaged)
        found = files.outcome(job.key)
        assert found is None or found.identical(result)  # some bytes mean nothing
        path.write_bytes(whole[:position])
        assert files.outcome(job.key) is None
    assert caplog.messages[0].endswith("is damaged: its job is taken for one not done.")


def test_a_file_of_another_job_is_not_taken(files, job, result):
    files.keep(job, result)
    files.keep(job, FAILURE)
    for name in (files.result_file, files.failure_file):
        shutil.copy(name(job.key), name("other"))
    assert files.outcome("other") is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"key": 1}'])
def test_a_damaged_failure_is_not_taken(files, job, text):
    files.keep(job, FAILURE)
    files.failure_file(job.key).write_text(text)
    assert files.outcome(job.key) is None


def test_the_frame_is_read_as_it_was(files):
    coordinates = {"Q": ("Q", [5.5, 10], {"units": "mV"}), "seed": ("seed", [1])}
    frame = xr.Dataset({"key": (("Q", "seed"), [["a"], ["b"]])}, coordinates, {"function": "f"})
    files.keep_frame(frame)
    xr.testing.assert_identical(files.frame(), frame)


def test_a_folder_without_a_sweep_is_refused(files):
    with pytest.raises(FileNotFoundError, match=r"^There is no sweep in '.*'\. Give the folder"):
        files.frame()


# A full disk


def test_a_write_that_fails_leaves_nothing(files, job, result, monkeypatch):
    def fill(file, **_):
        file.write(b"PK half of it")
        raise OSError(28, "No space left on device")

    files.keep(job, FAILURE)
    monkeypatch.setattr(job_files.np, "savez", fill)
    with pytest.raises(OSError, match="No space left"):
        files.keep(job, result)
    assert kept(files) == [f"{job.key}.failed.json"]
    assert files.outcome(job.key) == FAILURE


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 64 kB, where this user may make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    yield Path(folder)
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_leaves_whole_files_only(small_disk):
    files = JobFiles(small_disk)
    results = [as_dataset({"x": np.full(2000, number)}) for number in range(8)]
    jobs = jobs_of(work, [{"number": number} for number in range(8)])

    def keep_all():
        for job, result in zip(jobs, results, strict=True):
            files.keep(job, result)

    with pytest.raises(OSError, match="No space left"):
        keep_all()
    found = [files.outcome(job.key) for job in jobs]
    n_kept = len(kept(files))
    assert 0 < n_kept < 8
    for number, outcome in enumerate(found):
        assert outcome.identical(results[number]) if number < n_kept else outcome is None
