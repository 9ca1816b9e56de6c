"""The sheet of principal components."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from brian_force.analysis import compare_components, recording_components
from brian_force.plotting.principal_components import _pooled_gains, _pooled_sizes, plot_components


@pytest.fixture(scope="module")
def found(trained_twins):
    return compare_components(*trained_twins)


def test_both_networks_fill_four_panels(found):
    sheet = plot_components(found)
    spectra, alignment, projections, gains = sheet.axes
    assert spectra.get_ylabel() == "eigenvalue (Hz$^2$)"
    assert_allclose(spectra.lines[0].get_ydata()[0], found["eigenvalue"].sel(model="lif")[0])
    assert_allclose(alignment.lines[0].get_ydata(), found["overlap"])
    assert projections.get_ylabel() == "decoders along it (1/Hz)"
    assert gains.get_xlim()[0] < 4e5 < gains.get_xlim()[1]
    assert [ax.get_title("left")[5] for ax in sheet.axes] == list("abcd")
    texts = [text.get_text() for text in sheet.legends[0].texts]
    assert texts[:2] == ["spiking network", "rate network"]


def test_one_network_fills_two(trained_twins):
    sheet = plot_components(recording_components(trained_twins[1]))
    assert len(sheet.axes) == 2
    assert "participation ratio" in sheet.get_suptitle()


def test_the_expected_gain_is_one_half_at_the_inverse_of_the_learning_rate(found):
    expected = plot_components(found).axes[3].lines[0]
    assert_allclose(np.interp(4e5, *expected.get_data()), 0.5, atol=0.01)


def test_pooled_gains_of_ridge_decoders_are_the_expected_ones(found):
    one = found.sel(model="rate")
    one = one.assign(force_gain=one["ridge_gain"])
    s, gains = _pooled_gains(one, 1.0)
    assert_allclose(gains, s / (s + 4e5), atol=0.15)


def test_pooled_sizes_keep_the_sum_of_squares():
    numbers, sizes = _pooled_sizes(np.full(300, 2.0))
    assert_allclose(sizes, 2)
    assert numbers[0] == 1
    assert numbers[-1] < 300
