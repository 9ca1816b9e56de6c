"""Run a study: its sweeps, what they say of the claims, and how long it will take."""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import xarray as xr
from brian2 import Quantity

from brian_force.files import written_aside
from brian_force.studies.coordinates import in_unit
from brian_force.studies.definition import Part, Study
from brian_force.studies.judging import Finding, findings_table
from brian_force.studies.pair_points import code_version
from brian_force.studies.scales import Scale
from brian_force.studies.sweeps import sweep

__all__ = ["StudyResult", "run_study"]

#: Told the name of a part, the jobs that are done, and all.
type Report = Callable[[str, int, int], object]

#: Settings of a part that its results carry.
CARRIED = ("task", "n_neurons", "G", "Q", "learning_rate")


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class StudyResult:
    """What a study found.

    Parameters
    ----------
    study : Study
        The study.
    scale : Scale
        Its scale.
    parts : dict of str to Dataset
        The results of its sweeps. Attributes: `task` and what else is the same in all jobs.
    findings : list of Finding
        What they say of the claims.
    """

    study: Study
    scale: Scale
    parts: dict[str, xr.Dataset]
    findings: list[Finding]

    @property
    def data(self) -> xr.DataTree:
        """All of it, labelled: a group for each part, and one called 'findings'."""
        groups = {**self.parts, "findings": findings_table(self.findings)}
        tree = xr.DataTree.from_dict({name: _storable(found) for name, found in groups.items()})
        about = {"study": self.study.name, "scale": self.scale.name, "figure": self.study.figure}
        tree.attrs.update(about)
        return tree

    @property
    def n_jobs(self) -> int:
        """Number of jobs."""
        return sum(int(found.attrs["n_jobs"]) for found in self.parts.values())

    @property
    def n_failed(self) -> int:
        """Number of jobs that failed: trainings that diverged, as a rule."""
        return sum(int(found.attrs["n_failed"]) for found in self.parts.values())

    def save(self, path: Path) -> None:
        """Write the data to a NetCDF file, whole or not at all."""
        with written_aside(path) as aside:
            self.data.to_netcdf(aside, engine="h5netcdf")


def run_study(
    study: Study,
    scale: Scale,
    out: Path,
    *,
    client: Any = None,
    n_workers: int | None = None,
    retry_failed: bool = False,
    report: Report | None = None,
) -> StudyResult:
    """Run the sweeps of a study and judge its claims.

    Parameters
    ----------
    study : Study
        The study.
    scale : Scale
        Its numbers.
    out : Path
        Folder of the jobs. Studies that share it share the jobs that they have in common.
    client, n_workers, retry_failed
        As for `sweep`.
    report : callable, optional
        Told the name of a part, the jobs done and all, after each. Default: a bar on standard
        error.

    Returns
    -------
    StudyResult

    Raises
    ------
    OSError, RuntimeError
        As for `sweep`; and if all jobs of a sweep failed.
    """
    engine = {"client": client, "n_workers": n_workers, "retry_failed": retry_failed}
    results = {part.name: _run(part, out, engine, report) for part in study.parts(scale)}
    for part in study.then(scale, results):
        results[part.name] = _run(part, out, engine, report)
    findings = study.judge(results, scale)
    return StudyResult(study=study, scale=scale, parts=results, findings=findings)


def _run(part: Part, out: Path, engine: Mapping[str, Any], report: Report | None) -> xr.Dataset:
    def told(n_done: int, n_jobs: int) -> object:
        return report(part.name, n_done, n_jobs) if report else None

    found = sweep(
        part.function,
        part.grid,
        seeds=part.seeds,
        fixed=part.fixed,
        out=out,
        version=code_version(),
        report=told if report else None,
        **engine,
    )
    if found.attrs["n_failed"] == found.attrs["n_jobs"]:
        reason = found["failure"].values.flat[0]
        raise RuntimeError(
            f"All jobs of '{part.name}' failed, the first with '{reason}'. "
            "--retry-failed tries them again."
        )
    carried = {name: _plain(part.fixed[name]) for name in CARRIED if name in part.fixed}
    return found.assign_attrs(carried)


def _plain(value: Any) -> Any:
    """Return a setting as a number in the unit of the field, to 12 digits."""
    return float(f"{float(in_unit(value)[0]):.12g}") if isinstance(value, Quantity) else value


def _storable(found: xr.Dataset) -> xr.Dataset:
    """Return what NetCDF holds: text of one kind."""
    text = [name for name, variable in found.variables.items() if variable.dtype.kind == "U"]
    return found.assign({name: found[name].astype(object) for name in text})
