"""Figures of a pair of networks: who is drawn where and how, and with which numbers."""

from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from brian2 import Hz, mV, second
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from brian_force.experiment import FreeRun, Pair, Swap
from brian_force.metrics import PhaseErrors
from brian_force.plotting import plot_pair, plot_swap
from brian_force.plotting import style as language

ERRORS = {
    "lif": PhaseErrors(0.71, 0.013, 0.41, 0.02, 0.019, 1.0123, 0.0184, 0.58, 0.917, -12.34),
    "rate": PhaseErrors(0.71, 0.013, None, None, None, None, None, None, None, None),
}


def stand_in(model, K=1, learn_from=1.0, learn_until=2.0, duration=3.0, period=0.2, gain=1.0):
    """Return what the plots read of a recording of 50 neurons."""
    rng = np.random.default_rng({"lif": 1, "rate": 2}[model])
    times = np.arange(0, duration, 2e-3)
    frequency = 1 / (period or 0.3)
    target = np.sin(2 * np.pi * frequency * times[:, np.newaxis] * (1 + np.arange(K)))
    common = np.random.default_rng(3).normal(size=(50, K))
    return SimpleNamespace(
        task="sine",
        model=model,
        parameters=SimpleNamespace(n_neurons=50, G=0.1 * mV / Hz, Q=30 * mV),
        learning_rate=2.5e-6 * second**2,
        seed=3,
        learn_from=learn_from * second,
        learn_until=learn_until * second,
        duration=duration * second,
        period=None if period is None else period * second,
        times=times * second,
        output=np.where(times[:, np.newaxis] >= learn_from, gain * target + 0.01, 0),
        target=target,
        decoders=(common + 0.5 * rng.normal(size=(50, K))) * 1e-4 / Hz,
        errors=ERRORS[model],
    )


def a_pair(**options):
    return Pair(task=None, lif=stand_in("lif", **options), rate=stand_in("rate", **options))


def a_run(**changes):
    known = {
        "error": 1.0,
        "error_normalised": 1.41,
        "error_l2": 2.24,
        "error_aligned": 0.604,
        "error_scaled": 0.0321,
        "speed": 0.9059,
        "drift": -94.1,
        "frequency": 4.53,
        "amplitude": 1.028,
        "score": None,
    }
    return FreeRun(**(known | changes))


def a_swap(K=1, duration=5.0, period=0.2, gain=1.0, **changes):
    lif, rate = (stand_in(model, K, 0, 0, duration, period, gain) for model in ("lif", "rate"))
    return Swap(lif=lif, rate=rate, lif_run=a_run(speed=1.114), rate_run=a_run(**changes))


@pytest.fixture
def ax():
    return Figure().add_subplot()


def titled(figure):
    """Return the columns by the words of their titles."""
    names = ((ax.get_title(loc="left").partition("  ")[2], ax) for ax in figure.axes)
    return {name: ax for name, ax in names if name}


def outputs(ax, model):
    end = f", {language.MODEL_NAMES[model]}"
    return [line for line in ax.lines if line.get_label().endswith(end)]


def texts(ax):
    return [text.get_text() for text in ax.texts]


# Swaps


@pytest.mark.parametrize(("model", "other"), [("lif", "rate"), ("rate", "lif")])
@pytest.mark.parametrize("K", [1, 3, 6])
def test_a_swapped_network_is_drawn_over_its_target(model, other, K, ax):
    swap = a_swap(K)
    assert plot_swap(a_pair(K=K), swap, model, ax=ax) is ax
    assert len(outputs(ax, model)) == K
    assert outputs(ax, other) == []
    targets = [line for line in ax.lines if line.get_color() == language.TARGET["color"]]
    recording = getattr(swap, model)
    shown = np.asarray(recording.times) >= 4
    assert len(targets) == K
    assert targets[0].get_ydata() == pytest.approx(recording.target[shown, 0])
    assert outputs(ax, model)[0].get_ydata() == pytest.approx(recording.output[shown, 0])
    assert ax.get_xlabel() == "time after the swap (s)"


