"""A file that one process at a time holds."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["locked"]


@contextlib.contextmanager
def locked(path: Path, wait: bool = True) -> Iterator[None]:
    """Hold a file, so that no other process holds it.

    The file stays: if it were removed, two processes could hold two files of the same name. A
    process that ends in any way lets go. Where files cannot be locked, nothing is held.

    Parameters
    ----------
    path : Path
        The file, which is made if it is missing.
    wait : bool
        Whether to wait for a process that holds it.

    Raises
    ------
    BlockingIOError
        If another process holds it and `wait` is False.
    """
    handle = _hold(path, wait)
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def _hold(path: Path, wait: bool) -> int | None:
    if fcntl is None:
        return None
    handle = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException as error:
        if handle is not None:
            os.close(handle)
        if isinstance(error, BlockingIOError):
            message = f"Another process is at work in '{path.parent}'. Wait until it has ended."
            raise BlockingIOError(message) from error
        if isinstance(error, OSError):
            return None  # a file system without locks, or one that cannot be written
        raise
    return handle
