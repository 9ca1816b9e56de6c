"""The same experiment over and over: a grid or samples of parameters, and seeds."""

import inspect
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import xarray as xr
from brian2.utils.logger import get_logger
from distributed import Client
from distributed.deploy import Cluster
from tqdm import tqdm

from brian_force.arguments import check_count, refusal, shown
from brian_force.locking import locked
from brian_force.studies.job_files import JobFiles
from brian_force.studies.jobs import Job, jobs_of, name_of, package_versions
from brian_force.studies.joining import joined
from brian_force.studies.outcomes import Failure, Outcome
from brian_force.studies.spaces import Space, space_of
from brian_force.studies.workers import at_work

__all__ = ["load_sweep", "sweep"]

logger = get_logger(__name__)

#: Called with the number of jobs that are done, and of all.
type Report = Callable[[int, int], object]

#: Seconds from one word of the progress to the next where no terminal shows a bar.
PAUSE = 60


def sweep(  # noqa: PLR0913, everything after the parameters is a choice with a default
    function: Callable[..., Any],
    grid: Mapping[str, Iterable[Any]] | None = None,
    *,
    out: str | Path,
    samples: Iterable[Mapping[str, Any]] | None = None,
    seeds: Iterable[int] | None = (1,),
    fixed: Mapping[str, Any] | None = None,
    version: str | None = None,
    client: Client | Cluster | str | None = None,
    n_workers: int | None = None,
    retry_failed: bool = False,
    report: Report | None = None,
) -> xr.Dataset:
    """Call a function with many parameters and seeds, and join its results.

    Every finished call is a file in `out`, so that the same sweep again goes on where the last one
    was stopped, and a larger one does only what is new. Results of another function, other
    versions of brian_force, Brian or NumPy, or other parameters are never taken.

    Parameters
    ----------
    function : callable
        Called as ``function(**parameters, seed=seed)``. Returns a dict of numbers, quantities,
        text, arrays or DataArrays, or an xarray object.
    grid : dict, optional
        Values of each parameter; all combinations are made.
    out : str or Path
        Folder of the sweep.
    samples : iterable of dict, optional
        Instead of `grid`, the parameters of each point, as of `latin_hypercube`.
    seeds : iterable of int, optional
        Seeds with which each point is repeated. None: the function takes no seed.
    fixed : dict, optional
        Parameters that are the same in all calls.
    version : str, optional
        Stands for the code of the function, whose source else tells that it was changed. Functions
        that it calls are not looked at.
    client : distributed.Client, Cluster or str, optional
        Where to work: a client of Dask, a cluster, or the address of a scheduler as
        ``'tcp://host:8786'``. Default: new processes on this machine. Results come back to this
        process, which alone writes to `out`.
    n_workers : int, optional
        Number of these processes. Default: one for each core. 0: this process, without Dask.
    retry_failed : bool
        Whether calls that failed before are made again.
    report : callable, optional
        Called with the number of calls done and of all, after each. Default: a bar on standard
        error with the time left.

    Returns
    -------
    xarray.Dataset
        Has an axis for each parameter of the grid, or one called 'sample', and one called 'seed'.
        Coordinates and results have their unit in the attribute 'units'. Where a call failed, as
        'failed' and 'failure' say, results are NaN.

    Raises
    ------
    TypeError, ValueError, DimensionMismatchError
        If an argument is not as described.
    BlockingIOError
        If another process is at work in `out`.
    OSError
        If a result cannot be written. Those before are kept.
    RuntimeError
        If the workers cannot be started, or are lost.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from brian2 import mV
    >>> def double(Q, seed):
    ...     return {'twice': 2*Q}
    >>> with TemporaryDirectory() as out:
    ...     found = sweep(double, {'Q': [1, 2]*mV}, seeds=[1, 2], out=out, version='1', n_workers=0)
    >>> found['twice'].sel(Q=2, seed=1).item()
    4.0
    """
    n_workers = _checked_workers(client, n_workers)
    space, files = space_of(grid, samples, seeds), JobFiles(Path(out))
    fixed = dict(fixed or {})
    calls = [{**fixed, **call} for call in space.calls]
    _check_calls(function, fixed, space)
    jobs = jobs_of(function, calls, version)
    with locked(files.lock, wait=False):
        files.keep_frame(space.frame([job.key for job in jobs], _attributes(function, fixed)))
        todo = _remaining(files, jobs, retry_failed)
        if todo:
            with at_work(function, todo, space.names, client, n_workers) as outcomes:
                for job, outcome in _reported(outcomes, len(jobs) - len(todo), len(jobs), report):
                    files.keep(job, outcome)
    found = load_sweep(out)
    _tell_failures(found)
    return found


