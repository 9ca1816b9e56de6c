"""Names of units between Brian, Neo and files."""

import numpy as np
import pytest
import quantities as pq
from brian2 import Hz, amp, get_dimensions, kilogram, meter, mole, ohm, second, siemens, volt
from brian2 import Quantity as BrianQuantity

from brian_force.exchange.units import name_of, quantities_unit, unit_of


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        (volt, "V"),
        (amp, "A"),
        (siemens, "S"),
        (Hz, "Hz"),
        (second, "s"),
        (ohm, "ohm"),
        (volt / Hz, "Wb"),
        (mole / meter**3, "mM"),
        (kilogram * meter, "m**1*kg**1"),
        (1, "1"),
    ],
)
def test_base_units_of_brian(unit, name):
    assert unit_of(get_dimensions(unit)) == name


@pytest.mark.parametrize(
    "unit", [volt / second**0.5, amp / meter**2, 1 / volt / second, second**-2, kilogram * meter]
)
def test_any_dimensions_have_a_name_that_quantities_reads(unit):
    dimensions = get_dimensions(unit)
    read = quantities_unit(unit_of(dimensions), "x").simplified
    assert float(read) == 1
    powers = {base.symbol: power for base, power in read.dimensionality.items()}
    bases = ("m", "kg", "s", "A", "K", "mol", "cd")
    given = {base: dimensions.get_dimension(base) for base in bases}
    assert powers == {base: power for base, power in given.items() if power}


@pytest.mark.parametrize("name", ["mV", "Hz", "1/s", "1", "nA", "mol/m**3", "%"])
def test_names_come_back(name):
    assert name_of(quantities_unit(name, "x")) == name


@pytest.mark.parametrize("name", ["foo", "3", "2*mV", "µV", "__import__('os')", "mV)", "1/0"])
def test_no_units(name):
    with pytest.raises(ValueError, match="must be a unit that the library 'quantities' knows"):
        quantities_unit(name, "Signal")


def test_why_quantities_of_two_libraries_never_meet():
    """If this fails, a trap of the page on exchange is gone."""
    product = BrianQuantity(np.array([0.001]), dim=second.dim) * pq.s
    assert isinstance(product, BrianQuantity)
    assert product.dim is second.dim
