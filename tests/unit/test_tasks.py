"""Tasks: their checks, their signals and tables, and the page that lists them."""

import pickle
import re
from pathlib import Path

import numpy as np
import pytest
from brian2 import DimensionMismatchError, Hz, ms, mV, second

from brian_force import tasks
from brian_force.tasks import Task, sine

DT = 2.5 * ms


def wrong_task(**changes):
    settings = {
        "name": "ramp",
        "signal": lambda times: times[:, np.newaxis],
        "n_outputs": 1,
        "G": 0.1 * mV / Hz,
        "Q": 30 * mV,
        "learning_rate": 1e-6 * second**2,
        "learn_from": 1 * second,
        "learn_until": 2 * second,
        "duration": 3 * second,
        "source": "this test",
    }
    return Task(**(settings | changes))


def test_sine_has_the_published_settings():
    task = sine()
    assert (task.name, task.n_outputs, task.n_neurons) == ("sine", 1, 1000)
    assert float(task.period / ms) == pytest.approx(200)
    assert float(task.G / (mV / Hz)) == pytest.approx(0.1)
    assert float(task.Q / mV) == pytest.approx(30)
    assert float(task.learning_rate / second**2) == 2.5e-6
    windows = [task.learn_from, task.learn_until, task.duration]
    assert [float(time / second) for time in windows] == [5, 10, 15]


def test_sine_of_another_frequency():
    times = np.linspace(0, 1, 101) * second
    expected = np.sin(2 * np.pi * 3 * np.linspace(0, 1, 101))
    np.testing.assert_allclose(sine(3 * Hz).target(times)[:, 0], expected, atol=1e-14)
    assert float(sine(4 * Hz).period / second) == 0.25


def test_target_has_one_row_per_time():
    assert sine().target([0.0, 0.1] * second).shape == (2, 1)
    assert sine().target(0.1 * second).shape == (1, 1)


def test_tasks_can_be_sent_to_another_process():
    task = pickle.loads(pickle.dumps(sine()))
    times = np.arange(5) * DT
    np.testing.assert_array_equal(task.target(times), sine().target(times))


def test_repr_writes_units_as_the_field_does():
    assert repr(sine()) == (
        "Task(name='sine', n_outputs=1, period=0.2*second, n_neurons=1000, G=0.1*mV/Hz, Q=30*mV, "
        "learning_rate=2.5e-06*second**2, learn_from=5*second, learn_until=10*second, "
        "duration=15*second, n_inputs=0, Q_inputs=0*mV)"
    )


def test_quantities_of_a_task_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        sine().Q[...] = 1 * mV


@pytest.mark.parametrize(
    ("duration", "n_samples"),
    [(1, 32768), (15, 32768), (32767 * 0.0025, 32768), (32768 * 0.0025, 65536), (164, 131072)],
)
def test_timed_array_has_a_power_of_two_of_samples(duration, n_samples):
    assert sine().timed_array(duration * second, DT).values.shape == (n_samples, 1)


def test_timed_array_is_exact_at_multiples_of_dt():
    table = sine().timed_array(15 * second, DT)
    times = np.arange(6001) * DT
    np.testing.assert_array_equal(table(times, 0), sine().target(times)[:, 0])


def test_timed_array_keeps_its_name_so_that_generated_code_keeps_its_text():
    tables = [sine().timed_array(15 * second, DT) for _ in range(2)]
    assert [table.name for table in tables] == ["task_target", "task_target"]


def test_names_and_get():
    assert "sine" in tasks.names()
    assert [tasks.get(name).name for name in tasks.names()] == tasks.names()
    assert len(tasks.names()) == len(set(tasks.names())) == 11


# -- what holds for every task ----------------------------------------------------------------

every_task = pytest.mark.parametrize("name", tasks.names())
every_wave = pytest.mark.parametrize(
    "name", [name for name in tasks.names() if tasks.get(name).period is not None]
)
SAMPLES = np.arange(4000) * DT


@every_task
def test_signals_have_one_column_each(name):
    task = tasks.get(name)
    assert task.target(SAMPLES).shape == (4000, task.n_outputs)
    assert task.input_signal(SAMPLES).shape == (4000, task.n_inputs)
    assert np.abs(task.input_signal(SAMPLES)).max(initial=0) <= 1


@every_wave
def test_targets_repeat_exactly(name):
    task = tasks.get(name)
    if name == "noisy_product_of_sines":
        task = tasks.noisy_product_of_sines(noise=0)
    later = SAMPLES + 7 * task.period
    np.testing.assert_allclose(task.target(later), task.target(SAMPLES), atol=1e-9)
    np.testing.assert_allclose(task.input_signal(later), task.input_signal(SAMPLES), atol=1e-9)


@every_wave
def test_no_shorter_period_is_overlooked(name):
    task = tasks.get(name)
    for part in (2, 3, 5):
        change = task.target(SAMPLES + task.period / part) - task.target(SAMPLES)
        assert np.abs(change).max() > 0.3 * np.abs(task.target(SAMPLES)).max()


