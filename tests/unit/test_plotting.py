"""The figures: what is drawn where, with which labels, and that nothing else changes."""

import itertools
from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from brian2 import DimensionMismatchError, Hz, ms, mV, second
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from brian_force import plotting, tasks
from brian_force.metrics import PhaseErrors
from brian_force.plotting import style

PANELS = [
    plotting.plot_output,
    plotting.plot_raster,
    plotting.plot_error,
    plotting.plot_decoders,
]
IN_TIME = PANELS[:3]


def stand_in(
    K=1, learn_from=1.0, learn_until=2.0, duration=3.0, model="lif", spikes=True, period=0.2
):
    """Return what the plots read of a recording of 50 neurons."""
    rng = np.random.default_rng(1)
    times = np.arange(0, duration, 1e-3)
    phases = 10 * np.pi * times[:, np.newaxis] * (1 + np.arange(K))
    target = np.sin(phases)
    after = times[:, np.newaxis] >= learn_from
    n_spikes = 2000 if spikes else 0
    return SimpleNamespace(
        task="sine",
        model=model,
        parameters=SimpleNamespace(n_neurons=50, G=0.1 * mV / Hz, Q=30 * mV),
        learning_rate=2.5e-6 * second**2,
        seed=3,
        device="cython",
        learn_from=learn_from * second,
        learn_until=learn_until * second,
        duration=duration * second,
        period=None if period is None else period * second,
        times=times * second,
        output=np.where(after, target + 0.01, 0),
        target=target,
        spike_times=np.sort(rng.uniform(0, duration, n_spikes)) * second,
        spike_neurons=rng.integers(0, 50, n_spikes),
        decoders=rng.normal(size=(50, K)) * 1e-4 / Hz,
        errors=PhaseErrors(0.71, 0.013, 0.41, None, None, None, 0.018, None, 12.34, None),
    )


@pytest.fixture
def ax():
    return Figure().add_subplot()


def learning_spans(ax):
    return [patch for patch in ax.patches if patch.get_label() == "learning"]


@pytest.mark.parametrize("plot", PANELS)
def test_a_panel_is_drawn_where_asked(plot, ax):
    assert plot(stand_in(), ax=ax) is ax


@pytest.mark.parametrize("plot", PANELS)
def test_without_axes_a_panel_uses_the_current_ones(plot):
    plt.switch_backend("agg")
    current = plt.figure().add_subplot()
    assert plot(stand_in()) is current
    plt.close("all")
    assert isinstance(plot(stand_in()), Axes)
    plt.close("all")


@pytest.mark.parametrize(
    ("plot", "x", "y"),
    [
        (plotting.plot_output, "time (s)", "output $z$"),
        (plotting.plot_raster, "time (s)", "neuron"),
        (plotting.plot_error, "time (s)", "RMS error"),
        (plotting.plot_decoders, "decoder (1/Hz)", "neurons per bin"),
    ],
)
def test_axes_say_what_they_show_and_in_which_unit(plot, x, y, ax):
    plot(stand_in(), ax=ax)
    assert (ax.get_xlabel(), ax.get_ylabel()) == (x, y)


@pytest.mark.parametrize("plot", IN_TIME)
def test_the_learning_window_is_shaded(plot, ax):
    (span,) = learning_spans(plot(stand_in(), ax=ax))
    corners = span.get_extents().transformed(ax.transData.inverted())
    assert (corners.x0, corners.x1) == pytest.approx((1, 2))
    assert to_hex(span.get_facecolor()).upper() == style.LEARNING["color"]


@pytest.mark.parametrize("plot", IN_TIME)
def test_a_run_without_learning_has_no_shade(plot, ax):
    assert learning_spans(plot(stand_in(learn_from=1, learn_until=1), ax=ax)) == []


@pytest.mark.parametrize("K", [1, 3])
def test_each_output_lies_over_its_target(K, ax):
    lines = plotting.plot_output(stand_in(K), ax=ax).lines
    targets, outputs = lines[::2], lines[1::2]
    assert len(targets) == len(outputs) == K
    assert {line.get_color() for line in targets} == {style.TARGET["color"]}
    assert [line.get_color() for line in outputs] == list(style.OUTPUT_COLORS[:K])
    assert min(line.get_linewidth() for line in targets) > 2 * outputs[0].get_linewidth()


def test_several_outputs_stand_below_each_other(ax):
    plotting.plot_output(stand_in(3), ax=ax)
    heights = [np.mean(line.get_ydata()) for line in ax.lines[::2]]
    assert heights == pytest.approx([0, -2.5, -5], abs=0.01)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["$z_{1}$", "$z_{2}$", "$z_{3}$"]


