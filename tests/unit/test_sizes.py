"""What a binary is compiled for, and that all else is data."""

import numpy as np
import pytest
from brian2 import Hz, ms, mV, second
from numpy.testing import assert_equal

from brian_force.experiment.run import Run
from brian_force.experiment.sizes import arrays_of, placeholder_of, size_of
from brian_force.networks import LIFParameters
from brian_force.tasks import Task

OF_RUN = ("model", "seed", "rule_dt", "decoders", "teacher_forced", "learning", "gain")
SIZE = {"n_neurons": 60, "connection_probability": 0.2, "dt": 0.5 * ms}
INPUTS = {"inputs": lambda times: np.sin(np.outer(times, [1, 2])), "n_inputs": 2}


def make_run(**changes):
    """Make a run of 0.2 s; what is changed may be of the run, the task or the network."""
    of_run = {name: changes.pop(name) for name in OF_RUN if name in changes}
    of_network = {name: changes.pop(name) for name in ("G", *SIZE) if name in changes}
    settings = {
        "learning_rate": 2e-5 * second**2,
        "learn_from": 0.05 * second,
        "learn_until": 0.15 * second,
        "duration": 0.2 * second,
        **changes,
    }
    task = Task(
        name="sines",
        signal=lambda times: np.sin(np.outer(times, [31, 50])),
        n_outputs=2,
        G=0.1 * mV / Hz,
        Q=5 * mV,
        source="test",
        **settings,
    )
    return Run(
        task=task, parameters=LIFParameters(**{**SIZE, **of_network}), **{"seed": 1, **of_run}
    )


@pytest.mark.parametrize(
    "change",
    [
        {"n_neurons": 61},
        {"connection_probability": 0.25},
        {"dt": 0.25 * ms},
        {"rule_dt": 5 * ms},
        {"duration": 83 * second},
        {"gain": "prior"},
        {"model": "rate"},
        {"teacher_forced": True},
        INPUTS,
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_size_is_another_binary(change):
    assert size_of(make_run(**change)) != size_of(make_run())


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 2},
        {"G": 0.02 * mV / Hz},
        {"learning_rate": 1e-6 * second**2},
        {"learn_until": 0.1 * second},
        {"duration": 81.9 * second},  # the table of the target is for 32768 samples at 2.5 ms
        {"decoders": np.ones((60, 2)) / Hz},
        {"learning": False},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_is_data_is_the_same_for_all_runs_of_a_size(change):
    run, other = make_run(), make_run(**change)
    assert size_of(placeholder_of(other)) == size_of(other) == size_of(run)
    first, again = (dict(vars(placeholder_of(each))) for each in (run, other))
    for name in ("learning_rate", "learn_from", "learn_until", "duration"):
        assert getattr(first["task"], name) == getattr(again["task"], name), name
    for name in ("parameters", "decoders", "learning", "start", "stop", "carried"):
        assert first[name] == again[name], name
    assert_equal(first["state"], again["state"])


def test_arrays_are_as_long_for_every_seed():
    """Seeds draw different numbers of connections."""
    shapes = [
        {name: np.shape(values) for name, values in arrays_of(make_run(seed=seed)).items()}
        for seed in (1, 2, 3)
    ]
    assert shapes[0] == shapes[1] == shapes[2]
    assert set(shapes[0]) >= {"senders", "receivers", "w", "encoders", "target"}


def test_placeholders_can_be_told_apart():
    arrays = arrays_of(placeholder_of(make_run(model="rate", **INPUTS)))
    contents = [np.asarray(values).tobytes() for values in arrays.values()]
    assert len(set(contents)) == len(contents)
