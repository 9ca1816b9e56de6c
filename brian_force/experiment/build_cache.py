"""Compiled binaries, kept between sessions so that the second start compiles nothing."""

import contextlib
import functools
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from brian_force.learning.codegen.cuda_build import LINKS
from brian_force.locking import locked

__all__ = ["BuildCache", "project_key"]

SOURCES = (".cpp", ".cu", ".cuh", ".h", ".c")
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

    @contextlib.contextmanager
    def compiling(self, key: str) -> Iterator[None]:
        """Let one process at a time compile the binary of this key.

        Whoever had to wait shall `fetch` again: the binary may be there now.
        """
        lock = self.folder / f".{key}.lock"
        with locked(lock):
            try:
                yield
            finally:  # who still waits for this file finds the binary, or compiles it in vain
                lock.unlink(missing_ok=True)

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


def project_key(project: Path, compiler: str, nvcc: str | None = None) -> str:
    """Digest everything that a binary depends on: sources, flags, compilers, processor, GPU.

    The makefile names the flags, and for a GPU its architecture and the folder of the toolkit.

    Four things differ between equal projects and do not count: the order of the lines of main.cpp
    or main.cu (those on clocks come from a set), the time step of a default clock that no object
    uses, the numbers in the names of code objects (Brian counts those that are alive), and the
    folder of links that `cuda_flags` makes for one build.
    """
    identity = _compiler_identity(compiler) + ("" if nvcc is None else _version(nvcc))
    digest = hashlib.sha256(identity.encode())
    names = [path for path in project.rglob("*") if path.suffix in SOURCES]
    for path in sorted([*names, project / "makefile"]):
        text = path.read_text()
        if path.stem == "main":
            lines = [line for line in text.splitlines() if "_array_defaultclock_" not in line]
            text = "\n".join(sorted(lines))
        if path.name == "makefile":
            text = re.sub(rf"\S*{LINKS}\w*", "", text)
        entry = f"{path.relative_to(project)}\0{text}\0"
        digest.update(re.sub(r"(_codeobject)_\d+", r"\1", entry).encode())
    return digest.hexdigest()


@functools.cache
def _compiler_identity(compiler: str) -> str:
    """Tell what -march=native means here: the macros that the compiler predefines."""
    command = [compiler, "-march=native", "-E", "-dM", "-x", "c++", os.devnull]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@functools.cache
def _version(compiler: str) -> str:
    command = [compiler, "--version"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
