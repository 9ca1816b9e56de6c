"""What tests share: Brian left as it was found, small networks, and runs on each device."""

import contextlib
import ctypes
import subprocess
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from brian2 import (
    Hz,
    Network,
    NeuronGroup,
    SpikeMonitor,
    StateMonitor,
    Synapses,
    TimedArray,
    defaultclock,
    get_device,
    ms,
    prefs,
    seed,
    set_device,
    start_scope,
)
from brian2 import second as s

from brian_force.errors import DivergenceError
from brian_force.learning import LMS, RLS, Readout, codegen, reference
from brian_force.learning.codegen import numpy_kernels
from brian_force.learning.codegen.cuda_build import cuda_flags, what_is_missing

STANDALONE = [
    pytest.param("cpp_standalone", marks=pytest.mark.standalone),
    pytest.param("cuda_standalone", marks=pytest.mark.cuda),
]
TARGETS = ["numpy", pytest.param("cython", marks=pytest.mark.cython), *STANDALONE]

# dt is short enough for 400 time steps in the half second that the devices are compared for.
DT, RULE_DT, DURATION = 0.5 * ms, 2.5 * ms, 500 * ms


@contextlib.contextmanager
def brian_untouched():
    """Leave preferences, device and default clock as they were found."""
    before = prefs.codegen.target, prefs.core.default_float_dtype
    dt = defaultclock.dt
    try:
        yield
    finally:
        if type(get_device()).__name__ != "RuntimeDevice":
            get_device().reinit()
            set_device("runtime")
        prefs.codegen.target, prefs.core.default_float_dtype = before
        defaultclock.dt = dt


@contextlib.contextmanager
def running_on(target, directory=None, **keywords):
    """Run what stands inside on 'numpy', 'cython', 'cpp_standalone' or 'cuda_standalone'."""
    with brian_untouched(), cuda_flags() if "cuda" in target else contextlib.nullcontext():
        start_scope()
        if target.endswith("standalone"):
            get_device().reinit()
            set_device(target, directory=str(directory), **keywords)
            get_device().reinit()
            set_device(target, directory=str(directory), **keywords)
        else:
            prefs.codegen.target = target
        yield get_device()


@pytest.fixture(autouse=True)
def _numpy_and_no_traces():
    """Every test starts on the NumPy target with no objects of another test in sight."""
    with running_on("numpy"):
        yield


@pytest.fixture(scope="session")
def on_device():
    return running_on


@pytest.fixture
def rng():
    return np.random.default_rng(1)


# -- one neuron group whose activity is what a test says ------------------------------------


def driven_group(r, dt=1 * ms, unit=Hz, name="neurons*", **keywords):
    """Make neurons with r of shape (T, N), one row in each time step, and two parameters."""
    samples = TimedArray(r * unit, dt=dt)
    group = NeuronGroup(
        r.shape[1],
        f"""r : {unit!r}
            feedback : 1
            second_feedback : 1
            shared_one : 1 (shared)
            fixed : 1 (constant)
            voltage_feedback : volt
            twice = 2*r : {unit!r}""",
        dt=dt,
        name=name,
        namespace={"samples": samples},
        **keywords,
    )
    group.run_regularly("r = samples(t, i)", dt=dt, when="before_start", order=-1)
    return group


@pytest.fixture
def driven():
    return driven_group


@pytest.fixture
def activity(rng):
    """Samples of r, shape (T, N): positive, correlated, about 20 Hz; N is no multiple of 8."""
    mixing = rng.normal(size=(4, 11))
    return 20 * (1 + np.tanh(rng.normal(size=(60, 4)) @ mixing)) / 2


@pytest.fixture
def neurons(activity):
    return driven_group(activity)


# -- a spiking network with one readout of every kind ---------------------------------------