# root mean squares over the outputs, by an independent simulator; the noise adds 0.05 squared
@pytest.mark.parametrize(
    ("name", "rms"),
    [
        ("sine", 0.7071),
        ("product_of_sines", 0.5),
        ("noisy_product_of_sines", 0.5025),
        ("sawtooth", 0.907),
        ("van_der_pol", 0.227),
        ("van_der_pol_relaxation", 0.118),
        ("fourier", 0.707),
        ("ode_to_joy", 0.316),
        ("ode_to_joy_long", 0.316),
    ],
)
def test_periodic_targets_have_the_known_size(name, rms):
    task = tasks.get(name)
    periods = 40 if name.startswith("noisy") else 1
    times = np.arange(20_000) * periods * task.period / 20_000
    assert np.sqrt(np.mean(task.target(times) ** 2)) == pytest.approx(rms, abs=6e-4)


def test_the_pitchfork_has_the_known_size():
    # over pulses that come at random: to a percent
    x = tasks.get("pitchfork").target(np.arange(160_000) * DT)
    assert np.sqrt(np.mean(x**2)) == pytest.approx(1.07, rel=0.015)


@every_task
def test_the_beginning_does_not_depend_on_the_end(name):
    task = tasks.get(name)
    for signal in (task.target, task.input_signal):
        short = signal(SAMPLES[:50])
        np.testing.assert_array_equal(short, signal(SAMPLES)[:50])
        backwards = signal(np.append(SAMPLES[:50], 90 * second)[::-1] * second)
        np.testing.assert_array_equal(short, backwards[:0:-1])


@every_task
def test_every_task_can_be_sent_to_another_process(name):
    data = pickle.dumps(tasks.get(name))
    assert len(data) < 5000  # the recipe, not the samples
    task = pickle.loads(data)
    np.testing.assert_array_equal(task.target(SAMPLES), tasks.get(name).target(SAMPLES))
    np.testing.assert_array_equal(task.input_signal(SAMPLES), tasks.get(name).input_signal(SAMPLES))
    assert repr(task) == repr(tasks.get(name))


@every_task
def test_every_run_learns_and_is_then_free(name):
    task = tasks.get(name)
    assert task.learn_from >= 1 * second
    assert task.duration - task.learn_until >= 5 * second
    if task.period is not None:
        assert task.learn_until - task.learn_from >= 4 * task.period
        assert task.duration - task.learn_until >= 2 * task.period


@every_task
def test_only_the_pitchfork_has_a_score(name):
    task = tasks.get(name)
    target = task.target(np.arange(16_000) * DT)
    assert task.score_of(np.arange(16_000) * DT, target) == (1 if name == "pitchfork" else None)


@pytest.mark.parametrize("name", ["ode_to_joy", "pitchfork"])
def test_the_table_of_inputs_is_as_long_as_that_of_the_target(name):
    task = tasks.get(name)
    table = task.input_array(task.duration, DT)
    assert table.name == "task_inputs"
    assert len(table.values) == len(task.timed_array(task.duration, DT).values)
    times = np.arange(4000) * DT
    for column in range(task.n_inputs):
        expected = task.input_signal(times)[:, column]
        np.testing.assert_array_equal(table(times, column), expected)


# -- the page in the docs ---------------------------------------------------------------------

PAGE = Path(__file__).parents[2] / "docs" / "tasks.md"


def row(task):
    """Write the row of a task in the table of docs/tasks.md."""
    period = "none" if task.period is None else f"{float(task.period):.4g}"
    times = (task.learn_from, task.learn_until, task.duration)
    inputs = "" if task.n_inputs == 0 else f"{task.n_inputs}, {float(task.Q_inputs / mV):g} mV"
    rate = f"{float(task.learning_rate / second**2):.1e}".replace(".0e-0", "e-").replace(
        "e-0", "e-"
    )
    cells = [
        f"`{task.name}`",
        task.n_outputs,
        period,
        task.n_neurons,
        f"{float(task.G / (mV / Hz)):g}",
        f"{float(task.Q / mV):g}",
        rate,
        ", ".join(f"{float(time / second):g}" for time in times),
        inputs,
    ]
    return f"| {' | '.join(map(str, cells))} |".replace("|  |", "| |")


def test_the_page_lists_every_task_with_its_settings():
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    expected = [row(tasks.get(name)) for name in tasks.names()]
    assert rows[: len(expected)] == expected


def test_the_scripts_of_the_page_run():
    names = {}
    for script in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL):
        exec(script.replace("recording = train", "# train"), names)
    assert names["clocked"].n_inputs == 8
    task, times = names["task"], np.arange(6000) * DT
    assert (task.n_inputs, task.score_of(times, task.target(times))) == (1, 1)