def load_sweep(out: str | Path) -> xr.Dataset:
    """Return what there is of a sweep, finished or not.

    Parameters
    ----------
    out : str or Path
        Folder of the sweep.

    Returns
    -------
    xarray.Dataset
        As of `sweep`; results that are still to come are NaN too. The attributes 'n_jobs',
        'n_finished' and 'n_failed' tell how far it is.

    Raises
    ------
    FileNotFoundError
        If there is no sweep in the folder.
    """
    files = JobFiles(Path(out))
    frame = files.frame()
    return joined(frame, [files.outcome(key) for key in frame["key"].values.ravel()])


def _checked_workers(client: Any, n_workers: int | None) -> int | None:
    if n_workers is None:
        return None
    if client is not None:
        raise ValueError(
            refusal("n_workers", "sweep", "left out where there is a client", n_workers)
        )
    return check_count("n_workers", "sweep", n_workers, least=0)


def _check_calls(function: Callable[..., Any], fixed: Mapping[str, Any], space: Space) -> None:
    if not callable(function):
        raise TypeError(refusal("function", "sweep", "callable", repr(function)))
    twice = [name for name in fixed if name in space.names]
    if twice:
        raise ValueError(refusal("fixed", "sweep", "of other parameters", repr(twice[0])))
    parameters = {**fixed, **space.calls[0]}
    try:
        inspect.signature(function).bind(**parameters)
    except TypeError as error:
        allowed = f"callable with {', '.join(parameters)}"
        raise TypeError(
            refusal("function", "sweep", allowed, shown(function), f"{error}.")
        ) from error


def _attributes(function: Callable[..., Any], fixed: Mapping[str, Any]) -> dict[str, str]:
    versions = {f"{package}_version": number for package, number in package_versions().items()}
    written = ", ".join(f"{name}={shown(value)}" for name, value in fixed.items())
    return {"function": name_of(function), "fixed": written, **versions}


def _remaining(files: JobFiles, jobs: list[Job], retry_failed: bool) -> list[Job]:
    """Return the jobs to do, and tell how many were done before."""
    kinds = [type(files.outcome(job.key)) for job in jobs]
    n_finished, n_failed = kinds.count(xr.Dataset), kinds.count(Failure)
    if n_finished or n_failed:
        failures = f"; {n_failed} failed" if n_failed else ""
        again = ", and are tried again" if n_failed and retry_failed else ""
        logger.info(f"{n_finished} of {len(jobs)} jobs are done already{failures}{again}.")
    to_do = {type(None), Failure} if retry_failed else {type(None)}
    return [job for job, kind in zip(jobs, kinds, strict=True) if kind in to_do]


def _reported(
    outcomes: Iterator[tuple[Job, Outcome]], n_done: int, n_jobs: int, report: Report | None
) -> Iterator[tuple[Job, Outcome]]:
    """Pass on outcomes; report each once its file is written."""
    started = told = time.monotonic()
    silent = True if report else None  # None: where standard error is no terminal
    with tqdm(
        total=n_jobs, initial=n_done, desc="sweep", unit="job", file=sys.stderr, disable=silent
    ) as bar:
        for number, outcome in enumerate(outcomes, n_done + 1):
            yield outcome
            bar.update()
            now = time.monotonic()
            if report:
                report(number, n_jobs)
            elif bar.disable and now - told > PAUSE and number < n_jobs:
                minutes = (now - started) / (number - n_done) * (n_jobs - number) / 60
                logger.info(f"{number} of {n_jobs} jobs are done; about {minutes:.0f} min left.")
                told = now


def _tell_failures(found: xr.Dataset) -> None:
    n_failed = found.attrs["n_failed"]
    if n_failed:
        first = found["failure"].values[found["failed"].values][0]
        logger.warn(
            f"{n_failed} of {found.attrs['n_jobs']} jobs failed, the first with '{first}'. "
            "See 'failure' in the results; retry_failed=True tries them again."
        )
