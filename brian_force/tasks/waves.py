"""Waves that have a formula: products of sines, a sawtooth, the harmonics of one period."""

import functools

import numpy as np
import numpy.typing as npt
from brian2 import Hz, Quantity, mV, second

from brian_force.arguments import check_count, check_quantity
from brian_force.tasks.task import Task

__all__ = ["fourier", "noisy_product_of_sines", "product_of_sines", "sawtooth"]

type Array = npt.NDArray[np.float64]

#: The noise has one value in each interval of this length [second].
NOISE_STEP = 0.05e-3
#: So many values of the noise are drawn at once.
NOISE_BLOCK = 65536


def product_of_sines() -> Task:
    r"""Ask for a product of two sines, of 4 and 6 Hz.

    Returns
    -------
    Task
        With one output, of period 0.5 s. It is marginal for 1000 spiking neurons.

    Notes
    -----
    .. math:: x(t) = \sin(8 \pi t) \sin(12 \pi t)
    """
    return Task(
        name="product_of_sines",
        signal=_product_of_sines,
        n_outputs=1,
        period=0.5 * second,
        G=0.1 * mV / Hz,
        Q=30 * mV,
        learning_rate=5e-7 * second**2,
        learn_from=1 * second,
        learn_until=9 * second,
        duration=14 * second,
        source="Nicola & Clopath (2017), Nat. Commun. 8:2208, supplement: LIF network; G and Q "
        "are theirs, learning rate and windows were found where both networks learn",
    )


def noisy_product_of_sines(noise: float = 0.05, seed: int = 0) -> Task:
    r"""Ask for the product of two sines while the teacher trembles.

    Parameters
    ----------
    noise : float
        Standard deviation of the noise.
    seed : int
        Seed of the noise.

    Returns
    -------
    Task
        With one output. Its `period` is that of the wave under the noise, 0.5 s.

    Raises
    ------
    TypeError, DimensionMismatchError, ValueError
        If `noise` is not one number without unit, not negative, or `seed` is not a whole number.

    Notes
    -----
    .. math:: x(t) = \sin(8 \pi t) \sin(12 \pi t) + \sigma \xi(t)

    The noise is white and normal. It is part of the target and has one value in each interval of
    0.05 ms around the multiples of 0.05 ms, so it does not depend on how the target is sampled.
    """
    owner = "tasks.noisy_product_of_sines"
    noise = float(check_quantity("noise", owner, noise, 1 * Hz / Hz, "not negative"))
    seed = check_count("seed", owner, seed, 0)
    return product_of_sines().changed(
        name="noisy_product_of_sines",
        signal=functools.partial(_noisy_product_of_sines, noise=noise, seed=seed),
        source="Nicola & Clopath (2017), Nat. Commun. 8:2208, supplement: LIF network; settings "
        "of the product without noise",
    )


def sawtooth(frequency: Quantity = 5 * Hz) -> Task:
    r"""Ask for a triangle wave, which the source calls a sawtooth.

    Parameters
    ----------
    frequency : Quantity
        Frequency f [Hz].

    Returns
    -------
    Task
        With one output, between -pi/2 and pi/2.

    Raises
    ------
    DimensionMismatchError, ValueError
        If `frequency` is not one positive frequency.

    Notes
    -----
    .. math:: x(t) = \arcsin(\sin(2 \pi f t))
    """
    frequency = check_quantity("frequency", "tasks.sawtooth", frequency, Hz, "positive")
    return Task(
        name="sawtooth",
        signal=functools.partial(_sawtooth, frequency=float(frequency)),
        n_outputs=1,
        period=1 / frequency,
        G=0.1 * mV / Hz,
        Q=30 * mV,
        learning_rate=5e-7 * second**2,
        learn_from=1 * second,
        learn_until=7 * second,
        duration=12 * second,
        source="Nicola & Clopath (2017), Nat. Commun. 8:2208, supplement: LIF network; G and Q "
        "are theirs, learning rate and windows were found where both networks learn",
    )


def fourier(frequency: Quantity = 1 * Hz, n_harmonics: int = 3) -> Task:
    r"""Ask for cosine and sine of the first harmonics: a basis of all waves of one period.

    Parameters
    ----------
    frequency : Quantity
        Frequency f of the first harmonic [Hz].
    n_harmonics : int
        Number of harmonics M.

    Returns
    -------
    Task
        With 2 M outputs: cosine and sine of the first harmonic, of the second, and so on.

    Raises
    ------
    DimensionMismatchError, ValueError
        If `frequency` is not one positive frequency, or `n_harmonics` not a whole number.

    Notes
    -----
    .. math:: x_{2m-1}(t) = \cos(2 \pi m f t), \quad x_{2m}(t) = \sin(2 \pi m f t), \quad
              m = 1 \ldots M
    """
    frequency = check_quantity("frequency", "tasks.fourier", frequency, Hz, "positive")
    n_harmonics = check_count("n_harmonics", "tasks.fourier", n_harmonics)
    return Task(
        name="fourier",
        signal=functools.partial(_fourier, frequency=float(frequency), n_harmonics=n_harmonics),
        n_outputs=2 * n_harmonics,
        period=1 / frequency,
        G=0.05 * mV / Hz,
        Q=20 * mV,
        learning_rate=5e-7 * second**2,
        learn_from=1 * second,
        learn_until=9 * second,
        duration=14 * second,
        source="Newton & Nicola (2025), PLoS Comput. Biol. 21:e1013224 (the task); settings were "
        "found where both networks learn",
    )


def _product_of_sines(times: Array) -> Array:
    return (np.sin(8 * np.pi * times) * np.sin(12 * np.pi * times))[:, np.newaxis]


def _noisy_product_of_sines(times: Array, noise: float, seed: int) -> Array:
    return _product_of_sines(times) + noise * _white_noise(times, seed)[:, np.newaxis]


def _white_noise(times: Array, seed: int) -> Array:
    """Look the noise up in blocks that are drawn one by one, only those that are needed."""
    block, within = np.divmod(np.rint(times / NOISE_STEP).astype(int), NOISE_BLOCK)
    values = np.empty(len(times))
    for number in np.unique(block):
        drawn = np.random.default_rng([seed, number]).normal(size=NOISE_BLOCK)
        values[block == number] = drawn[within[block == number]]
    return values


def _sawtooth(times: Array, frequency: float) -> Array:
    return np.arcsin(np.sin(2 * np.pi * frequency * times))[:, np.newaxis]


def _fourier(times: Array, frequency: float, n_harmonics: int) -> Array:
    harmonics = 1 + np.arange(n_harmonics)
    phases = 2 * np.pi * frequency * np.multiply.outer(times, harmonics)
    return np.stack([np.cos(phases), np.sin(phases)], axis=2).reshape(len(times), -1)
