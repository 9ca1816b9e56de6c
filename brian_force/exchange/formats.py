"""Files of spikes by what their names end in."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import neo

from brian_force.arguments import refusal
from brian_force.exchange.neo_import import from_neo
from brian_force.exchange.nix import read_nix, save_nix
from brian_force.exchange.npz import read_npz, save_npz
from brian_force.exchange.nwb import read_nwb, save_nwb
from brian_force.exchange.reading import reading
from brian_force.exchange.spike_trials import SpikeTrials

__all__ = ["read", "write"]

WRITERS = {".npz": save_npz, ".nwb": save_nwb, ".nix": save_nix}
READERS = {".npz": read_npz, ".nwb": read_nwb, ".nix": read_nix}

#: What can run any code when it is read.
UNSAFE = (".pkl", ".pickle")


def write(trials: SpikeTrials, path: str | Path) -> None:
    """Write spikes and signals to a file that ends in .npz, .nwb or .nix, whole or not at all.

    Parameters
    ----------
    trials : SpikeTrials
        What to save.
    path : str or Path
        Where; a file that is there is replaced.

    Raises
    ------
    ValueError
        If the name ends in something else, or a unit cannot be written.
    OSError
        If it cannot be written; a file that was there before stays as it was.

    See Also
    --------
    save_npz, save_nwb, save_nix : what the files hold.
    """
    path = Path(path)
    if path.suffix.lower() not in WRITERS:
        allowed = f"a file that ends in {_listed(WRITERS)}"
        raise ValueError(refusal("path", "write", allowed, f"'{path}'"))
    WRITERS[path.suffix.lower()](trials, path)


def read(path: str | Path) -> SpikeTrials:
    """Read spikes from a file that ends in .npz, .nwb, .nix or in what Neo reads.

    Parameters
    ----------
    path : str or Path
        The file, or for some formats of Neo the folder. Of several Blocks the first is read.

    Returns
    -------
    SpikeTrials
        As `read_npz`, `read_nwb`, `read_nix` or, for other files, `from_neo` gives them.

    Raises
    ------
    ValueError
        If nothing reads such files. Pickled files are refused: to read one is to run what it
        says.
    FileNotFoundError
        If there is no such file.
    RecordingError
        If it is damaged, of another kind or without spikes.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix in READERS:
        return READERS[suffix](path)
    if suffix in UNSAFE:
        raise ValueError(
            f"The file '{path}' is pickled, and to read it is to run what it says. If you trust "
            f"it, give from_neo what neo.PickleIO('{path}').read_block() returns."
        )
    if not path.is_dir() and suffix.lstrip(".") not in neo.io.io_by_extension:
        allowed = f"a file that ends in {_listed(READERS)}, or one that Neo reads"
        raise ValueError(refusal("path", "read", allowed, f"'{path}'"))
    with reading(path, "a file that Neo reads"):
        return _through_neo(path)


def _through_neo(path: Path) -> SpikeTrials:
    """Try the readers that Neo has for such names until one finds spikes.

    Some take any text for signals, so that the first that reads is not always the right one.
    """
    failed = []
    for reader in neo.io.list_candidate_ios(path):
        if reader is neo.io.PickleIO:
            continue
        try:
            trials = from_neo(_first_of(reader, path))
        except Exception as error:  # whatever a reader stumbles over
            failed.append(f"{reader.__name__}: {error or type(error).__name__}")
            continue
        if trials.n_neurons:
            return trials
        failed.append(f"{reader.__name__}: no spike trains")
    raise ValueError("; ".join(failed))


def _first_of(reader: Any, path: Path) -> neo.Block | neo.Segment:
    opened = reader(str(path))
    try:
        whole = neo.Block in reader.readable_objects
        return opened.read_block() if whole else opened.read_segment()
    finally:
        getattr(opened, "close", lambda: None)()


def _listed(suffixes: Iterable[str]) -> str:
    *others, last = suffixes
    return f"{', '.join(others)} or {last}"
