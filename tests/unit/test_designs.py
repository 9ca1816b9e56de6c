"""Samples lie within their bounds, evenly."""

import numpy as np
import pytest
from brian2 import DimensionMismatchError, Quantity, get_dimensions, mV, second

from brian_force.studies import latin_hypercube, random_samples, sobol

DESIGNS = [random_samples, latin_hypercube, sobol]
BOUNDS = {
    "Q": (5 * mV, 40 * mV),
    "learning_rate": (1e-8 * second**2, 1e-4 * second**2),
    "n": (1, 4),
    "x": (-1.0, 1.0),
}


def column(samples, name):
    return np.array([float(sample[name]) for sample in samples])


@pytest.mark.parametrize("design", DESIGNS)
def test_values_lie_within_their_bounds(design):
    samples = design(BOUNDS, 64, log=["learning_rate"])
    assert len(samples) == 64
    for name, (lowest, highest) in BOUNDS.items():
        values = column(samples, name)
        assert values.min() >= float(lowest)
        assert values.max() <= float(highest)
        assert get_dimensions(samples[0][name]) is get_dimensions(lowest)
    assert isinstance(samples[0]["Q"], Quantity)
    assert {type(sample["n"]) for sample in samples} == {int}
    assert type(samples[0]["x"]) is float


@pytest.mark.parametrize("design", DESIGNS)
def test_half_of_the_logarithms_lie_in_each_half(design):
    values = column(design(BOUNDS, 256, log=["learning_rate"]), "learning_rate")
    assert 100 < np.count_nonzero(values < 1e-6) < 156


@pytest.mark.parametrize("design", DESIGNS)
def test_whole_numbers_are_equally_likely(design):
    values = column(design({"n": (1, 4)}, 256), "n")
    assert np.bincount(values.astype(int), minlength=5)[1:].min() > 40


@pytest.mark.parametrize("design", DESIGNS)
def test_the_seed_fixes_them(design):
    assert design(BOUNDS, 8) == design(BOUNDS, 8) != design(BOUNDS, 8, seed=2)


def test_one_in_each_interval():
    values = column(latin_hypercube({"x": (0.0, 10.0)}, 10), "x")
    assert sorted(np.floor(values)) == list(range(10))


def test_a_sobol_sequence_is_balanced_in_all_squares():
    samples = sobol({"x": (0.0, 4.0), "y": (0.0, 4.0)}, 16)
    squares = {(int(sample["x"]), int(sample["y"])) for sample in samples}
    assert len(squares) == 16


REFUSED = [
    (sobol, {"x": (0, 1)}, 6, (), r"'n' argument of sobol must be a power of 2, but got 6. Take 8"),
    (sobol, {"x": (0, 1)}, 0, (), "must be a whole number of at least 1, but got 0"),
    (random_samples, {"x": (1, 0)}, 2, (), "must be two bounds, the lower first, but got 1 and 0"),
    (random_samples, {"x": (0.0, np.inf)}, 2, (), "must be two bounds"),
    (random_samples, {"x": (0.0, 1.0)}, 2, ["x"], "the lower first, both above 0"),
    (random_samples, {"x": (1, 2, 3)}, 2, (), "must be two bounds, but got 3"),
    (random_samples, {"rate": (1, 2)}, 2, ["rat"], r"but got 'rat'\. Did you mean 'rate'"),
]


@pytest.mark.parametrize(("design", "bounds", "n", "log", "message"), REFUSED)
def test_what_is_refused(design, bounds, n, log, message):
    with pytest.raises(ValueError, match=message):
        design(bounds, n, log=log)


def test_two_units_are_refused():
    with pytest.raises(DimensionMismatchError, match="two bounds in one unit"):
        random_samples({"Q": (1, 2 * mV)}, 2)
