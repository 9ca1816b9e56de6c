"""Beethoven's Ode to Joy: one output per note, and a clock to keep the place."""

import functools

import numpy as np
import numpy.typing as npt
from brian2 import Hz, mV, second

from brian_force.tasks.task import Task

__all__ = ["ode_to_joy", "ode_to_joy_long"]

type Array = npt.NDArray[np.float64]

NOTES = "CDEFG"
#: Length of a quarter note [second].
QUARTER = 0.25
#: Two letters together are two eighth notes; a stroke makes a note twice as long.
FIRST_LINE = "E E F G G F E D C C D E E D D-"
SECOND_LINE = "E E F G G F E D C C D E D C C-"
THIRD_LINE = "D D E C D EF E C D EF E D C D G-"
SOURCE = "Nicola & Clopath (2017), Nat. Commun. 8:2208 (the task, there with Izhikevich neurons); "


def ode_to_joy(clock: bool = True) -> Task:
    r"""Ask for the first line of the Ode to Joy.

    Parameters
    ----------
    clock : bool
        Whether 32 inputs tell the time (HDTS). Without them spiking networks lose their place
        when they run freely, and rate networks need to learn for 40 s.

    Returns
    -------
    Task
        With five outputs, for the notes C, D, E, F and G, of period 4 s.

    Notes
    -----
    .. math:: x_k(t) = \sin(\pi (t - t_j)/T_j), \quad t_j \le t < t_j + T_j

    where note j is note k, and 0 elsewhere. Note j begins at :math:`t_j` and lasts :math:`T_j`:
    0.25 s for a quarter note, 0.5 s for a half note.
    """
    task = Task(
        name="ode_to_joy",
        signal=functools.partial(_sing, song=FIRST_LINE),
        n_outputs=len(NOTES),
        period=4 * second,
        G=0.125 * mV / Hz,
        Q=20 * mV,
        learning_rate=5e-7 * second**2,
        learn_from=1 * second,
        learn_until=21 * second,
        duration=29 * second,
        source=f"{SOURCE}settings were found where both networks learn",
    )
    if clock:
        return task.with_clock(n_slots=32, Q_clock=40 * mV)
    return task.changed(
        G=0.1 * mV / Hz,
        Q=30 * mV,
        learning_rate=5e-6 * second**2,
        learn_until=41 * second,
        duration=49 * second,
        source=f"{SOURCE}settings with which a rate network learned it; no spiking network did",
    )


def ode_to_joy_long() -> Task:
    """Ask for four lines of the Ode to Joy, with 128 inputs that tell the time (HDTS).

    Returns
    -------
    Task
        With five outputs, as `ode_to_joy` has them, of period 16 s.
    """
    lines = (FIRST_LINE, SECOND_LINE, THIRD_LINE, SECOND_LINE)
    long = ode_to_joy(clock=False).changed(
        name="ode_to_joy_long",
        signal=functools.partial(_sing, song=" ".join(lines)),
        period=16 * second,
        G=0.125 * mV / Hz,
        Q=20 * mV,
        learning_rate=5e-7 * second**2,
        learn_until=65 * second,
        duration=97 * second,
        source=f"{SOURCE}settings of the short one, and slots of the same length",
    )
    return long.with_clock(n_slots=128, Q_clock=40 * mV)


def _sing(times: Array, song: str) -> Array:
    keys, starts, lengths = _read(song)
    position = times % (starts[-1] + lengths[-1])
    note = np.searchsorted(starts, position, side="right") - 1
    values = np.zeros((len(times), len(NOTES)))
    fraction = (position - starts[note]) / lengths[note]
    values[np.arange(len(times)), keys[note]] = np.sin(np.pi * fraction)
    return values


@functools.cache
def _read(song: str) -> tuple[npt.NDArray[np.intp], Array, Array]:
    """Return which output each note is, when it starts and how long it lasts [second]."""
    keys, lengths = [], []
    for word in song.split():
        letters = word.removesuffix("-")
        beats = 2 if word.endswith("-") else 1
        keys += [NOTES.index(letter) for letter in letters]
        lengths += [beats * QUARTER / len(letters)] * len(letters)
    starts = np.concatenate([[0.0], np.cumsum(lengths)[:-1]])
    return np.array(keys), starts, np.array(lengths)
