"""The kernel of the synaptic filter, and rates by Elephant."""

import numpy as np
import pytest
import quantities as pq
from brian2 import DimensionMismatchError, mV, second
from brian2 import ms as b2_ms
from elephant.kernels import AlphaKernel, ExponentialKernel, GaussianKernel
from elephant.statistics import instantaneous_rate
from elephant.trials import TrialsFromLists
from neo import SpikeTrain

from brian_force.analysis.filtering import filtered_rates, synaptic_filter
from brian_force.analysis.kernel import SynapticKernel, instantaneous_rates
from brian_force.exchange import SpikeTrials

TAUS = [(2, 20), (20, 2), (5, 5), (5, 5.0001), (0.1, 50)]
PERIOD = 1 * b2_ms


@pytest.fixture(params=TAUS, ids=str)
def kernel(request):
    tau_r, tau_d = request.param
    return SynapticKernel(tau_r * b2_ms, tau_d * b2_ms)


@pytest.fixture
def trials(rng):
    """Random spikes at any time: 3 trials of 400 ms, 5 neurons, the last one silent."""
    n_spikes = 200
    return SpikeTrials(
        spike_times=rng.uniform(0, 0.4, n_spikes) * second,
        spike_neurons=rng.integers(0, 4, n_spikes),
        spike_trials=rng.integers(0, 3, n_spikes),
        n_neurons=5,
        durations=[0.4] * 3 * second,
        neuron_ids=np.arange(10, 15),
    )


def neo_trains(trials):
    """Make lists of trains, by trial, as Elephant wants them."""
    return [
        [SpikeTrain(1e3 * times[own == n], units="ms", t_stop=400) for n in range(5)]
        for times, own in map(trials.trial, range(3))
    ]


# The kernel


def test_the_area_is_one(kernel):
    times = np.linspace(-50, 1000, 1_050_001)
    density = kernel(times * pq.ms).rescale(1 / pq.ms).magnitude
    assert (density[times < 0] == 0).all()
    assert density.min() == 0
    assert np.trapezoid(density, times) == pytest.approx(1, rel=1e-5)
    mean = np.trapezoid(density * times, times)
    spread = np.sqrt(np.trapezoid(density * (times - mean) ** 2, times))
    assert spread == pytest.approx(float(kernel.sigma.rescale(pq.ms)), rel=1e-4)


@pytest.mark.parametrize("invert", [False, True])
def test_the_area_up_to_a_time(invert):
    kernel = SynapticKernel(2 * b2_ms, 20 * b2_ms, invert=invert)
    times = np.linspace(-300, 300, 600_001) * pq.ms
    density = kernel(times).rescale(1 / pq.ms).magnitude
    area = 1e-3 * np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2)])
    np.testing.assert_allclose(kernel.cdf(times), area, atol=1e-6)
    assert float(kernel.cdf(5 * pq.ms)) == pytest.approx(area[305_000], abs=1e-6)


@pytest.mark.parametrize("invert", [False, True])
@pytest.mark.parametrize("taus", TAUS)
def test_quantiles_invert_the_area(taus, invert):
    tau_r, tau_d = taus
    kernel = SynapticKernel(tau_r * b2_ms, tau_d * b2_ms, invert=invert)
    fractions = [0.001, 0.1, 0.5, 0.9, 0.999999]
    areas = [float(kernel.cdf(kernel.icdf(fraction))) for fraction in fractions]
    np.testing.assert_allclose(areas, fractions, rtol=1e-9)


def test_quantiles_at_the_ends(kernel):
    assert kernel.icdf(0.0) == 0 * pq.ms
    assert kernel.icdf(1 - 2**-53) < 2000 * pq.ms
    inverted = SynapticKernel(2 * b2_ms, 20 * b2_ms, invert=True)
    assert inverted.icdf(0.0) == -np.inf * pq.ms
    with pytest.raises(ValueError, match="fraction"):
        kernel.icdf(1.0)


def test_the_boundary_encloses_a_fraction(kernel):
    boundary = kernel.boundary_enclosing_area_fraction(0.99)
    assert float(kernel.cdf(boundary)) == pytest.approx(0.99)
    cut = kernel.min_cutoff * kernel.sigma
    assert float(kernel.cdf(cut)) == pytest.approx(1 - 1e-4, abs=1e-9)


