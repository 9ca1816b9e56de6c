"""Tasks: what the networks learn. They know nothing about networks."""

from collections.abc import Callable

from brian_force.arguments import check_known
from brian_force.tasks.sine import sine
from brian_force.tasks.task import Task

__all__ = ["Task", "get", "names", "sine"]

_TASKS: dict[str, Callable[[], Task]] = {"sine": sine}


def names() -> list[str]:
    """List the names of the tasks."""
    return sorted(_TASKS)


def get(name: str) -> Task:
    """Make the task of this name, with its defaults.

    Raises
    ------
    ValueError
        If there is none; the message says which name is nearest.
    """
    task: Task = check_known("name", "tasks.get", name, _TASKS)()
    return task