def every_kind_of_readout(scale=1):
    """Make a spiking network of 21 neurons and four readouts; one for every agreement.

    `main` reads and drives the whole group; `part` has three outputs, an array as target, the
    prior gain, forgetting, and a Subgroup that does not start at 0; `single` has P in single
    precision, which cannot be read after a standalone run; `lms` has two outputs.
    The target of `main` is multiplied by `scale`, given every 10 ms.
    """
    seed(5)
    n = 21
    neurons = NeuronGroup(
        n,
        """dv/dt = (drive*(1 + 0.4*sin(2*pi*5*Hz*t + i)) - v + feedback + extra)/(10*ms) : 1
           dr/dt = -r/(20*ms) : Hz
           drive : 1 (constant)
           feedback : 1
           extra : 1""",
        threshold="v > 1",
        reset="v = 0; r += 50*Hz",
        method="euler",
        dt=DT,
        name="neurons",
    )
    neurons.drive = 1.2 + np.arange(n) / n
    neurons.v = np.linspace(0, 0.9, n)
    synapses = Synapses(neurons, neurons, "w : 1", on_pre="v_post += w", dt=DT, name="synapses")
    synapses.connect(condition="(i + 2*j) % 5 == 0 and i != j")
    synapses.w = "0.04*sin(1.0*i + 2.0*j)"

    scale = TimedArray(scale * np.ones(50), dt=10 * ms)
    steps = np.arange(round(DURATION / RULE_DT))
    three = np.cos(2 * np.pi * np.outer(steps * float(RULE_DT), [2, 3, 5]))
    weights = np.random.default_rng(3)
    start = weights.uniform(-1e-3, 1e-3, (13, 3))
    main = Readout(
        neurons,
        "r",
        target="sin(2*pi*5*Hz*t)*scale(t)",
        rule=RLS(1e-4 * s**2, dt=RULE_DT),
        feedback="feedback",
        encoders=weights.uniform(-0.3, 0.3, n),
        keep_P=True,
        name="main",
    )
    part = Readout(
        neurons[5:18],
        "r",
        target=three,
        rule=RLS(1e-5 * s**2, dt=RULE_DT, gain="prior", forgetting=0.999),
        feedback="extra",
        encoders=weights.uniform(-0.1, 0.1, (13, 3)),
        decoders=start / Hz,
        keep_P=True,
        name="part",
    )
    single = Readout(
        neurons,
        "r",
        target="sin(2*pi*5*Hz*t)",
        rule=RLS(1e-4 * s**2, dt=RULE_DT, precision="float32"),
        name="single",
    )
    lms = Readout(
        neurons,
        "r",
        target="sin(2*pi*(i + 1)*5*Hz*t)",
        rule=LMS(1e-6 * s**2, dt=RULE_DT),
        n_outputs=2,
        name="lms",
    )
    readouts = [main, part, single, lms]
    for readout in (main, single, lms):
        readout.learn_from, readout.learn_until = 100 * ms, 400 * ms
    outputs = [
        StateMonitor(readout, ["z", "error", "target_value"], record=True, dt=RULE_DT)
        for readout in readouts
    ]
    # What the rules see: r in the slot of the readout, just before it.
    seen = StateMonitor(neurons, "r", record=True, dt=RULE_DT, when="before_start", order=-1)
    feedback = StateMonitor(neurons, ["feedback", "extra"], record=True, dt=RULE_DT)
    spikes = SpikeMonitor(neurons)
    net = Network(neurons, synapses, readouts, outputs, seen, feedback, spikes)
    return SimpleNamespace(
        net=net,
        readouts={readout.name: readout for readout in readouts},
        outputs=dict(zip(("main", "part", "single", "lms"), outputs, strict=True)),
        seen=seen,
        feedback=feedback,
        spikes=spikes,
        scale=scale,
        three=three,
        start=start,
    )


