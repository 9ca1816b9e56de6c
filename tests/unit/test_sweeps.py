"""Sweeps in one process: what is done, what is not done again, what is refused."""

import inspect
import logging
import re

import numpy as np
import pytest
import xarray as xr
from brian2 import DimensionMismatchError, mV, second

from brian_force.studies import jobs as jobs_module
from brian_force.studies import latin_hypercube, load_sweep, sweep, sweeps
from brian_force.studies.job_files import JobFiles

GRID = {"Q": [5, 10] * mV, "n": [1, 2]}
SEEDS = [1, 2, 3]


@pytest.fixture
def log(tmp_path):
    """Return a file that has a line for each call of `work`."""
    path = tmp_path / "log"
    path.touch()
    return path


@pytest.fixture
def calls(log):
    return lambda: log.read_text().splitlines()


@pytest.fixture
def work(log):
    def work(Q, n, seed, fail_at=None):
        with log.open("a") as file:
            file.write(f"{float(Q)} {n} {seed}\n")
        if fail_at == n:
            raise ValueError(f"{n} is too much")
        return {"product": Q * n * seed, "powers": np.power(seed, np.arange(3.0))}

    return work


@pytest.fixture
def here(tmp_path):
    """Sweep in this process."""

    def sweep_here(function, grid=None, out=tmp_path / "out", seeds=SEEDS, **options):
        return sweep(function, grid, out=out, seeds=seeds, n_workers=0, **options)

    return sweep_here


def test_the_result_is_labelled(here, work):
    found = here(work, GRID)
    assert found["product"].dims == ("Q", "n", "seed")
    assert found["product"].sel(Q=10, n=2, seed=3).item() == pytest.approx(60)
    assert found["product"].attrs == found["Q"].attrs == {"units": "mV"}
    assert found["powers"].dims == ("Q", "n", "seed", "powers_axis")
    assert found.attrs["function"].endswith("work")
    assert found.attrs["n_finished"] == 12


def test_samples(here, work, calls):
    samples = latin_hypercube({"Q": (5 * mV, 40 * mV), "n": (1, 9)}, 5)
    found = here(work, samples=samples)
    assert found["product"].dims == ("sample", "seed")
    assert found["Q"].dims == ("sample",)
    assert (found["product"] == pytest.approx(found["Q"] * found["n"] * found["seed"])).all()
    assert len(calls()) == 15


def test_fixed_parameters(here, work):
    found = here(work, {"n": [1, 2]}, fixed={"Q": 5 * mV})
    assert found["product"].dims == ("n", "seed")
    assert found.attrs["fixed"] == "Q=0.005*volt"


def test_a_function_without_a_seed(here):
    assert here(lambda n: {"square": n**2}, {"n": [1, 2]}, seeds=None)["square"].dims == ("n",)


# Going on


def test_what_is_finished_is_not_done_again(here, work, calls):
    first = here(work, GRID)
    again = here(work, GRID)
    xr.testing.assert_identical(first, again)
    assert len(calls()) == 12


def test_a_larger_sweep_does_what_is_new(here, work, calls):
    here(work, GRID)
    found = here(work, {**GRID, "n": [1, 2, 3]}, seeds=[1, 2, 3, 4])
    assert found.sizes["n"] == 3
    assert len(calls()) == len(set(calls())) == 24
    smaller = here(work, {"Q": [10] * mV, "n": [3]})
    assert smaller["product"].sel(Q=10, n=3, seed=1).item() == pytest.approx(30)
    assert len(calls()) == 24


def test_the_order_of_the_parameters_does_not_count(here, work, calls):
    here(work, GRID)
    turned = here(work, {"n": [2, 1], "Q": [10, 5] * mV})
    assert turned["product"].sel(Q=5, n=2, seed=3).item() == pytest.approx(30)
    assert len(calls()) == 12


def test_an_interruption_keeps_what_is_done(here, work, calls, tmp_path):
    def stop(n_done, n_jobs):
        assert n_jobs == 12
        if n_done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        here(work, GRID, report=stop)
    partial = load_sweep(tmp_path / "out")
    assert partial.attrs["n_finished"] == int(partial["product"].notnull().sum()) == 5
    assert not partial["failed"].any()
    whole = here(work, GRID)
    assert len(calls()) == len(set(calls())) == 12
    xr.testing.assert_identical(whole, here(work, GRID, out=tmp_path / "undisturbed"))


def test_progress_counts_from_what_was_done(here, work):
    reports = []
    here(work, {**GRID, "n": [1]})
    here(work, GRID, report=lambda *numbers: reports.append(numbers))
    assert reports == [(number, 12) for number in range(7, 13)]


def test_progress_is_told_where_there_is_no_terminal(here, work, caplog, monkeypatch):
    monkeypatch.setattr(sweeps, "PAUSE", -1)
    with caplog.at_level(logging.INFO, logger="brian2"):
        here(work, {"Q": [5, 10] * mV, "n": [1]}, seeds=[1])
    assert caplog.messages == ["1 of 2 jobs are done; about 0 min left."]


def test_what_was_done_is_told(here, work, caplog):
    here(work, {**GRID, "n": [1]})
    with caplog.at_level("INFO", logger="brian2"):
        here(work, GRID)
    assert "6 of 12 jobs are done already." in caplog.messages


