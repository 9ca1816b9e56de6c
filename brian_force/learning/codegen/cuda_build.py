"""What compiling for a GPU needs beyond what brian2cuda does, and what of it is missing here.

brian2cuda takes flags from Brian's preferences alone: they are changed for a build and put back.
"""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from brian2 import prefs

__all__ = ["LINKS", "TOOLKIT_PACKAGES", "cuda_flags", "nvcc", "toolkit", "what_is_missing"]

#: The CUDA toolkit on PyPI, as far as brian2cuda uses it.
TOOLKIT_PACKAGES = (
    *("nvidia-cuda-nvcc", "nvidia-cuda-crt", "nvidia-nvvm", "nvidia-cuda-runtime"),
    *("nvidia-cuda-cccl", "nvidia-curand", "nvidia-cuda-profiler-api"),
)

#: How the name of the folder begins in which libraries from PyPI get their usual names.
LINKS = "brian_force_cuda_"

BACKEND = "devices.cuda_standalone.cuda_backend"
STANDARD = "-std=c++17"


@contextmanager
def cuda_flags() -> Iterator[None]:
    """Generate and compile what stands inside as a current CUDA toolkit needs it.

    The flags are C++17, which the libraries of CUDA 13 are written in; with single precision as
    Brian's default, arithmetic that is not approximate; and, where the toolkit was installed from
    PyPI, where its compiler and libraries are. Networks on clocks of their own, which brian2cuda
    generates wrongly, are mended.

    Examples
    --------
    In a script of Brian's, around all from ``set_device`` to the run or, with
    ``build_on_run=False``, the build: brian2cuda looks for the toolkit when it generates the first
    code, which setting a variable by a string already does::

        import brian2cuda
        from brian_force.learning.codegen.cuda_build import cuda_flags

        with cuda_flags():
            set_device('cuda_standalone')
            ...
            net.run(10*second)
    """
    import brian2cuda  # noqa: F401, PLC0415 (optional; registers its preferences)
    from brian2cuda.utils.gputools import reset_cuda_installation  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix=LINKS) as links, _declared_clocks():
        changed = _language() | _libraries(Path(links)) | _processes()
        before = {name: _copied(prefs[name]) for name in changed}
        try:
            for name, value in changed.items():
                prefs[name] = value
            reset_cuda_installation()  # which brian2cuda remembers
            yield
        finally:
            for name, value in before.items():
                prefs[name] = value
            reset_cuda_installation()


@contextmanager
def _declared_clocks() -> Iterator[None]:
    """Have synapses ask their own clock for the time step.

    Where brian2cuda's template finds out whether the first spikes can have arrived, it asks
    Brian's default clock; and unless something runs on that, it is not declared.
    """
    from brian2cuda.device import CUDAStandaloneDevice  # noqa: PLC0415 (optional)

    generate = CUDAStandaloneDevice.generate_codeobj_source

    def mend_and_generate(device: Any, writer: Any) -> None:
        for code_object in device.code_objects.values():
            if code_object.template_name == "synapses":
                own = f"{code_object.owner.clock.name}.timestep[0]"
                text = code_object.code.cu_file.replace("defaultclock.timestep[0]", own)
                code_object.code.cu_file = text
        generate(device, writer)

    CUDAStandaloneDevice.generate_codeobj_source = mend_and_generate
    try:
        yield
    finally:
        CUDAStandaloneDevice.generate_codeobj_source = generate


def _copied(value: Any) -> Any:
    """Copy a list, because brian2cuda takes flags out of its own preference."""
    return list(value) if isinstance(value, list) else value


def _language() -> dict[str, Any]:
    """Return the preferences that concern the language; a standard of the user's own stays."""
    device = list(prefs[f"{BACKEND}.extra_compile_args_nvcc"])
    if not any(flag.startswith(("-std", "--std")) for flag in device):
        device.append(STANDARD)
    if prefs.core.default_float_dtype == np.float32 and "-use_fast_math" in device:
        device.remove("-use_fast_math")
    host = list(prefs["codegen.cpp.extra_compile_args_gcc"])
    host = [STANDARD if flag == "-std=c++11" else flag for flag in host]
    return {
        f"{BACKEND}.extra_compile_args_nvcc": device,
        "codegen.cpp.extra_compile_args_gcc": host,
    }


