"""The session on a GPU: what it generates anywhere, what it computes only where there is one."""

import dataclasses
import logging
import re
import types
from pathlib import Path

import numpy as np
import pytest
from brian2 import Hz, Quantity, get_device, ms, prefs, second
from numpy.testing import assert_allclose, assert_array_equal

from brian_force import DivergenceError, UnsupportedDeviceError, tasks, train
from brian_force.experiment import build_cache, session, standalone
from brian_force.experiment.build_cache import BuildCache
from brian_force.experiment.cuda_session import CUDASession
from brian_force.experiment.run import Run
from brian_force.experiment.session import choose_device, open_session
from brian_force.experiment.standalone import StandaloneSession
from brian_force.learning.codegen import cuda_build
from brian_force.learning.codegen.cuda_build import what_is_missing
from brian_force.networks import LIFParameters

pytestmark = [
    # brian2cuda leaves it to Python to close what it has written.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
]

SIZE = {"n_neurons": 40, "connection_probability": 0.2, "dt": 0.5 * ms}
LEARNING = {"learn_from": 20 * ms, "learn_until": 80 * ms, "duration": 100 * ms}
#: Of the largest value: devices sum in another order, and a short run does not spread that.
TOLERANCE = 1e-9


def make_run(model="lif", task=None, seed=1, **changes):
    task = (task or tasks.sine()).changed(**{**LEARNING, **changes})
    return Run(task=task, parameters=LIFParameters(**SIZE), seed=seed, model=model)


# -- without a GPU ---------------------------------------------------------------------------------


def test_what_is_missing_is_said(monkeypatch):
    monkeypatch.setattr(session, "what_is_missing", lambda: ["luck (wait)", "a GPU (buy one)"])
    with pytest.raises(UnsupportedDeviceError) as caught:
        choose_device("cuda")
    assert str(caught.value) == (
        "The device 'cuda' needs luck (wait) and a GPU (buy one). Install what is missing, or use "
        "the device 'cpp'."
    )


def test_the_compiler_for_the_host_is_needed_too(monkeypatch):
    monkeypatch.setattr(session, "what_is_missing", list)
    assert choose_device("cuda") == "cuda"
    monkeypatch.setattr(session.shutil, "which", lambda tool: None)
    with pytest.raises(UnsupportedDeviceError, match=r"^The device 'cuda' needs .* and make,"):
        choose_device("cuda")


def test_auto_is_never_cuda(monkeypatch):
    monkeypatch.setattr(session, "what_is_missing", list)
    assert choose_device("auto") != "cuda"


def test_a_session_opens_with_the_first_run(monkeypatch):
    monkeypatch.setattr(session, "CUDASession", lambda *given: given)
    assert open_session("cuda", "the run", keep_P=True) == ("the run", True, None)


@dataclasses.dataclass
class Result:
    """The part of a `RunResult` that a session on a GPU changes."""

    seconds_build: float
    seconds_run: float
    spike_times: Quantity = dataclasses.field(default_factory=lambda: [1, 1, 1, 2, 2] * ms)
    spike_neurons: np.ndarray = dataclasses.field(default_factory=lambda: np.array([7, 3, 5, 2, 0]))


@pytest.fixture
def result(monkeypatch, tmp_path):
    """Read what a program left that simulated for 0.5 s of the 4.5 s that it ran."""
    monkeypatch.setattr(
        StandaloneSession, "_read", lambda self, folder, run, *seconds: Result(*seconds)
    )
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "last_run_info.txt").write_text("0.5 1\n")
    return object.__new__(CUDASession)._read(tmp_path, None, 1.0, 4.5)


def test_the_start_of_the_program_counts_as_building(result):
    """Else `Segments`, which goes by the time of the run, would cut ever shorter."""
    assert (result.seconds_build, result.seconds_run) == (5.0, 0.5)


def test_spikes_of_a_time_step_are_in_the_order_of_neurons(result):
    """As on other devices; brian2cuda leaves them in the order in which threads came."""
    assert_array_equal(result.spike_times / ms, [1, 1, 1, 2, 2])
    assert_array_equal(result.spike_neurons, [3, 5, 7, 0, 2])


def test_files_of_arguments_are_in_lower_case(tmp_path):
    """As the program of brian2cuda looks for them."""
    (tmp_path / "static_arrays").mkdir()
    view = types.SimpleNamespace(group_name="readout", name="_P", dtype=float)
    given = standalone._argument(view, np.ones(3), tmp_path)
    assert given == "readout._P=static_arrays/readout._p.dat"
    assert (tmp_path / "static_arrays" / "readout._p.dat").stat().st_size == 24


