import pytest
from brian2 import Hz, mV, second

from brian_force.studies.scales import PAPER, POINTS, SCALES, SMALL, scale_named


def test_scales_have_their_names():
    assert {name: scale_named(name) for name in SCALES} == SCALES
    with pytest.raises(ValueError, match="'small' or 'paper'"):
        scale_named("large")


@pytest.mark.parametrize("scale", [SMALL, PAPER])
def test_claims_can_be_judged_at_every_scale(scale):
    assert min(len(scale.seeds), len(scale.many_seeds)) >= 3
    assert {scale.slow, scale.fast} <= set(scale.scan)
    for G, Q in POINTS:
        assert G in scale.G
        assert Q in scale.Q


def test_the_paper_s_numbers():
    assert PAPER.n_neurons == 2000
    assert len(PAPER.many_seeds) == 21
    assert PAPER.n_repetitions == 100
    assert len(PAPER.learning_rates) == 4


def test_settings_have_units():
    fixed = SMALL.fixed("sine", 500, G=0.1, learning_rate=5e-7, n_trials=3)
    assert fixed["G"] == 0.1 * mV / Hz
    assert fixed["learning_rate"] == 5e-7 * second**2
    assert fixed["n_trials"] == 3
    assert fixed["learn_until"] == 6 * second
    assert "device" not in fixed
    assert SMALL.grid(Q=(10.0, 20.0))["Q"] == [10 * mV, 20 * mV]


def test_windows_are_those_of_the_task_unless_given():
    assert set(PAPER.fixed("sine")) == {"task"}