def _processes() -> dict[str, Any]:
    """Return the preference that starts no more compilers than there are cores.

    Brian's own starts all at once, and each nvcc needs 0.7 GB.
    """
    name = "devices.cpp_standalone.extra_make_args_unix"
    return {name: [f"-j{os.cpu_count() or 1}" if flag == "-j" else flag for flag in prefs[name]]}


def _libraries(links: Path) -> dict[str, Any]:
    """Return the preferences that lead to the toolkit, and to its libraries if it is from PyPI."""
    folder = toolkit()
    if folder is None:
        return {}  # brian2cuda says so
    changed: dict[str, Any] = {f"{BACKEND}.cuda_path": str(folder)}
    libraries = folder / "lib"
    if folder in _pypi_toolkits():
        for library in libraries.glob("lib*.so.*"):  # the linker knows them without a number
            (links / library.name).with_suffix("").symlink_to(library)
        for name, more in {
            "codegen.cpp.library_dirs": [str(links), str(libraries)],
            "codegen.cpp.runtime_library_dirs": [str(libraries)],
        }.items():
            changed[name] = [*prefs[name], *more]
    return changed


def toolkit() -> Path | None:
    """Find the CUDA toolkit to compile with: the first that is complete, or None.

    They are looked for where brian2cuda does, in its order, and then in the running Python.
    """
    return next((folder for folder in _toolkits() if _is_complete(folder)), None)


def nvcc() -> str:
    """Name the compiler to compile with, as a command."""
    folder = toolkit()
    return "nvcc" if folder is None else str(folder / "bin" / "nvcc")


def _toolkits() -> list[Path]:
    set_by_user = prefs.get(f"{BACKEND}.cuda_path")  # known once brian2cuda is imported
    on_path = shutil.which("nvcc")
    beside = None if on_path is None else str(Path(on_path).parents[1])
    folders = [set_by_user, os.environ.get("CUDA_PATH"), beside, "/usr/local/cuda", "/opt/cuda"]
    given = [Path(folder).expanduser() for folder in folders if folder]
    return [folder for folder in [*given, *_pypi_toolkits()] if (folder / "bin" / "nvcc").exists()]


def _is_complete(folder: Path) -> bool:
    """Whether a toolkit has the header of cuRAND, which some are without."""
    return any((folder / place).exists() for place in ("include/curand.h", "lib64/libcurand.so"))


def _pypi_toolkits() -> list[Path]:
    """Find the folders that the toolkit's packages share, the newest first."""
    packages = importlib.util.find_spec("nvidia")
    places = [] if packages is None else packages.submodule_search_locations or []
    return sorted((path for place in places for path in Path(place).glob("cu*")), reverse=True)


def what_is_missing() -> list[str]:
    """Name what running on a GPU lacks here, each with the way to get it; empty if nothing."""
    missing = []
    if importlib.util.find_spec("brian2cuda") is None:
        missing.append("brian2cuda (pip install 'brian_force[cuda]')")
    if toolkit() is None:
        part = "cuRAND for the CUDA toolkit here" if _toolkits() else "the CUDA toolkit"
        missing.append(f"{part} (pip install {' '.join(TOOLKIT_PACKAGES)})")
    if shutil.which("nvidia-smi") is None:
        missing.append("an NVIDIA GPU with its driver (nvidia-smi was not found)")
    elif not _has_gpu():
        missing.append("an NVIDIA GPU with its driver (nvidia-smi lists none)")
    elif importlib.util.find_spec("brian2cuda") is not None:
        missing += _unread_gpus()
    return missing


def _has_gpu() -> bool:
    listed = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, check=False)
    return listed.returncode == 0 and "GPU" in listed.stdout


def _unread_gpus() -> list[str]:
    """Say why brian2cuda cannot read which GPUs there are, if it cannot.

    It knows neither parts of a GPU (MIG) nor a CUDA_VISIBLE_DEVICES without numbers.
    """
    from brian2cuda.utils.gputools import get_available_gpus  # noqa: PLC0415 (optional)

    try:
        get_available_gpus()
    except (AssertionError, IndexError, RuntimeError, ValueError) as error:
        return [
            "a GPU that brian2cuda can choose (number it in CUDA_VISIBLE_DEVICES, and split none "
            f"with MIG; it says: {error})"
        ]
    return []
