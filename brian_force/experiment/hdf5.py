"""HDF5 files of our own: written whole or not at all, refused if they are anything else."""

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py

from brian_force.errors import RecordingError
from brian_force.files import written_aside

__all__ = ["FileKind"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class FileKind:
    """One kind of file; in its attributes it says what it is, and whether it is whole.

    Attributes
    ----------
    name : str
        What it holds, as 'recording'.
    format : int
        The format that is written and read.
    called : str
        What messages call a file that may be one.
    remedy : str
        What to do about a damaged file.
    """

    name: str
    format: int
    called: str = "file"
    remedy: str = ""

    @contextlib.contextmanager
    def create(self, path: str | Path) -> Iterator[Any]:
        """Give a file to fill, which then takes the place of `path` in one step.

        Yields
        ------
        h5py.File

        Raises
        ------
        OSError
            If it cannot be written; a file that was at `path` before stays as it was.
        """
        with written_aside(Path(path)) as aside, h5py.File(aside, "w") as file:
            file.attrs["kind"], file.attrs["format"] = f"brian_force {self.name}", self.format
            yield file
            file.attrs["whole"] = True

    @contextlib.contextmanager
    def open(self, path: str | Path) -> Iterator[Any]:
        """Give a file to read.

        Yields
        ------
        h5py.File

        Raises
        ------
        FileNotFoundError
            If there is none.
        RecordingError
            If it is of another kind or format, or damaged, as it also is if what is read of it
            cannot be understood; the message says which.
        """
        path = Path(path)
        if not path.is_file():
            raise FileNotFoundError(f"There is no {self.name} '{path}'.")
        try:
            with h5py.File(path, "r") as file:
                self._check(file, path)
                yield file
        except RecordingError:  # a ValueError, but worded already
            raise
        except (OSError, KeyError, TypeError, ValueError, RuntimeError) as error:
            reason = error.args[0] if isinstance(error, KeyError) else error
            message = f"The {self.called} '{path}' is damaged: {reason}. {self.remedy}"
            raise RecordingError(message.rstrip()) from error

    def _check(self, file: Any, path: Path) -> None:
        if file.attrs.get("kind") != f"brian_force {self.name}":
            raise RecordingError(
                f"The file '{path}' is an HDF5 file, but not a {self.name} of brian_force."
            )
        if file.attrs.get("format") != self.format:
            raise RecordingError(
                f"The {self.called} '{path}' has format {file.attrs.get('format')}, but this "
                f"version of brian_force reads format {self.format}."
            )
        if not file.attrs.get("whole"):
            raise KeyError("it was not written to its end")
