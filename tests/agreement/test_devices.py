"""The same network gives the same on every device."""

import numpy as np
import pytest

READOUTS = ["main", "part", "single", "lms"]

OTHERS = [
    pytest.param("cython", marks=pytest.mark.cython),
    pytest.param("cpp_standalone", marks=pytest.mark.standalone),
    pytest.param("cuda_standalone", marks=pytest.mark.cuda),
]


@pytest.fixture(params=OTHERS)
def pair(request, numpy_outcomes):
    if request.param == "cython":
        return request.getfixturevalue("cython_outcome"), numpy_outcomes["default"]
    outcomes = request.getfixturevalue(request.param).outcomes
    return outcomes["default"], numpy_outcomes["default"]


def test_network_is_alive(numpy_outcomes):
    outcome = numpy_outcomes["default"]
    assert outcome.spike_i.size > 500
    assert np.abs(outcome.feedback).max() > 0.1
    assert np.abs(outcome.extra).max() > 0.1


def test_spikes(agree, pair):
    other, numpy = pair
    np.testing.assert_array_equal(other.spike_i, numpy.spike_i)
    agree("spike times", other.spike_t, numpy.spike_t, 2e-9, "NumPy")


@pytest.mark.parametrize("readout", READOUTS)
def test_decoders(agree_on, pair, readout):
    other, numpy = (getattr(outcome, readout) for outcome in pair)
    rule = "LMS" if readout == "lms" else "RLS"
    agree_on(f"decoders by {rule}", readout, other.decoders, numpy.decoders)
    assert other.n_updates == numpy.n_updates > 100


@pytest.mark.parametrize("readout", ["main", "part"])
def test_P(agree_on, pair, readout):
    other, numpy = (getattr(outcome, readout) for outcome in pair)
    agree_on("P", readout, other.P, numpy.P)


@pytest.mark.parametrize("readout", READOUTS)
@pytest.mark.parametrize("recorded", ["z", "error", "target"])
def test_recordings(agree_on, pair, readout, recorded):
    other, numpy = (getattr(getattr(outcome, readout), recorded) for outcome in pair)
    assert other.shape == numpy.shape
    agree_on("output, error, target", readout, other, numpy)


def test_feedback(agree_on, pair):
    other, numpy = pair
    agree_on("feedback", "main", other.feedback, numpy.feedback)
    agree_on("feedback", "part", other.extra, numpy.extra)


# -- what holds on each of them ---------------------------------------------------------------


@pytest.mark.parametrize("readout", READOUTS)
def test_recorded_error_is_z_minus_target_at_every_update(outcome_on, readout):
    recorded = getattr(outcome_on, readout)
    x = {
        "main": np.sin(2 * np.pi * np.outer(recorded.t, [5])),
        "part": outcome_on.three,
        "single": np.sin(2 * np.pi * np.outer(recorded.t, [5])),
        "lms": np.sin(2 * np.pi * np.outer(recorded.t, [5, 10])),
    }[readout]
    assert recorded.error.shape == recorded.z.shape == x.shape == (200, x.shape[1])
    np.testing.assert_allclose(recorded.target, x, atol=1e-12)
    np.testing.assert_allclose(recorded.error, recorded.z - x, atol=1e-12)


def test_recorded_z_is_the_readout_of_r_before_and_after_learning(outcome_on):
    assert np.all(outcome_on.main.z[:41] == 0)  # the decoders were 0 until 100 ms
    after = slice(160, None)
    expected = outcome_on.r[after] @ outcome_on.main.decoders
    np.testing.assert_allclose(outcome_on.main.z[after], expected, atol=1e-10)


def test_feedback_is_encoders_times_z(outcome_on):
    expected = outcome_on.main.z @ outcome_on.main.encoders.T
    np.testing.assert_allclose(outcome_on.feedback, expected, atol=1e-12)


def test_feedback_of_a_subgroup_reaches_its_neurons_alone(outcome_on):
    expected = outcome_on.part.z @ outcome_on.part.encoders.T
    np.testing.assert_allclose(outcome_on.extra[:, 5:18], expected, atol=1e-12)
    assert np.all(outcome_on.extra[:, :5] == 0)
    assert np.all(outcome_on.extra[:, 18:] == 0)


# -- one binary, many runs ----------------------------------------------------------------------

