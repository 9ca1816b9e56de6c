"""What the doctor examines: devices that work, lack something, disagree or fail."""

import numpy as np
import pytest

from brian_force.experiment import device_check, session
from brian_force.experiment.device_check import TOLERANCE, Finding, examine, examine_all
from brian_force.learning.codegen import cuda_build


@pytest.mark.parametrize(
    "device",
    [
        "numpy",
        pytest.param("cython", marks=pytest.mark.cython),
        pytest.param("cpp", marks=[pytest.mark.standalone, pytest.mark.slow]),
        pytest.param("cuda", marks=pytest.mark.cuda),
    ],
)
def test_devices_agree_with_the_reference(device):
    found = examine(device)
    if device == "cuda" and found.missing:
        pytest.skip(f"cuda {found.missing}")
    assert found.works, found
    assert found.healthy
    assert 0 <= found.difference < (TOLERANCE if device == "cuda" else 1e-12)
    assert found.seconds > 0


def test_a_device_that_lacks_something_is_not_run(monkeypatch):
    monkeypatch.setattr(device_check, "obstacle", lambda device: "needs luck. Try again.")
    found = examine("numpy")
    assert found == Finding(device="numpy", missing="needs luck. Try again.")
    assert found.healthy
    assert not found.works


def test_a_device_that_disagrees(monkeypatch):
    replayed = device_check._replayed
    monkeypatch.setattr(device_check, "_replayed", lambda *run: 1.001 * replayed(*run))
    found = examine("numpy")
    assert found.difference == pytest.approx(1e-3, rel=1e-2)
    assert found.failure == "its decoders differ from the reference by 1.0e-03 of the largest"
    assert not found.works
    assert not found.healthy


def test_a_difference_that_is_no_number_is_no_agreement():
    assert not Finding(device="numpy", difference=np.nan).works
    assert Finding(device="numpy", difference=TOLERANCE).works


def test_a_device_that_fails(monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("no memory")

    monkeypatch.setattr(device_check, "run_each", fail)
    found = examine("numpy")
    assert (found.failure, found.works, found.healthy) == ("no memory", False, False)


def test_every_device_has_its_turn(monkeypatch):
    monkeypatch.setattr(device_check, "examine", lambda device: Finding(device=device))
    said = []
    found = [finding.device for finding in examine_all(said.append)]
    assert found == said == ["numpy", "cython", "cpp", "cuda"]


# -- what is missing ------------------------------------------------------------------------------


def without(*tools):
    return lambda tool: None if tool in tools else f"/usr/bin/{tool}"


def test_cpp_needs_compiler_and_make(monkeypatch):
    monkeypatch.setattr(session.shutil, "which", without("make"))
    assert session.obstacle("cpp").startswith("needs make, which cannot be found. Install a C++")


def test_cuda_says_all_that_is_missing(monkeypatch):
    monkeypatch.setattr(cuda_build, "_toolkits", list)
    monkeypatch.setattr(cuda_build.shutil, "which", without("nvidia-smi"))
    monkeypatch.setattr(cuda_build.importlib.util, "find_spec", lambda name: None)
    assert session.obstacle("cuda") == (
        "needs brian2cuda (pip install 'brian_force[cuda]'), the CUDA toolkit (pip install "
        f"{' '.join(cuda_build.TOOLKIT_PACKAGES)}) and an NVIDIA GPU with its driver (nvidia-smi "
        "was not found). Install what is missing, or use the device 'cpp'."
    )