# -- the generated project -------------------------------------------------------------------------

BACKEND = "devices.cuda_standalone.cuda_backend"


@pytest.fixture
def without_gpu(monkeypatch, tmp_path):
    """Have brian2cuda generate for a GPU that is not there, with an nvcc that says its version."""
    pytest.importorskip("brian2cuda", reason="brian2cuda, the extra 'cuda', is not installed")
    from brian2cuda.utils import gputools

    nvcc, header = tmp_path / "cuda" / "bin" / "nvcc", tmp_path / "cuda" / "include" / "curand.h"
    for file in (nvcc, header):
        file.parent.mkdir(parents=True)
        file.touch()
    nvcc.write_text("#!/bin/sh\necho release 13.0\n")
    nvcc.chmod(0o755)
    changed = {
        f"{BACKEND}.detect_gpus": False,
        f"{BACKEND}.gpu_id": 0,
        f"{BACKEND}.compute_capability": 9.0,
        f"{BACKEND}.cuda_runtime_version": 13.0,
        f"{BACKEND}.cuda_path": str(tmp_path / "cuda"),
    }
    before = {name: prefs[name] for name in changed}
    for name, value in changed.items():
        prefs[name] = value
    gputools.reset_cuda_installation()
    gputools.reset_gpu_selection()
    yield prefs
    for name, value in before.items():
        prefs[name] = value
    gputools.reset_cuda_installation()
    gputools.reset_gpu_selection()


@pytest.fixture
def generate(without_gpu, monkeypatch, tmp_path):
    """Open a session whose compiler does nothing; it keeps what was generated."""

    def compile_source(self, folder, *_, **__):
        make_arguments.append(list(prefs["devices.cpp_standalone.extra_make_args_unix"]))
        (Path(folder) / "main").touch()

    make_arguments = []
    cache = BuildCache(tmp_path / "binaries")
    monkeypatch.setattr(standalone.CPPStandaloneDevice, "compile_source", compile_source)
    opened = []

    def generated(run, keep_P=False):
        opened.append(CUDASession(run, keep_P, cache))
        return opened[-1]

    generated.cache, generated.make_arguments = cache, make_arguments
    yield generated
    for one in opened:
        one.close()


def main_of(opened):
    return (opened.project / "main.cu").read_text()


STATE = {"lif": {"v", "s", "h_s", "r", "h", "lastspike"}, "rate": {"r", "h"}}
COMMON = {"senders", "receivers", "w", "encoders", "target"}


@pytest.mark.parametrize("model", ["lif", "rate"])
def test_duration_and_arrays_are_data(generate, model):
    opened = generate(make_run(model))
    assert "const double _duration = std::stod(args.back()); args.pop_back();" in main_of(opened)
    assert f"{model}_network.run(_duration, report_progress, 0.2);" in main_of(opened)
    assert "set_from_command_line(args);" in main_of(opened)
    assert set(opened.files) == COMMON | STATE[model]
    for file in opened.files.values():
        assert (opened.project / "static_arrays" / file).exists()


def test_synapses_name_declared_clocks_alone(generate):
    project = generate(make_run("lif")).project
    declared = re.findall(r"extern Clock (\w+);", (project / "objects.h").read_text())
    (synapses,) = project.glob("code_objects/recurrent_pre_codeobject*.cu")
    used = set(re.findall(r"(\w+)\.timestep", synapses.read_text()))
    assert used == {"neurons_clock"} <= set(declared)


def test_the_time_of_a_run_ends_when_the_gpu_has_ended(generate):
    """Brian's own ends when all is queued."""
    _, after = main_of(generate(make_run())).split("lif_network.run(")
    assert after.index("cudaDeviceSynchronize") < after.index("Network::_last_run_time +=")


def test_inputs_have_files(generate):
    opened = generate(make_run("rate", tasks.pitchfork()))
    assert set(opened.files) == COMMON | STATE["rate"] | {"inputs", "input encoders"}


def test_device_and_preferences_stay(generate):
    names = [f"{BACKEND}.extra_compile_args_nvcc", "devices.cpp_standalone.extra_make_args_unix"]
    before, device = [list(prefs[name]) for name in names], get_device()
    opened = generate(make_run())
    assert type(opened.device).__name__ == "CUDAStandaloneDevice"
    assert [list(prefs[name]) for name in names] == before
    assert get_device() is device
    (arguments,) = generate.make_arguments
    assert "-j" not in arguments  # which would start a compiler for every file at once


