"""The pitchfork: pulses, states and score."""

import numpy as np
import pytest
from brian2 import ms, second

from brian_force.tasks import pitchfork

TIMES = np.arange(11_000) * 2.5 * ms


def onsets(task, times=TIMES):
    p = task.input_signal(times)[:, 0]
    return np.flatnonzero((p != 0) & (np.roll(p, 1) == 0)), p


def test_pulses_are_as_described():
    task = pitchfork()
    starts, p = onsets(task)
    assert set(p) == {-1, 0, 1}
    assert float(TIMES[starts[0]]) == pytest.approx(0.3)
    gaps = np.diff(np.asarray(TIMES)[starts])
    assert 0.8 - 2.6e-3 < gaps.min() < gaps.max() < 1.2 + 2.6e-3
    assert np.ptp(gaps) > 0.2
    assert np.count_nonzero(p) == 40 * len(starts)  # 0.1 s each


def test_signs_are_balanced_while_learning_and_after_it():
    starts, p = onsets(pitchfork())
    times, signs = np.asarray(TIMES)[starts], p[starts]
    assert abs(signs[times < 14].sum()) <= 2
    assert abs(signs[(times > 14) & (times < 27)].sum()) <= 2


@pytest.mark.parametrize("seed", [0, 7])
def test_the_target_obeys_the_equation(seed):
    task, h = pitchfork(seed), 1e-5
    times = np.arange(8000) * 2.5e-3 + 1e-3
    p = task.input_signal(times * second)
    inside = (task.input_signal((times - h) * second) == p) & (
        task.input_signal((times + h) * second) == p
    )
    before, x, after = (task.target((times + shift) * second) for shift in (-h, 0, h))
    slopes = (after - before) / (2 * h)
    np.testing.assert_allclose(slopes[inside], ((x - x**3 + 4 * p) / 0.1)[inside], atol=1e-3)


def test_the_target_is_continuous_and_starts_near_the_fork():
    times = np.arange(200_000) * 0.1 * ms
    x = pitchfork().target(times)[:, 0]
    assert x[0] == pytest.approx(0.01)
    assert np.abs(np.diff(x)).max() < 1e-4 * 10 * (4 + 2 / np.sqrt(27)) * 1.01


def test_the_target_rests_at_the_sign_of_the_last_pulse():
    task = pitchfork()
    starts, p = onsets(task)
    x = task.target(TIMES)[:, 0]
    late = starts[:-1] + 300  # 0.75 s after each onset
    np.testing.assert_allclose(x[late], p[starts[:-1]], atol=1e-3)


def test_another_seed_gives_other_pulses():
    assert np.any(pitchfork(1).input_signal(TIMES) != pitchfork(2).input_signal(TIMES))


def test_longer_has_the_same_beginning():
    short, pulses = pitchfork().target(TIMES), pitchfork().input_signal(TIMES)
    pitchfork().target(400 * second)
    np.testing.assert_array_equal(short, pitchfork().target(TIMES))
    np.testing.assert_array_equal(pulses[:99], pitchfork().input_signal(TIMES[:99]))
    long = np.concatenate([TIMES, [400]]) * second
    np.testing.assert_array_equal(short, pitchfork().target(long)[:-1])


def test_the_target_passes_and_its_negative_fails():
    task = pitchfork()
    target = task.target(TIMES)
    assert task.score_of(TIMES, target) == 1
    assert task.score_of(TIMES, -target) == 0
    assert task.score_of(TIMES, 0 * target) == 0
    assert task.score_of(TIMES, 0.4 * target) == 0  # holds, but not near enough
    assert task.score_of(TIMES, 0.6 * target) == 1


def test_an_output_that_stays_passes_the_pulses_of_its_sign():
    task = pitchfork()
    starts, p = onsets(task)
    judged = (np.asarray(TIMES)[starts] >= 14) & (starts < starts[-1])
    share = np.mean(p[starts[judged]] > 0)
    assert 0 < share < 1
    assert task.score_of(TIMES, np.ones((len(TIMES), 1))) == pytest.approx(share)


def test_one_slip_costs_one_pulse():
    task = pitchfork()
    starts, _ = onsets(task)
    judged = (np.asarray(TIMES)[starts] >= 14) & (starts < starts[-1])
    output = task.target(TIMES)
    output[starts[judged][2] + 150] *= -1
    n_judged = np.count_nonzero(judged)
    assert task.score_of(TIMES, output) == pytest.approx(1 - 1 / n_judged)
    output = task.target(TIMES)
    output[starts[judged][2] + 75] *= -1  # within the grace
    assert task.score_of(TIMES, output) == 1


def test_what_happens_before_the_end_of_learning_does_not_count():
    task = pitchfork()
    output = np.where(TIMES[:, np.newaxis] < 14 * second, -1, 1) * task.target(TIMES)
    assert task.score_of(TIMES, output) == 1
    assert task.changed(learn_until=5 * second).score_of(TIMES, output) < 1


def test_a_run_without_a_whole_pulse_after_learning_has_no_score():
    task = pitchfork()
    times = np.arange(5700) * 2.5 * ms  # ends 0.25 s after learning
    assert task.score_of(times, task.target(times)) is None


def test_the_seed_is_a_whole_number():
    message = r"^The 'seed' argument of tasks.pitchfork must be a whole number of at least 0, but"
    with pytest.raises(ValueError, match=message):
        pitchfork(seed=1.5)
