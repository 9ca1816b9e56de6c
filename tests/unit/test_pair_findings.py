import numpy as np
import pytest
import xarray as xr

from brian_force.studies.pair_findings import (
    convergence,
    correlation_drop,
    improvement,
    log10,
    swaps_when_fast,
    swaps_when_slow,
    swaps_worsen,
)

SEEDS = [1, 2, 3]


def pair(**values):
    """Return a Dataset with the same value for all seeds: one number, or those of lif and rate."""
    data = {}
    if "swap" in values:
        values.setdefault("swap_speed", (np.nan, 0.8))
    for name, value in values.items():
        if np.ndim(value) == 0:
            data[name] = ("seed", np.full(3, float(value)))
        else:
            data[name] = (("model", "seed"), np.repeat(np.array(value, float)[:, None], 3, axis=1))
    return xr.Dataset(data, {"model": ["lif", "rate"], "seed": SEEDS})


def verdicts(findings):
    return [finding.verdict for finding in findings]


def test_slow_swaps():
    good = pair(correlation=0.8, swap=(0.1, 0.2))
    assert verdicts(swaps_when_slow(good, "")) == ["holds", "holds", "holds"]
    one_way = pair(correlation=0.3, swap=(0.9, 0.2))
    assert verdicts(swaps_when_slow(one_way, "")) == ["does not hold", "does not hold", "holds"]


def test_fast_swaps():
    one_way = pair(swap=(0.9, 0.2))
    assert verdicts(swaps_when_fast(one_way, "")) == ["holds", "holds"]
    assert verdicts(swaps_when_fast(pair(swap=(0.1, 0.2)), "")) == ["does not hold", "holds"]
    assert verdicts(swaps_when_fast(pair(swap=(0.1, 0.5)), "")) == ["holds", "does not hold"]


def test_swaps_that_get_worse():
    good, one_way = pair(swap=(0.1, 0.2)), pair(swap=(0.9, 0.1))
    assert swaps_worsen(good, one_way, "").interval.mean == pytest.approx(0.7)
    assert swaps_worsen(one_way, good, "").verdict == "does not hold"


def test_the_speed_of_a_swapped_network_is_told_where_it_has_one():
    words = [finding.what for finding in swaps_when_slow(pair(correlation=1, swap=(0.1, 0.1)), "")]
    assert words[1] == "error of the spiking network on rate decoders"
    assert words[2] == "error of the rate network on spiking decoders, 0.80 times as fast"


def test_a_network_that_diverged_after_a_swap_is_not_counted_as_one_that_works():
    assert verdicts(swaps_when_fast(pair(swap=(np.nan, 0.1)), ""))[0] == "not decided"


@pytest.mark.parametrize(("fast", "verdict"), [(0.3, "holds"), (0.7, "does not hold")])
def test_the_drop_of_the_correlation(fast, verdict):
    drop = correlation_drop(pair(correlation=0.8), pair(correlation=fast), "")
    assert drop.verdict == verdict


def test_only_the_rate_network_improves():
    slow = pair(learning=(0.04, 0.04), free=(0.1, 0.1))
    fast = pair(learning=(0.03, 0.002), free=(0.2, 0.002))
    assert verdicts(improvement(slow, fast, "")) == ["holds"] * 6


def test_both_networks_improve():
    slow = pair(learning=(0.4, 0.4), free=(0.4, 0.4))
    fast = pair(learning=(0.01, 0.01), free=(0.4, 0.4))
    expected = ["does not hold", "holds", "does not hold", "holds", *["does not hold"] * 2]
    assert verdicts(improvement(slow, fast, "")) == expected


def grid(lif, rate):
    cells = np.repeat(np.array([lif, rate], float)[..., None], 3, axis=-1)
    dims = ("model", "G", "Q", "seed")
    return xr.Dataset(dict.fromkeys(("learning", "free"), (dims, cells)))


def test_regions_that_overlap():
    region = [[0.1, 0.1], [0.1, 0.9]]
    assert verdicts(convergence(grid(region, region), "")) == ["holds", "holds"]


def test_regions_apart():
    findings = list(convergence(grid([[0.1, 0.9]], [[0.9, 0.1]]), ""))
    assert verdicts(findings) == ["does not hold", "does not hold"]
    assert findings[0].interval.mean == 0


def test_no_network_that_converges_decides_nothing():
    never = [[0.9, np.nan]]
    assert verdicts(convergence(grid(never, never), "")) == ["not decided", "not decided"]


def test_the_logarithm_of_nothing_is_infinite_without_a_warning():
    assert log10(xr.DataArray([0.0, 1.0])).to_numpy().tolist() == [-np.inf, 0]