VARIANTS = ["weights", "window", "learning_rate", "off", "P"]


@pytest.mark.standalone
def test_rerun_is_identical(agree_on, standalone):
    def check(quantity, readout, found, expected):
        if standalone.reproducible:
            np.testing.assert_array_equal(found, expected)
        else:
            agree_on(f"{quantity} again", readout, found, expected, against="CUDA before")

    first = standalone.outcomes["default"]
    for name in ("again", "last"):  # the last came after variants and divergences
        other = standalone.outcomes[name]
        for readout in READOUTS:
            found, expected = (getattr(run, readout).decoders for run in (other, first))
            check("decoders", readout, found, expected)
        np.testing.assert_array_equal(other.main.encoders, first.main.encoders)
        check("P", "main", other.main.P, first.main.P)
        check("output, error, target", "main", other.main.error, first.main.error)


@pytest.mark.standalone
@pytest.mark.parametrize("variant", VARIANTS)
def test_run_args_do_what_setting_does(agree, standalone, numpy_outcomes, variant):
    if variant not in standalone.outcomes:
        pytest.skip("CUDA refuses P in run_args")
    compiled, numpy = standalone.outcomes[variant], numpy_outcomes[variant]
    np.testing.assert_array_equal(compiled.spike_i, numpy.spike_i)
    for readout in READOUTS:
        other, expected = getattr(compiled, readout), getattr(numpy, readout)
        assert other.n_updates == expected.n_updates
        note, tolerance = (", float32", 2e-4) if readout == "single" else ("", 1e-9)
        quantity = f"decoders after run_args{note}"
        agree(quantity, other.decoders, expected.decoders, tolerance, "NumPy")
    agree("P after run_args", compiled.main.P, numpy.main.P, 1e-9, "NumPy")
    np.testing.assert_array_equal(compiled.main.encoders, numpy.main.encoders)


@pytest.mark.parametrize("variant", VARIANTS)
def test_variants_make_a_difference(numpy_outcomes, variant):
    default, other = numpy_outcomes["default"], numpy_outcomes[variant]
    change = np.max(np.abs(other.main.decoders - default.main.decoders))
    assert change > 1e-2 * np.max(np.abs(default.main.decoders))


def test_window_is_data(numpy_outcomes):
    outcome = numpy_outcomes["window"]
    assert outcome.main.n_updates == (230 - 40) / 2.5
    assert outcome.part.n_updates == (500 - 200) / 2.5


def test_learning_switched_off_by_data(numpy_outcomes):
    outcome = numpy_outcomes["off"]
    assert outcome.main.n_updates == outcome.part.n_updates == outcome.lms.n_updates == 0
    assert np.all(outcome.main.decoders == 0)
    assert outcome.single.n_updates == 120


@pytest.mark.standalone
def test_window_of_the_last_run_does_not_bind_the_next(standalone):
    assert standalone.window_after_window is None


@pytest.mark.standalone
def test_P_that_was_not_kept(standalone):
    message = str(standalone.not_kept)
    assert "single" in message
    assert "keep_P=True" in message


# -- divergence -----------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["numpy", pytest.param("cython", marks=pytest.mark.cython)])
def test_divergence_at_runtime(on_device, every_kind, target):
    from brian_force.errors import DivergenceError

    with on_device(target):
        made = every_kind.make(every_kind.breaks_at_200_ms)
        with pytest.raises(DivergenceError) as diverged:
            made.net.run(every_kind.duration)
        check_divergence(diverged.value, float(made.seen.t_[-1]))
        assert float(made.net.t) < 0.21


@pytest.mark.standalone
def test_divergence_in_standalone(standalone):
    diverged = standalone.divergences["target"]
    check_divergence(diverged.error, diverged.last if standalone.stops_early else 0)


def check_divergence(error, last_recorded):
    assert error.readout == "main"
    assert float(error.time) == pytest.approx(0.2)
    assert "'main' diverged at t = 0.2 s: the error is not finite" in str(error)
    assert "learning rate" in str(error)
    assert last_recorded < 0.21  # of 0.5 s


@pytest.mark.standalone
def test_output_beyond_numbers_in_standalone(standalone):
    diverged = standalone.divergences["decoders"]
    assert "the output is not finite" in str(diverged.error)
    assert float(diverged.error.time) < 0.1
    assert diverged.last < 0.1 or not standalone.stops_early