def test_a_swap_shows_no_learning(ax):
    plot_swap(a_pair(), a_swap(), "lif", ax=ax)
    assert not ax.patches


@pytest.mark.parametrize(
    ("period", "duration", "shown"),
    [(0.2, 5, 1), (1.7, 5, 1.7), (4, 5, 4), (9, 5, 4), (None, 5, 4), (4, 0.5, 0.5)],
)
def test_about_a_period_is_shown(period, duration, shown, ax):
    plot_swap(a_pair(period=period), a_swap(period=period, duration=duration), "lif", ax=ax)
    assert ax.get_xlim() == pytest.approx((duration - shown, duration))


@pytest.mark.parametrize(
    ("changes", "described"),
    [
        (
            {},
            "speed 0.91, amplitude 1.03, drift −94 ms/s\n"
            "RMS error 1.0 plain, 0.60 aligned, 0.032 scaled",
        ),
        (
            {"score": 0.5, "error": 12.3},
            "speed 0.91, amplitude 1.03, score 0.50, drift −94 ms/s\n"
            "RMS error 12 plain, 0.60 aligned, 0.032 scaled",
        ),
        (
            {
                "error_aligned": None,
                "error_scaled": None,
                "speed": None,
                "drift": None,
                "amplitude": np.nan,
            },
            "amplitude –\nRMS error 1.0 plain",
        ),
    ],
)
def test_a_swap_says_how_well_it_went(changes, described, ax):
    plot_swap(a_pair(), a_swap(**changes), "rate", ax=ax)
    assert texts(ax) == [described]


def test_an_output_far_off_does_not_flatten_the_target(ax):
    plot_swap(a_pair(), a_swap(gain=50), "lif", ax=ax)
    assert ax.get_ylim() == pytest.approx((-3, 3), abs=0.1)


def test_both_swaps_leave_room_for_all_that_was_asked(ax):
    pair, swap = a_pair(), a_swap()
    swap.lif.target = swap.lif.output = np.ones_like(swap.lif.target)
    low, high = plot_swap(pair, swap, "lif", ax=ax).get_ylim()
    assert low < -1 < 1 < high


def test_a_constant_target_has_a_scale_too(ax):
    pair, swap = a_pair(), a_swap()
    for recording in (pair.lif, swap.lif):
        recording.target = np.zeros_like(recording.target)
    plot_swap(pair, swap, "lif", ax=ax)


def test_an_unknown_model_is_refused():
    plt.switch_backend("agg")
    with pytest.raises(ValueError, match=r"'model' argument of plot_swap.*'lif'.*'spiking'"):
        plot_swap(a_pair(), a_swap(), "spiking")
    assert plt.get_fignums() == []


def test_without_axes_a_panel_uses_the_current_ones():
    plt.switch_backend("agg")
    current = plt.figure().add_subplot()
    assert plot_swap(a_pair(), a_swap(), "rate") is current
    plt.close("all")
    assert isinstance(plot_swap(a_pair(), a_swap(), "rate"), Axes)
    plt.close("all")


# The sheet

PHASES = ["before learning", "learning begins", "after learning"]
SWAPS = ["spiking network on rate decoders", "rate network on spiking decoders"]


@pytest.mark.parametrize("K", [1, 3, 6])
def test_the_sheet_shows_phases_and_swaps(K, tmp_path):
    figure = plot_pair(a_pair(K=K), a_swap(K))
    assert list(titled(figure)) == PHASES + SWAPS
    figure.savefig(tmp_path / "figure.png")
    assert (tmp_path / "figure.png").stat().st_size > 10_000


def test_without_swaps_their_row_is_left_out():
    assert list(titled(plot_pair(a_pair()))) == PHASES