@pytest.mark.parametrize("K", [1, 2])
def test_a_constant_target_has_a_scale_too(K, ax):
    recording = stand_in(K)
    recording.target = np.zeros_like(recording.target)
    plotting.plot_output(recording, ax=ax)


def test_spiking_is_solid_and_rate_dotted(ax):
    plotting.plot_output(stand_in(), ax=ax)
    plotting.plot_output(stand_in(model="rate"), ax=ax)
    labels = ax.get_legend_handles_labels()[1]
    spiking, rate = (
        line
        for line in ax.lines
        if line.get_label().startswith(("output, spiking", "output, rate"))
    )
    assert spiking.get_linestyle() == "-"
    assert rate.get_linestyle() == "--"  # what Matplotlib calls a pattern of its own
    assert sorted(labels) == [
        "learning",
        "output, rate network",
        "output, spiking network",
        "target",
    ]


def test_a_stretch_shows_only_itself(ax):
    recording = stand_in()
    plotting.plot_output(recording, 500 * ms, 1 * second, ax=ax)
    assert ax.get_xlim() == (0.5, 1)
    assert len(ax.lines[0].get_xdata()) == 500
    plotting.plot_raster(recording, 10, 500 * ms, 1 * second, ax=ax)
    times, neurons = ax.lines[-1].get_data()
    assert times.min() >= 0.5
    assert times.max() < 1
    assert np.nanmax(neurons) < 10


def test_every_spike_of_the_first_neurons_is_in_the_raster(ax):
    recording = stand_in()
    (line,) = plotting.plot_raster(recording, 20, ax=ax).lines
    assert len(line.get_xdata()) == 3 * np.sum(recording.spike_neurons < 20)


@pytest.mark.parametrize("n_neurons", [30, 80])
def test_a_silent_network_says_so(n_neurons, ax):
    plotting.plot_raster(stand_in(spikes=False), n_neurons, ax=ax)
    assert [text.get_text() for text in ax.texts] == ["no spikes"]
    assert ax.get_ylim()[1] < 50


def test_the_error_never_looks_over_a_switch_of_learning(ax):
    (line,) = plotting.plot_error(stand_in(), ax=ax).lines
    times, error = line.get_data()
    before = times < 1
    assert ax.get_yscale() == "log"
    assert error[~before] == pytest.approx(0.01)
    assert error[before][100:-100] == pytest.approx(np.sqrt(0.5), rel=0.01)


def test_the_window_of_the_error_can_be_chosen(ax):
    recording = stand_in(learn_from=2, learn_until=2)
    recording.output = recording.target + (np.asarray(recording.times) >= 1)[:, np.newaxis]
    (line,) = plotting.plot_error(recording, 400 * ms, ax=ax).lines
    changing = line.get_ydata()
    assert np.nanargmax(np.isfinite(changing)) == pytest.approx(800, abs=1)
    assert changing[1000] == pytest.approx(np.sqrt(0.5), abs=0.01)
    assert changing[1201] == pytest.approx(1)


def test_no_error_at_all_leaves_empty_axes(ax):
    recording = stand_in()
    recording.output = recording.target
    (line,) = plotting.plot_error(recording, ax=ax).lines
    ax.figure.draw_without_rendering()
    assert np.isnan(line.get_ydata()).all()


@pytest.mark.parametrize("K", [1, 3])
def test_every_decoder_is_counted_once(K, ax):
    recording = stand_in(K)
    plotting.plot_decoders(recording, ax=ax)
    outlines = [patch for patch in ax.patches if patch.get_label() in _names(K)]
    assert len(outlines) == K
    if K == 1:
        assert sum(bar.get_height() for bar in ax.patches[:40]) == 50


def _names(K):
    return {"decoders"} if K == 1 else {f"output {output + 1}" for output in range(K)}


def test_untrained_decoders_are_drawn(ax):
    recording = stand_in()
    recording.decoders = np.zeros((50, 1)) / Hz
    assert plotting.plot_decoders(recording, ax=ax) is ax


def columns(figure):
    return [ax for ax in figure.axes if ax.get_title(loc="left")]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, ["before learning", "learning begins", "after learning"]),
        ({"K": 3}, ["before learning", "learning begins", "after learning"]),
        ({"period": None}, ["before learning", "learning begins", "after learning"]),
        ({"spikes": False}, ["before learning", "learning begins", "after learning"]),
        (
            {"model": "rate", "spikes": False},
            ["before learning", "learning begins", "after learning"],
        ),
        (
            {"learn_from": 0.1, "learn_until": 0.4, "duration": 0.5},
            ["before learning", "learning begins", "after learning"],
        ),
        ({"learn_from": 0}, ["learning begins", "after learning"]),
        ({"learn_until": 3}, ["before learning", "learning begins"]),
        ({"learn_until": 9}, ["before learning", "learning begins"]),
        ({"learn_from": 9, "learn_until": 10}, ["without learning"]),
        ({"learn_from": 2, "learn_until": 2}, ["without learning"]),
    ],
)
def test_the_sheet_has_a_column_for_each_phase_of_the_run(options, names, tmp_path):
    figure = plotting.plot_training(stand_in(**options))
    assert isinstance(figure, Figure)
    titles = [ax.get_title(loc="left").split(maxsplit=1)[1] for ax in columns(figure)]
    assert titles == names
    figure.savefig(tmp_path / "figure.png", dpi=150)
    assert (tmp_path / "figure.png").stat().st_size > 10_000


