"""Files that are whole or not there at all."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

__all__ = ["discard", "written_aside"]


@contextlib.contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Give the name of a file to write, which then takes the place of `path` in one step.

    The name is always the same, so that what a killed process leaves is written over by the next.

    Parameters
    ----------
    path : Path
        Where the file shall be in the end.

    Yields
    ------
    Path
        Where to write it: beside `path`, hidden.

    Raises
    ------
    OSError
        If it cannot be written; a file that was at `path` before stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = _aside(path)
    try:
        yield aside
        _flush_to_disk(aside)
        aside.replace(path)
        _flush_to_disk(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def discard(path: Path) -> None:
    """Remove a file, and what a killed process left of writing it."""
    for name in (path, _aside(path)):
        name.unlink(missing_ok=True)


def _aside(path: Path) -> Path:
    return path.with_name(f".{path.name}.aside")


def _flush_to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
