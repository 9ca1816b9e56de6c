"""The drive and the stimulus do what a matrix product does, on every device."""

import ctypes
import functools
import subprocess
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from brian2 import (
    Hz,
    Network,
    NeuronGroup,
    StateMonitor,
    Synapses,
    TimedArray,
    float32,
    ms,
    nA,
    ohm,
    prefs,
)
from scipy.sparse import csr_array

from brian_force.learning import RecurrentDrive, Stimulus, codegen

DEVICE = "header"
# Relative to the largest entry: the sums are in another order than those of scipy.
EXACT = {"float64": 1e-13, "float32": 2e-6}
NOTE = {"float64": "", "float32": ", float32"}
COLUMNS = [16, 32]


# -- the kernel alone -----------------------------------------------------------------------------

WRAPPER = """
#include "drive.h"
#define EXPORT(NAME, REAL, COLUMN) extern "C" void NAME( \
    int n_rows, int first, int n_entries, const int32_t* pre, const int32_t* post, \
    const REAL* w, const REAL* r, REAL* y) \
{ \
    SlicedMatrix<REAL, COLUMN> matrix; \
    matrix.pack(n_rows, first, n_entries, pre, post, w); \
    matrix.multiply(r, y); \
}
#define EXPORT_TWO(NAME, REAL, COLUMN) extern "C" int NAME( \
    int n_rows, int n_columns, int n_entries, const int32_t* pre, const int32_t* post, \
    const REAL* w, const REAL* r, const REAL* ahead, const REAL* next, REAL* y, REAL* second) \
{ \
    TwoSteps<REAL, COLUMN> matrix; \
    matrix.pack(n_rows, 0, n_entries, pre, post, w); \
    if (matrix.take_second(r, y)) return -1; \
    matrix.multiply(n_columns, r, ahead, y); \
    const bool taken = matrix.take_second(next, second); \
    return taken && matrix.take_second(next, second) ? -2 : taken; \
}
EXPORT_TWO(two_float64_16, double, uint16_t)
EXPORT_TWO(two_float64_32, double, uint32_t)
EXPORT_TWO(two_float32_16, float, uint16_t)
EXPORT_TWO(two_float32_32, float, uint32_t)
EXPORT(multiply_float64_16, double, uint16_t)
EXPORT(multiply_float64_32, double, uint32_t)
EXPORT(multiply_float32_16, float, uint16_t)
EXPORT(multiply_float32_32, float, uint32_t)
"""


def address(array):
    return array.ctypes.data_as(ctypes.c_void_p)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """Compile the kernels with the flags of Brian."""
    folder = tmp_path_factory.mktemp("drive")
    source, library = folder / "wrapper.cpp", folder / "wrapper.so"
    source.write_text(WRAPPER)
    kernels = Path(codegen.__file__).parent / "kernels"
    flags = [flag for flag in prefs.codegen.cpp.extra_compile_args_gcc if flag != "-w"]
    warnings = ["-Wall", "-Wextra", "-Werror"]
    command = ["g++", *flags, *warnings, "-shared", "-fPIC", f"-I{kernels}", source, "-o", library]
    subprocess.run([str(word) for word in command], check=True)
    return ctypes.CDLL(str(library))


@pytest.fixture(scope="module")
def multiply(compiled):
    """Multiply with the kernel of one step: entries of a matrix and r in, y out."""

    def multiplied(n_rows, pre, post, w, r, precision="float64", bits=16, first=0):
        pre, post = (np.ascontiguousarray(index, dtype=np.int32) for index in (pre, post))
        w, r = (np.ascontiguousarray(values, dtype=precision) for values in (w, r))
        # NaN where nothing is written, and two numbers beyond the end that must stay as they are
        y = np.full(n_rows + 2, np.nan, dtype=precision)
        getattr(compiled, f"multiply_{precision}_{bits}")(
            *(n_rows, first, len(w), address(pre), address(post), address(w)),
            *(address(r), address(y)),
        )
        assert np.isnan(y[n_rows:]).all()
        return y[:n_rows]

    return multiplied


