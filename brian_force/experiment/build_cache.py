"""Compiled binaries, kept between sessions so that the second start compiles nothing."""

import contextlib
import functools
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import platformdirs

__all__ = ["BuildCache", "project_key"]

SOURCES = (".cpp", ".h", ".c")
LIMIT = 500_000_000


class BuildCache:
    """A folder of binaries, each named by the digest of what it was compiled from.

    Parameters
    ----------
    folder : Path, optional
        Default: ``binaries`` in the user's cache folder for brian_force.
    limit : int
        Size above which the binaries not used for longest are removed [bytes].
    """

    def __init__(self, folder: Path | None = None, limit: int = LIMIT) -> None:
        self.folder = folder or platformdirs.user_cache_path("brian_force") / "binaries"
        self.limit = limit

    def fetch(self, key: str, to: Path) -> bool:
        """Copy the binary of this key to `to`; say whether there was one.

        A copy, because another process may remove the original at any moment.
        """
        binary = self.folder / key
        try:
            shutil.copy2(binary, to)
            os.utime(binary)
        except FileNotFoundError:
            return False
        return True

    def store(self, key: str, binary: Path) -> None:
        """Keep a binary under this key, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".") as aside:
            copy = Path(aside) / key
            shutil.copy2(binary, copy)
            copy.replace(self.folder / key)
        self._prune(keep=key)

    def entries(self) -> list[Path]:
        """Return the binaries that are kept."""
        return sorted(self.folder.glob("[!.]*"))

    def clear(self) -> None:
        """Remove all binaries."""
        for path in self.entries():
            path.unlink(missing_ok=True)

    def _prune(self, keep: str) -> None:
        kept = []
        for path in self.entries():
            with contextlib.suppress(FileNotFoundError):  # removed by another process
                kept.append((path.stat().st_mtime, path.stat().st_size, path))
        size = sum(size for _, size, _ in kept)
        for _, freed, path in sorted(kept):
            if size <= self.limit:
                return
            if path.name != keep:
                size -= freed
                path.unlink(missing_ok=True)


def project_key(project: Path, compiler: str) -> str:
    """Digest everything that a binary depends on: sources, flags, compiler, processor.

    Three things differ between equal projects and do not count: the order of the lines of
    main.cpp (those on clocks come from a set), the time step of a default clock that no object
    uses, and the numbers in the names of code objects (Brian counts those that are alive).
    """
    digest = hashlib.sha256(_compiler_identity(compiler).encode())
    names = [path for path in project.rglob("*") if path.suffix in SOURCES]
    for path in sorted([*names, project / "makefile"]):
        text = path.read_text()
        if path.name == "main.cpp":
            lines = [line for line in text.splitlines() if "_array_defaultclock_" not in line]
            text = "\n".join(sorted(lines))
        entry = f"{path.relative_to(project)}\0{text}\0"
        digest.update(re.sub(r"(_codeobject)_\d+", r"\1", entry).encode())
    return digest.hexdigest()


@functools.cache
def _compiler_identity(compiler: str) -> str:
    """Tell what -march=native means here: the macros that the compiler predefines."""
    command = [compiler, "-march=native", "-E", "-dM", "-x", "c++", os.devnull]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