@pytest.mark.parametrize("damage", ["half", "empty", "removed"])
def test_a_damaged_result_is_made_again(here, work, calls, tmp_path, damage):
    first = here(work, GRID)
    path = sorted((tmp_path / "out" / "jobs").iterdir())[0]
    if damage == "removed":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:300] if damage == "half" else b"")
    assert load_sweep(tmp_path / "out").attrs["n_finished"] == 11
    xr.testing.assert_identical(here(work, GRID), first)
    assert len(calls()) == 13


def test_a_full_disk_ends_the_sweep_and_loses_nothing(here, work, calls, tmp_path, monkeypatch):
    def keep(files, job, outcome):
        if len(calls()) == 5:
            raise OSError(28, "No space left on device")
        return write(files, job, outcome)

    write = JobFiles.keep
    monkeypatch.setattr(JobFiles, "keep", keep)
    with pytest.raises(OSError, match="No space left"):
        here(work, GRID)
    assert load_sweep(tmp_path / "out").attrs["n_finished"] == 4
    monkeypatch.undo()
    assert here(work, GRID).attrs["n_finished"] == 12
    assert len(calls()) == 13


# What is not mixed


def test_other_versions_are_other_results(here, work, calls, monkeypatch):
    here(work, GRID)
    versions = {**jobs_module.package_versions(), "brian2": "99"}
    monkeypatch.setattr(jobs_module, "package_versions", lambda: versions)
    assert here(work, GRID).attrs["n_finished"] == 12
    assert len(calls()) == 24


def test_another_function_has_other_results(here, tmp_path):
    one = here(lambda n, seed: {"x": n}, {"n": [1, 2]})
    two = here(lambda n, seed: {"x": -n}, {"n": [1, 2]})
    assert (one["x"] == -two["x"]).all()
    assert len(list((tmp_path / "out" / "jobs").iterdir())) == 12


# Failures


def test_failed_jobs_stop_no_others(here, work, calls, caplog):
    found = here(work, GRID, fixed={"fail_at": 2})
    assert len(calls()) == 12
    assert found["failed"].sel(n=2).all()
    assert not found["failed"].sel(n=1).any()
    assert set(found["failure"].sel(n=2).values.ravel()) == {"ValueError: 2 is too much"}
    assert found["product"].sel(n=2).isnull().all()
    assert found["product"].sel(n=1).notnull().all()
    (message,) = [message for message in caplog.messages if "failed" in message]
    assert message.startswith("6 of 12 jobs failed, the first with 'ValueError: 2 is too much'.")


def test_failed_jobs_are_tried_again_on_demand(here, tmp_path, calls, log):
    def work(n, seed):
        with log.open("a") as file:
            file.write("call\n")
        if n == 2 and not (tmp_path / "repaired").exists():
            raise ValueError
        return {"x": n}

    assert here(work, {"n": [1, 2]})["failed"].sum() == 3
    (tmp_path / "repaired").touch()
    assert here(work, {"n": [1, 2]})["failed"].sum() == 3
    assert len(calls()) == 6
    found = here(work, {"n": [1, 2]}, retry_failed=True)
    assert not found["failed"].any()
    assert found["x"].sum() == 9
    assert len(calls()) == 9
    assert not list((tmp_path / "out").rglob("*.failed.json"))


# What is refused


def test_two_sweeps_at_once_in_one_folder(here, work):
    def sweep_again(*_):
        here(work, GRID)

    with pytest.raises(BlockingIOError, match=r"^Another process is at work in"):
        here(work, GRID, report=sweep_again)


def test_a_folder_without_a_sweep(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no sweep in"):
        load_sweep(tmp_path)


REFUSED = [
    ({"grid": {"k": [1]}}, TypeError, "must be callable with k, seed, but got work. missing a"),
    ({"grid": GRID, "fixed": {"n": 3}}, ValueError, "of other parameters, but got 'n'"),
    ({"grid": GRID, "seeds": None}, TypeError, "missing a required argument: 'seed'."),
    ({"grid": {**GRID, "Q": [1, mV]}}, DimensionMismatchError, "must be in one unit"),
    ({"grid": GRID, "client": "tcp://x:1"}, ValueError, "left out where there is a client"),
    ({"grid": {**GRID, "n": [object()]}}, TypeError, "must be numbers, .* but got a object"),
]


@pytest.mark.parametrize(("arguments", "kind", "message"), REFUSED)
def test_refused_before_anything_is_written(here, work, tmp_path, arguments, kind, message):
    with pytest.raises(kind, match=message):
        here(work, **arguments)
    assert not (tmp_path / "out").exists()


def test_what_is_no_function(here):
    with pytest.raises(TypeError, match="'function' argument of sweep must be callable, but got 3"):
        here(3, GRID)


def test_the_names_in_the_documentation_are_those_of_the_arguments():
    documented = re.findall(r"^    (\w+) : ", sweep.__doc__, re.MULTILINE)
    assert documented == list(inspect.signature(sweep).parameters)


def test_quantities_reach_the_function(here):
    def work(learning_rate, seed):
        assert learning_rate.dim is (second**2).dim
        return {"x": learning_rate}

    found = here(work, {"learning_rate": np.array([1e-6, 1e-5]) * second**2})
    assert found["learning_rate"].attrs == {"units": "s^2"}
    assert found["x"].sel(learning_rate=1e-6, seed=1).item() == 1e-6
