"""Every form of a target gives the same samples."""

import numpy as np
import pytest
from brian2 import Hz, Network, StateMonitor, TimedArray, implementation, ms, mV, second, volt
from brian2 import check_units as units

from brian_force.learning import LMS, RLS, Readout

STEPS = 20
RULE = RLS(1e-4 * second**2, dt=2 * ms)
T = 2e-3 * np.arange(STEPS)
amplitude_of_module = 3.0


@units(t=second, result=1)
def doubled(t):
    return 2 * t / second


doubled = implementation("numpy", discard_units=True)(doubled)


def targets(neurons, target, duration=2 * STEPS * ms, **options):
    """Run a readout and return the target at every update, shape (T, K), with its unit."""
    readout = Readout(neurons, "r", target=target, rule=RULE, **options)
    recorded = StateMonitor(readout, ["target_value", "error", "z"], record=True, dt=2 * ms)
    Network(neurons, readout, recorded).run(duration)
    np.testing.assert_allclose(recorded.error_, recorded.z_ - recorded.target_value_, atol=1e-12)
    return readout, recorded.target_value.T


def assert_samples(neurons, target, expected, **options):
    _, samples = targets(neurons, target, **options)
    np.testing.assert_allclose(samples, expected, atol=1e-12)


SINE = np.sin(2 * np.pi * 5 * T)


def test_string(neurons):
    assert_samples(neurons, "sin(2*pi*5*Hz*t)", SINE[:, np.newaxis])


def test_string_with_outputs(neurons):
    expected = np.sin(2 * np.pi * 5 * np.outer(T, [1, 2, 3]))
    assert_samples(neurons, "sin(2*pi*5*Hz*(i + 1)*t)", expected, n_outputs=3)


def test_time_step_is_that_of_the_rule(neurons):
    assert_samples(neurons, "t/dt", np.arange(STEPS)[:, np.newaxis])


def test_names_of_the_function_that_makes_the_readout(neurons):
    def make(amplitude, frequency):
        assert amplitude * frequency > 0
        return Readout(neurons, "r", target="amplitude*sin(2*pi*frequency*t)", rule=RULE)

    amplitude = 7.0  # the caller's own does not count
    readout = make(2.0, 5 * Hz)
    recorded = StateMonitor(readout, "target_value", record=True, dt=2 * ms)
    Network(neurons, readout, recorded).run(2 * STEPS * ms)
    np.testing.assert_allclose(recorded.target_value[0], 2 * SINE, atol=1e-12)
    assert amplitude == 7


def test_names_of_the_module(neurons):
    assert_samples(neurons, "amplitude_of_module", np.full((STEPS, 1), 3.0))


def test_functions(neurons):
    assert_samples(neurons, "doubled(t)", 2 * T[:, np.newaxis])


def test_namespace(neurons):
    amplitude = 7.0
    space = {"amplitude": 2.0}
    assert_samples(neurons, "amplitude*sin(2*pi*5*Hz*t)", 2 * SINE[:, np.newaxis], namespace=space)
    assert amplitude == 7


def test_names_outside_the_namespace_are_not_found(neurons):
    amplitude = 7.0
    with pytest.raises(ValueError, match=r"'target' argument of Readout.*'amplitude'"):
        Readout(neurons, "r", target="amplitude*t/second", rule=RULE, namespace={})
    assert amplitude == 7


def test_a_later_value_of_a_name_does_not_count(neurons):
    amplitude = 2.0
    readout = Readout(neurons, "r", target="amplitude", rule=RULE)
    amplitude = 7.0
    Network(neurons, readout).run(1 * ms)
    assert readout.target_value[0] == 2
    assert amplitude == 7


@pytest.mark.parametrize(
    "name", ["z", "error", "learning", "learning_rate", "n_updates", "learn_from", "target_value"]
)
def test_a_name_that_the_readout_has_too_means_the_users_or_is_refused(neurons, name):
    try:
        readout = Readout(neurons, "r", target=f"{name} + 1", rule=RULE, namespace={name: 2.0})
    except ValueError as refused:
        assert f"'{name}'" in str(refused)  # noqa: PT017
        return
    Network(neurons, readout).run(9 * ms)  # 5 updates
    assert readout.target_value[0] == 3


def test_timed_array(neurons):
    samples = TimedArray(SINE, dt=2 * ms)
    assert_samples(neurons, samples, SINE[:, np.newaxis])


def test_timed_array_with_another_dt_is_read_as_brian_reads_it(neurons):
    samples = TimedArray([1.0, 2.0], dt=20 * ms)
    assert_samples(neurons, samples, np.repeat([[1.0], [2.0]], 10, axis=0))


def test_timed_array_of_two_dimensions(neurons):
    values = np.stack([SINE, 2 * SINE, T], axis=1)
    readout, samples = targets(neurons, TimedArray(values, dt=2 * ms))
    assert len(readout) == 3
    np.testing.assert_allclose(samples, values, atol=1e-12)


def test_timed_array_in_a_string(neurons):
    samples = TimedArray(SINE, dt=2 * ms)
    space = {"samples": samples}
    assert_samples(neurons, "2*samples(t)", 2 * SINE[:, np.newaxis], namespace=space)


