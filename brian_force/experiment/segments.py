"""A training in segments: each starts from what the one before left, with a checkpoint between."""

import dataclasses
import math
import time
from pathlib import Path

import numpy as np
from brian2 import Quantity, second

from brian_force.arguments import check_quantity
from brian_force.errors import DivergenceError, InterruptedRunError
from brian_force.experiment.checkpoint import Checkpoint, load_checkpoint, settings_of
from brian_force.experiment.progress import Report
from brian_force.experiment.run import Run, RunResult
from brian_force.experiment.session import Session
from brian_force.networks.assembly import signal_dt

__all__ = ["Segments"]

#: Checkpoints take this share of the time, and are not closer than LEAST [wall time, second].
SHARE, LEAST = 0.04, 1.0
#: Wall time of the first segment, before anything was measured [second], and how many times as
#: long as the last a segment may be.
FIRST, GROWTH = 1.0, 3


class Segments:
    """Run a training with checkpoints.

    Every segment is a run of its own, whose clocks start at 0 and whose signals are shifted. It
    takes over state and learning to the last bit, so that it makes no difference where a training
    is cut.

    Parameters
    ----------
    run : Run
        The whole training.
    device : str
        Where it runs.
    path : str or Path
        File of the checkpoint.
    every : Quantity, optional
        Simulated time between two checkpoints, brought to whole steps of all that is sampled
        [second]. Default: as often as 4 % of the time allow, but not within 1 s.
    resume : bool
        Whether to go on from the checkpoint, if there is one.
    keep_P : bool
        Whether the result holds P.

    Raises
    ------
    TypeError, ValueError, DimensionMismatchError
        If `every` is not a positive time, or the checkpoint is of other settings.
    RecordingError
        If the checkpoint is damaged.
    """

    def __init__(
        self,
        run: Run,
        device: str,
        path: str | Path,
        every: Quantity | None,
        resume: bool,
        keep_P: bool,
    ) -> None:
        self.run, self.path, self.keep_P = run, Path(path), keep_P
        self.settings = settings_of(run, device)
        self.step = _common_step(run)
        self.every = None
        if every is not None:
            checked = check_quantity("checkpoint_every", "train", every, second, "positive")
            self.every = float(checked)
        self.length = self.every or _first_length(run, device)
        self.last: Checkpoint | None = None
        if resume and self.path.exists():
            self.last = load_checkpoint(self.path)
            self.last.check(self.settings, self.path)

    def run_all(self, session: Session, report: Report | None) -> RunResult:
        """Run what is left of the training, and return the whole of it.

        Raises
        ------
        DivergenceError
            If the readout left the finite numbers.
        InterruptedRunError
            If the run was stopped; the checkpoint stays.
        """
        try:
            return self._run_all(session, report)
        except KeyboardInterrupt:
            if self.last is None:
                raise
            duration = self.run.task.duration
            completed = float(self.last.time / duration)
            raise InterruptedRunError(completed, duration, self._kept()) from None

    def _run_all(self, session: Session, report: Report | None) -> RunResult:
        while True:
            started = time.perf_counter()
            part = self._next_part()
            result = self._run_part(session, part, report)
            whole = _joined(None if self.last is None else self.last.result, result, part)
            if _is_last(part):
                return whole
            self.last = Checkpoint(settings=self.settings, time=part.stop, result=whole)
            self.last.save(self.path)
            cost = time.perf_counter() - started - result.seconds_run
            if self.every is None:
                wall = max(LEAST, cost / SHARE)
                length = float(part.duration)
                # Learning, when it begins, slows the run down: grow with care.
                self.length = min(wall * length / result.seconds_run, GROWTH * length)

    def _next_part(self) -> Run:
        """Return the run from the last checkpoint to the next, or to the end."""
        run = self.run
        if self.last is not None:
            result = self.last.result
            run = dataclasses.replace(
                run,
                start=self.last.time,
                state=result.state,
                decoders=result.decoders,
                carried=result.carried,
            )
        n_steps = max(1, round(self.length / self.step))
        stop = (round(float(run.start) / self.step) + n_steps) * self.step
        left = float(run.task.duration) - stop
        # A checkpoint shortly before the end would not be worth its cost.
        least = self.step / 2 if self.every else n_steps * self.step / 2
        if left >= least:
            return dataclasses.replace(run, stop=stop * second)
        # With `stop` as None, P is read at the end.
        return run if self.keep_P else dataclasses.replace(run, stop=run.task.duration)

    def _run_part(self, session: Session, part: Run, report: Report | None) -> RunResult:
        try:
            return session.run(part, None if report is None else self._shifted(report, part))
        except DivergenceError as error:
            raise error.later(part.start) from None
        except InterruptedRunError as error:
            duration = part.task.duration
            completed = float((part.start + error.completed * part.duration) / duration)
            raise InterruptedRunError(completed, duration, self._kept()) from None

    def _kept(self) -> str | None:
        if self.last is None:
            return None
        seconds = float(self.last.time)
        return (
            f"The checkpoint '{self.path}' holds it up to t = {seconds:g} s. Go on from there with "
            "resume=True (--resume)."
        )

    def _shifted(self, report: Report, part: Run) -> Report:
        """Turn the progress of the whole into that of a part."""
        before = 0.0 if self.last is None else self.last.result.seconds_run
        start, length = float(part.start), float(part.duration)
        duration = part.task.duration

        def report_part(elapsed: Quantity, completed: float, _: Quantity, __: Quantity) -> None:
            done = (start + completed * length) / float(duration)
            if completed == 1 and _is_last(part):
                done = 1.0
            # Brian's own report announces the start of a run where nothing is completed.
            if completed > 0 or start == 0:
                report(elapsed + before * second, done, 0 * second, duration)

        return report_part


