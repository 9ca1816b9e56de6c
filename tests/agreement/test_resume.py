"""A training that was stopped and goes on gives the numbers of one that never stopped."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from brian2 import ms, second
from numpy.testing import assert_allclose, assert_array_equal

from brian_force import InterruptedRunError, tasks, train
from brian_force.experiment.checkpoint import load_checkpoint

FIELDS = (
    *("times", "output", "target", "spike_times", "spike_neurons"),
    *("decoders", "P", "mean_rate", "n_updates"),
)
# Both models on NumPy, and one on each device that compiles, where a network takes a minute.
NETWORKS = [
    pytest.param(("lif", "numpy"), id="lif-numpy"),
    pytest.param(("rate", "numpy"), id="rate-numpy"),
    pytest.param(("lif", "cython"), id="lif-cython", marks=pytest.mark.cython),
    pytest.param(
        ("rate", "cython"), id="rate-cython", marks=[pytest.mark.cython, pytest.mark.slow]
    ),
    pytest.param(("lif", "cpp"), id="lif-cpp", marks=[pytest.mark.standalone, pytest.mark.slow]),
    pytest.param(("rate", "cpp"), id="rate-cpp", marks=pytest.mark.standalone),
]
SETTINGS = {
    "n_neurons": 50,
    "dt": 0.5 * ms,
    "learn_from": 50 * ms,
    "learn_until": 300 * ms,
    "duration": 402.5 * ms,
    "keep_P": True,
}


class Stopped(Exception):  # noqa: N818
    """What stands for all that can stop a training."""


def stop_at(share):
    def report(elapsed, completed, start, duration):
        if completed >= share:
            raise Stopped

    return report


def assert_equal(recording, expected):
    for field in FIELDS:
        got, wanted = (np.asarray(getattr(r, field)) for r in (recording, expected))
        assert_array_equal(got, wanted, err_msg=field)
    assert set(recording.state) == set(expected.state)
    for name, values in expected.state.items():
        # Times of last spikes were shifted more than once.
        atol = 1e-11 if name == "lastspike" else 0
        assert_allclose(recording.state[name], values, rtol=0, atol=atol, err_msg=name)


@pytest.fixture(scope="module", params=NETWORKS)
def training(request):
    """Give a function that trains on one device, and what it gives without a checkpoint."""
    model, device = request.param
    # The pitchfork has inputs besides: pulses at 0.3 s.
    task = tasks.pitchfork()

    def call(**options):
        return train(task, model, seed=3, device=device, **SETTINGS, **options)

    return call, call()


# 0.13 s falls on no multiple of the learning window, 1 s is longer than the run, 0.4 s leaves one
# step of the rule.
@pytest.mark.parametrize("every", [0.13, 1.0, 0.4])
def test_checkpoints_change_no_number(training, tmp_path, every):
    call, plain = training
    kept = call(checkpoint=tmp_path / "a", checkpoint_every=every * second)
    assert_equal(kept, plain)


# The stops lie before, while and after learning.
@pytest.mark.parametrize("share", [0.15, 0.5, 0.9])
def test_resume_equals_no_stop(training, tmp_path, share):
    call, plain = training
    path = tmp_path / "a"
    with pytest.raises(Stopped):
        call(checkpoint=path, checkpoint_every=50 * ms, report=stop_at(share))
    reached = float(load_checkpoint(path).time)
    assert 0 < reached <= share * 0.4025 + 1e-9
    reports = []
    resumed = call(
        checkpoint=path,
        checkpoint_every=110 * ms,  # another interval makes no difference
        resume=True,
        report=lambda elapsed, completed, start, duration: reports.append(completed),
    )
    assert_equal(resumed, plain)
    assert reports == sorted(reports)
    assert reports[0] >= reached / 0.4025 - 1e-9
    assert reports[-1] == 1


def test_resume_without_a_checkpoint_starts_at_0(training, tmp_path):
    call, plain = training
    assert_equal(call(checkpoint=tmp_path / "none", resume=True), plain)


def test_single_precision(tmp_path):
    settings = {**SETTINGS, "device": "numpy", "precision": "float32"}
    plain = train(tasks.sine(), **settings)
    keep = {"checkpoint": tmp_path / "a", "checkpoint_every": 100 * ms}
    assert_equal(train(tasks.sine(), **settings, **keep), plain)


@pytest.mark.parametrize("exception", [KeyboardInterrupt, InterruptedRunError(0.5, 20 * ms)])
def test_an_interrupt_says_how_to_go_on(tmp_path, exception, monkeypatch):
    def stop(elapsed, completed, start, duration):
        if completed > 0.5:
            raise exception

    settings = {**SETTINGS, "device": "numpy"}
    path = tmp_path / "a"
    with pytest.raises(InterruptedRunError) as caught:
        train(tasks.sine(), **settings, checkpoint=path, checkpoint_every=90 * ms, report=stop)
    reached = float(load_checkpoint(path).time)
    assert str(caught.value).endswith(
        f"The checkpoint '{path}' holds it up to t = {reached:g} s. Go on from there with "
        "resume=True (--resume)."
    )


def test_an_interrupt_before_the_first_checkpoint_is_what_it_is(tmp_path):
    def stop(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(tasks.sine(), **SETTINGS, device="numpy", checkpoint=tmp_path / "a", report=stop)
    assert list(tmp_path.iterdir()) == []


# -- killed ------------------------------------------------------------------------------------

ENDLESS = """
import sys
from brian2 import ms, second
from brian_force import tasks, train
print("started", flush=True)
train(tasks.sine(), device="numpy", n_neurons=50, dt=0.5*ms, learn_from=50*ms, learn_until=300*ms,
      duration=402.5*ms, keep_P=True, checkpoint=sys.argv[1], checkpoint_every=5*ms)
"""


@pytest.mark.parametrize("n_checkpoints", [pytest.param(1, marks=pytest.mark.slow), 3])
def test_a_killed_training_goes_on(tmp_path, n_checkpoints):
    path = tmp_path / "a"
    with subprocess.Popen([sys.executable, "-c", ENDLESS, path], stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        seen = set()
        while process.poll() is None and len(seen) < n_checkpoints:
            if path.exists():
                seen.add(path.stat().st_ino)
        os.kill(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert load_checkpoint(path).time > 0 * second
    settings = {**SETTINGS, "device": "numpy"}
    resumed = train(tasks.sine(), **settings, checkpoint=path, resume=True)
    assert_equal(resumed, train(tasks.sine(), **settings))


SAVING = """
import sys
from brian_force.experiment.checkpoint import load_checkpoint
checkpoint = load_checkpoint(sys.argv[1])
print("started", flush=True)
while True:
    checkpoint.save(sys.argv[1])
"""


@pytest.mark.slow
def test_a_checkpoint_is_whole_whenever_it_is_killed(tmp_path):
    path = tmp_path / "a"
    settings = {**SETTINGS, "device": "numpy"}
    with pytest.raises(Stopped):
        train(
            tasks.sine(),
            **settings,
            checkpoint=path,
            checkpoint_every=100 * ms,
            report=stop_at(0.6),
        )
    expected = load_checkpoint(path).result
    for delay in (0.002, 0.005, 0.01):
        with subprocess.Popen(
            [sys.executable, "-c", SAVING, path], stdout=subprocess.PIPE
        ) as saving:
            saving.stdout.readline()
            with pytest.raises(subprocess.TimeoutExpired):
                saving.wait(delay)
            saving.kill()
        assert_array_equal(load_checkpoint(path).result.carried["_P"], expected.carried["_P"])
