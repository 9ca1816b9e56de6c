"""Progress of a run in simulated time, in the form in which Brian reports it."""

import sys
from collections.abc import Callable
from typing import Any

from brian2 import Quantity
from brian2.core.network import TextReport
from tqdm import tqdm

from brian_force.arguments import refusal

__all__ = ["ProgressBar", "Report", "as_report", "part_of"]

#: Called with the elapsed wall time, the completed fraction, the start and the duration.
Report = Callable[[Quantity, float, Quantity, Quantity], Any]


def as_report(report: str | Report | None) -> Report | None:
    """Turn the ``report`` argument of Brian's `run` into a function.

    Raises
    ------
    TypeError
        If it is not 'text', 'stdout', 'stderr', a function or None.
    """
    if report is None or callable(report):
        return report
    streams = {"text": sys.stdout, "stdout": sys.stdout, "stderr": sys.stderr}
    if report not in streams:
        allowed = "'text', 'stdout', 'stderr', a function or None"
        raise TypeError(refusal("report", "train", allowed, repr(report)))
    text_report: Report = TextReport(streams[report])
    return text_report


def part_of(report: Report | None, number: int, n_parts: int) -> Report | None:
    """Turn the report of one long run into that of one of its equal parts."""
    if report is None:
        return None

    def report_part(
        elapsed: Quantity, completed: float, start: Quantity, duration: Quantity
    ) -> None:
        report(elapsed, (number + completed) / n_parts, start, n_parts * duration)

    return report_part


class ProgressBar:
    """A bar on standard error with simulated seconds and the time left."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.bar: tqdm[Any] | None = None

    def __call__(
        self, elapsed: Quantity, completed: float, start: Quantity, duration: Quantity
    ) -> None:
        """Report as Brian does."""
        if self.bar is None:
            layout = "{desc} {percentage:3.0f}% |{bar}| {n:.1f}/{total:.1f} s [{remaining} left]"
            self.bar = tqdm(
                desc=self.label,
                total=float(duration),
                bar_format=layout,
                file=sys.stderr,
                leave=False,
                mininterval=0,
                disable=None,  # where standard error is not a terminal
            )
        self.bar.n = completed * float(duration)
        self.bar.refresh()
        if completed >= 1:
            self.close()

    def close(self) -> None:
        """Remove the bar."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None