@pytest.mark.parametrize(
    ("times", "letters", "names"),
    [
        ({"learn_from": 0}, "abcd", PHASES[1:]),
        ({"learn_from": 0, "learn_until": 0.1, "duration": 0.1}, "abc", PHASES[1:2]),
        ({"learn_until": 3}, "abcd", PHASES[:2]),
        ({"period": None}, "abcde", PHASES),
        ({"period": 4, "learn_from": 5, "learn_until": 10, "duration": 15}, "abcde", PHASES),
    ],
)
def test_the_letters_go_on_from_the_phases_there_are(times, letters, names):
    figure = plot_pair(a_pair(**times), a_swap(duration=0.5, period=times.get("period", 0.2)))
    assert list(titled(figure)) == names + SWAPS
    found = [ax.get_title(loc="left").partition("  ")[0] for ax in titled(figure).values()]
    assert found == [rf"$\bf{{{letter}}}$" for letter in letters]


def test_both_networks_lie_over_the_target_and_can_be_told_apart():
    pair = a_pair(K=3)
    for name in PHASES:
        ax = titled(plot_pair(pair))[name]
        spiking, rate = outputs(ax, "lif"), outputs(ax, "rate")
        assert len(spiking) == len(rate) == 3
        assert [line.get_color() for line in spiking] == list(language.OUTPUT_COLORS[:3])
        for solid, dotted in zip(spiking, rate, strict=True):
            assert (solid.get_linestyle(), dotted.get_linestyle()) == ("-", "--")
            assert dotted.get_zorder() > solid.get_zorder()
            assert sum(to_rgb(dotted.get_color())) < 0.5 * sum(to_rgb(solid.get_color()))


def test_the_columns_shade_learning():
    columns = titled(plot_pair(a_pair(), a_swap()))
    for name in PHASES:
        (span,) = (patch for patch in columns[name].patches if patch.get_label() == "learning")
        corners = span.get_extents().transformed(columns[name].transData.inverted())
        assert (corners.x0, corners.x1) == pytest.approx((1, 2))
    assert not any(columns[name].patches for name in SWAPS)


def test_the_errors_of_both_networks_run_along():
    pair = a_pair()
    (error,) = (ax for ax in plot_pair(pair).axes if ax.get_ylabel() == "RMS error")
    lines = [line for line in error.lines if "network" in line.get_label()]
    assert [line.get_label() for line in lines] == ["spiking network", "rate network"]
    assert lines[0].get_color() != lines[1].get_color()
    assert error.get_yscale() == "log"
    assert texts(error) == ["a", "b", "c"]


def test_the_sheet_names_the_pair_and_its_errors():
    assert plot_pair(a_pair()).get_suptitle().splitlines() == [
        "sine, spiking network and its rate twin, seed 3",
        r"N = 50, G = 0.1 mV/Hz, Q = 30 mV, learning rate $2.5\times 10^{-6}$ s$^2$",
        "spiking network, RMS error (% of the target): before 0.71; learning 0.013 (1.8 %); "
        "after 0.41 (58.0 %)",
        "spiking network, free run: phase aligned 0.02; time scaled 0.019; "
        r"L2 error 0.917 $\sqrt{\mathrm{s}}$; speed 1.012; drift −12.3 ms/s",
        "rate network, RMS error (% of the target): before 0.71; learning 0.013",
    ]


def test_the_numbers_above_a_swap_stay_within_their_column():
    figure = plot_pair(a_pair(), a_swap(score=1.0))
    figure.draw_without_rendering()
    for name in SWAPS:
        ax = titled(figure)[name]
        (numbers,) = ax.texts
        assert numbers.get_window_extent().x1 < ax.get_window_extent().x1
        assert numbers.get_window_extent().y1 < ax._left_title.get_window_extent().y0


def test_a_task_may_be_called_anything():
    pair = a_pair()
    for recording in (pair.lif, pair.rate):
        recording.task = "a $ and a_b ^"
    plot_pair(pair)


def test_plotting_changes_no_setting_and_opens_no_figure():
    plt.switch_backend("agg")
    settings, figures = mpl.rcParams.copy(), plt.get_fignums()
    assert isinstance(plot_pair(a_pair(), a_swap()), Figure)
    assert mpl.rcParams == settings
    assert plt.get_fignums() == figures