WRONG_CALLS = [
    (
        lambda: tasks.get("sinus"),
        ValueError,
        "The 'name' argument of tasks.get must be one of the known names, but got 'sinus'. "
        "Did you mean 'sine'? Known: ",
    ),
    (
        lambda: wrong_task(G=0.1),
        DimensionMismatchError,
        "The 'G' argument of Task must be in units of mV/Hz, but got 0.1. Write 0.1*mV/Hz.",
    ),
    (
        lambda: wrong_task(learning_rate=1e-6 * second),
        DimensionMismatchError,
        "The 'learning_rate' argument of Task must be in units of second**2, but got 0.001*ms. "
        "Write it in second**2.",
    ),
    (
        lambda: wrong_task(Q="30 mV"),
        TypeError,
        "The 'Q' argument of Task must be a quantity in mV, but got '30 mV'.",
    ),
    (
        lambda: wrong_task(learn_from=2 * second),
        ValueError,
        "The 'learn_from' argument of Task must be before 'learn_until' (2. s), but got 2. s.",
    ),
    (
        lambda: wrong_task(learn_until=4 * second),
        ValueError,
        "The 'learn_until' argument of Task must be within 'duration' (3. s), but got 4. s.",
    ),
    (
        lambda: wrong_task(learn_from=-1 * second),
        ValueError,
        "The 'learn_from' argument of Task must be one finite number, not negative, but got "
        "-1*second.",
    ),
    (
        lambda: wrong_task(signal=3),
        TypeError,
        "The 'signal' argument of Task must be a function of the times in seconds, but got 3.",
    ),
    (
        lambda: wrong_task(n_outputs=0),
        ValueError,
        "The 'n_outputs' argument of Task must be a whole number of at least 1, but got 0.",
    ),
    (
        lambda: wrong_task(n_outputs=2).target(np.arange(3) * second),
        ValueError,
        "The 'signal' argument of the task 'ramp' must be a function that gives finite numbers of "
        "shape (3, 2), but got shape (3, 1).",
    ),
    (
        lambda: wrong_task(signal=lambda times: 1 / times[:, np.newaxis] + np.inf).target(
            1 * second
        ),
        ValueError,
        "The 'signal' argument of the task 'ramp' must be a function that gives finite numbers of "
        "shape (1, 1), but got values that are not finite.",
    ),
    (
        lambda: wrong_task(n_inputs=2),
        TypeError,
        "The 'inputs' argument of Task must be a function of the times in seconds, but got None.",
    ),
    (
        lambda: wrong_task(inputs=2, n_inputs=2),
        TypeError,
        "The 'inputs' argument of Task must be a function of the times in seconds, but got 2.",
    ),
    (
        lambda: wrong_task(inputs=np.sin),
        ValueError,
        "The 'n_inputs' argument of Task must be the number of columns that 'inputs' gives, but "
        "got 0.",
    ),
    (
        lambda: wrong_task(n_inputs=-1),
        ValueError,
        "The 'n_inputs' argument of Task must be a whole number of at least 0, but got -1.",
    ),
    (
        lambda: wrong_task(Q_inputs=20),
        DimensionMismatchError,
        "The 'Q_inputs' argument of Task must be in units of mV, but got 20. Write 20*mV.",
    ),
    (
        lambda: wrong_task(score=1),
        TypeError,
        "The 'score' argument of Task must be a function of times, output and end of learning, "
        "but got 1.",
    ),
    (
        lambda: wrong_task(inputs=np.sin, n_inputs=2).input_signal(1 * second),
        ValueError,
        "The 'inputs' argument of the task 'ramp' must be a function that gives finite numbers of "
        "shape (1, 2), but got shape (1,).",
    ),
    (
        lambda: sine().input_array(1 * second, DT),
        ValueError,
        "The 'inputs' argument of the task 'sine' must be a function, but got None. Without "
        "inputs there is no table of them.",
    ),
    (
        lambda: sine().score_of([1, 2] * second, np.zeros(2)),
        ValueError,
        "The 'output' argument of Task.score_of must be an array of shape (2, 1), one row per "
        "time, but got shape (2,).",
    ),
    (
        lambda: sine().score_of([1, 2], np.zeros((2, 1))),
        DimensionMismatchError,
        "The 'times' argument of Task.score_of must be in units of second, but got [1, 2].",
    ),
    (
        lambda: wrong_task().with_clock(),
        ValueError,
        "The 'period' argument of the task 'ramp' must be a time, but got None. A clock tiles the "
        "period of its task.",
    ),
    (
        lambda: sine().with_clock(n_slots=0),
        ValueError,
        "The 'n_slots' argument of Task.with_clock must be a whole number of at least 1, but got "
        "0.",
    ),
    (
        lambda: sine().with_clock(Q_clock=20),
        DimensionMismatchError,
        "The 'Q_clock' argument of Task.with_clock must be in units of mV, but got 20. "
        "Write 20*mV.",
    ),
    (
        lambda: sine().input_signal(1.0),
        DimensionMismatchError,
        "The 'times' argument of Task.input_signal must be in units of second, but got 1.0.",
    ),
    (
        lambda: sine().target(1.0),
        DimensionMismatchError,
        "The 'times' argument of Task.target must be in units of second, but got 1.0.",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG_CALLS)
def test_refusals(call, error, message):
    with pytest.raises(error, match="^" + re.escape(message)):
        call()