def test_what_is_data_does_not_compile_again(generate):
    assert generate(make_run()).compiled
    others = make_run(seed=5, learning_rate=1e-5 * second**2, learn_from=0 * ms, duration=90 * ms)
    assert not generate(others).compiled
    assert len(generate.cache.entries()) == 1
    assert generate(make_run("rate")).compiled
    assert generate(make_run(), keep_P=True).compiled


def test_sources_GPU_and_compiler_count(generate, without_gpu):
    opened = generate(make_run())
    key = opened._key()
    source = opened.project / "main.cu"
    source.write_text(source.read_text() + "// more\n")
    assert opened._key() != key
    makefile = opened.project / "makefile"
    assert "-arch=sm_90" in makefile.read_text()
    without_gpu[f"{BACKEND}.compute_capability"] = 8.0
    assert generate(make_run()).compiled
    nvcc = Path(without_gpu[f"{BACKEND}.cuda_path"]) / "bin" / "nvcc"
    nvcc.write_text("#!/bin/sh\necho release 13.1\n")
    build_cache._version.cache_clear()
    assert generate(make_run()).compiled


def test_the_folder_of_links_does_not_count(generate):
    opened = generate(make_run())
    key, makefile = opened._key(), opened.project / "makefile"
    text = makefile.read_text()
    keys = []
    for folder in ("ab_1", "ab_2"):
        links = f"-L/tmp/{cuda_build.LINKS}{folder}"
        makefile.write_text(text.replace("LFLAGS =", f"LFLAGS = {links}"))
        keys.append(opened._key())
    assert keys[0] == keys[1]
    makefile.write_text(text.replace("-arch=sm_90", "-arch=sm_80"))
    assert opened._key() not in (key, *keys)


def test_brian2cuda_says_nothing_of_its_preferences(generate, caplog):
    with caplog.at_level(logging.INFO, logger="brian2"):
        generate(make_run())
    assert not [message for message in caplog.messages if "cuda_standalone" in message]
    assert any(
        message.startswith("Compiling CUDA for spiking networks") for message in caplog.messages
    )


# -- on a GPU --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    if what_is_missing():
        pytest.skip(f"no CUDA here; missing: {', '.join(what_is_missing())}")
    return BuildCache(tmp_path_factory.mktemp("binaries"))


@pytest.fixture
def trained(cache, monkeypatch):
    """Train on a device with the binaries of this module."""
    monkeypatch.setattr(standalone, "BuildCache", lambda: cache)

    def trained_on(device, model="lif", **changes):
        settings = {**SIZE, **LEARNING, "keep_P": True, "seed": 3, **changes}
        return train(tasks.sine(), model, device=device, **settings)

    return trained_on


def assert_agree(found, expected):
    assert found.n_updates == expected.n_updates > 10
    assert_array_equal(found.spike_neurons, expected.spike_neurons)
    for name in ("times", "spike_times", "output", "decoders", "P"):
        a, b = (np.asarray(getattr(one, name)) for one in (found, expected))
        assert_allclose(a, b, rtol=0, atol=TOLERANCE * np.abs(b).max(initial=0), err_msg=name)


@pytest.mark.cuda
@pytest.mark.parametrize("model", ["lif", "rate"])
def test_a_training_agrees_with_cpp(trained, model):
    found = trained("cuda", model)
    assert found.device == "cuda"
    assert_agree(found, trained("cpp", model))


@pytest.mark.cuda
def test_another_seed_compiles_nothing(cache):
    CUDASession(make_run(), keep_P=True, cache=cache).close()
    opened = CUDASession(make_run(seed=2), keep_P=True, cache=cache)
    assert not opened.compiled
    first, other = (opened.run(make_run(seed=seed)) for seed in (1, 2))
    assert not np.array_equal(first.output, other.output)
    opened.close()


@pytest.mark.cuda
def test_divergence_is_raised(cache):
    opened = CUDASession(make_run(), keep_P=True, cache=cache)
    huge = dataclasses.replace(make_run(), decoders=np.full((40, 1), 1e308) / Hz)
    with pytest.raises(DivergenceError, match="is not finite") as caught:
        opened.run(huge)
    assert 0 * ms <= caught.value.time < 100 * ms
    assert opened.run(make_run()).n_updates == 24
    opened.close()


@pytest.mark.cuda
@pytest.mark.parametrize("model", ["lif", "rate"])
def test_checkpoints_make_no_difference(trained, tmp_path, model):
    checkpoints = {"checkpoint": tmp_path / "checkpoint", "checkpoint_every": 40 * ms}
    assert_agree(trained("cuda", model, **checkpoints), trained("cuda", model))
