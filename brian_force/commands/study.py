"""The command ``brian-force study``: studies of the paper, with their figures and verdicts."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from dask.system import CPU_COUNT
from distributed import Client

from brian_force.arguments import refusal
from brian_force.commands.figures import save_figure
from brian_force.commands.study_report import report
from brian_force.files import written_aside
from brian_force.plotting.study_figures import FIGURES
from brian_force.studies.claims import CLAIMS
from brian_force.studies.definition import Study
from brian_force.studies.estimates import estimate, written_time
from brian_force.studies.judging import Finding, overall
from brian_force.studies.registry import STUDIES, study_named
from brian_force.studies.running import StudyResult, run_study
from brian_force.studies.scales import Scale, scale_named
from brian_force.studies.workers import local_cluster

__all__ = ["ALL", "claims_table", "study", "study_list"]

type Say = Callable[[str], Any]

#: The name that stands for every study.
ALL = "all"

INTERRUPTED = "Interrupted. Jobs that are finished are kept: the same command goes on."


def study_list() -> str:
    """Return a table of the studies."""
    rows = [
        f"{one.name:<14} {one.figure:<32} {', '.join(map(str, one.claims)):<17} {one.title}"
        for one in STUDIES.values()
    ]
    return "\n".join([f"{'study':<14} {'figure':<32} {'claims':<17} what it does", *rows])


def study(
    name: str,
    *,
    scale: str | Scale = "small",
    out: str | Path,
    workers: int | None = None,
    scheduler: str | None = None,
    retry_failed: bool = False,
    say: Say = print,
) -> dict[str, Any]:
    """Run a study, or all; leave its data, its figures and, of all, a report.

    Parameters
    ----------
    name : str
        Name of a study, or 'all'.
    scale : {'small', 'paper'} or Scale
        Minutes on two cores, or as published.
    out : str or Path
        Folder for NAME.nc, figures, the finished jobs (in `jobs`), by which the same command goes
        on where it was stopped, and report.html.
    workers : int, optional
        Number of processes. Default: one for each core. 0: this process.
    scheduler : str, optional
        Address of a scheduler of Dask, instead.
    retry_failed : bool
        Whether jobs that failed before are tried again.
    say : callable
        Where to say how long it will take, and what is being done.

    Returns
    -------
    dict
        Plain values, as JSON has them: `claims`, and for each study its files and jobs.

    Raises
    ------
    ValueError
        If there is no such study or scale, or workers are given besides a scheduler.
    OSError, RuntimeError
        If results cannot be written, all jobs of a sweep fail, or it is interrupted.
    """
    if scheduler is not None and workers is not None:
        allowed = "left out where there is a scheduler, which has its own"
        raise ValueError(refusal("workers", "study", allowed, str(workers)))
    studies = list(STUDIES.values()) if name == ALL else [study_named(name)]
    chosen = scale if isinstance(scale, Scale) else scale_named(scale)
    folder = Path(out)
    say(_announcement(studies, chosen, folder, workers, scheduler))
    results: list[StudyResult] = []
    figures: dict[str, list[Path]] = {}
    try:
        with _engine(workers, scheduler) as engine:
            for number, one in enumerate(studies, 1):
                say(f"Study {number} of {len(studies)}, {one.name}: {one.title}")
                result = run_study(one, chosen, folder, retry_failed=retry_failed, **engine)
                results.append(result)
                figures[one.name] = _write(result, folder)
    except KeyboardInterrupt as stop:
        raise RuntimeError(INTERRUPTED) from stop
    claims = _claims(_distinct(results))
    path = folder / "report.html"
    if name == ALL:
        with written_aside(path) as aside:
            aside.write_text(report(results, figures, claims), encoding="utf-8")
    return {
        "scale": chosen.name,
        "claims": claims,
        "studies": {one.study.name: _files(one, figures, folder) for one in results},
        "report": str(path) if name == ALL else None,
    }


def claims_table(claims: Sequence[dict[str, Any]]) -> str:
    """Write the claims with their verdicts and findings for a person to read."""
    lines = []
    for claim in claims:
        lines += [f"({claim['claim']}) {claim['text']}", f"    {claim['verdict'].upper()}"]
        for finding in claim["findings"]:
            numbers = "no value"
            if finding["estimate"] is not None:
                ends = [_number(finding[end]) for end in ("low", "high")]
                numbers = f"{_number(finding['estimate'])} [{', '.join(ends)}]"
            asked = f"{finding['side']} {finding['bound']:.3g}"
            lines.append(
                f"    {finding['verdict']:<13} {numbers:<26} {asked:<11} {finding['what']}; "
                f"{finding['where']}; {finding['n_seeds']} of {finding['n_seeds_tried']} seeds"
            )
    return "\n".join(lines)


def _announcement(
    studies: Sequence[Study], scale: Scale, out: Path, workers: int | None, scheduler: str | None
) -> str:
    """Say how much there is to do, and how long it will take."""
    cost = estimate(studies, scale, out)
    n = max(1, CPU_COUNT if workers is None else workers)
    where = f"the workers of {scheduler}" if scheduler else f"{n} core{'s' * (n > 1)}"
    seconds = cost.seconds if scheduler else cost.seconds / n
    time = f"about {written_time(seconds)} on {where}"
    if scheduler:
        time = f"about {written_time(seconds)} of one core, on {where}"
    done = f", {cost.n_done} of them done before" if cost.n_done else ""
    return f"Scale '{scale.name}': {cost.n_jobs} jobs{done}; {time}."


@contextlib.contextmanager
def _engine(workers: int | None, scheduler: str | None) -> Iterator[dict[str, Any]]:
    """Give the workers of all sweeps, as `sweep` takes them."""
    if scheduler is not None:
        with Client(scheduler) as client:
            yield {"client": client}
    elif workers == 0:
        yield {"n_workers": 0}
    else:
        n = workers or CPU_COUNT
        with local_cluster(n, n) as cluster, Client(cluster) as client:
            yield {"client": client}


def _write(result: StudyResult, folder: Path) -> list[Path]:
    """Write data and figures of a study, each file whole or not at all; return the figures."""
    result.save(folder / f"{result.study.name}.nc")
    paths = []
    for name, figure in FIGURES[result.study.name](result).items():
        paths.append(folder / f"{name}.png")
        save_figure(figure, paths[-1])
    return paths


def _files(result: StudyResult, figures: dict[str, list[Path]], folder: Path) -> dict[str, Any]:
    name = result.study.name
    return {
        "data": str(folder / f"{name}.nc"),
        "figures": [str(path) for path in figures[name]],
        "n_jobs": result.n_jobs,
        "n_failed": result.n_failed,
    }


def _distinct(results: Sequence[StudyResult]) -> list[Finding]:
    """Return all findings; two studies may have one in common."""
    every = [finding for result in results for finding in result.findings]
    return list({(one.claim, one.what, one.where): one for one in every}.values())


def _claims(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return each claim that was tested, with its verdict and findings."""
    tested = []
    for number, claim in CLAIMS.items():
        own = [finding for finding in findings if finding.claim == number]
        if own:
            tested.append(
                {
                    "claim": number,
                    "text": claim.text,
                    "criterion": claim.criterion,
                    "verdict": overall(own),
                    "findings": [_plain(finding) for finding in own],
                }
            )
    return tested


def _plain(finding: Finding) -> dict[str, Any]:
    found = finding.interval
    numbers = {"estimate": found.mean, "low": found.low, "high": found.high}
    return {
        "what": finding.what,
        "where": finding.where,
        **{name: float(x) if np.isfinite(x) else None for name, x in numbers.items()},
        "n_seeds": found.n,
        "n_seeds_tried": finding.n_seeds,
        "bound": finding.bound,
        "side": "above" if finding.above else "below",
        "verdict": finding.verdict,
    }


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"
