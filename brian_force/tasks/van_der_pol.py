"""The Van der Pol oscillator on its limit cycle."""

import functools

import numpy as np
import numpy.typing as npt
from brian2 import Hz, Quantity, mV, second

from brian_force.arguments import check_quantity
from brian_force.tasks.curves import cubic_hermite
from brian_force.tasks.task import Task

__all__ = ["van_der_pol", "van_der_pol_relaxation"]

type Array = npt.NDArray[np.float64]

#: Factors of space and time, as published.
SPACE_SCALE, TIME_SCALE = 10, 20
#: Points of the limit cycle that are kept.
N_POINTS = 8192


def van_der_pol(mu: float = 0.5) -> Task:
    r"""Ask for the two variables of a Van der Pol oscillator, by default nearly harmonic.

    Parameters
    ----------
    mu : float
        Strength of the nonlinearity, from 0.05 to 20.

    Returns
    -------
    Task
        With the outputs x and y; x rises through 0 at time 0. Their size depends on `mu`, and a
        smaller target wants a larger Q. The default Q was found for mu = 0.5.

    Raises
    ------
    TypeError, DimensionMismatchError, ValueError
        If `mu` is not a number from 0.05 to 20.

    Notes
    -----
    .. math:: x' = 20 \mu \left(x - \frac{(10 x)^2 x}{3} - y\right), \quad y' = 20 x / \mu

    This is the oscillator in Liénard's variables, 10 times smaller and 20 times faster. The
    transient is left out. The period is 0.3190 s for mu = 0.5.
    """
    mu = float(check_quantity("mu", "tasks.van_der_pol", mu, Quantity(1), "positive"))
    if not 0.05 <= mu <= 20:
        raise ValueError(
            f"The 'mu' argument of tasks.van_der_pol must be from 0.05 to 20, but got {mu:g}."
        )
    return Task(
        name="van_der_pol",
        signal=functools.partial(_van_der_pol, mu=mu),
        n_outputs=2,
        period=_limit_cycle(mu)[0] * second,
        G=0.1 * mV / Hz,
        Q=80 * mV,
        learning_rate=5e-7 * second**2,
        learn_from=1 * second,
        learn_until=7 * second,
        duration=12 * second,
        source="Nicola & Clopath (2017), Nat. Commun. 8:2208 (the task, with scales of space and "
        "time); settings were found where both networks learn",
    )


def van_der_pol_relaxation() -> Task:
    """Ask for a Van der Pol oscillator that creeps and jumps: mu = 5.

    Returns
    -------
    Task
        As `van_der_pol` gives it, of period 0.5806 s, with a larger Q.
    """
    return van_der_pol(mu=5).changed(name="van_der_pol_relaxation", Q=150 * mV)


def _van_der_pol(times: Array, mu: float) -> Array:
    period, points, slopes = _limit_cycle(mu)
    return cubic_hermite(times % period / period * N_POINTS, points, slopes)


def _flow(_: float, state: Array, mu: float) -> Array:
    """Return the slope in the units of the textbook; `state` may hold many points (2, S)."""
    x, y = state
    return np.stack([mu * (x - x**3 / 3 - y), x / mu])


def _rises(_: float, state: Array, mu: float) -> float:
    return float(state[0])


_rises.direction = 1  # type: ignore[attr-defined]


@functools.cache
def _limit_cycle(mu: float) -> tuple[float, Array, Array]:
    """Return the period [second], and points along it with their slopes, shape (S + 1, 2)."""
    # its import takes as long as the first cycle; those who ask for no oscillator do not wait
    from scipy.integrate import solve_ivp  # noqa: PLC0415

    solve = functools.partial(
        solve_ivp, _flow, method="LSODA", rtol=1e-11, atol=1e-12, args=(mu,), dense_output=True
    )
    settled = 100 + 40 / mu  # 5 seconds, and longer where the transient fades slowly
    start = solve((0, settled), (0.1, 0.1)).y[:, -1]
    cycles = solve((0, 3 * (7 + 2 * mu)), start, events=_rises)
    first, second_ = cycles.t_events[0][:2]
    points = cycles.sol(np.linspace(first, second_, N_POINTS + 1))
    points[:, -1] = points[:, 0]
    slopes = _flow(0, points, mu) * (second_ - first) / N_POINTS
    scaled = [np.ascontiguousarray(values.T) / SPACE_SCALE for values in (points, slopes)]
    return float(second_ - first) / TIME_SCALE, scaled[0], scaled[1]
