"""What brian2cuda generates from a network runs on the emulated GPU, as far as it is ours.

The generated code objects of readouts, stimuli and drives are compiled as they stand, but for the
brackets of launches; only the arrays around them are NumPy's.
"""

import ctypes
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from brian2 import (
    Network,
    NeuronGroup,
    Synapses,
    get_device,
    ms,
    prefs,
    second,
    set_device,
)
from brian2.codegen.generators.cpp_generator import c_data_type
from brian2.core.variables import DynamicArrayVariable

from brian_force import tasks
from brian_force.experiment.cuda_session import WAIT
from brian_force.learning import LMS, RLS, Readout, RecurrentDrive, Stimulus, codegen
from brian_force.learning.codegen.cuda_build import cuda_flags, toolkit
from brian_force.networks import LIFParameters, lif_network, rate_network

pytestmark = [
    pytest.mark.standalone,
    # brian2cuda leaves it to Python to close what it has written.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
]

HERE, KERNELS = Path(__file__).parent, Path(codegen.__file__).parent / "kernels"
DEVICE, EXACT = "emulated", 1e-12
#: Which kernels a code object of a template holds, in their order.
KERNELS_OF = {
    "readout_decode": ["launching.cuh", "readout.cuh"],
    "readout_learn": ["launching.cuh", "readout.cuh", "running_inverse.cuh"],
    "stimulus": ["launching.cuh", "readout.cuh"],
    "drive": ["launching.cuh", "drive.cuh"],
}


@pytest.fixture
def cuda(tmp_path):
    """Generate for CUDA without a GPU; nothing is compiled."""
    # it still uses distutils
    pytest.importorskip("brian2cuda", reason="brian2cuda, the extra 'cuda', is not installed")
    from brian2cuda.utils import gputools

    backend = "devices.cuda_standalone.cuda_backend"
    without_gpu = {
        f"{backend}.detect_gpus": False,
        f"{backend}.gpu_id": 0,
        f"{backend}.compute_capability": 9.0,
        f"{backend}.cuda_runtime_version": 13.0,
    }
    if toolkit() is None:
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "nvcc").touch()
        without_gpu[f"{backend}.cuda_path"] = str(tmp_path)
    before = {name: prefs[name] for name in without_gpu}
    for name, value in without_gpu.items():
        prefs[name] = value
    gputools.reset_cuda_installation()
    gputools.reset_gpu_selection()
    set_device("cuda_standalone", directory=str(tmp_path / "project"), build_on_run=False)
    yield get_device()
    for name, value in before.items():
        prefs[name] = value
    gputools.reset_cuda_installation()
    gputools.reset_gpu_selection()


def generate(device, network, duration, folder, compiled=False):
    with cuda_flags():
        network.run(duration, namespace={})
        device.build(directory=str(folder), compile=compiled, run=False)
    return [
        (name, codeobj.template_name)
        for name, codeobj in device.code_objects.items()
        if codeobj.template_name in KERNELS_OF
    ]


