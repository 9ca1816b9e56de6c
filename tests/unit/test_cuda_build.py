"""Where the CUDA toolkit is looked for, and what is said to be missing."""

import shutil
import subprocess

import pytest
from brian2 import set_device
from brian2.devices.cpp_standalone.device import CPPStandaloneDevice
from brian2.devices.device import all_devices

from brian_force.learning.codegen import cuda_build
from brian_force.learning.codegen.codeobjects import check_device, is_cuda


@pytest.fixture
def bare(monkeypatch):
    """Make it a machine without CUDA."""
    monkeypatch.setattr(cuda_build, "_toolkits", list)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(cuda_build.importlib.util, "find_spec", lambda _: None)
    return monkeypatch


def toolkit_in(folder, header="curand.h"):
    for name in ("bin/nvcc", f"include/{header}"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).touch()
    return folder


def test_everything_is_missing(bare):
    brian2cuda, toolkit, gpu = cuda_build.what_is_missing()
    assert "pip install 'brian_force[cuda]'" in brian2cuda
    assert "the CUDA toolkit (pip install nvidia-cuda-nvcc" in toolkit
    assert "nvidia-curand" in toolkit
    assert "driver (nvidia-smi was not found)" in gpu


def test_driver_without_a_gpu(bare):
    bare.setattr(shutil, "which", lambda tool: f"/usr/bin/{tool}")
    failed = subprocess.CompletedProcess([], 9, "No devices were found\n")
    bare.setattr(cuda_build.subprocess, "run", lambda *_, **__: failed)
    assert "driver (nvidia-smi lists none)" in cuda_build.what_is_missing()[-1]
    listed = subprocess.CompletedProcess([], 0, "GPU 0: NVIDIA H100 (UUID: GPU-1)\n")
    bare.setattr(cuda_build.subprocess, "run", lambda *_, **__: listed)
    assert not any("driver" in part for part in cuda_build.what_is_missing())


def test_toolkit_without_curand_is_passed_over(bare, tmp_path):
    incomplete = toolkit_in(tmp_path / "one", "cuda.h")
    bare.setattr(cuda_build, "_toolkits", lambda: [incomplete])
    assert cuda_build.toolkit() is None
    assert "cuRAND for the CUDA toolkit here (pip install" in cuda_build.what_is_missing()[1]
    complete = toolkit_in(tmp_path / "two")
    bare.setattr(cuda_build, "_toolkits", lambda: [incomplete, complete])
    assert cuda_build.toolkit() == complete
    assert len(cuda_build.what_is_missing()) == 2


def test_toolkit_of_the_environment_comes_first(monkeypatch, tmp_path):
    monkeypatch.setenv("CUDA_PATH", str(toolkit_in(tmp_path / "cuda")))
    assert cuda_build.toolkit() == tmp_path / "cuda"


def test_device_is_known_by_its_name(monkeypatch):
    class CUDAStandaloneDevice(CPPStandaloneDevice):
        pass

    monkeypatch.setitem(all_devices, "like_cuda", CUDAStandaloneDevice())
    assert not is_cuda()
    set_device("like_cuda")
    assert is_cuda()
    check_device("Readout")
