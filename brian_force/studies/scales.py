"""How large a study is: the numbers of `small`, minutes on two cores, and of `paper`."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from brian2 import Hz, Quantity, mV, second

from brian_force.arguments import check_choice

__all__ = ["POINTS", "SCALES", "Scale", "scale_named"]

#: Start and end of learning and end of the run [s].
type Window = tuple[float, float, float]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scale:
    """The numbers of all studies.

    Parameters
    ----------
    name : str
        Name of the scale.
    n_neurons, n_grid_neurons : int
        Size of the networks, and of those in (Q, G) grids.
    sizes : tuple of int
        Sizes of the networks where the size is what is studied.
    G, Q : tuple of float
        Axes of the grids [mV/Hz, mV].
    learning_rates : tuple of float
        The slow one first, the fast one last [s^2].
    scan : tuple of float
        Learning rates of the scan [s^2].
    seeds, many_seeds : tuple of int
        Seeds of grids, and where each point matters.
    n_repetitions, n_trials : int
        Repetitions of the free run, and teacher-forced trials.
    windows : mapping
        By task, where not those of the task.
    device : str
        As for `train`.
    """

    name: str
    n_neurons: int
    n_grid_neurons: int
    sizes: tuple[int, ...]
    G: tuple[float, ...]
    Q: tuple[float, ...]
    learning_rates: tuple[float, ...]
    scan: tuple[float, ...]
    seeds: tuple[int, ...]
    many_seeds: tuple[int, ...]
    n_repetitions: int
    n_trials: int
    windows: Mapping[str, Window] = dataclasses.field(default_factory=dict)
    device: str = "auto"

    @property
    def slow(self) -> float:
        """The slow learning rate [s^2]."""
        return self.learning_rates[0]

    @property
    def fast(self) -> float:
        """The fast learning rate [s^2]."""
        return self.learning_rates[-1]

    def grid(self, **axes: tuple[float, ...]) -> dict[str, Any]:
        """Return the axes of a sweep, `G`, `Q` and `learning_rate` with their units."""
        return {name: [value * UNITS[name] for value in values] for name, values in axes.items()}

    def fixed(self, task: str, n_neurons: int | None = None, **others: Any) -> dict[str, Any]:
        """Return what is the same in all jobs of a sweep, in the units of the fields above."""
        settings: dict[str, Any] = {"task": task}
        settings |= {name: value * UNITS.get(name, 1) for name, value in others.items()}
        if n_neurons is not None:
            settings["n_neurons"] = n_neurons
        names = ("learn_from", "learn_until", "duration")
        for name, time in zip(names, self.windows.get(task, ()), strict=False):
            settings[name] = time * second
        if self.device != "auto":
            settings["device"] = self.device
        return settings


#: (G, Q) at which claims are judged: of the paper's Fig. 6, where trained rate networks still are
#: chaotic, and the default of our sine, where they are not.
POINTS = ((0.125, 20.0), (0.1, 30.0))

UNITS: dict[str, Quantity] = {"G": mV / Hz, "Q": mV, "learning_rate": second**2}

SMALL = Scale(
    name="small",
    n_neurons=500,
    n_grid_neurons=300,
    sizes=(100, 200, 400, 800),
    G=(0.05, 0.1, 0.125, 0.2),
    Q=(10.0, 20.0, 30.0),
    learning_rates=(5e-7, 5e-6, 5e-5, 5e-4),
    scan=(1e-8, 5e-8, 5e-7, 5e-6, 5e-5, 5e-4, 5e-3),
    seeds=(1, 2, 3),
    many_seeds=(1, 2, 3, 4, 5),
    n_repetitions=20,
    n_trials=10,
    windows={
        "sine": (1, 6, 11),
        "fourier": (1, 7, 12),
        "pitchfork": (1, 9, 17),
        "ode_to_joy": (1, 13, 21),
    },
)

PAPER = Scale(
    name="paper",
    n_neurons=2000,
    n_grid_neurons=2000,
    sizes=(250, 500, 1000, 1500, 2000),
    G=(0.025, 0.05, 0.075, 0.1, 0.125, 0.15, 0.175, 0.2),
    Q=(5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0),
    learning_rates=(1e-7, 5e-6, 5e-5, 5e-4),
    scan=(1e-9, 1e-8, 5e-8, 1e-7, 5e-7, 5e-6, 5e-5, 5e-4, 5e-3),
    seeds=(1, 2, 3),
    many_seeds=tuple(range(1, 22)),
    n_repetitions=100,
    n_trials=20,
)

SCALES = {scale.name: scale for scale in (SMALL, PAPER)}


def scale_named(name: str) -> Scale:
    """Return the scale 'small' or 'paper'.

    Raises
    ------
    ValueError
        If there is none of this name.
    """
    check_choice("scale", "study", name, SCALES)
    return SCALES[name]