def test_limits_are_kernels_of_elephant():
    times = np.linspace(0, 200, 2001) * pq.ms
    alpha = AlphaKernel(np.sqrt(2) * 20 * pq.ms)
    same = SynapticKernel(20 * b2_ms, 20 * b2_ms)
    np.testing.assert_allclose(same(times).magnitude, alpha(times).magnitude, rtol=1e-12)
    np.testing.assert_allclose(same.cdf(times), alpha.cdf(times), atol=1e-14)
    exponential = ExponentialKernel(20 * pq.ms)
    short = SynapticKernel(1e-6 * b2_ms, 20 * b2_ms)
    times = times[1:]
    np.testing.assert_allclose(short(times).magnitude, exponential(times).magnitude, rtol=1e-6)


def test_the_kernel_shows_its_constants():
    kernel = SynapticKernel(2 * b2_ms, 20 * b2_ms)
    assert repr(kernel) == "SynapticKernel(2*ms, 20*ms, invert=False)"
    assert not kernel.is_symmetric()


def test_constants_are_checked():
    with pytest.raises(DimensionMismatchError, match=r"'tau_d' argument of SynapticKernel.*second"):
        SynapticKernel(2 * b2_ms, 20 * mV)
    with pytest.raises(ValueError, match=r"'tau_r'.*positive"):
        SynapticKernel(0 * b2_ms, 20 * b2_ms)


def test_the_filter_of_the_network_tends_to_the_kernel():
    """Euler's method is of first order: each error is half of the one before."""
    times = np.arange(0, 0.2, 1e-3)
    expected = SynapticKernel(2 * b2_ms, 20 * b2_ms)(times * pq.s).rescale(pq.Hz).magnitude
    errors = []
    for dt in (0.1e-3, 0.05e-3, 0.025e-3):
        response = synaptic_filter([0.0], [0], 1, times, 2e-3, 20e-3, dt)[:, 0]
        errors.append(np.abs(response - expected).max() / expected.max())
    assert errors[1] < 0.02
    assert 0.45 < errors[1] / errors[0] < 0.55
    assert 0.45 < errors[2] / errors[1] < 0.55


# Rates


@pytest.mark.parametrize("center", [True, False])
def test_rates_are_those_of_elephant(trials, center):
    kernel = SynapticKernel(2 * b2_ms, 20 * b2_ms)
    whole = 200.999999 / float(kernel.sigma)  # 201 samples of 1 ms
    keywords = {"sampling_period": 1 * pq.ms, "kernel": kernel, "cutoff": whole}
    expected = instantaneous_rate(
        TrialsFromLists(neo_trains(trials)), center_kernel=center, **keywords
    )
    rates = instantaneous_rates(trials, kernel, PERIOD, center_kernel=center, cutoff=10)
    assert rates.dims == ("trial", "time", "neuron")
    assert rates.shape == (3, 400, 5)
    for ours, theirs in zip(rates, expected, strict=True):
        np.testing.assert_allclose(ours, theirs.magnitude, atol=1e-6)
        np.testing.assert_allclose(ours.time, theirs.times.rescale("s").magnitude, atol=1e-12)
    assert (rates[:, :, 4] < 1e-10).all()


def test_pooled_rates_are_those_of_elephant(trials):
    keywords = {"kernel": GaussianKernel(20 * pq.ms), "sampling_period": 1 * pq.ms}
    every = TrialsFromLists(neo_trains(trials))
    expected = instantaneous_rate(every, pool_trials=True, **keywords)
    rates = instantaneous_rates(trials, keywords["kernel"], PERIOD, pool_trials=True)
    assert rates.dims == ("time", "neuron")
    assert rates.attrs["units"] == "Hz"
    assert rates.neuron.values.tolist() == [10, 11, 12, 13, 14]
    np.testing.assert_allclose(rates, expected.magnitude, atol=1e-10)


