"""The CUDA kernels, run as they stand by an emulated GPU, do what the reference does."""

import ctypes
import subprocess
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.sparse import csr_array

from brian_force.learning import codegen, reference

pytestmark = pytest.mark.standalone

DEVICE = "emulated"
# Relative to the largest entry.
EXACT = 1e-12
# Where P has 24 bits: rounding adds up over the updates. And of a single sum.
SINGLE, SINGLE_SUM = 2e-5, 1e-6
NOTE = {"float64": "", "float32": ", float32"}

C_TYPES = {"float64": "double", "float32": "float"}
NAMES = {"prior": "RLS", "posterior": "RLS", "lms": "LMS"}
RULES = {"prior": 0, "posterior": 1, "lms": 2}
OUTPUT_NOT_FINITE, ERROR_NOT_FINITE, GAIN_NOT_POSITIVE = 1, 2, 3

FIELDS = ["r", "x", "z", "e", "phi", "P", "gain", "pending", "ready", "learning_rate", "due"]
FIELDS += ["n_updates", "failure", "failure_time"]


class Memory(ctypes.Structure):
    _fields_ = [(name, ctypes.c_void_p) for name in FIELDS]


class Training(ctypes.Structure):
    _fields_ = [
        *((name, ctypes.c_int) for name in ("steps", "stride", "first", "n", "k", "rule")),
        ("forgetting", ctypes.c_double),
    ]


def address(array):
    return array.ctypes.data_as(ctypes.c_void_p)


@pytest.fixture(scope="module")
def emulated(tmp_path_factory):
    """Compile kernels and emulation into a library."""
    here, kernels = Path(__file__).parent, Path(codegen.__file__).parent / "kernels"
    library = tmp_path_factory.mktemp("cuda") / "kernels.so"
    # Fortified jumps do not leave a stack for another.
    flags = ["-std=c++17", "-O1", "-U_FORTIFY_SOURCE", "-Wall", "-Wextra", "-Werror"]
    flags += ["-Wno-unknown-pragmas", "-shared", "-fPIC", f"-I{here}", f"-I{kernels}"]
    subprocess.run(["g++", *flags, here / "cuda_wrapper.cpp", "-o", library], check=True)
    return ctypes.CDLL(str(library))


def filled(values, dtype):
    """Copy values into an array that ends in a number that must stay as it is."""
    return np.append(np.asarray(values, dtype).ravel(), np.asarray(-77, dtype))