@pytest.fixture(scope="module")
def multiply_twice(compiled):
    """Multiply for two steps: returns y, and the second product if it was given for `next`."""

    def multiplied(n_rows, pre, post, w, r, ahead, after, *, precision="float64", bits=16):
        pre, post = (np.ascontiguousarray(index, dtype=np.int32) for index in (pre, post))
        w, r, ahead, after = (
            np.ascontiguousarray(values, dtype=precision) for values in (w, r, ahead, after)
        )
        y, second = np.full((2, n_rows), np.nan, dtype=precision)
        taken = getattr(compiled, f"two_{precision}_{bits}")(
            *(n_rows, len(r), len(w), address(pre), address(post), address(w)),
            *(address(r), address(ahead), address(after), address(y), address(second)),
        )
        assert taken in (0, 1)
        return y, second if taken else None

    return multiplied


def entries(n_rows, n_columns, n_entries, rng):
    """Draw entries in no order; some stand more than once where there are many."""
    pre = rng.integers(n_columns, size=n_entries)
    post = rng.integers(n_rows, size=n_entries)
    return pre, post, rng.normal(size=n_entries)


def product(n_rows, pre, post, w, r):
    shape = (n_rows, len(r))
    return csr_array((np.asarray(w, float), (post, pre)), shape=shape) @ np.asarray(r, float)


@pytest.mark.standalone
@pytest.mark.parametrize("n_rows", [1, 7, 8, 9, 1000])
@pytest.mark.parametrize("n_columns", [1, 8, 300])
@pytest.mark.parametrize("per_row", [0.1, 1, 30])
@pytest.mark.parametrize("bits", COLUMNS)
@pytest.mark.parametrize("precision", EXACT)
def test_kernel(agree, multiply, rng, n_rows, n_columns, per_row, bits, precision):
    # With 0.1 entries a row most rows are empty; with 30 and few columns many are duplicates.
    pre, post, w = entries(n_rows, n_columns, int(per_row * n_rows), rng)
    w, r = (values.astype(precision) for values in (w, rng.uniform(0, 50, n_columns)))
    found = multiply(n_rows, pre, post, w, r, precision, bits)
    agree(f"drive{NOTE[precision]}", found, product(n_rows, pre, post, w, r), EXACT[precision])


@pytest.mark.standalone
@pytest.mark.parametrize("n_rows", [1, 8, 9])
def test_kernel_on_an_empty_matrix(multiply, n_rows):
    nothing = np.zeros(0)
    found = multiply(n_rows, nothing, nothing, nothing, np.ones(5))
    np.testing.assert_array_equal(found, np.zeros(n_rows))


@pytest.mark.standalone
def test_kernel_without_rows(multiply):
    nothing = np.zeros(0)
    assert multiply(0, nothing, nothing, nothing, np.ones(5)).size == 0


@pytest.mark.standalone
def test_kernel_with_rows_of_every_length(agree, multiply, rng):
    post = np.repeat(np.arange(41), np.roll(np.arange(41), 17))
    pre = rng.integers(100, size=len(post))
    w, r = rng.normal(size=len(post)), rng.normal(size=100)
    found = multiply(41, pre, post, w, r)
    agree("drive", found, product(41, pre, post, w, r), EXACT["float64"])
    assert found[np.argmin(np.bincount(post, minlength=41))] == 0


@pytest.mark.standalone
def test_kernel_with_one_full_row_among_empty_ones(agree, multiply, rng):
    w, r = rng.normal(size=500), rng.normal(size=500)
    found = multiply(1000, np.arange(500), np.full(500, 613), w, r)
    agree("drive", found[613], w @ r, EXACT["float64"])
    assert np.count_nonzero(found) == 1


@pytest.mark.standalone
def test_kernel_with_rows_that_do_not_begin_at_zero(agree, multiply, rng):
    pre, post, w = entries(9, 20, 60, rng)
    r = rng.normal(size=20)
    found = multiply(9, pre, post + 5, w, r, first=5)
    agree("drive", found, product(9, pre, post, w, r), EXACT["float64"])


@pytest.mark.standalone
@pytest.mark.parametrize(("bits", "n_columns"), [(16, 2**16), (32, 2**16 + 40)])
def test_kernel_at_the_last_column(agree, multiply, rng, bits, n_columns):
    pre, post, w = entries(9, n_columns, 60, rng)
    pre[:9] = n_columns - 1 - np.arange(9)
    r = rng.normal(size=n_columns)
    found = multiply(9, pre, post, w, r, bits=bits)
    agree("drive", found, product(9, pre, post, w, r), EXACT["float64"])


