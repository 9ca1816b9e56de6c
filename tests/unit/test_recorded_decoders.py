"""FORCE's decoders against those of trials and of their means."""

import numpy as np
import pytest

from brian_force.analysis import activity, compare_decoders, decoder_comparison
from brian_force.metrics import pearson_correlation


def test_it_is_the_comparison_of_decoders_at_the_learning_rate(trained_twins):
    lif, rate = trained_twins
    trials = activity(lif)
    expected = decoder_comparison(
        np.asarray(lif.decoders),
        list(trials),
        activity(rate).trial(0),
        trials.target,
        2.5e-6,
        n_held_out=1,
    )
    found = compare_decoders(lif, rate)
    assert found["n_averaged"].values.tolist() == [1, 2]
    for name in expected.data_vars:
        assert found[name].equals(expected[name])
    twin = pearson_correlation(lif.decoders, rate.decoders)
    assert found["twin_correlation"] == pytest.approx(twin)


def test_without_the_twin_nothing_is_said_of_it(trained_twins):
    lif, rate = trained_twins
    alone, both = compare_decoders(lif), compare_decoders(lif, rate)
    assert {"rate_correlation", "rate_error", "twin_correlation"} == set(both) - set(alone)
    assert alone["error"].equals(both["error"])


def test_a_rate_network_alone_is_refused(trained_twins):
    with pytest.raises(ValueError, match="must be of a spiking network, but got of 'rate'"):
        compare_decoders(trained_twins[1])
