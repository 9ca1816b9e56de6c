"""The rate f at a constant current, and the rate neurons as objects."""

import warnings

import numpy as np
import pytest
from brian2 import Hz, Network, Quantity, StateMonitor, have_same_dimensions, ms, mV, volt

from brian_force.networks import LIFParameters
from brian_force.networks.assembly import SHARED_PARAMETERS
from brian_force.networks.lif import LIF_EQUATIONS
from brian_force.networks.rate import RATE, RATE_EQUATIONS, firing_rate, rate_neurons

PARAMETERS = LIFParameters(n_neurons=2)
OTHERS = LIFParameters(
    n_neurons=2,
    tau_m=7 * ms,
    t_ref=3 * ms,
    v_reset=-70 * mV,
    v_threshold=-50 * mV,
    I_bias=-50 * mV,
)
THRESHOLD = -0.04
AT_AND_BELOW = [-np.inf, -1e300, -1e3, -0.065, -0.0401, np.nextafter(THRESHOLD, -1), THRESHOLD]
ABOVE = [
    *(np.nextafter(THRESHOLD, 0), THRESHOLD + 1e-15, THRESHOLD + 1e-9, -0.0399, -0.03),
    *(0.0, 0.1, 1.0, 1e3, 1e15, 1e30, 1e300),
]


def formula(current, p):
    """1/(t_ref + tau_m ln((I - v_reset)/(I - v_threshold))), plain numbers in s and V."""
    climb = np.log((current - float(p.v_reset)) / (current - float(p.v_threshold)))
    return 1 / (float(p.t_ref) + float(p.tau_m) * climb)


def rates_in_brian(currents, parameters=PARAMETERS):
    """Evaluate f in neurons whose currents differ by their feedback."""
    made = LIFParameters(
        n_neurons=len(currents), Q=1 * volt, I_bias=0 * mV, **constants_of(parameters)
    )
    neurons = rate_neurons(made)
    neurons.feedback = currents
    recorded = StateMonitor(neurons, ["I", "f"], record=True)
    Network(neurons, recorded).run(2 * made.dt)
    np.testing.assert_array_equal(recorded.I_[:, 0], currents)  # 0 V + 1 V times it: exact
    np.testing.assert_array_equal(recorded.f_[:, 0], recorded.f_[:, 1])
    assert np.all(np.isfinite(neurons.h_))
    return np.array(recorded.f_[:, 0])  # the monitor's memory goes with it


def constants_of(parameters):
    names = ("tau_m", "t_ref", "v_reset", "v_threshold")
    return {name: getattr(parameters, name) for name in names}


def rates_in_numpy(currents, parameters=PARAMETERS):
    return np.asarray(firing_rate(np.array(currents) * volt, parameters))


BOTH = pytest.mark.parametrize("rates", [rates_in_numpy, rates_in_brian], ids=["numpy", "brian"])


@pytest.fixture(autouse=True)
def _no_warning():
    with np.errstate(all="raise", under="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        yield


@BOTH
def test_exactly_zero_at_and_below_threshold(rates):
    np.testing.assert_array_equal(rates(AT_AND_BELOW[1:]), 0)


def test_minus_infinity_is_below_threshold():
    assert rates_in_numpy([-np.inf]) == [0]


@BOTH
def test_finite_and_rising_above_threshold(rates):
    found = rates(ABOVE)
    assert np.all(np.isfinite(found))
    assert found[0] > 0
    assert np.all(np.diff(found) >= 0)
    assert np.all(np.diff(found[:8]) > 0)


@BOTH
def test_tends_to_zero_at_threshold(rates):
    # infinitely steep: one part in 10**13 above threshold it is 3 Hz, and 0 Hz at it
    near = THRESHOLD + 10.0 ** -np.arange(3, 16)
    assert np.all(np.diff(rates(near)) < 0)


@BOTH
def test_saturates_at_the_inverse_refractory_time(rates):
    found = rates([1e3, 1e15, 1e30, 1e300])
    np.testing.assert_allclose(found, 500, rtol=1e-3)
    assert found[0] < 500
    np.testing.assert_allclose(found[1:], 500, rtol=1e-14)


def test_infinite_current():
    assert rates_in_numpy([np.inf]) == [500]


@BOTH
@pytest.mark.parametrize("parameters", [PARAMETERS, OTHERS], ids=["default", "others"])
def test_formula(rates, parameters):
    currents = float(parameters.v_threshold) + np.geomspace(1e-6, 10, 200)
    expected = formula(currents, parameters)
    np.testing.assert_allclose(rates(currents, parameters), expected, rtol=1e-9)


def test_brian_and_numpy_agree():
    currents = np.array([*AT_AND_BELOW[1:], *ABOVE])
    np.testing.assert_allclose(rates_in_brian(currents), rates_in_numpy(currents), rtol=1e-14)


def test_known_values():
    # 10 mV above rheobase: 1/(2 ms + 10 ms ln(35/10))
    expected = 1 / (0.002 + 0.01 * np.log(3.5))
    assert float(firing_rate(-30 * mV, PARAMETERS)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_shape_and_unit(shape):
    found = firing_rate(np.full(shape, -30) * mV, PARAMETERS)
    assert isinstance(found, Quantity)
    assert have_same_dimensions(found, Hz)
    assert np.shape(found) == shape


# -- the neurons --------------------------------------------------------------------------------


def test_every_parameter_is_a_variable_of_the_neurons():
    neurons = rate_neurons(OTHERS)
    assert neurons.name == "neurons"
    assert neurons.clock.dt == OTHERS.dt
    for name in SHARED_PARAMETERS:
        assert getattr(neurons, name) == getattr(OTHERS, name)
        assert neurons.variables[name].scalar


def test_current_and_filter_of_r_are_those_of_the_spiking_neurons():
    def line(equations, start):
        (found,) = [text for text in equations.splitlines() if text.startswith(start)]
        return found.split("#")[0].split()

    for start in ("I =", "dr/dt", "G :", "Q :", "Q_inputs :", "feedback", "stimulus"):
        assert line(RATE_EQUATIONS, start) == line(LIF_EQUATIONS, start)


def test_the_count_of_spikes_is_the_integral_of_f():
    neurons = rate_neurons(LIFParameters(n_neurons=2, I_bias=-30 * mV))
    Network(neurons).run(50 * ms)
    expected = 0.05 * float(firing_rate(-30 * mV, PARAMETERS))
    np.testing.assert_allclose(neurons.n_spikes[:], expected, rtol=1e-10)


def test_the_start_is_the_steady_state_of_the_initial_voltage_as_a_current():
    v = np.array([-0.065, -0.04, -0.03, 0.0, 0.03])
    state = RATE.initial_state(PARAMETERS, v)
    assert set(state) == {"r", "h"}
    np.testing.assert_array_equal(state["r"], np.asarray(firing_rate(v * volt, PARAMETERS)))
    np.testing.assert_array_equal(state["r"][:2], 0)
    neurons = rate_neurons(LIFParameters(n_neurons=5, Q=1 * volt, I_bias=0 * mV))
    neurons.feedback, neurons.r_, neurons.h_ = v, state["r"], state["h"]
    Network(neurons).run(20 * ms)
    np.testing.assert_allclose(neurons.r_, state["r"], rtol=1e-12, atol=1e-12)
