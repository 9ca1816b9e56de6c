"""Sweeps on real workers: the same results, workers that die, schedulers of all kinds."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xarray as xr
from brian2 import Hz
from distributed import Client, LocalCluster

from brian_force.studies import load_sweep, sweep
from brian_force.studies.workers import UNGUARDED, local_cluster

SEEDS = [1, 2, 3]


@pytest.fixture(scope="module")
def client():
    with local_cluster(2, 2) as cluster, Client(cluster) as client:
        yield client


def network_rates(log):
    """Return a function that runs a network of Brian, and writes a line for each call."""

    # Made here, and not above, so that it is sent with its code: workers cannot import tests.
    def rates(rate, seed):
        import os

        import brian2

        with log.open("a") as file:
            file.write(f"{float(rate)} {seed}\n")
        brian2.prefs.codegen.target = "numpy"
        brian2.seed(seed)
        group = brian2.PoissonGroup(50, rate, dt=1 * brian2.ms)
        spikes = brian2.SpikeMonitor(group)
        brian2.Network(group, spikes).run(100 * brian2.ms)
        environment = [os.environ.get(name, "") for name in ("OMP_NUM_THREADS", "TMPDIR")]
        return {"n_spikes": spikes.num_spikes, "t": spikes.t[:3], "environment": environment}

    return rates


@pytest.fixture
def log(tmp_path):
    return tmp_path / "log"


def lines(log):
    return sorted(log.read_text().splitlines())


# One cluster for several tests


def test_workers_give_what_this_process_gives(client, log, tmp_path):
    grid, work = {"rate": [20, 50] * Hz}, network_rates(log)
    there = sweep(work, grid, seeds=SEEDS, out=tmp_path / "there", client=client)
    here = sweep(work, grid, seeds=SEEDS, out=tmp_path / "here", n_workers=0)
    xr.testing.assert_identical(*(found.drop_vars("environment") for found in (there, here)))
    assert here["n_spikes"].dtype.kind == "i"
    for threads, folder in there["environment"].values.reshape(-1, 2):
        assert threads == "1"
        assert "brian_force_sweep_" in folder
    assert len(set(lines(log))) == 6
    assert len(lines(log)) == 12


def test_going_on_with_workers(client, log, tmp_path):
    work = network_rates(log)
    sweep(work, {"rate": [20] * Hz}, seeds=SEEDS, out=tmp_path / "out", n_workers=0)
    found = sweep(work, {"rate": [20, 50] * Hz}, seeds=SEEDS, out=tmp_path / "out", client=client)
    assert found.attrs["n_finished"] == len(lines(log)) == 6
    sweep(work, {"rate": [20, 50] * Hz}, seeds=SEEDS, out=tmp_path / "out", client="tcp://no:1")
    assert len(lines(log)) == 6


def test_failures_on_workers(client, tmp_path):
    def fail(n, seed):
        if n == 2:
            raise LookupError(f"seed {seed}")
        return {"n": n} if n == 1 else {"x": n}

    found = sweep(fail, {"n": [2, 3]}, seeds=SEEDS, out=tmp_path / "out", client=client)
    assert found["failure"].sel(n=2).values.tolist() == [f"LookupError: seed {k}" for k in SEEDS]
    assert found["x"].sel(n=3).values.tolist() == [3, 3, 3]
    found = sweep(fail, {"n": [1]}, seeds=SEEDS, out=tmp_path / "out", client=client)
    assert found["failure"].str.startswith("ValueError: The name 'n' cannot be one").all()


def test_a_killed_worker_costs_no_job(client, log, tmp_path):
    def die_once(n, seed):
        import os
        import signal

        with log.open("a") as file:
            file.write(f"{n}\n")
        if n == 3 and log.read_text().split().count("3") == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return {"x": n}

    found = sweep(die_once, {"n": range(8)}, out=tmp_path / "out", client=client)
    assert not found["failed"].any()
    assert found["x"].values.ravel().tolist() == list(range(8))
    assert lines(log).count("3") == 2


def test_one_job_at_a_time_where_a_worker_has_many_threads(log, tmp_path):
    def work(n, seed):
        import time

        with log.open("a") as file:
            file.write(f"start {n}\n")
        time.sleep(0.05)
        with log.open("a") as file:
            file.write(f"end {n}\n")
        return {"x": n}

    with LocalCluster(
        n_workers=1, threads_per_worker=4, processes=False, dashboard_address=":0"
    ) as cluster:
        sweep(work, {"n": range(6)}, out=tmp_path / "out", client=cluster)
    words = [line.split() for line in log.read_text().splitlines()]
    assert [word for word, _ in words] == ["start", "end"] * 6
    assert all(one[1] == other[1] for one, other in zip(words[::2], words[1::2], strict=True))


# Clusters of their own


@pytest.mark.parametrize(("n_workers", "n_jobs", "n_started"), [(1, 9, 1), (3, 1, 1), (None, 1, 1)])
def test_as_many_workers_as_asked_for_but_no_more_than_jobs(n_workers, n_jobs, n_started):
    with local_cluster(n_workers, n_jobs) as cluster, Client(cluster) as client:
        client.wait_for_workers(n_started)
        assert list(client.nthreads().values()) == [1] * n_started


@pytest.mark.slow
def test_a_job_that_kills_its_workers_fails_alone(tmp_path):
    def die(n, seed):
        import os
        import signal

        if n == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return {"x": n}

    found = sweep(die, {"n": range(6)}, out=tmp_path / "out", n_workers=2)
    assert found["failed"].values.ravel().tolist() == [False, True, *[False] * 4]
    reason = found["failure"].sel(n=1).item()
    assert reason == "KilledWorker: the worker died each of the 4 times it was tried."


SCRIPT = '''
"""A sweep whose calls leave a line each."""
import sys, time
from pathlib import Path
from brian_force.studies import sweep

def work(n, log, seed):
    time.sleep(0.3)
    with open(log, "a") as file:
        file.write(f"{n} {seed}\\n")
    return {"x": n * seed}

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    sweep(work, {"n": range(8)}, seeds=[1, 2], fixed={"log": str(folder / "log")},
          out=folder / "out", n_workers=2)
'''


def wait_for(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.05)


def write_script(folder):
    folder.mkdir()
    script = folder / "script.py"
    script.write_text(SCRIPT)
    return [sys.executable, str(script), str(folder)]


def finished(folder):
    return {path.stem for path in (folder / "out" / "jobs").glob("*.npz")}


def alive(folder):
    """Count processes that were started with the script of the folder."""
    shown = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return sum(str(folder) in line for line in shown.stdout.splitlines())


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_process_is_started_again(tmp_path, how):
    command = write_script(tmp_path / "stopped")
    folder = tmp_path / "stopped"
    with subprocess.Popen(command, start_new_session=True) as process:
        wait_for(lambda: len(finished(folder)) >= 5)
        if how is signal.SIGINT:
            os.killpg(process.pid, how)  # as Ctrl-C in a terminal: the workers get it too
        else:
            process.kill()
    before = finished(folder)
    assert 5 <= len(before) < 16
    wait_for(lambda: not alive(folder))
    n_calls = len(lines(folder / "log"))
    assert n_calls - len(before) <= 2  # of which the results were on their way
    subprocess.run(command, check=True)
    assert len(lines(folder / "log")) == n_calls + 16 - len(before)
    assert len(set(lines(folder / "log"))) == 16
    found = load_sweep(folder / "out")
    assert found.attrs["n_finished"] == 16
    xr.testing.assert_equal(found["x"], found["n"] * found["seed"])


@pytest.mark.slow
def test_a_script_without_a_guard_is_told_so(tmp_path):
    command = write_script(tmp_path / "sweep")
    script = Path(command[1])
    script.write_text(SCRIPT.replace('__name__ == "__main__"', "True"))
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().endswith(f"RuntimeError: {UNGUARDED}")


@pytest.mark.slow
def test_a_scheduler_started_by_hand(log, tmp_path):
    address = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    here = ["--scheduler-file", str(address)]
    options = ["--nthreads", "1", "--local-directory", str(tmp_path)]
    processes = [
        subprocess.Popen([*dask, "scheduler", *here, "--port", "0", "--no-dashboard"]),
        *(subprocess.Popen([*dask, "worker", *here, *options]) for _ in range(2)),
    ]
    try:
        wait_for(address.exists)
        with Client(scheduler_file=str(address)) as client:
            client.wait_for_workers(2, timeout=120)
            scheduler = client.scheduler_info()["address"]
        grid, work = {"rate": [20, 50] * Hz}, network_rates(log)
        there = sweep(work, grid, seeds=SEEDS, out=tmp_path / "there", client=scheduler)
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait()
    here = sweep(work, grid, seeds=SEEDS, out=tmp_path / "here", n_workers=0)
    xr.testing.assert_identical(there.drop_vars("environment"), here.drop_vars("environment"))


@pytest.mark.slow
def test_a_lost_scheduler_is_told_and_no_failure(tmp_path):
    def work(n, seed):
        import time

        time.sleep(0.5)
        return {"x": n}

    def close(n_done, n_jobs):
        if n_done == 2:
            cluster.close()

    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster:
        message = r"^The cluster was lost before all jobs were done"
        with pytest.raises(RuntimeError, match=message):
            sweep(work, {"n": range(9)}, out=tmp_path / "out", client=cluster, report=close)
    found = load_sweep(tmp_path / "out")
    assert found.attrs["n_failed"] == 0
    assert 2 <= found.attrs["n_finished"] < 9


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # dask_jobqueue leaves its workers open
def test_a_cluster_of_dask_jobqueue(log, tmp_path):
    jobqueue = pytest.importorskip("dask_jobqueue.local")
    grid, work = {"rate": [20, 50] * Hz}, network_rates(log)
    options = {"cores": 1, "processes": 1, "memory": "2GB", "local_directory": str(tmp_path)}
    with jobqueue.LocalCluster(**options, scheduler_options={"dashboard_address": ":0"}) as cluster:
        cluster.scale(jobs=2)
        there = sweep(work, grid, seeds=SEEDS, out=tmp_path / "there", client=cluster)
    here = sweep(work, grid, seeds=SEEDS, out=tmp_path / "here", n_workers=0)
    xr.testing.assert_identical(there.drop_vars("environment"), here.drop_vars("environment"))