def test_the_sheet_names_the_run_and_its_errors():
    title = plotting.plot_training(stand_in()).get_suptitle()
    assert title.splitlines() == [
        "sine, spiking network, seed 3",
        r"N = 50, G = 0.1 mV/Hz, Q = 30 mV, learning rate $2.5\times 10^{-6}$ s$^2$",
        "RMS error (% of the target): before 0.71; learning 0.013 (1.8 %); after 0.41",
        r"free run: L2 error 12.3 $\sqrt{\mathrm{s}}$",
    ]


def test_the_columns_are_marked_in_the_error_of_the_whole_run():
    figure = plotting.plot_training(stand_in(learn_from=1.5, duration=4))
    (error,) = (ax for ax in figure.axes if ax.get_ylabel() == "RMS error")
    assert [text.get_text() for text in error.texts] == ["a", "b", "c"]
    middles = [text.get_position()[0] for text in error.texts]
    assert middles == pytest.approx([1.0, 1.75, 3.5])
    assert len(learning_spans(error)) == 1


def test_output_and_raster_of_a_column_share_their_time():
    figure = plotting.plot_training(stand_in())
    for ax in columns(figure):
        assert len(ax.get_shared_x_axes().get_siblings(ax)) == 2
    tops = {ax.get_ylim() for ax in columns(figure)}
    assert len(tops) == 1


def test_a_rate_network_has_no_raster():
    labels = [ax.get_ylabel() for ax in plotting.plot_training(stand_in(model="rate")).axes]
    assert "neuron" not in labels


def test_slow_targets_get_longer_columns():
    recording = stand_in(learn_from=3, learn_until=6, duration=9, period=2)
    widths = [np.ptp(ax.get_xlim()) for ax in columns(plotting.plot_training(recording))]
    assert widths == pytest.approx([2, 2, 2])


def test_a_task_may_be_called_anything():
    recording = stand_in()
    recording.task = "a $ and a_b ^"
    plotting.plot_training(recording)


def test_plotting_changes_no_setting_and_opens_no_figure(ax):
    plt.switch_backend("agg")
    settings, figures = mpl.rcParams.copy(), plt.get_fignums()
    for plot in PANELS:
        plot(stand_in(), ax=ax)
    plotting.plot_training(stand_in())
    assert mpl.rcParams == settings
    assert plt.get_fignums() == figures


def test_the_sheet_does_not_depend_on_the_settings():
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "black"}):
        figure = plotting.plot_training(stand_in())
    assert figure.axes[0].get_facecolor() == (1, 1, 1, 1)
    assert figure.axes[0].yaxis.label.get_size() == style.SHEET["axes.labelsize"]


def test_a_notebook_can_show_the_sheet():
    assert plotting.plot_training(stand_in())._repr_png_().startswith(b"\x89PNG")


@pytest.mark.parametrize("plot", [plotting.plot_output, plotting.plot_raster])
@pytest.mark.parametrize("stop", [1 * second, 0.5 * second])
def test_an_empty_stretch_is_refused(plot, stop, ax):
    message = (
        rf"The 'stop' argument of {plot.__name__} must be later than its start \(1\. s\), "
        rf"but got .*s\. Stop later\."
    )
    with pytest.raises(ValueError, match=message):
        plot(stand_in(), start=1 * second, stop=stop, ax=ax)


@pytest.mark.parametrize("plot", [plotting.plot_output, plotting.plot_raster])
def test_a_stretch_beyond_the_recording_is_refused(plot, ax):
    with pytest.raises(ValueError, match=r"'start'.*before the end of the recording \(3\. s\)"):
        plot(stand_in(), start=5 * second, ax=ax)
    with pytest.raises(ValueError, match=r"'start'.*not negative"):
        plot(stand_in(), start=-5 * second, ax=ax)


