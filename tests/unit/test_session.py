"""The choice of a device."""

import logging

import pytest
from brian2 import ms

from brian_force import UnsupportedDeviceError, tasks
from brian_force.experiment import session, standalone
from brian_force.experiment.run import Run
from brian_force.experiment.runtime import RuntimeSession
from brian_force.experiment.session import DEVICES, choose_device, open_session
from brian_force.networks import LIFParameters


@pytest.fixture
def installed(monkeypatch):
    """Pretend that only these tools, and perhaps Cython, are installed."""

    def only(*tools, cython=False):
        monkeypatch.delenv("CXX", raising=False)
        monkeypatch.setattr(
            session.shutil, "which", lambda tool: f"/bin/{tool}" if tool in tools else None
        )
        monkeypatch.setattr(session.CythonCodeObject, "is_available", lambda: cython)

    return only


def test_with_a_compiler_auto_is_cpp(installed):
    installed("g++", "make")
    assert choose_device("auto") == choose_device("cpp") == "cpp"


@pytest.mark.parametrize(
    ("tools", "cython", "device"),
    [
        (("g++",), True, "cython"),
        (("g++",), False, "numpy"),
        # Brian says yes to Cython if it compiled something once
        ((), True, "numpy"),
        (("make",), True, "numpy"),
        ((), False, "numpy"),
    ],
)
def test_without_it_auto_falls_back(installed, tools, cython, device):
    installed(*tools, cython=cython)
    assert choose_device("auto") == device


def test_a_fall_back_is_told(installed, caplog):
    installed()
    with caplog.at_level(logging.INFO, logger="brian2"):
        choose_device("auto")
    assert any("the network runs with numpy" in message for message in caplog.messages)


@pytest.mark.parametrize(
    ("tools", "missing"), [((), "g++ and make"), (("g++",), "make"), (("make",), "g++")]
)
def test_cpp_without_a_compiler_is_refused(installed, tools, missing):
    installed(*tools)
    with pytest.raises(UnsupportedDeviceError) as caught:
        choose_device("cpp")
    assert str(caught.value) == (
        f"The device 'cpp' needs {missing}, which cannot be found. Install a C++ compiler and "
        "make, or use the device 'numpy'."
    )


def test_the_compiler_is_that_of_the_environment(installed, monkeypatch):
    installed("clang++", "make")
    monkeypatch.setenv("CXX", "clang++")
    assert standalone.compiler_command() == "clang++"
    assert choose_device("cpp") == "cpp"


@pytest.mark.parametrize("device", ["numpy", "cython"])
def test_the_runtime_devices_are_what_was_asked_for(installed, device):
    installed("g++", cython=True)
    assert choose_device(device) == device


def test_another_device_is_refused():
    with pytest.raises(ValueError, match="'device' argument of train") as caught:
        choose_device("gpu")
    for device in DEVICES:
        assert repr(device) in str(caught.value)


@pytest.mark.parametrize("device", ["numpy", "cython"])
def test_a_runtime_session_opens_without_work(device):
    run = Run(task=tasks.sine(), parameters=LIFParameters(n_neurons=10, dt=0.5 * ms), seed=1)
    opened = open_session(device, run, keep_P=True)
    assert isinstance(opened, RuntimeSession)
    assert (opened.target, opened.keep_P, opened.seconds_build) == (device, True, 0)
    opened.close()


def test_a_session_in_cpp_opens_with_the_first_run(monkeypatch):
    monkeypatch.setattr(session, "StandaloneSession", lambda *given: given)
    assert open_session("cpp", "the run", keep_P=True) == ("the run", True, None)