@pytest.mark.standalone
def test_kernel_with_more_than_16_megabytes_of_weights(agree, multiply, rng):
    pre, post, w = entries(1000, 300, 2_200_000, rng)
    r = rng.uniform(0, 50, 300)
    found = multiply(1000, pre, post, w, r)
    agree("drive", found, product(1000, pre, post, w, r), EXACT["float64"])


@pytest.mark.standalone
@pytest.mark.parametrize("bad", [np.inf, np.nan])
def test_a_bad_sender_reaches_its_receivers_alone(multiply, bad):
    # The padding of the short rows names sender 0.
    r = np.ones(9)
    r[0] = bad
    found = multiply(9, [1, 2, 3, 0], [0, 0, 4, 7], np.ones(4), r)
    np.testing.assert_array_equal(np.isfinite(found), np.arange(9) != 7)
    np.testing.assert_array_equal(found[[0, 4, 1]], [2, 1, 0])


@pytest.mark.standalone
@pytest.mark.parametrize("n_rows", [1, 8, 9, 1000])
@pytest.mark.parametrize("per_row", [0.1, 30])
@pytest.mark.parametrize("bits", COLUMNS)
@pytest.mark.parametrize("precision", EXACT)
def test_two_steps_are_two_products(
    agree, multiply, multiply_twice, rng, n_rows, per_row, bits, precision
):
    pre, post, w = entries(n_rows, 300, int(per_row * n_rows), rng)
    w, r, ahead = (v.astype(precision) for v in (w, *rng.uniform(0, 50, (2, 300))))
    rounded = ahead * (1 + 4 * np.finfo(precision).eps * rng.choice([-1, 1], 300))
    y, second = multiply_twice(
        *(n_rows, pre, post, w, r, ahead, rounded), precision=precision, bits=bits
    )
    for product_of, found in ((r, y), (ahead, second)):
        alone = multiply(n_rows, pre, post, w, product_of, precision, bits)
        agree(f"drive{NOTE[precision]}", found, alone.astype(float), EXACT[precision])


@pytest.mark.standalone
@pytest.mark.parametrize("entry", [50 * (1 + 1e-9), np.inf, np.nan])
def test_second_product_is_not_given_for_another_activity(multiply_twice, rng, entry):
    pre, post, w = entries(9, 20, 60, rng)
    r, ahead = rng.uniform(0, 50, (2, 20))
    ahead[7] = 50
    after = np.where(np.arange(20) == 7, entry, ahead)
    assert multiply_twice(9, pre, post, w, r, ahead, after)[1] is None
    assert multiply_twice(9, pre, post, w, r, after, ahead)[1] is None
    assert multiply_twice(9, pre, post, w, r, ahead, ahead)[1] is not None


# -- one network of every kind of drive and stimulus ----------------------------------------------

DT, STEPS = 0.5 * ms, 30
N, M, WIDE = 19, 14, 2**16 + 100
TIMES = float(DT) * np.arange(2 * STEPS)

# name: (senders, their part, receivers, their part), the number of synapses
CONNECTED = {
    "whole": ("neurons", slice(0, N), "neurons", slice(0, N), 120),
    "part": ("neurons", slice(5, 16), "others", slice(2, 9), 40),
    "rest": ("others", slice(3, 14), "others", slice(9, 14), 25),
    "wide": ("many", slice(0, WIDE), "neurons", slice(0, N), 300),
    "empty": ("neurons", slice(0, N), "others", slice(0, M), 0),
}
SIZES = {"neurons": N, "others": M, "many": WIDE}
# the parameters that the drives write, and the unit of their weights
WRITTEN = {"whole": "s", "part": "I", "rest": "I", "wide": "from_many", "empty": "nothing"}
UNITS = {"whole": 1, "part": nA / Hz, "rest": nA / Hz, "wide": 1, "empty": 1}


def drawn():
    """Draw the synapses, the weights of both runs and of run_args, encoders and signals."""
    rng = np.random.default_rng(4)
    made = {}
    for name, (_, senders, _, receivers, n) in CONNECTED.items():
        made[name] = SimpleNamespace(
            i=rng.integers(senders.stop - senders.start, size=n),
            j=rng.integers(receivers.stop - receivers.start, size=n),
            first=rng.normal(size=n) / 4,
            second=rng.normal(size=n) / 4,
            given=rng.normal(size=n) / 4,
        )
    table = rng.normal(size=(12, 3))
    table[3:6, 1:] = 0  # pulses: often only one channel, or none, is on
    table[6:8] = 0
    return SimpleNamespace(
        **made,
        table=table,
        pulses=np.where(np.arange(40) % 7 < 3, 1.0, 0.0),
        tone_encoders=rng.uniform(-1, 1, (N, 2)),
        table_encoders=rng.uniform(-1, 1, (8, 3)),
        initial=rng.uniform(0, 40, N),
        initial_others=rng.uniform(0, 40, M),
        many=rng.uniform(0, 40, WIDE),
    )