def lines_of(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


def check_kernels(folder, codeobjects):
    """Check that the generated text holds the kernels, line by line."""
    for name, template in codeobjects:
        generated = lines_of((folder / "code_objects" / f"{name}.cu").read_text())
        for file in KERNELS_OF[template]:
            if file == "running_inverse.cuh" and "update_rls" not in "".join(generated):
                continue  # that of another rule
            kernel = lines_of((KERNELS / file).read_text())
            start = generated.index(kernel[0])
            assert generated[start : start + len(kernel)] == kernel, (name, file)
        assert "%HOST" not in "".join(generated)


# -- the text -------------------------------------------------------------------------------------

SMALL = {"n_neurons": 40, "connection_probability": 0.2}


def spiking(**options):
    return lif_network(tasks.sine(), LIFParameters(**SMALL), seed=1, **options)


def rates():
    return rate_network(tasks.sine(), LIFParameters(**SMALL), seed=1)


def with_inputs(**options):
    return rate_network(tasks.pitchfork(), LIFParameters(**SMALL), seed=1, **options)


NETWORKS = {
    "spiking": spiking,
    "spiking, P kept": lambda: spiking(keep_P=True, precision="float32", forgetting=0.999),
    "spiking, forced": lambda: spiking(teacher_forced=True),
    "rates": rates,
    "rates with inputs": with_inputs,
}


@pytest.mark.parametrize("make", NETWORKS.values(), ids=NETWORKS)
def test_kernels_in_the_generated_text(cuda, tmp_path, make):
    codeobjects = generate(cuda, make(), 10 * ms, tmp_path / "project")
    assert len(codeobjects) >= 2
    check_kernels(tmp_path / "project", codeobjects)


def check_clocks(folder):
    """Check that every clock that is named is declared."""
    header = (folder / "objects.h").read_text()
    declared = re.findall(r"extern (?:Event)?Clock (\w+);", header)
    for file in folder.rglob("*.cu"):
        assert set(re.findall(r"(\w+)\.timestep", file.read_text())) <= set(declared), file.name


@pytest.mark.parametrize("make", NETWORKS.values(), ids=NETWORKS)
def test_only_declared_clocks_are_named(cuda, tmp_path, make):
    generate(cuda, make(), 10 * ms, tmp_path / "project")
    check_clocks(tmp_path / "project")


def test_synapses_ask_their_own_clock(cuda, tmp_path):
    generate_source = type(cuda).generate_codeobj_source
    neurons = NeuronGroup(3, "v : 1", threshold="v > 1", dt=1 * ms, name="neurons")
    ways = {"on_pre": "v_post += 1", "on_post": "v_pre += 1"}
    synapses = Synapses(neurons, neurons, **ways, clock=neurons.clock, name="synapses")
    synapses.connect(j="i")
    network = Network(neurons, synapses)
    with cuda_flags():
        network.run(4 * ms)
    generate(cuda, network, 4 * ms, tmp_path / "project")
    check_clocks(tmp_path / "project")
    for way in ("pre", "post"):
        one, other = (tmp_path / "project").glob(f"code_objects/synapses_{way}_codeobject*.cu")
        expected = f"if ({neurons.clock.name}.timestep[0] >= synapses_{way}_delay)"
        assert expected in one.read_text()
        assert expected in other.read_text()
    assert type(cuda).generate_codeobj_source is generate_source


@pytest.mark.parametrize("keep_P", [True, False])
def test_P_is_dropped_unless_it_is_kept(cuda, tmp_path, keep_P):
    generate(cuda, spiking(keep_P=keep_P), 10 * ms, tmp_path / "project")
    main = (tmp_path / "project" / "main.cu").read_text()
    line = "thrust::device_vector<double>().swap(brian::dev_dynamic_array_readout__P);"
    assert (line in main) is not keep_P


def test_P_is_not_set_to_zero_entry_by_entry(cuda, tmp_path):
    # For arrays that are made in their size brian2cuda copies every entry on its own.
    generate(cuda, spiking(), 10 * ms, tmp_path / "project")
    objects = (tmp_path / "project" / "objects.cu").read_text()
    assert "dev_dynamic_array_readout__P[i] = " not in objects


def test_kernels_have_no_decimals():
    # In single precision brian2cuda rewrites every decimal of a generated file.
    for file in KERNELS.glob("*.cuh"):
        code = re.sub(r"//.*", "", file.read_text())
        assert not re.findall(r"(?<![\w.])(\d+\.\d*|\.\d+|\d+e-?\d+)", code), file.name


def test_preferences_are_as_before(cuda, tmp_path):
    names = [name for name in prefs if "cuda_standalone" in name or "codegen.cpp" in name]
    before = {name: str(prefs[name]) for name in names}
    generate(cuda, spiking(), 10 * ms, tmp_path / "project")
    assert {name: str(prefs[name]) for name in names} == before
    makefile = (tmp_path / "project" / "makefile").read_text()
    assert makefile.count("-std=c++17") == 2


# -- what it does ---------------------------------------------------------------------------------

STUB = """
#pragma once
#include <cmath>
#include <string>
#include <vector>
#include <algorithm>
#include "cuda_emulation.h"
#define __host__
#define __constant__
#define CUDA_CHECK_ERROR(message)
typedef double randomNumber_t;
enum {{ cudaMemcpyDeviceToHost = 1 }};
struct cudaFuncAttributes
{{
    int maxThreadsPerBlock = 1024, numRegs = 0, sharedSizeBytes = 0, localSizeBytes = 0,
        constSizeBytes = 0;
}};
template <typename... Given>
void cudaOccupancyMaxPotentialBlockSize(int* blocks, int* threads, const Given&...)
{{ *blocks = 1; *threads = 32; }}
template <typename... Given>
void cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, const Given&...) {{ *blocks = 1; }}
template <typename Kernel> void cudaFuncGetAttributes(cudaFuncAttributes*, Kernel) {{}}
template <typename T> T atomicAdd(T*, T) {{ std::abort(); }}
template <typename T, typename U, typename V> T atomicCAS(T*, U, V) {{ std::abort(); }}
inline long long __double_as_longlong(double) {{ std::abort(); }}
inline double __longlong_as_double(long long) {{ std::abort(); }}
inline int __float_as_int(float) {{ std::abort(); }}
inline float __int_as_float(int) {{ std::abort(); }}
template <typename T> struct Vector
{{
    T* data;
    size_t length;
    T& operator[](const size_t i) {{ return data[i]; }}
    size_t size() const {{ return length; }}
}};
namespace thrust {{ template <typename T> T* raw_pointer_cast(T* pointer) {{ return pointer; }} }}
namespace brian
{{
static int max_threads_per_block = 1024, max_threads_per_sm = 2048, num_threads_per_warp = 32;
static int num_parallel_blocks = 1;
extern "C" {{
{declarations}
}}
}}
"""


class Vector(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class GeneratedProject:
    """The code objects of ours in a generated project, as functions on arrays of NumPy."""

    def __init__(self, device, folder, codeobjects):
        self.arrays = {}
        declarations = [
            self._declare(device, variable, name) for variable, name in device.arrays.items()
        ]
        for name, values in device.static_arrays.items():
            self.arrays[name] = np.array(values)
            declarations.append(f"extern {c_data_type(values.dtype)} *{name}, *d{name};")
        stubs = folder / "stubs"
        (stubs / "brianlib").mkdir(parents=True)
        (stubs / "objects.h").write_text(STUB.format(declarations="\n".join(declarations)))
        for header in ("common_math.h", "cuda_utils.h", "stdint_compat.h"):
            (stubs / "brianlib" / header).write_text("")
        definitions = "\n".join(line.replace("extern ", "", 1) for line in declarations)
        objects = f'#include "cuda_emulation.h"\n{STUB.format(declarations="")}\n'
        objects += f'namespace brian {{ extern "C" {{\n{definitions}\n}} }}\n'
        sources = [stubs / "objects.cpp"]
        sources[0].write_text(objects.replace("#pragma once", ""))
        for name, _ in codeobjects:
            text = (folder / "code_objects" / f"{name}.cu").read_text()
            text = re.sub(r"(_run_kernel_\w+)<<<(\w+), (\w+)>>>", r"LAUNCH(\1, \2, \3)", text)
            text += f'\nextern "C" void call_{name}() {{ _run_{name}(); }}\n'
            sources.append(stubs / f"{name}.cpp")
            sources[-1].write_text(text)
        flags = ["-std=c++17", "-O0", "-U_FORTIFY_SOURCE", "-w", "-shared", "-fPIC"]
        flags += [f"-I{place}" for place in (stubs, HERE, folder)]
        subprocess.run(["g++", *flags, *sources, "-o", stubs / "project.so"], check=True)
        self.library = ctypes.CDLL(str(stubs / "project.so"))
        self._set_arrays(device)
        self._give_arrays(device)

    def _declare(self, device, variable, name):
        c_type = c_data_type(variable.dtype)
        self.arrays[name] = np.zeros(variable.size, variable.dtype)
        if isinstance(variable, DynamicArrayVariable):
            return f"extern Vector<{c_type}> dev_dynamic{name}, _dynamic{name};"
        return f"extern {c_type} *dev{name}, *{name};"

    def _set_arrays(self, device):
        """Set arrays as `main` will do before the run."""
        for _, name, start in device.arange_arrays:
            self.arrays[name][:] = start + np.arange(self.arrays[name].size)
        for step, given in device.main_queue:
            if step == "set_by_single_value" and given[0] in self.arrays:
                value = {"true": 1, "false": 0}.get(given[2], given[2])
                if isinstance(given[1], int):
                    self.arrays[given[0]][given[1]] = float(value)
            elif step == "set_by_array" and given[0] in self.arrays:
                self.arrays[given[0]][:] = device.static_arrays[given[1]]

    def _give_arrays(self, device):
        """Let all pointers of a name, on the host and on the device, lead to the same array."""
        for variable, name in device.arrays.items():
            values = self.arrays[name]
            if isinstance(variable, DynamicArrayVariable):
                for prefix in ("dev_dynamic", "_dynamic"):
                    vector = Vector.in_dll(self.library, prefix + name)
                    vector.data, vector.length = values.ctypes.data, values.size
                continue
            for prefix in ("dev", ""):
                ctypes.c_void_p.in_dll(self.library, prefix + name).value = values.ctypes.data
        for name in device.static_arrays:
            pointer = self.arrays[name].ctypes.data
            ctypes.c_void_p.in_dll(self.library, name).value = pointer

    def call(self, name):
        getattr(self.library, f"call_{name}_codeobject")()


def emulate(device, made, duration, folder):
    codeobjects = generate(device, made, duration, folder)
    return GeneratedProject(device, folder, codeobjects)


@pytest.fixture
def every_kind_emulated(cuda, every_kind, numpy_outcomes, tmp_path):
    """Let the generated code of every readout see what the readouts on NumPy saw."""
    made = every_kind.make()
    project = emulate(cuda, made.net, every_kind.duration, tmp_path / "project")
    seen, arrays = numpy_outcomes["default"].r, project.arrays
    left = {name: {"z": [], "error": [], "target": []} for name in made.readouts}
    for step, r in enumerate(seen):
        arrays["_array_neurons_r"][:] = r
        for clock in ("neurons_clock", *(f"{name}_clock" for name in left)):
            arrays[f"_array_{clock}_t"][:] = step * float(every_kind.rule_dt)
        for name, recordings in left.items():
            for piece in ("decode", "learn"):
                project.call(f"{name}_{piece}")
            for recorded, values in recordings.items():
                variable = "target_value" if recorded == "target" else recorded
                values.append(arrays[f"_array_{name}_{variable}"].copy())
    return project, left


def test_every_kind_of_readout(agree_on, every_kind_emulated, numpy_outcomes):
    """In one test, because compiling takes what time it takes."""
    project, left = every_kind_emulated
    expected = numpy_outcomes["default"]
    for name in left:
        numpy = getattr(expected, name)
        decoders = project.arrays[f"_array_{name}_weights_decoders"]
        decoders = decoders.reshape(numpy.decoders.shape[::-1]).T
        rule = "LMS" if name == "lms" else "RLS"
        agree_on(f"decoders by {rule}", name, decoders, numpy.decoders)
        assert project.arrays[f"_array_{name}_n_updates"] == numpy.n_updates
        assert project.arrays[f"_array_{name}__failure"] == 0
        for recorded in ("z", "error", "target"):
            found = np.array(left[name][recorded])
            agree_on("output, error, target", name, found, getattr(numpy, recorded))
    last = expected.feedback[-1], expected.extra[-1]
    agree_on("feedback", "main", project.arrays["_array_neurons_feedback"], last[0])
    agree_on("feedback", "part", project.arrays["_array_neurons_extra"], last[1])
    for name in ("main", "part"):
        P, n = getattr(expected, name).P, len(getattr(expected, name).P)
        packed, lower = project.arrays[f"_array_{name}__P"], np.tri(n, dtype=bool)
        g, c = (project.arrays[f"_array_{name}_{what}"] for what in ("_gain", "_pending"))
        gamma = 0.999 if name == "part" else 1
        last_change = (packed - c * np.outer(g, g)[lower]) / gamma
        agree_on("P", name, last_change, P[lower])
    check_failures(project)


def check_failures(project):
    """Check that what is not finite is noted, once, and ends learning."""
    arrays = project.arrays
    arrays["_array_lms_z"][1], arrays["_array_neurons_r"][8] = np.nan, np.inf
    n_updates = arrays["_array_lms_n_updates"].copy()
    for name, clock, piece, code in [("lms", "lms", "learn", 2), ("part", "neurons", "decode", 1)]:
        for time in (0.25, 0.3):
            arrays[f"_array_{clock}_clock_t"][:] = time
            project.call(f"{name}_{piece}")
            assert arrays[f"_array_{name}__failure"] == code
            assert arrays[f"_array_{name}__failure_time"] == 0.25
    assert arrays["_array_lms_n_updates"] == n_updates


def test_drive_and_stimulus(agree, cuda, tmp_path):
    rng = np.random.default_rng(6)
    equations = "r : Hz\ns : Hz\nstimulus : 1"
    neurons = NeuronGroup(50, equations, dt=1 * ms, name="neurons")
    part = neurons[10:45]
    synapses = Synapses(neurons, part, "w : 1 (constant)", name="synapses", dt=1 * ms)
    pre, post = rng.integers(50, size=300), rng.integers(35, size=300)
    w, r, eta = rng.normal(size=300), rng.uniform(0, 50, 50), rng.normal(size=(35, 2))
    synapses.connect(i=pre, j=post)
    synapses.w = w
    drive = RecurrentDrive(synapses, "w", activity="r", target="s", name="drive")
    stimulus = Stimulus(
        part, "stimulus", signal="3 + i + t/ms", n_channels=2, encoders=eta, name="stimulus"
    )
    network = Network(neurons, synapses, drive, stimulus)
    project = emulate(cuda, network, 5 * ms, tmp_path / "project")
    arrays = project.arrays
    _connect(project, arrays, pre, post + 10, w)
    arrays["_array_neurons_r"][:] = r
    arrays[cuda.get_array_name(neurons.clock.variables["t"])][:] = 2e-3
    project.call("drive_multiply")
    project.call("stimulus_encode")
    expected = np.zeros(50)
    np.add.at(expected, post + 10, w * r[pre])
    agree("drive", arrays["_array_neurons_s"], expected, EXACT)
    stimulated = arrays["_array_neurons_stimulus"]
    agree("stimulus", stimulated[10:45], eta @ [5, 6], EXACT)
    assert not np.delete(stimulated, np.arange(10, 45)).any()


def _connect(project, arrays, pre, post, w):
    """Fill the arrays of the synapses, which the project makes while it runs."""
    values = {
        "_synaptic_pre": pre.astype(np.int32),
        "_synaptic_post": post.astype(np.int32),
        "w": np.array(w),
    }
    for name, filled in values.items():
        arrays[f"_array_synapses_{name}"] = filled
        for prefix in ("dev_dynamic", "_dynamic"):
            vector = Vector.in_dll(project.library, f"{prefix}_array_synapses_{name}")
            vector.data, vector.length = filled.ctypes.data, filled.size


def test_single_precision_as_the_default(cuda, tmp_path):
    prefs.core.default_float_dtype = np.float32
    neurons = NeuronGroup(30, "r : Hz\nfeedback : 1", dt=1 * ms, name="neurons")
    readout = Readout(
        neurons,
        "r",
        target="0.1*t/ms",
        rule=RLS(1e-4 * second**2, dt=1 * ms, forgetting=0.999),
        feedback="feedback",
        encoders=np.ones(30),
        name="readout",
    )
    lms = Readout(neurons, "r", target="1", rule=LMS(1e-6 * second**2, dt=1 * ms), name="lms")
    folder = tmp_path / "project"
    codeobjects = generate(cuda, Network(neurons, readout, lms), 5 * ms, folder)
    check_kernels(folder, codeobjects)
    learn = (folder / "code_objects" / "readout_learn_codeobject.cu").read_text()
    (found,) = re.findall(r"std::ldexp\(\(double\)(\d+)LL, 1 - (\d+)\)", learn)
    assert np.ldexp(float(found[0]), 1 - int(found[1])) == 0.999
    assert "-use_fast_math" not in (folder / "makefile").read_text()


# -- nvcc -----------------------------------------------------------------------------------------


@pytest.fixture(params=["spiking", "rates", "every kind of readout"])
def whole(request, every_kind):
    if request.param == "spiking":
        return spiking(keep_P=True)
    options = {"precision": "float32", "forgetting": 0.999}
    return with_inputs(**options) if request.param == "rates" else every_kind.make().net


@pytest.mark.cuda_compile
@pytest.mark.skipif(toolkit() is None, reason="no CUDA toolkit; docs/cuda.md says how to get it")
def test_whole_project_compiles_and_links(cuda, tmp_path, whole):
    cuda.insert_code("after_network_run", WAIT)  # as sessions do
    generate(cuda, whole, 10 * ms, tmp_path / "project", compiled=True)
    assert (tmp_path / "project" / "main").stat().st_size > 1e6
