"""``brian-force doctor``: what works here, and what is missing."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from brian_force.experiment.build_cache import BuildCache
from brian_force.experiment.device_check import Finding, examine_all
from brian_force.experiment.standalone import compiler_command
from brian_force.learning.codegen.cuda_build import nvcc

__all__ = ["TITLES", "doctor", "report"]

PACKAGES = ("brian_force", "brian2", "brian2cuda", "numpy", "scipy", "cython", "neo", "elephant")
#: What devices are called.
TITLES = {"numpy": "NumPy", "cython": "Cython", "cpp": "C++ standalone", "cuda": "CUDA"}


def doctor(
    *, clear_cache: bool = False, say: Callable[[str], object] = lambda device: None
) -> dict[str, Any]:
    """Find out which devices work here.

    Parameters
    ----------
    clear_cache : bool
        Whether to remove all compiled binaries first.
    say : callable
        Told the name of each device before its turn.

    Returns
    -------
    dict
        'versions', 'compiler', 'cache' (folder, entries, bytes), 'devices' (by name) and
        'healthy': whether no device fails that should work.
    """
    cache = BuildCache()
    if clear_cache:
        cache.clear()
    findings = list(examine_all(lambda device: say(TITLES[device])))
    entries = cache.entries()
    return {
        "versions": {"python": sys.version.split()[0], **dict(_versions(PACKAGES))},
        "compiler": _line_of_version(compiler_command(), 0),
        "nvcc": _line_of_version(nvcc(), -1),
        "cache": {
            "folder": str(cache.folder),
            "entries": len(entries),
            "bytes": sum(path.stat().st_size for path in entries),
        },
        "devices": {finding.device: _plain(finding) for finding in findings},
        "healthy": all(finding.healthy for finding in findings),
    }


def report(found: dict[str, Any]) -> str:
    """Write what `doctor` found for a person to read."""
    versions = (f"{name} {number or '-'}" for name, number in found["versions"].items())
    cache = found["cache"]
    lines = [
        f"versions   {', '.join(versions)}",
        f"compiler   {found['compiler'] or 'none'}",
        f"nvcc       {found['nvcc'] or 'none'}",
        f"cache      {cache['entries']} binaries, {cache['bytes'] / 1e6:.1f} MB in "
        f"{cache['folder']}",
        "",
        *(f"{TITLES[name]:<16} {_verdict(device)}" for name, device in found["devices"].items()),
    ]
    return "\n".join(lines)


def _verdict(device: dict[str, Any]) -> str:
    if device["missing"] is not None:
        return f"not here: {device['missing']}"
    if not device["works"]:
        return f"FAILS: {device['failure']}"
    return (
        f"works: decoders differ from the reference by {device['difference']:.1e} of the "
        f"largest; {device['seconds']:.1f} s"
    )


def _plain(finding: Finding) -> dict[str, Any]:
    names = ("missing", "difference", "failure", "seconds", "works")
    return {name: getattr(finding, name) for name in names}


def _versions(packages: Iterable[str]) -> Iterable[tuple[str, str | None]]:
    for package in packages:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            yield package, None


def _line_of_version(command: str, number: int) -> str | None:
    """Return one line of what a command says of its version: 0 is the first, -1 the last."""
    if shutil.which(command) is None:
        return None
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    return lines[number] if lines else None
