"""Where a training is cut into segments, and how their progress is told."""

import numpy as np
import pytest
from brian2 import Hz, ms, second

from brian_force import tasks
from brian_force.experiment.run import RunResult
from brian_force.experiment.segments import SHARE, Segments
from brian_force.experiment.train import plan


class FakeSession:
    """A session whose runs take as long as they say."""

    def __init__(self, seconds_per_second=1.0):
        self.speed = seconds_per_second
        self.parts = []

    def run(self, part, report):
        self.parts.append((float(part.start), float(part.start + part.duration)))
        if report is not None:
            for completed in (0.0, 0.5, 1.0):
                report(1 * second, completed, 0 * second, part.duration)
        return RunResult(
            times=np.zeros(1) * second,
            output=np.zeros((1, 1)),
            spike_times=np.zeros(0) * second,
            spike_neurons=np.zeros(0, dtype=np.int32),
            mean_rate=0 * Hz,
            decoders=np.zeros((20, 1)) / Hz,
            P=None,
            state={},
            carried={},
            n_updates=1,
            seconds_build=0.0,
            seconds_run=float(part.duration) * self.speed,
        )


def segments(tmp_path, every=None, **changes):
    run = plan(tasks.sine(), n_neurons=20, **changes)
    return Segments(run, "numpy", tmp_path / "a", every, resume=False, keep_P=False)


def test_the_segments_tile_the_run(tmp_path):
    session = FakeSession()
    whole = segments(tmp_path, 4 * second).run_all(session, None)
    np.testing.assert_allclose(session.parts, [(0, 4), (4, 8), (8, 12), (12, 15)])
    assert whole.n_updates == 4


@pytest.mark.parametrize(
    ("changes", "step"),
    [({}, 5), ({"rule_dt": 3 * ms}, 3), ({"dt": 0.3 * ms, "rule_dt": 0.6 * ms}, 1.8)],
)
def test_they_begin_at_steps_of_all_that_is_sampled(tmp_path, changes, step):
    session = FakeSession()
    segments(tmp_path, 1.0001 * second, **changes).run_all(session, None)
    starts = np.array([start for start, _ in session.parts]) / (step * 1e-3)
    np.testing.assert_allclose(starts, np.round(starts), rtol=0, atol=1e-6)


def test_the_progress_is_that_of_the_whole(tmp_path):
    told = []
    made = segments(tmp_path, 7.5 * second)
    made.run_all(FakeSession(), lambda elapsed, done, start, whole: told.append((done, whole)))
    assert [done for done, _ in told] == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    assert {float(whole) for _, whole in told} == {15}
    assert told[-1][0] == 1


def test_the_pace_is_measured(tmp_path):
    # The fake takes no time; so a checkpoint seems to cost nothing, and 1 s of wall time is least.
    session = FakeSession(seconds_per_second=2.0)
    segments(tmp_path).run_all(session, None)
    lengths = [stop - start for start, stop in session.parts[1:-1]]
    assert lengths
    assert lengths == pytest.approx([0.5] * len(lengths))
    assert 0 < SHARE < 0.05


def test_what_was_recorded_is_joined(tmp_path):
    whole = segments(tmp_path, 5 * second).run_all(FakeSession(), None)
    assert whole.output.shape == (3, 1)
    assert whole.seconds_run == pytest.approx(15)