def test_arguments_without_their_unit_are_refused(ax):
    with pytest.raises(DimensionMismatchError, match="'stop' argument of plot_output"):
        plotting.plot_output(stand_in(), stop=2, ax=ax)
    with pytest.raises(DimensionMismatchError, match="'window' argument of plot_error"):
        plotting.plot_error(stand_in(), window=0.2, ax=ax)
    with pytest.raises(ValueError, match="'n_neurons' argument of plot_raster"):
        plotting.plot_raster(stand_in(), n_neurons=0, ax=ax)


def test_a_refused_panel_leaves_no_figure_behind():
    plt.switch_backend("agg")
    with pytest.raises(ValueError, match="stop"):
        plotting.plot_output(stand_in(), stop=0 * second)
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (0.05, "0.05"), (30, "30"), (5e-7, r"$5\times 10^{-7}$")],
)
def test_numbers_in_titles(number, text):
    assert style.scientific(number) == text


# -- tasks --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", tasks.names())
def test_a_task_is_drawn_with_a_line_for_each_output(name, ax):
    task = tasks.get(name)
    assert plotting.plot_task(task, ax=ax) is ax
    lines = [line for line in ax.lines if len(line.get_xdata()) > 2]
    assert [line.get_color() for line in lines] == list(style.OUTPUT_COLORS[: task.n_outputs])
    assert ax.get_xlim()[1] == pytest.approx(8 if task.period is None else 2 * float(task.period))
    assert ax.get_xlabel() == "time (s)"
    repeats = [line for line in ax.lines if len(line.get_xdata()) == 2]
    assert len(repeats) == (task.period is not None)
    assert len(ax.collections) == task.n_inputs


@pytest.mark.parametrize("name", ["van_der_pol", "lorenz", "fourier", "ode_to_joy"])
def test_the_outputs_of_a_task_do_not_touch_and_inputs_lie_below(name, ax):
    plotting.plot_task(tasks.get(name), ax=ax)
    lines = [line.get_ydata() for line in ax.lines if len(line.get_xdata()) > 2]
    for upper, lower in itertools.pairwise(lines):
        assert upper.min() > lower.max()
    for filled in ax.collections:
        assert filled.get_datalim(ax.transData).y1 < lines[-1].min()


def test_ticks_of_a_task_name_outputs_and_inputs(ax):
    plotting.plot_task(tasks.ode_to_joy(), ax=ax)
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == [*(f"$x_{{{output}}}$" for output in range(1, 6)), "inputs"]
    assert ax.get_ylabel() == "targets (1.1 apart)"


def test_ticks_of_a_single_output_are_its_values(ax):
    plotting.plot_task(tasks.pitchfork(), 3 * second, ax=ax)
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["\N{MINUS SIGN}1", "0", "1", "input"]
    assert ax.get_ylabel() == "target $x$"
    assert ax.get_xlim() == (0, 3)


def test_a_task_that_asks_for_nothing_can_be_drawn(ax):
    plotting.plot_task(tasks.from_array(np.zeros((9, 2)), 1 * second), ax=ax)
    ax.figure.draw_without_rendering()


def test_one_picture_shows_all_tasks(tmp_path):
    figure = plotting.plot_tasks()
    assert [ax.get_title(loc="left") for ax in figure.axes] == tasks.names()
    figure.savefig(tmp_path / "tasks.png")
    assert (tmp_path / "tasks.png").stat().st_size > 50_000


def test_a_picture_of_chosen_tasks():
    chosen = (tasks.get(name) for name in ("ode_to_joy_long", "lorenz", "sine"))
    figure = plotting.plot_tasks(chosen)
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["ode_to_joy_long", "lorenz", "sine"]
    columns = [ax.get_subplotspec().colspan for ax in figure.axes]
    assert [(span.start, span.stop) for span in columns] == [(0, 2), (2, 3), (0, 1)]
    assert [ax.get_subplotspec().rowspan.start for ax in figure.axes] == [0, 0, 1]


def test_pictures_of_tasks_refuse_what_is_no_task(ax):
    with pytest.raises(
        TypeError,
        match=r"^The 'task' argument of plot_task must be a Task, but got 'sine'\. "
        r"Write tasks\.get\('sine'\)\.$",
    ):
        plotting.plot_task("sine", ax=ax)
    with pytest.raises(
        ValueError,
        match=r"^The 'tasks' argument of plot_tasks must be at least one task, but got none\.$",
    ):
        plotting.plot_tasks([])
    with pytest.raises(DimensionMismatchError, match="'duration' argument of plot_task"):
        plotting.plot_task(tasks.sine(), 2, ax=ax)


def test_pictures_of_tasks_change_no_setting_and_open_no_figure():
    plt.switch_backend("agg")
    settings, figures = mpl.rcParams.copy(), plt.get_fignums()
    plotting.plot_tasks([tasks.sine()])
    assert mpl.rcParams == settings
    assert plt.get_fignums() == figures
