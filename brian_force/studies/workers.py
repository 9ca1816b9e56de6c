"""Jobs on the workers of a Dask cluster."""

import contextlib
import functools
import tempfile
import threading
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from multiprocessing import current_process
from typing import Any

import dask
from distributed import Client, Future, KilledWorker, LocalCluster, WorkerPlugin, as_completed
from distributed.deploy import Cluster

from brian_force.studies.jobs import Job, name_of
from brian_force.studies.outcomes import Failure, Outcome, attempt

__all__ = ["at_work", "local_cluster"]

#: How often a job is tried again whose worker died.
RETRIES = 3

LOST = (
    "The cluster was lost before all jobs were done. What is finished is kept: run the same sweep "
    "again to go on."
)

UNGUARDED = (
    "The workers cannot be started. They read the script that starts them: put its call of sweep "
    "under the line if __name__ == '__main__':"
)

# Brian has one active device for all threads of a process.
_alone = threading.Lock()


class ImportBrian(WorkerPlugin):
    """Import Brian when a worker starts, in its main thread: later it would be refused."""

    name = "import-brian"
    idempotent = True

    def setup(self, worker: Any) -> None:
        """Do nothing more: this module has imported Brian."""


@contextlib.contextmanager
def at_work(
    function: Callable[..., Any],
    jobs: Sequence[Job],
    reserved: Collection[str],
    client: Client | Cluster | str | None = None,
    n_workers: int | None = None,
) -> Iterator[Iterator[tuple[Job, Outcome]]]:
    """Do jobs; give each with its outcome as it comes, in any order.

    Parameters
    ----------
    function : callable
        Called with the arguments of each job.
    jobs : sequence of Job
        The jobs.
    reserved : collection of str
        Names that results cannot have.
    client, n_workers : Client, Cluster, str or None, int or None
        As of `sweep`.

    Yields
    ------
    iterator of (Job, Dataset or Failure)
        Raises RuntimeError if the cluster was lost.
    """
    if n_workers == 0:
        yield ((job, attempt(function, job.arguments, reserved)) for job in jobs)
        return
    with _connected(client, n_workers, len(jobs)) as made:
        made.register_plugin(ImportBrian())
        # Cancelled jobs of another sweep keep their names for a while.
        sweep = f"{name_of(function)}-{uuid.uuid4().hex}"
        by_name = {f"{sweep}-{job.key}": job for job in jobs}
        task = functools.partial(_perform, function, reserved)
        futures = as_completed(made.map(task, jobs, key=list(by_name), pure=False))
        try:
            yield ((by_name[future.key], _outcome(future)) for future in futures)
        finally:
            if made.status == "running":
                made.cancel(list(futures.futures))


@contextlib.contextmanager
def _connected(
    client: Client | Cluster | str | None, n_workers: int | None, n_jobs: int
) -> Iterator[Client]:
    """Give a client: the user's, one of the user's cluster, or one of new workers here."""
    if isinstance(client, Client):
        yield client
    elif client is not None:
        with Client(client) as made:
            yield made
    else:
        with local_cluster(n_workers, n_jobs) as cluster, Client(cluster) as made:
            yield made


@contextlib.contextmanager
def local_cluster(n_workers: int | None, n_jobs: int) -> Iterator[LocalCluster]:
    """Give new workers on this machine, no more than jobs; None: as many as cores."""
    # Killed workers leave their files in this folder.
    scratch = tempfile.TemporaryDirectory(prefix="brian_force_sweep_", ignore_cleanup_errors=True)
    n_workers = min(n_workers or dask.system.CPU_COUNT, n_jobs)
    with scratch as folder, _start(n_workers, folder) as cluster:
        yield cluster


def _settings(folder: str) -> dict[str, Any]:
    return {
        "distributed.nanny.pre-spawn-environ.TMPDIR": folder,
        "distributed.scheduler.allowed-failures": RETRIES,
        # One job at a time on a worker: no other is held to have killed it.
        "distributed.scheduler.worker-saturation": 1.0,
        # A compiled job may keep Python from answering for as long as it likes.
        "distributed.scheduler.worker-ttl": None,
    }


def _start(n_workers: int, folder: str) -> LocalCluster:
    if getattr(current_process(), "_inheriting", False):
        raise RuntimeError(UNGUARDED)
    try:
        with dask.config.set(_settings(folder)):
            return LocalCluster(
                n_workers=n_workers,
                threads_per_worker=1,
                memory_limit=0,  # Dask would stop a worker for the memory of its job
                dashboard_address="127.0.0.1:0",  # the usual port may be taken
                local_directory=folder,
            )
    except RuntimeError as error:
        raise RuntimeError(UNGUARDED) from error


def _perform(function: Callable[..., Any], reserved: Collection[str], job: Job) -> Outcome:
    with _alone:
        return attempt(function, job.arguments, reserved)


def _outcome(future: Future) -> Outcome:
    if future.status == "finished":
        outcome: Outcome = future.result()
        return outcome
    if future.status != "error":
        raise RuntimeError(LOST)
    error = future.exception()
    if isinstance(error, KilledWorker):
        times = error.allowed_failures + 1
        return Failure(f"KilledWorker: the worker died each of the {times} times it was tried.")
    return Failure.of(error)
