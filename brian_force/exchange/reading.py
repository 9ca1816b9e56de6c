"""Reading files that others may have written or damaged."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from brian_force.errors import RecordingError

__all__ = ["reading"]


@contextlib.contextmanager
def reading(path: Path, kind: str) -> Iterator[None]:
    """Name the file in whatever goes wrong while it is read.

    Parameters
    ----------
    path : Path
        The file.
    kind : str
        What it should be, with its article: 'an NWB file'.

    Raises
    ------
    FileNotFoundError
        If there is none.
    RecordingError
        If it is damaged or of another kind.
    """
    if not path.exists():
        raise FileNotFoundError(f"There is no file '{path}'.")
    try:
        yield
    except MemoryError:
        raise
    except RecordingError as error:
        raise RecordingError(f"The file '{path}' cannot be read: {error}.") from error
    except Exception as error:  # the readers of files raise whatever they stumble over
        reason = f"it has no {error}" if isinstance(error, KeyError) else str(error)
        reason = " ".join(reason.split()).rstrip(".") or type(error).__name__
        raise RecordingError(f"The file '{path}' is damaged or not {kind}: {reason}.") from error