def test_a_narrow_kernel_keeps_its_width():
    """Elephant alone would stretch this one by 9 %."""
    one_spike = SpikeTrials(
        spike_times=[0.0505] * second,
        spike_neurons=[0],
        spike_trials=[0],
        n_neurons=1,
        durations=[0.1] * second,
    )
    kernel = GaussianKernel(1.1 * pq.ms)
    rate = instantaneous_rates(one_spike, kernel, PERIOD)[0, :, 0]
    expected = kernel((rate.time.values - 0.05) * pq.s).rescale(pq.Hz).magnitude
    np.testing.assert_allclose(rate, expected, atol=1e-3)


def test_many_neurons_go_to_elephant_in_blocks(rng):
    trials = SpikeTrials(
        spike_times=rng.uniform(0, 0.1, 900) * second,
        spike_neurons=rng.integers(0, 450, 900),
        spike_trials=np.zeros(900, int),
        n_neurons=450,
        durations=[0.1] * second,
    )
    kernel = GaussianKernel(5 * pq.ms)
    rates = instantaneous_rates(trials, kernel, PERIOD)[0]
    for chosen in (0, 199, 200, 449):
        alone = instantaneous_rates(trials.select(neurons=[chosen]), kernel, PERIOD)[0, :, 0]
        np.testing.assert_allclose(rates[:, chosen], alone, atol=1e-10)


def test_only_symmetric_kernels_are_centred(trials):
    for kernel in (GaussianKernel(10 * pq.ms), SynapticKernel(2 * b2_ms, 20 * b2_ms)):
        rates = instantaneous_rates(trials, kernel, PERIOD)
        expected = instantaneous_rates(trials, kernel, PERIOD, center_kernel=kernel.is_symmetric())
        np.testing.assert_array_equal(rates, expected)


CASES = [(duration, period) for duration in (0.3, 0.7, 1.1, 2.3) for period in (0.05, 0.1, 0.5)]


@pytest.mark.parametrize(("duration", "period"), [*CASES, (1.1, 1.1)])  # Elephant loses a bin
def test_spikes_on_the_grid_keep_their_bins(duration, period):
    """The area of the rate is the number of spikes; a narrow kernel shows where they stand."""
    n_steps = round(duration / 0.05e-3)
    steps = np.arange(0, n_steps, 7)
    trials = SpikeTrials(
        spike_times=steps * 0.05e-3 * second,
        spike_neurons=np.zeros(len(steps), int),
        spike_trials=np.zeros(len(steps), int),
        n_neurons=1,
        durations=[duration] * second,
        dt=0.05 * b2_ms,
    )
    kernel = GaussianKernel(period / 20 * pq.ms)  # narrower than a bin
    rates = instantaneous_rates(trials, kernel, period * b2_ms)[0, :, 0]
    n_bins = round(duration / (period * 1e-3))
    assert len(rates) == n_bins
    counts = np.bincount(steps // round(period / 0.05), minlength=n_bins)
    np.testing.assert_allclose(rates, counts * rates.values.max() / counts.max(), atol=1e-6)


def test_rates_by_the_kernel_are_nearly_those_of_the_network(rng):
    """At samples of one step; what differs is Euler's method."""
    trials = SpikeTrials(
        spike_times=rng.integers(0, 8000, 40) * 0.05e-3 * second,
        spike_neurons=rng.integers(0, 2, 40),
        spike_trials=np.zeros(40, int),
        n_neurons=2,
        durations=[0.4] * second,
        dt=0.05 * b2_ms,
    )
    taus = (2 * b2_ms, 20 * b2_ms)
    r = filtered_rates(trials, *taus, sample_dt=0.05 * b2_ms)[0]
    rates = instantaneous_rates(trials, SynapticKernel(*taus), 0.05 * b2_ms, cutoff=15)[0]
    assert float(np.abs(rates - r).max()) < 0.02 * float(r.max())


def test_arguments_are_checked(trials):
    kernel = GaussianKernel(10 * pq.ms)
    with pytest.raises(TypeError, match=r"'kernel' argument of instantaneous_rates.*'auto'"):
        instantaneous_rates(trials, "auto", PERIOD)
    with pytest.raises(DimensionMismatchError, match="instantaneous_rates"):
        instantaneous_rates(trials, kernel, 0.001)