def _is_last(part: Run) -> bool:
    return part.stop is None or part.stop is part.task.duration


def _common_step(run: Run) -> float:
    """Return the shortest time in which the network, rule, inputs and samples make whole steps.

    The network makes an even number of steps, since a `RecurrentDrive` takes two at a time.
    """
    dt = float(run.parameters.dt)
    intervals = (run.rule_dt, signal_dt(run.parameters))
    return math.lcm(2, *(max(1, round(float(interval) / dt)) for interval in intervals)) * dt


def _first_length(run: Run, device: str) -> float:
    """Guess how long a segment may be before the speed was measured [simulated time, second].

    Learning costs as N squared, and Brian's runtime targets a good deal for every step.
    """
    seconds = 0.15e-6 * run.parameters.n_neurons**2 + (0 if device == "cpp" else 2)
    return FIRST / (seconds * 0.05e-3 / float(run.parameters.dt))


def _joined(earlier: RunResult | None, later: RunResult, part: Run) -> RunResult:
    """Put a part behind what was recorded before it."""
    dt, sample_dt = float(part.parameters.dt), float(signal_dt(part.parameters))
    if earlier is None:
        return later
    times = _later(later.times, part.start, sample_dt)
    spike_times = _later(later.spike_times, part.start, dt)
    joined = {
        "times": _behind(earlier.times, times),
        "output": np.concatenate([earlier.output, later.output]),
        "spike_times": _behind(earlier.spike_times, spike_times),
        "spike_neurons": np.concatenate([earlier.spike_neurons, later.spike_neurons]),
        "n_updates": earlier.n_updates + later.n_updates,
        "seconds_build": earlier.seconds_build + later.seconds_build,
        "seconds_run": earlier.seconds_run + later.seconds_run,
    }
    whole = dataclasses.replace(later, **joined)
    return dataclasses.replace(whole, mean_rate=_mean_rate(whole, part))


def _mean_rate(whole: RunResult, part: Run) -> Quantity:
    """Average up to the end of a part; a rate network carries its count of spikes on."""
    end = part.task.duration if part.stop is None else part.stop
    if "n_spikes" in whole.carried:
        return np.mean(whole.carried["n_spikes"]) / end
    return len(whole.spike_times) / (part.parameters.n_neurons * end)


def _later(times: Quantity, start: Quantity, dt: float) -> Quantity:
    """Shift times by whole steps, so that they are to the last bit those of one long run."""
    steps = np.round(np.asarray(times) / dt) + round(float(start) / dt)
    return steps * dt * second


def _behind(earlier: Quantity, later: Quantity) -> Quantity:
    return Quantity(np.concatenate([np.asarray(earlier), np.asarray(later)]), dim=later.dim)
