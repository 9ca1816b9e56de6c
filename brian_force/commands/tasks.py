"""``brian-force tasks``: what can be learned."""

from brian2 import Hz, mV, second

from brian_force import tasks
from brian_force.tasks import Task

__all__ = ["task_list"]

HEAD = (
    f"{'task':<24} K  {'period':>7} {'N':>5} {'G':>6} {'Q':>5} {'rate':>8}  learn from, until, end",
    f"{'':<24}    {'(s)':>7} {'':>5} mV/Hz {'mV':>6} {'s^2':>8}  (s)",
)


def task_list() -> str:
    """Return a table of the tasks with their defaults."""
    return "\n".join([*HEAD, *(_line(tasks.get(name)) for name in tasks.names())])


def _line(task: Task) -> str:
    period = "-" if task.period is None else f"{float(task.period):.4g}"
    window = (task.learn_from, task.learn_until, task.duration)
    return (
        f"{task.name:<24} {task.n_outputs}  {period:>7} {task.n_neurons:>5} "
        f"{float(task.G / (mV / Hz)):>6g} {float(task.Q / mV):>5g} "
        f"{float(task.learning_rate / second**2):>8g}  "
        + ", ".join(f"{float(time / second):g}" for time in window)
    )