def outcome(made):
    """Collect what a run left, as plain arrays that outlive device and network.

    The spikes of a time step come in any order from CUDA.
    """
    spike_t, spike_i = np.array(made.spikes.t_), np.array(made.spikes.i)
    order = np.lexsort((spike_i, spike_t))
    readouts = {}
    for name, readout in made.readouts.items():
        monitor = made.outputs[name]
        readouts[name] = SimpleNamespace(
            decoders=readout.decoders_,
            encoders=readout.encoders_ if name in ("main", "part") else None,
            P=readout.P_ if name in ("main", "part") else None,
            n_updates=int(readout.n_updates[:]),
            t=np.array(monitor.t_),
            z=np.array(monitor.z_).T,
            error=np.array(monitor.error_).T,
            target=np.array(monitor.target_value_).T,
        )
    return SimpleNamespace(
        **readouts,
        r=np.array(made.seen.r_).T,
        feedback=np.array(made.feedback.feedback_).T,
        extra=np.array(made.feedback.extra_).T,
        spike_i=spike_i[order],
        spike_t=spike_t[order],
        three=made.three,
        start=made.start,
    )


def set_directly(made, variant):
    """Give a variant's values to the readouts of a network that has not run yet."""
    for name, values in variant.items():
        for attribute, value in values.items():
            setattr(made.readouts[name], attribute, value)


def variants():
    """Values that one binary must accept, by readout and name."""
    weights = np.random.default_rng(8)
    mixing = weights.normal(size=(21, 21))
    return {
        "default": {},
        "again": {},
        "weights": {
            "main": {
                "decoders": weights.uniform(-1e-3, 1e-3, 21) / Hz,
                "encoders": weights.uniform(-0.2, 0.2, (21, 1)),
            },
            "part": {
                "decoders": weights.uniform(-1e-3, 1e-3, (13, 3)) / Hz,
                "encoders": weights.uniform(-0.2, 0.2, (13, 3)),
            },
        },
        "window": {
            "main": {"learn_from": 40 * ms, "learn_until": 230 * ms},
            "part": {"learn_from": 200 * ms},
        },
        "learning_rate": {
            "main": {"learning_rate": 3e-6 * s**2},
            "single": {"learning_rate": 3e-6 * s**2},
            "lms": {"learning_rate": 3e-7 * s**2},
        },
        "off": {name: {"learning": False} for name in ("main", "part", "lms")},
        "P": {
            name: {"P": (np.eye(21) + 0.01 * mixing @ mixing.T) * 1e-5 * s**2}
            for name in ("main", "single")
        },
    }


#: From 200 ms on the target of `main` is infinite.
BREAKS_AT_200_MS = np.repeat([1.0, np.inf], [20, 30])


@pytest.fixture(scope="session")
def every_kind():
    return SimpleNamespace(
        make=every_kind_of_readout,
        duration=DURATION,
        rule_dt=RULE_DT,
        variants=variants(),
        set_directly=set_directly,
        outcome=outcome,
        breaks_at_200_ms=BREAKS_AT_200_MS,
    )


@pytest.fixture(scope="session")
def numpy_outcomes():
    """Outcomes on NumPy, with the values of each variant set before the run."""
    outcomes = {}
    for name, variant in variants().items():
        with running_on("numpy"):
            made = every_kind_of_readout()
            set_directly(made, variant)
            made.net.run(DURATION)
            outcomes[name] = outcome(made)
    return outcomes


@pytest.fixture(scope="session")
def cython_outcome():
    with running_on("cython"):
        made = every_kind_of_readout()
        made.net.run(DURATION)
        return outcome(made)