def test_array(neurons):
    assert_samples(neurons, SINE, SINE[:, np.newaxis])


def test_list(neurons):
    assert_samples(neurons, list(SINE), SINE[:, np.newaxis])


def test_array_with_one_column_per_output(neurons):
    values = np.stack([SINE, T], axis=1)
    readout, samples = targets(neurons, values)
    assert len(readout) == 2
    np.testing.assert_allclose(samples, values, atol=1e-12)


def test_later_changes_of_an_array_do_not_count(neurons):
    values = SINE.copy()
    readout = Readout(neurons, "r", target=values, rule=RULE)
    values[:] = 7
    Network(neurons, readout).run(1 * ms)
    assert readout.target_value[0] == 0


@pytest.mark.parametrize("constant", [2.0, np.float64(2), 2])
def test_constant(neurons, constant):
    assert_samples(neurons, constant, np.full((STEPS, 1), 2.0))


def test_constant_for_several_outputs(neurons):
    assert_samples(neurons, 2.0, np.full((STEPS, 3), 2.0), n_outputs=3)


# -- units --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "2*mV*sin(2*pi*5*Hz*t)",
        2 * mV * SINE,
        2 * mV * np.stack([SINE, SINE], axis=1),
        TimedArray(2 * mV * SINE, dt=2 * ms),
        2 * mV,
    ],
    ids=["string", "array", "columns", "TimedArray", "constant"],
)
def test_units_follow_the_target(neurons, target):
    k = 2 if np.ndim(target) == 2 else 1
    readout, samples = targets(neurons, target, feedback="feedback", encoders=np.ones((11, k)) / mV)
    assert samples.dim is volt.dim
    assert np.abs(samples).max() > 1 * mV
    assert readout.decoders.dim is (volt / Hz).dim
    assert readout.encoders.dim is (1 / volt).dim
    assert readout.z[:].dim is readout.error[:].dim is volt.dim
    assert readout.P.dim is (second**2).dim
    assert readout.learning_rate[:].dim is (second**2).dim


def test_activity_of_any_unit(driven, activity):
    neurons = driven(activity, unit=volt)
    readout = Readout(neurons, "r", target="1.0", rule=LMS(1e-6 * volt**-2, dt=1 * ms))
    Network(neurons, readout).run(5 * ms)
    assert readout.decoders.dim is (1 / volt).dim
    expected = np.zeros(activity.shape[1])
    for r in activity[:5]:
        expected -= 1e-6 * r * (r @ expected - 1)
    np.testing.assert_allclose(readout.decoders_[:, 0], expected)


# -- windows --------------------------------------------------------------------------------------


def test_an_array_ends_the_window(neurons):
    readout = Readout(neurons, "r", target=SINE, rule=RULE)
    assert float(readout.learn_until[:]) == pytest.approx(STEPS * 2e-3)
    Network(neurons, readout).run(60 * ms)
    assert readout.n_updates[:] == STEPS


def test_a_window_beyond_the_array_is_refused(neurons):
    readout = Readout(neurons, "r", target=SINE, rule=RULE)
    readout.learn_until = 50 * ms
    with pytest.raises(Exception) as raised:  # noqa: PT011
        Network(neurons, readout).run(1 * ms)
    cause = raised.value.__cause__
    assert isinstance(cause, ValueError)
    assert "within the target, which ends at 0.04 s" in str(cause)


@pytest.mark.parametrize("target", ["1.0", 1.0, TimedArray(SINE, dt=2 * ms)])
def test_other_targets_do_not_end_the_window(neurons, target):
    readout = Readout(neurons, "r", target=target, rule=RULE)
    readout.learn_until = 1 * second
    Network(neurons, readout).run(60 * ms)
    assert readout.n_updates[:] == 30


# -- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "error", "message"),
    [
        ("sinn(t/ms)", ValueError, "Did you mean 'sin'|'sinn'"),
        ("frequenzy*t", ValueError, "but got 'frequenzy'"),
        ("t + 1", ValueError, "an expression that Brian can evaluate"),
        ("2*(t", ValueError, "'target' argument of Readout"),
        ("r/Hz", ValueError, "but got 'r'"),
        ([1, np.nan], ValueError, "finite everywhere"),
        ([[1, 2], [np.inf, 3]], ValueError, r"index \(1, 0\)"),
        (np.nan, ValueError, "finite"),
        (TimedArray([1, np.inf], dt=1 * ms), ValueError, "finite everywhere"),
        ([], ValueError, r"shape \(0,\)"),
        (np.zeros((2, 2, 2)), ValueError, r"shape \(2, 2, 2\)"),
        (object(), TypeError, "a string, a TimedArray, an array or a constant"),
        (["a", "b"], TypeError, "a string, a TimedArray, an array or a constant"),
        (lambda t: t, TypeError, "a string, a TimedArray, an array or a constant"),
    ],
)
def test_refused(neurons, target, error, message):
    with pytest.raises(error, match=message):
        Readout(neurons, "r", target=target, rule=RULE)


def test_number_of_outputs_must_fit(neurons):
    with pytest.raises(ValueError, match=r"K=3\), but got K=2"):
        Readout(neurons, "r", target=np.ones((5, 2)), rule=RULE, n_outputs=3)