def train(
    library, r, x, rate, gain="posterior", forgetting=1.0, *, state="float64", precision="float64",
    decoders=None, P=None, part=slice(None), due=None, reverse=False,
):  # fmt: skip
    """Train with the kernels, once in each order of threads; return what they left."""
    first, n = part.start or 0, len(r[0, part])
    steps, stride = r.shape
    k = x.shape[1]
    decoders = np.zeros((n, k)) if decoders is None else decoders
    packed = np.full(n * (n + 1) // 2, np.nan) if P is None else P[np.tri(n, dtype=bool)]
    memory = {
        "r": np.asarray(r, state).ravel(),
        "x": np.asarray(x, state).ravel(),
        "z": filled(np.full(k, np.nan), state),
        "e": filled(np.full(k, np.nan), state),
        "phi": filled(decoders.T, state),
        "P": filled(packed, precision),
        "gain": filled(np.zeros(n), precision),
        "pending": np.zeros(1),
        "ready": np.array([P is not None], np.int8),
        "learning_rate": np.array([rate]),
        "due": np.ones(steps, np.int8) if due is None else np.asarray(due, np.int8),
        "n_updates": np.zeros(1, np.int32),
        "failure": np.zeros(1, np.int32),
        "failure_time": np.full(1, np.nan),
    }
    pointers = Memory(*(address(memory[name]) for name in FIELDS))
    training = Training(steps, stride, first, n, k, RULES[gain], forgetting)
    library.reverse_order(int(reverse))
    name = f"train_{C_TYPES[state]}_{C_TYPES[precision]}"
    getattr(library, name)(ctypes.byref(training), ctypes.byref(pointers))
    assert all(memory[name][-1] == -77 for name in ("z", "e", "phi", "P", "gain"))
    return SimpleNamespace(**memory, n=n, k=k, forgetting=forgetting)


def decoders_of(left):
    return left.phi[:-1].reshape(left.k, left.n).T.astype(float)


def P_of(left):
    """Unpack P and make the last change, as `Readout.P` does."""
    lower = np.zeros((left.n, left.n))
    lower[np.tri(left.n, dtype=bool)] = left.P[:-1]
    P, g = lower + np.tril(lower, -1).T, left.gain[:-1].astype(float)
    return (P - left.pending * np.outer(g, g)) / (left.forgetting if left.pending else 1)


def train_reference(r, x, rate, gain="posterior", forgetting=1.0, decoders=None, P=None):
    n = r.shape[1]
    decoders = np.zeros((n, x.shape[1])) if decoders is None else decoders.copy()
    P = rate * np.eye(n) if P is None else P.copy()
    for now, goal in zip(r, x, strict=True):
        error = now @ decoders - goal
        if gain == "lms":
            reference.lms_update(now, error, decoders, rate)
        else:
            reference.rls_update(P, now, error, decoders, gain, forgetting)
    return decoders, P


def samples(n, k, steps=12, seed=1):
    rng = np.random.default_rng(seed)
    return 20 * (1 + np.tanh(rng.normal(size=(steps, n)))), rng.normal(size=(steps, k))


def rate(gain, n):
    """Return a learning rate at which every update matters: rate * r'r is 5, or 0.5."""
    return (1e-2 if gain == "posterior" else 1e-3) / n


# -- learning -------------------------------------------------------------------------------------

# Tiles have 64 rows: less than one, one, just more, an even and an odd number of them.
SIZES = [1, 5, 63, 64, 65, 128, 150, 257]


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("gain", ["posterior", "prior"])
@pytest.mark.parametrize("forgetting", [1.0, 0.99])
@pytest.mark.parametrize(("precision", "tolerance"), [("float64", EXACT), ("float32", SINGLE)])
def test_rls(agree, emulated, n, gain, forgetting, precision, tolerance):
    r, x = samples(n, 3)
    start = np.random.default_rng(2).normal(scale=1e-3, size=(n, 3))
    left = train(
        emulated, r, x, rate(gain, n), gain, forgetting, precision=precision, decoders=start
    )
    decoders, P = train_reference(r, x, rate(gain, n), gain, forgetting, start)
    agree(f"decoders by RLS{NOTE[precision]}", decoders_of(left), decoders, tolerance)
    agree(f"P{NOTE[precision]}", P_of(left), P, tolerance)
    assert left.n_updates == len(r)
    assert left.failure == 0
    assert np.isnan(left.failure_time)


@pytest.mark.parametrize("k", [1, 2, 31, 64])
@pytest.mark.parametrize("gain", ["posterior", "lms"])
def test_outputs(agree, emulated, k, gain):
    r, x = samples(70, k)
    left = train(emulated, r, x, rate(gain, 70), gain)
    decoders, _ = train_reference(r, x, rate(gain, 70), gain)
    agree(f"decoders by {NAMES[gain]}", decoders_of(left), decoders, EXACT)
    assert left.n_updates == len(r)


@pytest.mark.parametrize(("state", "precision"), [("float32", "float64"), ("float32", "float32")])
def test_state_in_single_precision(agree, emulated, state, precision):
    r, x = samples(70, 2)
    left = train(emulated, r, x, 1e-4, state=state, precision=precision)
    decoders, P = train_reference(r, x, 1e-4)
    agree("decoders by RLS, float32", decoders_of(left), decoders, SINGLE)
    agree("P, float32", P_of(left), P, SINGLE)


@pytest.mark.parametrize("gain", RULES)
def test_part_of_a_group(agree, emulated, gain):
    r, x = samples(100, 2)
    part = slice(7, 90)
    r[:, :7] = r[:, 90:] = np.nan
    left = train(emulated, r, x, rate(gain, 83), gain, part=part)
    decoders, P = train_reference(r[:, part], x, rate(gain, 83), gain)
    agree(f"decoders by {NAMES[gain]}", decoders_of(left), decoders, EXACT)
    if gain != "lms":
        agree("P", P_of(left), P, EXACT)


@pytest.mark.parametrize("forgetting", [1.0, 0.99])
def test_warm_start(agree, emulated, forgetting):
    r, x = samples(130, 2, steps=8)
    half, P = train_reference(r, x, 1e-4)
    left = train(emulated, r[::-1], x, 1.0, forgetting=forgetting, decoders=half, P=P)
    given = {"forgetting": forgetting, "decoders": half, "P": P}
    decoders, P = train_reference(r[::-1], x, 1.0, **given)
    agree("decoders by RLS", decoders_of(left), decoders, EXACT)
    agree("P", P_of(left), P, EXACT)


@pytest.mark.parametrize("gain", RULES)
def test_learning_only_where_it_is_due(agree, emulated, gain):
    r, x = samples(66, 2)
    due = np.array([0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 1, 0])
    left = train(emulated, r, x, rate(gain, 66), gain, 0.99, due=due)
    decoders, P = train_reference(r[due > 0], x[due > 0], rate(gain, 66), gain, 0.99)
    agree(f"decoders by {NAMES[gain]}", decoders_of(left), decoders, EXACT)
    if gain != "lms":
        agree("P", P_of(left), P, EXACT)
    assert left.n_updates == 6
    last = r[-1] @ decoders
    agree("output, error, target", left.z[:-1], last, EXACT)
    agree("output, error, target", left.e[:-1], last - x[-1], EXACT)


def test_nothing_is_made_where_learning_is_never_due(emulated):
    r, x = samples(20, 1)
    left = train(emulated, r, x, 5e-6, due=np.zeros(len(r)))
    assert np.isnan(left.P[:-1]).all()
    assert not left.ready
    assert not decoders_of(left).any()


@pytest.mark.parametrize("gain", RULES)
def test_order_of_threads_does_not_matter(emulated, gain):
    r, x = samples(150, 3)
    trained = partial(train, emulated, r, x, rate(gain, 150), gain, 0.99)
    one, other = trained(), trained(reverse=True)
    for name in ("phi", "P", "gain", "z", "pending"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


# -- what is not finite ---------------------------------------------------------------------------


def check_failure(agree, left, code, step, expected):
    """Check that the failure was noted, and that nothing was learned from then on."""
    assert left.failure == code
    assert left.failure_time == step
    assert left.n_updates == step
    agree("decoders at a failure", decoders_of(left), expected, EXACT)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("gain", RULES)
def test_error_that_is_not_finite(agree, emulated, bad, gain):
    r, x = samples(70, 3)
    x[5, 2] = bad
    decoders, _ = train_reference(r[:5], x[:5], rate(gain, 70), gain)
    check_failure(agree, train(emulated, r, x, rate(gain, 70), gain), ERROR_NOT_FINITE, 5, decoders)


@pytest.mark.parametrize("gain", RULES)
def test_output_that_is_not_finite(agree, emulated, gain):
    r, x = samples(70, 3)
    r[5, 60] = np.inf
    decoders, _ = train_reference(r[:5], x[:5], rate(gain, 70), gain)
    check_failure(
        agree, train(emulated, r, x, rate(gain, 70), gain), OUTPUT_NOT_FINITE, 5, decoders
    )


@pytest.mark.parametrize("precision", C_TYPES)
def test_gain_that_is_not_positive(agree, emulated, precision):
    r, x = samples(70, 1)
    left = train(emulated, r, x, -1.0, precision=precision)
    check_failure(agree, left, GAIN_NOT_POSITIVE, 0, np.zeros((70, 1)))
    assert left.pending == 0


# -- feedback -------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 255, 256, 300])
@pytest.mark.parametrize("k", [1, 5, 64])
@pytest.mark.parametrize("state", C_TYPES)
def test_encode(agree, emulated, n, k, state):
    rng = np.random.default_rng(4)
    eta, z = rng.normal(size=(k, n)).astype(state), rng.normal(size=k).astype(state)
    z[1::3] = 0
    feedback = filled(np.full(n, np.nan), state)
    name = f"encode_{C_TYPES[state]}_double"
    getattr(emulated, name)(n, k, address(eta), address(z), address(feedback))
    assert feedback[-1] == -77
    tolerance = EXACT if state == "float64" else SINGLE_SUM
    agree(f"feedback{NOTE[state]}", feedback[:-1], z.astype(float) @ eta.astype(float), tolerance)


# -- the drive ------------------------------------------------------------------------------------


@pytest.mark.parametrize("n_rows", [1, 7, 8, 9, 300])
@pytest.mark.parametrize("n_columns", [1, 8, 300])
@pytest.mark.parametrize("per_row", [0, 0.1, 1, 40])
@pytest.mark.parametrize("bits", [16, 32])
@pytest.mark.parametrize(("precision", "tolerance"), [("float64", EXACT), ("float32", SINGLE_SUM)])
def test_drive(agree, emulated, n_rows, n_columns, per_row, bits, precision, tolerance):
    rng = np.random.default_rng(3)
    n_entries, first = int(per_row * n_rows), 5
    pre = rng.integers(n_columns, size=n_entries).astype(np.int32)
    post = rng.integers(n_rows, size=n_entries).astype(np.int32)
    w, r = rng.normal(size=n_entries).astype(precision), rng.uniform(0, 50, n_columns)
    r = r.astype(precision)
    y = filled(np.full(n_rows, np.nan), precision)
    name, given = f"drive_{C_TYPES[precision]}_{bits}", (pre, post + np.int32(first), w, r, y)
    getattr(emulated, name)(n_rows, first, n_entries, *map(address, given))
    assert y[-1] == -77
    matrix = csr_array((w.astype(float), (post, pre)), shape=(n_rows, n_columns))
    agree(f"drive{NOTE[precision]}", y[:-1], matrix @ r.astype(float), tolerance)


# -- the emulation --------------------------------------------------------------------------------


def test_launches_of_a_step(emulated):
    r, x = samples(70, 3, steps=1)
    before = emulated.launches()
    train(emulated, r, x, 5e-6)
    # one to decode, that of Brian for target and error, four to learn
    assert emulated.launches() - before == 6
