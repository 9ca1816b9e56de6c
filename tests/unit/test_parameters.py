"""LIFParameters: defaults, checks, JSON and digest."""

import dataclasses
import json
import re
import subprocess
import sys

import numpy as np
import pytest
from brian2 import DimensionMismatchError, Hz, ms, mV, second, volt
from hypothesis import given
from hypothesis import strategies as st

from brian_force.networks import LIFParameters

# A digest names files: it may change only together with the parameters themselves.
DEFAULT_DIGEST = "f6a68a0a2197fdb07b0d9a75c2c5028c6aaf4911e5e1a23f3d495fc006b866f2"


def test_defaults_are_those_of_nicola_and_clopath():
    assert repr(LIFParameters()) == (
        "LIFParameters(n_neurons=2000, G=0.04*mV/Hz, Q=10*mV, tau_m=10*ms, t_ref=2*ms, "
        "v_reset=-65*mV, v_threshold=-40*mV, I_bias=-40*mV, tau_r=2*ms, tau_d=20*ms, "
        "connection_probability=0.1, v_initial_max=30*mV, dt=0.05*ms)"
    )


def test_repr_is_the_call_that_makes_it():
    names = {"LIFParameters": LIFParameters, "mV": mV, "ms": ms, "Hz": Hz}
    assert eval(repr(LIFParameters(n_neurons=50)), names).n_neurons == 50


def test_equal_parameters_are_equal_and_hash_alike():
    one, same = LIFParameters(Q=20 * mV), LIFParameters(Q=20 * mV)
    assert one == same
    assert hash(one) == hash(same)
    assert one != LIFParameters()
    assert len({one, same, LIFParameters()}) == 2


def test_zero_has_no_sign():
    plus, minus = LIFParameters(I_bias=0 * mV), LIFParameters(I_bias=-0.0 * mV)
    assert plus == minus
    assert plus.digest() == minus.digest()


def test_replace_gives_a_checked_copy():
    parameters = LIFParameters()
    assert dataclasses.replace(parameters, n_neurons=10).n_neurons == 10
    with pytest.raises(ValueError, match="n_neurons"):
        dataclasses.replace(parameters, n_neurons=0)


def test_equal_rise_and_decay_are_allowed():
    assert LIFParameters(tau_r=20 * ms).tau_r == LIFParameters().tau_d


def test_nothing_can_be_changed():
    voltage = np.array(20.0) * mV
    parameters = LIFParameters(Q=voltage)
    voltage[...] = 0 * mV
    assert 20 * mV == parameters.Q
    with pytest.raises(ValueError, match="read-only"):
        parameters.Q[...] = 1 * mV
    with pytest.raises(dataclasses.FrozenInstanceError):
        parameters.Q = 1 * mV


@given(
    G=st.floats(0, 1, allow_subnormal=False),
    v_reset=st.floats(-0.2, -0.05),
    dt=st.floats(1e-6, 1e-3),
    p=st.floats(0.001, 1),
)
def test_json_round_trip_is_exact(G, v_reset, dt, p):
    parameters = LIFParameters(
        G=G * volt / Hz, v_reset=v_reset * volt, dt=dt * second, connection_probability=p
    )
    again = LIFParameters.from_json(parameters.to_json())
    assert again == parameters
    assert again.to_json() == parameters.to_json()


def test_json_is_canonical_and_names_units():
    text = LIFParameters(n_neurons=np.int64(10)).to_json()
    record = json.loads(text)
    assert text == json.dumps(record, sort_keys=True, separators=(",", ":"))
    assert record["n_neurons"] == 10
    assert record["tau_d"] == {"unit": "second", "value": 0.02}
    assert record["G"]["unit"] == "volt/hertz"


def test_json_may_leave_out_defaults():
    assert LIFParameters.from_json("{}") == LIFParameters()


def test_digest_is_known():
    assert LIFParameters().digest() == DEFAULT_DIGEST
    assert LIFParameters(dt=0.1 * ms).digest() != DEFAULT_DIGEST


def test_digest_is_the_same_in_another_process():
    program = "from brian_force.networks import LIFParameters; print(LIFParameters().digest())"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert run.stdout.decode().strip() == LIFParameters().digest()


WRONG_CALLS = [
    (
        {"G": 0.04},
        DimensionMismatchError,
        "The 'G' argument of LIFParameters must be in units of mV/Hz, but got 0.04. "
        "Write 0.04*mV/Hz.",
    ),
    (
        {"tau_m": 10 * mV},
        DimensionMismatchError,
        "The 'tau_m' argument of LIFParameters must be in units of ms, but got 0.01*volt. "
        "Write it in ms.",
    ),
    (
        {"t_ref": 0 * ms},
        ValueError,
        "The 't_ref' argument of LIFParameters must be one finite number, positive, but got 0*ms.",
    ),
    (
        {"Q": [1, 2] * mV},
        ValueError,
        "The 'Q' argument of LIFParameters must be one finite number, not negative, but got "
        "array([1., 2.]) * mvolt.",
    ),
    (
        {"v_reset": -40 * mV},
        ValueError,
        "The 'v_threshold' argument of LIFParameters must be above 'v_reset' (-40. mV), but got "
        "-40. mV.",
    ),
    (
        {"v_initial_max": -70 * mV},
        ValueError,
        "The 'v_initial_max' argument of LIFParameters must be above 'v_reset' (-65. mV), but got "
        "-70. mV.",
    ),
    (
        {"connection_probability": 0},
        ValueError,
        "The 'connection_probability' argument of LIFParameters must be above 0 and at most 1, "
        "but got 0.",
    ),
    (
        {"n_neurons": 1},
        ValueError,
        "The 'n_neurons' argument of LIFParameters must be a whole number of at least 2, but got "
        "1.",
    ),
]


@pytest.mark.parametrize(("arguments", "error", "message"), WRONG_CALLS)
def test_refusals(arguments, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        LIFParameters(**arguments)


WRONG_TEXTS = [
    ('{"tau": 1}', "The 'text' argument of from_json must be JSON of known parameters, but got"),
    (
        '{"tau_m": {"unit": "seconds", "value": 1}}',
        "The 'unit' argument of the parameter 'tau_m' must be one of the known names, but got "
        "'seconds'. Did you mean 'second'? Known: second, volt, volt/hertz.",
    ),
    ('{"tau_m": {"unit": "second"}}', "The 'tau_m' argument of LIFParameters must be one finite"),
    ('{"tau_m"', "Expecting ':' delimiter"),
]


@pytest.mark.parametrize(("text", "message"), WRONG_TEXTS)
def test_refusals_of_from_json(text, message):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        LIFParameters.from_json(text)