DRAWN = drawn()


def groups():
    neurons = NeuronGroup(
        N,
        """dr/dt = (20*Hz*(1 + sin(2*pi*50*Hz*t + i)) + s + from_many/100 - r)/(10*ms) : Hz
           s : Hz
           from_many : Hz
           tone : volt
           pulse : 1""",
        method="euler",
        dt=DT,
        name="neurons",
    )
    others = NeuronGroup(
        M,
        """dr/dt = (I/nA*Hz - r)/(5*ms) : Hz
           I : amp
           nothing : Hz
           table : 1""",
        method="euler",
        dt=DT,
        name="others",
    )
    many = NeuronGroup(WIDE, "r : Hz", dt=DT, name="many")
    neurons.r, others.r = DRAWN.initial * Hz, DRAWN.initial_others * Hz
    many.r = DRAWN.many * Hz
    others.nothing = 3 * Hz
    return {"neurons": neurons, "others": others, "many": many}


def side(made, group, part):
    return made[group] if part == slice(0, SIZES[group]) else made[group][part]


def connect(made, name):
    """Connect two groups or parts of them, as CONNECTED says."""
    pre, senders, post, receivers, _ = CONNECTED[name]
    sides = side(made, pre, senders), side(made, post, receivers)
    unit = "amp/Hz" if WRITTEN[name] == "I" else "1"
    synapses = Synapses(*sides, f"w : {unit} (constant)", dt=DT, name=f"{name}_synapses")
    entry = getattr(DRAWN, name)
    if name == "empty":
        synapses.connect(condition="i > 1000")
    else:
        synapses.connect(i=entry.i, j=entry.j)
        synapses.w = entry.first * UNITS[name]
    drive = RecurrentDrive(synapses, "w", activity="r", target=WRITTEN[name], name=name)
    return synapses, drive, sides


def stimulate(made):
    frequency = 40 * Hz  # noqa: F841
    part = made["others"][4:12]
    table = TimedArray(DRAWN.table, dt=1 * ms)
    named = {
        "tone": (made["neurons"], "sin(2*pi*frequency*(i + 1)*t)*nA", DRAWN.tone_encoders * ohm),
        "table": (part, table, DRAWN.table_encoders),
        "pulse": (made["neurons"], DRAWN.pulses, "cos(i)"),
    }
    return [part], {
        name: Stimulus(group, name, signal=signal, encoders=encoders, name=f"{name}_stimulus")
        for name, (group, signal, encoders) in named.items()
    }


def network():
    made = groups()
    synapses, drives, sides = {}, {}, []
    for name in CONNECTED:
        synapses[name], drives[name], both = connect(made, name)
        sides += both
    parts, stimuli = stimulate(made)
    recorded = {
        "neurons": ["r", "s", "from_many", "tone", "pulse"],
        "others": ["r", "I", "nothing", "table"],
    }
    # The drive runs in 'before_start': in 'start' both r and its product stand beside each other.
    seen = {
        name: StateMonitor(made[name], variables, record=True, dt=DT, when="start")
        for name, variables in recorded.items()
    }
    seen |= {
        name: StateMonitor(stimulus, "u", record=True, dt=DT, when="start")
        for name, stimulus in stimuli.items()
    }
    objects = {*made.values(), *synapses.values(), *drives.values(), *sides, *parts}
    net = Network(*objects, *stimuli.values(), *seen.values())
    return SimpleNamespace(net=net, synapses=synapses, stimuli=stimuli, seen=seen)


def run_twice(made):
    """Run with the first weights and with the second; 'rest' and 'wide' keep theirs."""
    made.net.run(STEPS * DT)
    made.synapses["whole"].w = DRAWN.whole.second
    made.synapses["part"].w = DRAWN.part.second * nA / Hz
    made.net.run(STEPS * DT)


