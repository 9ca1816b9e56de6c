"""Tasks: what the networks learn. They know nothing about networks."""

from collections.abc import Callable

from brian_force.arguments import check_known
from brian_force.tasks.custom import from_array, from_function
from brian_force.tasks.lorenz import lorenz
from brian_force.tasks.ode_to_joy import ode_to_joy, ode_to_joy_long
from brian_force.tasks.pitchfork import pitchfork
from brian_force.tasks.sine import sine
from brian_force.tasks.task import Task
from brian_force.tasks.van_der_pol import van_der_pol, van_der_pol_relaxation
from brian_force.tasks.waves import fourier, noisy_product_of_sines, product_of_sines, sawtooth

__all__ = [
    "Task",
    "fourier",
    "from_array",
    "from_function",
    "get",
    "lorenz",
    "names",
    "noisy_product_of_sines",
    "ode_to_joy",
    "ode_to_joy_long",
    "pitchfork",
    "product_of_sines",
    "sawtooth",
    "sine",
    "van_der_pol",
    "van_der_pol_relaxation",
]

_TASKS: dict[str, Callable[[], Task]] = {
    make.__name__: make
    for make in (
        sine,
        product_of_sines,
        noisy_product_of_sines,
        sawtooth,
        van_der_pol,
        van_der_pol_relaxation,
        pitchfork,
        lorenz,
        fourier,
        ode_to_joy,
        ode_to_joy_long,
    )
}


def names() -> list[str]:
    """List the names of the tasks, those with few outputs first."""
    return list(_TASKS)


def get(name: str) -> Task:
    """Make the task of this name, with its defaults.

    Raises
    ------
    ValueError
        If there is none; the message says which name is nearest.
    """
    task: Task = check_known("name", "tasks.get", name, _TASKS)()
    return task
