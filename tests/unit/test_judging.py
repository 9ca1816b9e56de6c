import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from brian_force.studies.judging import (
    findings_table,
    interval,
    intervals,
    judged,
    overall,
    place,
)


def over_seeds(*values):
    return xr.DataArray(list(values), dims="seed")


def verdict(*values, **side):
    return judged(1, "something", "somewhere", over_seeds(*values), **side).verdict


def test_a_claim_holds_where_the_whole_interval_is_on_its_side():
    assert verdict(0.6, 0.7, 0.8, above=0.5) == "holds"
    assert verdict(0.1, 0.2, 0.3, below=0.5) == "holds"


def test_it_does_not_hold_where_the_whole_interval_is_on_the_other():
    assert verdict(0.1, 0.2, 0.3, above=0.5) == "does not hold"
    assert verdict(0.6, 0.7, 0.8, below=0.5) == "does not hold"


def test_it_is_not_decided_where_seeds_disagree_or_there_are_too_few():
    assert verdict(0.1, 0.5, 0.9, above=0.5) == "not decided"
    assert verdict(0.9, above=0.5) == "not decided"
    assert verdict(np.nan, np.nan, above=0.5) == "not decided"
    assert verdict(0.5, 0.5, 0.5, above=0.5) == "not decided"


def test_seeds_that_diverged_are_told():
    finding = judged(1, "a", "b", over_seeds(0.6, np.nan, 0.8), above=0.5)
    assert (finding.interval.n, finding.n_seeds) == (2, 3)
    assert finding.verdict == "holds"


def test_one_side_must_be_given_and_the_claim_known():
    with pytest.raises(ValueError, match="One of"):
        judged(1, "a", "b", over_seeds(1.0))
    with pytest.raises(ValueError, match="no claim 11"):
        judged(11, "a", "b", over_seeds(1.0), above=0)


def test_the_interval_of_three_seeds_goes_from_the_smallest_to_the_largest():
    found = interval([1.0, 2.0, 6.0])
    assert (found.mean, found.low, found.high, found.n) == (3.0, 1.0, 6.0, 3)


def test_the_interval_of_many_seeds_is_that_of_their_mean():
    values = np.random.default_rng(1).normal(2, 1, 400)
    found = interval(values)
    ends = np.array([found.low, found.high]) - values.mean()
    assert_allclose(ends, [-0.098, 0.098], atol=0.02)


def test_equal_values_have_an_interval_without_width():
    found = interval([0.5, 0.5, 0.5])
    assert (found.low, found.high) == (0.5, 0.5)


def test_intervals_are_those_of_each_point():
    values = xr.DataArray([[1.0, 2.0, 6.0], [np.nan, np.nan, 1.0]], dims=("Q", "seed"))
    found = intervals(values)
    assert_allclose(found["mean"], [3, 1])
    assert_allclose(found["low"], [1, np.nan])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([(1, 1), (1, 1)], "holds"),
        ([(1, 1), (0, 1)], "not decided"),
        ([(1, 1), (0, 1), (0, 0)], "does not hold"),
        ([], "not decided"),
    ],
)
def test_a_claim_holds_where_all_its_findings_do(values, expected):
    findings = [judged(1, "a", "b", over_seeds(*two), above=0.5) for two in values]
    assert overall(findings) == expected


def test_places_are_written_with_units():
    found = xr.Dataset(attrs={"task": "sine", "n_neurons": 500, "G": 0.1})
    assert place(found, Q=30.0, slow=5e-7) == "sine, N 500, G 0.1 mV/Hz, Q 30 mV, slow 5e-07 s^2"


def test_findings_make_a_table():
    table = findings_table([judged(2, "a", "b", over_seeds(0.6, 0.7), above=0.5)])
    assert table["verdict"].item() == "holds"
    assert table["side"].item() == "above"
    assert_allclose(table["estimate"], 0.65)