def outcome(made):
    """Collect what was recorded, as plain arrays of shape (T, ...) that outlive the device."""
    seen = made.seen
    recorded = {
        f"{name}_{variable}": np.array(getattr(seen[name], f"{variable}_")).T
        for name in seen
        for variable in seen[name].record_variables
    }
    encoders = {name: np.array(stimulus.encoders) for name, stimulus in made.stimuli.items()}
    return SimpleNamespace(**recorded, encoders=encoders)


@pytest.fixture(scope="module")
def runtime_outcomes(on_device):
    @functools.cache
    def ran_on(target):
        with on_device(target):
            prefs.codegen.target = "numpy"  # compile for the runs alone
            made = network()
            prefs.codegen.target = target
            run_twice(made)
            return outcome(made)

    return ran_on


@pytest.fixture(scope="module")
def compiled_outcomes(request, on_device, tmp_path_factory):
    """Compile once; run as it is, with other weights by run_args, and as it is again."""

    @functools.cache
    def ran_on(target):
        if target == "cuda_standalone":
            request.getfixturevalue("gpu")
        directory = tmp_path_factory.mktemp(target)
        with on_device(target, directory, build_on_run=False) as device:
            made = network()
            run_twice(made)
            device.build(directory=str(directory), compile=True, run=False)
            arguments = {
                "default": {},
                "given": {
                    made.synapses["whole"].w: DRAWN.whole.given,
                    made.synapses["rest"].w: DRAWN.rest.given * nA / Hz,
                },
                "again": {},
            }
            outcomes = {}
            for name, run_args in arguments.items():
                device.run(run_args=run_args, results_directory=f"results_{name}")
                outcomes[name] = outcome(made)
        return outcomes

    return ran_on


STANDALONE = [
    pytest.param("cpp_standalone", marks=pytest.mark.standalone),
    pytest.param("cuda_standalone", marks=pytest.mark.cuda),
]
TARGETS = ["numpy", pytest.param("cython", marks=pytest.mark.cython), *STANDALONE]


@pytest.fixture(params=STANDALONE)
def standalone_outcomes(request, compiled_outcomes):
    return compiled_outcomes(request.param)


@pytest.fixture(params=TARGETS)
def ran(request):
    """What the network left on each device."""
    if request.param in ("numpy", "cython"):
        return request.getfixturevalue("runtime_outcomes")(request.param)
    return request.getfixturevalue("compiled_outcomes")(request.param)["default"]


def dense(name, weights):
    """Return the matrix of a drive over the whole groups, shape (receivers, senders)."""
    pre, senders, post, receivers, _ = CONNECTED[name]
    entry = getattr(DRAWN, name)
    shape = SIZES[post], SIZES[pre]
    places = entry.j + receivers.start, entry.i + senders.start
    return csr_array((getattr(entry, weights), places), shape=shape)


FIRST, SECOND = slice(0, STEPS), slice(STEPS, 2 * STEPS)


def test_network_is_alive(ran):
    assert len(ran.neurons_r) == 2 * STEPS
    for recorded in (ran.neurons_s, ran.others_I, ran.neurons_tone, ran.others_table):
        assert np.ptp(recorded, axis=0).max() > 0.1 * np.abs(recorded).max() > 0


@pytest.mark.parametrize(("half", "weights"), [(FIRST, "first"), (SECOND, "second")])
def test_drive_is_the_product_at_every_step(agree, ran, half, weights):
    expected = ran.neurons_r[half] @ dense("whole", weights).T
    agree("drive", ran.neurons_s[half], expected, 1e-13)


@pytest.mark.parametrize(("half", "weights"), [(FIRST, "first"), (SECOND, "second")])
def test_drives_between_parts_of_groups(agree, ran, half, weights):
    # two drives write into different receivers of one parameter, which has a unit
    part = ran.neurons_r[half] @ dense("part", weights).T
    rest = ran.others_r[half] @ dense("rest", "first").T
    found = ran.others_I[half] * 1e9
    agree("drive", found, part + rest, 1e-13)
    np.testing.assert_array_equal(found[:, :2], 0)


def test_drive_by_more_senders_than_16_bits_count(agree, ran):
    expected = dense("wide", "first") @ DRAWN.many
    agree("drive", ran.neurons_from_many, np.tile(expected, (2 * STEPS, 1)), 1e-13)


def test_drive_without_a_synapse(ran):
    np.testing.assert_array_equal(ran.others_nothing, 0)


