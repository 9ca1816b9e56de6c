"""The folder of a sweep: one file for each finished job, whole or not there at all.

A file is a ZIP archive as NumPy writes it (.npz), whose check sums tell damaged files, with the
numbers bit by bit; its member 'header' is JSON that says what they are.
"""

import dataclasses
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from brian2.utils.logger import get_logger

from brian_force.files import discard, written_aside
from brian_force.studies.jobs import Job, described, package_versions
from brian_force.studies.outcomes import Failure, Outcome

__all__ = ["JobFiles"]

GROUPS = ("coords", "data_vars")

logger = get_logger(__name__)


class JobFiles:
    """What is kept of a sweep.

    Parameters
    ----------
    folder : Path
        ``sweep.json`` in it holds the parameters, and the key of every job;
        ``jobs/KEY.npz`` the result of a finished job, ``jobs/KEY.failed.json`` the reason of a
        failed one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.frame_file = folder / "sweep.json"
        self.lock = folder / ".lock"

    def result_file(self, key: str) -> Path:
        """Name the file of a finished job."""
        return self.folder / "jobs" / f"{key}.npz"

    def failure_file(self, key: str) -> Path:
        """Name the file of a failed job."""
        return self.folder / "jobs" / f"{key}.failed.json"

    def keep_frame(self, frame: xr.Dataset) -> None:
        """Write which jobs there are."""
        _write_text(self.frame_file, json.dumps(frame.to_dict(), indent=1))

    def frame(self) -> xr.Dataset:
        """Read which jobs there are.

        Raises
        ------
        FileNotFoundError
            If there is no sweep in the folder.
        """
        try:
            return xr.Dataset.from_dict(json.loads(self.frame_file.read_text()))
        except FileNotFoundError as error:
            raise FileNotFoundError(
                f"There is no sweep in '{self.folder}'. Give the folder that was the 'out' of one."
            ) from error

    def keep(self, job: Job, outcome: Outcome) -> None:
        """Write what came of a job."""
        if isinstance(outcome, Failure):
            about = {"key": job.key, **dataclasses.asdict(outcome), **_about(job)}
            _write_text(self.failure_file(job.key), json.dumps(about, indent=1))
            return
        description = outcome.to_dict(data=False)
        arrays = {
            f"{group}/{name}": outcome[name].values
            for group in GROUPS
            for name in description[group]
        }
        header = json.dumps({"key": job.key, **_about(job), "dataset": description})
        path = self.result_file(job.key)
        with written_aside(path) as aside, aside.open("wb") as file:
            np.savez(file, header=np.array(header), **arrays)
        discard(self.failure_file(job.key))

    def outcome(self, key: str) -> Outcome | None:
        """Read what came of a job; None if it is still to be done, or its file is damaged."""
        result = self._result(key)
        return self._failure(key) if result is None else result

    def _result(self, key: str) -> xr.Dataset | None:
        path = self.result_file(key)
        try:
            with zipfile.ZipFile(path) as archive:
                if archive.testzip() is not None:
                    raise ValueError
            return _read(path, key)
        except FileNotFoundError:
            return None
        except Exception:  # any that damaged bytes can lead to
            logger.warn(f"The file '{path}' is damaged: its job is taken for one not done.")
            return None

    def _failure(self, key: str) -> Failure | None:
        try:
            about = json.loads(self.failure_file(key).read_text())
            return Failure(about["reason"], about["traceback"]) if about["key"] == key else None
        except (OSError, ValueError, LookupError, TypeError):
            return None


def _about(job: Job) -> dict[str, Any]:
    """Say what a file is of, for whoever opens it."""
    return {"arguments": described(job.arguments), "versions": package_versions()}


def _read(path: Path, key: str) -> xr.Dataset:
    with np.load(path, allow_pickle=False) as archive:
        header = json.loads(archive["header"].item())
        if header["key"] != key:
            raise ValueError("The file is that of another job.")
        description = header["dataset"]
        for group in GROUPS:
            for name, variable in description[group].items():
                variable["data"] = archive[f"{group}/{name}"]
    return xr.Dataset.from_dict(description)


def _write_text(path: Path, text: str) -> None:
    with written_aside(path) as aside:
        aside.write_text(text)
