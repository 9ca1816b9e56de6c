"""What tests share: Brian left as it was found, small networks, and runs on each device."""

import contextlib
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

from brian_force.learning import LMS, RLS, Readout

TARGETS = [
    "numpy",
    pytest.param("cython", marks=pytest.mark.cython),
    pytest.param("cpp_standalone", marks=pytest.mark.standalone),
]

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
    """Run what stands inside on a target: 'numpy', 'cython' or 'cpp_standalone'."""
    with brian_untouched():
        start_scope()
        if target == "cpp_standalone":
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


def every_kind_of_readout():
    """Make a spiking network of 21 neurons and four readouts; one for every agreement.

    `main` reads and drives the whole group; `part` has three outputs, an array as target, the
    prior gain, forgetting, and a Subgroup that does not start at 0; `single` has P in single
    precision, which cannot be read after a standalone run; `lms` has two outputs.
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

    scale = TimedArray(np.ones(50), dt=10 * ms)
    steps = np.arange(round(DURATION / RULE_DT))
    three = np.cos(2 * np.pi * np.outer(steps * float(RULE_DT), [2, 3, 5]))
    weights = np.random.default_rng(3)
    main = Readout(
        neurons,
        "r",
        target="sin(2*pi*5*Hz*t)/scale(t)",
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
        decoders=weights.uniform(-1e-3, 1e-3, (13, 3)) / Hz,
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
    )


def outcome(made):
    """Collect what a run left, as plain arrays that outlive device and network."""
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
        spike_i=np.array(made.spikes.i),
        spike_t=np.array(made.spikes.t_),
        three=made.three,
    )


@pytest.fixture(scope="session")
def numpy_outcome():
    with running_on("numpy"):
        made = every_kind_of_readout()
        made.net.run(DURATION)
        return outcome(made)


@pytest.fixture(scope="session")
def cython_outcome():
    with running_on("cython"):
        made = every_kind_of_readout()
        made.net.run(DURATION)
        return outcome(made)


@pytest.fixture(scope="session")
def every_kind():
    return every_kind_of_readout