def test_channels_of_stimuli(ran):
    tone = np.sin(2 * np.pi * 40 * np.outer(TIMES, [1, 2]))
    np.testing.assert_allclose(ran.tone_u * 1e9, tone, atol=1e-12)
    # two steps a sample of the table, whose last one holds; one step a sample of the array
    steps = np.arange(2 * STEPS)
    np.testing.assert_array_equal(ran.table_u, DRAWN.table[np.minimum(steps // 2, 11)])
    np.testing.assert_array_equal(ran.pulse_u[:, 0], DRAWN.pulses[np.minimum(steps, 39)])


def test_encoders_of_stimuli(ran):
    np.testing.assert_allclose(ran.encoders["tone"], DRAWN.tone_encoders, rtol=1e-15)
    np.testing.assert_array_equal(ran.encoders["table"], DRAWN.table_encoders)
    np.testing.assert_allclose(ran.encoders["pulse"][:, 0], np.cos(np.arange(N)), rtol=1e-14)


def test_stimulus_is_encoders_times_channels(agree, ran):
    tone = ran.tone_u @ ran.encoders["tone"].T
    pulse = ran.pulse_u @ ran.encoders["pulse"].T
    agree("stimulus", ran.neurons_tone, tone, 1e-13)
    agree("stimulus", ran.neurons_pulse, pulse, 1e-13)
    table = ran.table_u @ ran.encoders["table"].T
    agree("stimulus", ran.others_table[:, 4:12], table, 1e-13)
    np.testing.assert_array_equal(ran.others_table[:, [0, 1, 2, 3, 12, 13]], 0)


def test_stimulus_whose_channels_are_all_off_is_zero(ran):
    off = ~ran.table_u.any(axis=1)
    assert off.sum() >= 4
    np.testing.assert_array_equal(ran.others_table[off], 0)


@pytest.mark.parametrize("ran", TARGETS[1:], indirect=True)
def test_devices_agree(agree, ran, runtime_outcomes):
    on_numpy = runtime_outcomes("numpy")
    for name, recorded in vars(ran).items():
        if name != "encoders":
            agree("rate network", recorded, getattr(on_numpy, name), 1e-11, "NumPy")


@pytest.mark.standalone
def test_weights_in_run_args(agree, standalone_outcomes):
    ran = standalone_outcomes["given"]
    expected = ran.neurons_r[FIRST] @ dense("whole", "given").T
    agree("drive", ran.neurons_s[FIRST], expected, 1e-13)
    rest = (ran.others_r @ dense("rest", "given").T)[:, 9:]
    agree("drive", ran.others_I[:, 9:] * 1e9, rest, 1e-13)
    # Brian reads run_args before the first run: what the script sets before the second counts.
    expected = ran.neurons_r[SECOND] @ dense("whole", "second").T
    agree("drive", ran.neurons_s[SECOND], expected, 1e-13)


@pytest.mark.standalone
def test_run_without_run_args_after_one_with(standalone_outcomes):
    for name, recorded in vars(standalone_outcomes["default"]).items():
        if name != "encoders":
            again = getattr(standalone_outcomes["again"], name)
            np.testing.assert_array_equal(recorded, again, err_msg=name)


# -- what the kernels could not read rightly ------------------------------------------------------


@pytest.mark.cython
def test_target_that_is_the_activity(on_device):
    # s = W s: every row must see the old s, or it is refused
    with on_device("numpy"):
        group = NeuronGroup(20, "x : 1", name="in_place_neurons")
        synapses = Synapses(group, group, "w : 1 (constant)", name="in_place")
        synapses.connect()
        weights = np.random.default_rng(1).normal(size=400)
        synapses.w, group.x = weights, np.linspace(0, 1, 20)
        matrix = np.zeros((20, 20))
        matrix[synapses.j, synapses.i] = weights
        try:
            drive = RecurrentDrive(synapses, "w", activity="x", target="x")
        except ValueError as refused:
            assert "'target' argument of RecurrentDrive" in str(refused)  # noqa: PT017
            return
        prefs.codegen.target = "cython"
        Network(group, synapses, drive).run(0.1 * ms)
        np.testing.assert_allclose(group.x, matrix @ np.linspace(0, 1, 20), atol=1e-13)


@pytest.mark.cython
@pytest.mark.parametrize("declared", ["w : 1 (constant)", "w : integer (constant)"])
def test_weight_of_another_type_is_read_rightly_or_refused(on_device, declared):
    with on_device("numpy"):
        group = NeuronGroup(5, "r : Hz\ns : Hz", name="typed_neurons")
        dtype = None if "integer" in declared else {"w": float32}
        synapses = Synapses(group, group, declared, dtype=dtype, name="typed")
        synapses.connect()
        synapses.w, group.r = np.arange(25), np.arange(5) * Hz
        try:
            drive = RecurrentDrive(synapses, "w", activity="r", target="s")
        except (TypeError, ValueError) as refused:
            assert "'weight' argument of RecurrentDrive" in str(refused)  # noqa: PT017
            return
        prefs.codegen.target = "cython"
        Network(group, synapses, drive).run(0.1 * ms)
        expected = np.bincount(synapses.j, np.arange(25) * np.arange(5)[synapses.i])
        np.testing.assert_allclose(group.s_, expected)


@pytest.mark.cython
def test_single_precision_of_everything(agree, on_device, rng):
    with on_device("numpy"):
        prefs.core.default_float_dtype = float32
        group = NeuronGroup(9, "r : Hz\ns : Hz", name="single_neurons")
        synapses = Synapses(group, group, "w : 1 (constant)", name="single_synapses")
        synapses.connect(condition="i != j")
        weights = rng.normal(size=72).astype(np.float32)
        rates = rng.uniform(0, 50, 9).astype(np.float32)
        synapses.w, group.r = weights, rates * Hz
        drive = RecurrentDrive(synapses, "w", activity="r", target="s")
        prefs.codegen.target = "cython"
        Network(group, synapses, drive).run(0.1 * ms)
        expected = np.bincount(synapses.j, weights.astype(float) * rates[synapses.i])
        agree("drive, float32", np.array(group.s_), expected, EXACT["float32"])


# -- drives that are told the next activity -------------------------------------------------------

AHEAD = {"right": "q + dt*(h - q/(5*ms))", "wrong": "2*q", "sometimes": "q + dt*(h - q/(5*ms))"}


def filtering(name):
    """Make neurons whose q filters h; those of 'sometimes' get a jump of q every third step."""
    neurons = NeuronGroup(
        N,
        """dq/dt = h - q/(5*ms) : Hz
           dh/dt = (20*Hz*(1 + sin(2*pi*50*Hz*t + i)) + s)/(10*ms)**2 - h/(10*ms) : Hz**2
           s : Hz""",
        method="euler",
        dt=DT,
        name=f"{name}_neurons",
    )
    neurons.q = DRAWN.initial * Hz
    if name == "sometimes":
        neurons.run_regularly("q += 1*Hz", dt=3 * DT, when="end")
    synapses = Synapses(neurons, neurons, "w : 1 (constant)", dt=DT, name=f"{name}_synapses")
    synapses.connect(i=DRAWN.whole.i, j=DRAWN.whole.j)
    synapses.w = DRAWN.whole.first
    names = {"activity": "q", "target": "s", "ahead": AHEAD[name]}
    drive = RecurrentDrive(synapses, "w", **names, name=name)
    seen = StateMonitor(neurons, ["q", "s"], record=True, dt=DT, when="start")
    return neurons, synapses, drive, seen


# In C++, the rate networks of tests/unit/test_standalone.py tell it at every step, without one more
# project to compile.
@pytest.mark.parametrize(
    "target",
    [
        *TARGETS[:2],
        pytest.param("cpp_standalone", marks=[pytest.mark.standalone, pytest.mark.slow]),
    ],
)
def test_what_is_said_of_the_next_step_changes_nothing(agree, on_device, tmp_path, target):
    with on_device(target, tmp_path, build_on_run=False) as device:
        made = [filtering(name) for name in AHEAD]
        net = Network(made)
        net.run(15 * DT)  # an odd number: the last second product waits in vain
        for _, synapses, _, _ in made:
            synapses.w = DRAWN.whole.second
        net.run(16 * DT)
        if target == "cpp_standalone":
            device.build(directory=str(tmp_path), compile=True)
        found = [(np.array(seen.q_), np.array(seen.s_)) for *_, seen in made]
    shape = N, N
    for q, s in found:
        for half, weights in ((slice(15), DRAWN.whole.first), (slice(15, 31), DRAWN.whole.second)):
            matrix = csr_array((weights, (DRAWN.whole.j, DRAWN.whole.i)), shape=shape)
            agree("drive", s[:, half], matrix @ q[:, half], EXACT["float64"])
        assert np.ptp(q, axis=1).min() > 1
