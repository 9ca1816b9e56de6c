"""Compiled binaries, kept between sessions so that the second start compiles nothing."""

import functools
import hashlib
import os
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
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=".")
        os.close(handle)
        shutil.copy2(binary, name)
        Path(name).replace(self.folder / key)
        self._prune(keep=key)

    def _prune(self, keep: str) -> None:
        kept = sorted(self.folder.glob("[!.]*"), key=lambda path: path.stat().st_mtime)
        size = sum(path.stat().st_size for path in kept)
        for path in kept:
            if size <= self.limit:
                return
            if path.name != keep:
                size -= path.stat().st_size
                path.unlink(missing_ok=True)


def project_key(project: Path, compiler: str) -> str:
    """Digest everything that a binary depends on: sources, flags, compiler, processor.

    Brian writes the lines of main.cpp that concern clocks in the order of a set, which differs
    from start to start; they count sorted.
    """
    digest = hashlib.sha256(_compiler_identity(compiler).encode())
    names = [path for path in project.rglob("*") if path.suffix in SOURCES]
    for path in sorted([*names, project / "makefile"]):
        text = path.read_text()
        if path.name == "main.cpp":
            text = "\n".join(sorted(text.splitlines()))
        digest.update(f"{path.relative_to(project)}\0{text}\0".encode())
    return digest.hexdigest()


@functools.cache
def _compiler_identity(compiler: str) -> str:
    """Tell what -march=native means here: the macros that the compiler predefines."""
    command = [compiler, "-march=native", "-E", "-dM", "-x", "c++", os.devnull]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
