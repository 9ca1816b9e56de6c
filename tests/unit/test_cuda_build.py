"""Where the CUDA toolkit is looked for, and what is said to be missing."""

import os
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


@pytest.fixture
def gputools():
    """What brian2cuda finds out, forgotten before and after."""
    pytest.importorskip("brian2cuda", reason="brian2cuda, the extra 'cuda', is not installed")
    from brian2cuda.utils import gputools

    def forget():
        gputools.reset_cuda_installation()
        gputools.reset_gpu_selection()

    forget()
    yield gputools
    forget()


ONE = "GPU 0: NVIDIA H100 (UUID: GPU-1)\n"
PART = "  MIG 1g.10gb     Device  0: (UUID: MIG-1)\n"


@pytest.mark.parametrize(
    ("visible", "listed", "reason"),
    [
        ("0", ONE, None),
        ("", ONE, "invalid literal for int()"),
        ("GPU-1", ONE, "invalid literal for int()"),
        ("1", ONE, "list index out of range"),
        ("0", ONE + PART, "MIG 1g.10gb"),
    ],
)
def test_gpus_that_brian2cuda_cannot_read(monkeypatch, tmp_path, gputools, visible, listed, reason):
    smi = tmp_path / "nvidia-smi"
    smi.write_text(f"#!/bin/sh\nprintf '{listed}'\n")
    smi.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    found = [part for part in cuda_build.what_is_missing() if "GPU" in part]
    if reason is None:
        assert found == []
    else:
        (said,) = found
        assert said.startswith("a GPU that brian2cuda can choose (number it in CUDA_VISIBLE")
        assert reason in said


def test_toolkit_is_looked_for_anew(monkeypatch, tmp_path, gputools):
    """Whatever brian2cuda found before, and what it finds inside is not kept afterwards."""
    other, ours = (toolkit_in(tmp_path / name) for name in ("other", "ours"))
    (other / "bin" / "nvcc").chmod(0o755)
    monkeypatch.delenv("CUDA_PATH", raising=False)
    monkeypatch.setenv("PATH", str(other / "bin"), prepend=os.pathsep)
    monkeypatch.setattr(cuda_build, "_toolkits", lambda: [ours])
    assert gputools.get_cuda_path() == str(other)
    with cuda_build.cuda_flags():
        assert gputools.get_nvcc_path() == cuda_build.nvcc() == str(ours / "bin" / "nvcc")
    assert gputools.get_cuda_path() == str(other)


def test_toolkit_without_curand_is_passed_over(bare, tmp_path):
    incomplete = toolkit_in(tmp_path / "one", "cuda.h")
    bare.setattr(cuda_build, "_toolkits", lambda: [incomplete])
    assert cuda_build.toolkit() is None
    assert "cuRAND for the CUDA toolkit here (pip install" in cuda_build.what_is_missing()[1]
    complete = toolkit_in(tmp_path / "two")
    bare.setattr(cuda_build, "_toolkits", lambda: [incomplete, complete])
    assert cuda_build.toolkit() == complete
    assert len(cuda_build.what_is_missing()) == 2
    assert cuda_build.nvcc() == str(complete / "bin" / "nvcc")


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