@pytest.fixture(scope="session", params=STANDALONE)
def standalone(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def cpp_standalone(tmp_path_factory):
    return compiled_outcomes("cpp_standalone", tmp_path_factory.mktemp("standalone"))


@pytest.fixture(scope="session")
def gpu():
    """Skip where there is none, or something that it needs is missing."""
    missing = what_is_missing()
    if missing:
        pytest.skip(f"no CUDA here; missing is {'; '.join(missing)}")


@pytest.fixture(scope="session")
def cuda_standalone(gpu, tmp_path_factory):
    return compiled_outcomes("cuda_standalone", tmp_path_factory.mktemp("cuda"))


def compiled_outcomes(target, directory):
    """Compile the network once, run it once per variant and twice into divergence."""
    outcomes, divergences = {}, {}
    with running_on(target, directory, build_on_run=False) as device:
        made = every_kind_of_readout()
        main = made.readouts["main"]
        made.net.run(DURATION)
        device.build(directory=str(directory), compile=True, run=False)
        for name, variant in variants().items():
            if name == "P" and target == "cuda_standalone":
                continue  # which refuses it
            arguments = {}
            for readout, values in variant.items():
                arguments |= made.readouts[readout].run_args(**values)
            device.run(run_args=arguments, results_directory=f"results_{name}")
            outcomes[name] = outcome(made)
            if name == "window":
                # The next run starts from the binary's window again: this is no refusal.
                window_after_window = raised_by(main.run_args, learn_from=300 * ms)
        with pytest.raises(RuntimeError) as not_kept:
            _ = made.readouts["single"].P
        ways = {
            "target": {made.scale: BREAKS_AT_200_MS},
            "decoders": main.run_args(decoders=np.full(21, 1e308) / Hz),
        }
        for name, arguments in ways.items():
            with pytest.raises(DivergenceError) as diverged:
                device.run(run_args=arguments, results_directory=f"results_{name}")
            last = float(np.max(made.seen.t_))
            divergences[name] = SimpleNamespace(error=diverged.value, last=last)
        device.run(results_directory="results_last")
        outcomes["last"] = outcome(made)
    return SimpleNamespace(
        outcomes=outcomes,
        divergences=divergences,
        not_kept=not_kept.value,
        window_after_window=window_after_window,
        stops_early=target != "cuda_standalone",  # whose host does not wait to hear of it
        reproducible=target != "cuda_standalone",  # which adds up spikes in any order
    )


def raised_by(call, **keywords):
    """Return the ValueError of a call, or None."""
    try:
        call(**keywords)
    except ValueError as error:
        return error
    return None


@pytest.fixture(scope="session", params=TARGETS)
def outcome_on(request):
    """What the network of every kind of readout left, on each device in turn."""
    if request.param == "numpy":
        return request.getfixturevalue("numpy_outcomes")["default"]
    if request.param == "cython":
        return request.getfixturevalue("cython_outcome")
    return request.getfixturevalue(request.param).outcomes["default"]


# -- the kernels alone ------------------------------------------------------------------------

HEADER_WRAPPER = """
#include "readout.h"
template <typename Real>
int train(int steps, int n, int k, const double* r, const double* x, double* phi, Real* P,
          Real* gain, double* pending, double rate, double forgetting, int posterior)
{
    std::vector<double> z(k), e(k);
    set_diagonal(n, P, rate);
    for (int t = 0; t < steps; t++)
    {
        decode(n, k, phi, r + (size_t)t * n, &z[0]);
        for (int j = 0; j < k; j++) e[j] = z[j] - x[t * k + j];
        const int found = update_rls(n, k, r + (size_t)t * n, &e[0], phi, P, gain, pending,
                                     forgetting, (bool)posterior);
        if (found != FINITE) return found;
    }
    return FINITE;
}
#define EXPORT(NAME, REAL) extern "C" int NAME( \
    int steps, int n, int k, const double* r, const double* x, double* phi, REAL* P, REAL* gain, \
    double* pending, double rate, double forgetting, int posterior) \
{ return train(steps, n, k, r, x, phi, P, gain, pending, rate, forgetting, posterior); }
EXPORT(train_float64, double)
EXPORT(train_float32, float)
extern "C" int finite(double x) { return is_finite(x); }
"""


def compile_header(directory):
    """Compile the C++ kernels, with the flags of Brian, into a library for ctypes."""
    kernels = Path(codegen.__file__).parent / "kernels"
    source, library = directory / "wrapper.cpp", directory / "wrapper.so"
    source.write_text(HEADER_WRAPPER)
    flags = [flag for flag in prefs.codegen.cpp.extra_compile_args_gcc if flag != "-w"]
    warnings = ["-Wall", "-Wextra", "-Werror"]
    command = ["g++", *flags, *warnings, "-shared", "-fPIC", f"-I{kernels}", source, "-o", library]
    subprocess.run([str(word) for word in command], check=True)
    return ctypes.CDLL(str(library))


def address(array):
    return array.ctypes.data_as(ctypes.c_void_p)


def train_with_header(library, r, x, rate, gain, forgetting, precision, decoders):
    (steps, n), k = r.shape, x.shape[1]
    r, x = np.ascontiguousarray(r), np.ascontiguousarray(x)
    phi = decoders.T.copy()
    P, g = np.zeros(n * (n + 1) // 2, precision), np.zeros(n, precision)
    pending = np.zeros(1)
    found = getattr(library, f"train_{precision}")(
        *(steps, n, k, address(r), address(x), address(phi), address(P), address(g)),
        *(address(pending), ctypes.c_double(rate), ctypes.c_double(forgetting)),
        int(gain == "posterior"),
    )
    if found:
        raise ArithmeticError(found)
    last = pending[0] * np.outer(g, g)  # the kernel leaves the last change of P to be made
    return phi.T, (unpacked(P) - last) / (forgetting if pending[0] else 1)


def train_with_numpy(r, x, rate, gain, forgetting, precision, decoders):
    n = r.shape[1]
    phi = decoders.T.copy()
    P = np.zeros(n * (n + 1) // 2, precision)
    numpy_kernels.set_diagonal(P, n, rate)
    for now, goal in zip(r, x, strict=True):
        error = phi @ now - goal
        found = numpy_kernels.update_rls(P, now, error, phi, forgetting, gain == "posterior")
        if found:
            raise ArithmeticError(found)
    return phi.T, unpacked(P)


def train_with_reference(r, x, rate, gain, forgetting, _, decoders):
    phi, P = decoders.copy(), rate * np.eye(r.shape[1])
    for now, goal in zip(r, x, strict=True):
        reference.rls_update(P, now, now @ phi - goal, phi, gain, forgetting)
    return phi, P


def unpacked(P):
    n = int(np.sqrt(2 * P.size))
    lower = np.zeros((n, n))
    lower[np.tri(n, dtype=bool)] = P
    return lower + np.tril(lower, -1).T


def trainer(train):
    """Give defaults to one of the functions above: returns decoders and P."""

    def trained(r, x, rate, gain="posterior", forgetting=1.0, precision="float64", decoders=None):
        if decoders is None:
            decoders = np.zeros((r.shape[1], x.shape[1]))
        return train(r, x, rate, gain, forgetting, precision, decoders)

    return trained


@pytest.fixture(scope="session")
def train_reference():
    return trainer(train_with_reference)


@pytest.fixture(scope="session")
def compiled_header(tmp_path_factory):
    return compile_header(tmp_path_factory.mktemp("header"))


@pytest.fixture(
    scope="session", params=["numpy", pytest.param("header", marks=pytest.mark.standalone)]
)
def train_kernel(request):
    """Train decoders on samples r, x with one of the kernels."""
    if request.param == "numpy":
        return trainer(train_with_numpy)
    library = request.getfixturevalue("compiled_header")
    return trainer(partial(train_with_header, library))


@pytest.fixture(
    scope="session",
    params=["reference", "numpy", pytest.param("header", marks=pytest.mark.standalone)],
)
def train_rls(request):
    """Train decoders on samples r, x with the reference and with each kernel."""
    if request.param == "reference":
        return trainer(train_with_reference)
    if request.param == "numpy":
        return trainer(train_with_numpy)
    library = request.getfixturevalue("compiled_header")
    return trainer(partial(train_with_header, library))
