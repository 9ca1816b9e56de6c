"""Spikes in trials, their comparison, and two small networks with test trials."""

import subprocess

import numpy as np
import pytest
from brian2 import ms, second
from numpy.testing import assert_array_equal

from brian_force import tasks, train
from brian_force.exchange import Signal, SpikeTrials
from brian_force.experiment import process


@pytest.fixture
def example():
    """Five neurons of whom two are silent, three unequal trials of whom one is silent."""
    return SpikeTrials(
        spike_times=[0, 0.1, 0.1, 0.35, 0.5, 0.0123456789, 0.25] * second,
        spike_neurons=[1, 0, 3, 1, 1, 0, 3],
        spike_trials=[0, 0, 0, 0, 0, 2, 2],
        n_neurons=5,
        durations=[500, 300, 250] * ms,
        starts=[0.1, 0.6, 1.7] * second,
        dt=0.1 * ms,
        neuron_ids=[10, 7, 3, 99, 4],
        signals={
            "output": Signal(
                values=(np.random.default_rng(1).random((50, 2)), np.ones((0, 2)), np.eye(2)),
                dt=10 * ms,
            ),
            "v/mean": Signal(
                values=(np.arange(3.0)[:, None], -np.ones((2, 1)), np.array([[np.nan]])),
                dt=0.1 * second,
                unit="mV",
                channels=["mean"],
            ),
        },
        annotations={"task": "sine ü", "seed": 3, "gain": 0.1, "learned": True},
    )


@pytest.fixture
def assert_same():
    def compare(found, expected):
        for name in ("spike_times", "spike_neurons", "spike_trials", "durations", "starts"):
            assert_array_equal(*(np.asarray(getattr(x, name)) for x in (found, expected)), name)
        assert found.n_neurons == expected.n_neurons
        assert found.neuron_ids.tolist() == expected.neuron_ids.tolist()
        assert (found.dt is None) == (expected.dt is None)
        assert found.dt is None or float(found.dt) == float(expected.dt)
        assert found.annotations == expected.annotations
        assert [type(x) for x in found.annotations.values()] == [
            type(x) for x in expected.annotations.values()
        ]
        assert list(found.signals) == list(expected.signals)
        for ours, theirs in zip(found.signals.values(), expected.signals.values(), strict=True):
            assert (float(ours.dt), ours.unit) == (float(theirs.dt), theirs.unit)
            assert ours.channels.tolist() == theirs.channels.tolist()
            for one, other in zip(ours.values, theirs.values, strict=True):
                assert_array_equal(one, other)

    return compare


@pytest.fixture(scope="session")
def trained_twins():
    """A spiking network with three test trials and its rate twin, after a short training."""
    settings = {
        "n_neurons": 40,
        "dt": 0.5 * ms,
        "learn_from": 50 * ms,
        "learn_until": 450 * ms,
        "duration": 500 * ms,
        "device": "numpy",
        "seed": 3,
        "n_trials": 3,
    }
    return [train(tasks.get("sine"), model, **settings) for model in ("lif", "rate")]


# Studies


@pytest.fixture
def started(monkeypatch):
    """Collect the processes that binaries run in."""
    processes = []

    class Popen(subprocess.Popen):
        def __init__(self, *arguments, **keywords):
            super().__init__(*arguments, **keywords)
            processes.append(self)

    monkeypatch.setattr(process.subprocess, "Popen", Popen)
    return processes


@pytest.fixture
def tiny():
    """The smallest scale at which every study has something to judge."""
    import dataclasses

    from brian_force.studies.scales import SMALL

    return dataclasses.replace(
        SMALL,
        name="tiny",
        n_neurons=30,
        n_grid_neurons=30,
        sizes=(20, 30),
        G=(0.1, 0.125),
        Q=(20.0, 30.0),
        learning_rates=(5e-7, 5e-4),
        scan=(5e-7, 5e-6, 5e-4),
        seeds=(1, 2, 3),
        many_seeds=(1, 2, 3),
    )


@pytest.fixture
def made_up(tiny):
    """Return a function that makes the results of a study up: plausible, but of no network."""
    return lambda name: MadeUp(tiny).result(name)


class MadeUp:
    """Results of studies whose every number is drawn at random."""

    def __init__(self, scale):
        self.scale = scale
        self.rng = np.random.default_rng(1)

    def result(self, name):
        from brian_force.studies.registry import STUDIES
        from brian_force.studies.running import StudyResult

        study = STUDIES[name]
        parts = {part.name: self.part(part) for part in study.parts(self.scale)}
        parts |= {part.name: self.part(part) for part in study.then(self.scale, parts)}
        findings = study.judge(parts, self.scale)
        return StudyResult(study=study, scale=self.scale, parts=parts, findings=findings)

    def part(self, part):
        from brian_force.studies.coordinates import in_unit
        from brian_force.studies.spaces import space_of

        space = space_of(part.grid, None, part.seeds)
        found = space.frame(["" for _ in space.calls], {}).drop_vars("key")
        numbers = {"n_jobs": part.n_jobs, "n_failed": 0}
        carried = ("task", "n_neurons", "G", "Q", "learning_rate")
        known = {name: part.fixed[name] for name in carried if name in part.fixed}
        plain = {
            name: value if isinstance(value, str) else float(f"{float(in_unit(value)[0]):.12g}")
            for name, value in known.items()
        }
        more = MORE[part.function.__name__]
        coordinates = {name: AXES[name] for axes in more.values() for name in axes}
        found = found.assign_coords(coordinates).assign_attrs(plain | numbers)
        return found.assign({name: self.drawn(found, axes) for name, axes in more.items()})

    def drawn(self, found, axes):
        dims = [*(dim for dim in ("learning_rate", "n_neurons", "G", "Q") if dim in found.dims)]
        dims += ["seed", *axes]
        shape = [found.sizes[dim] for dim in dims]
        return dims, self.rng.uniform(0.05, 0.95, shape)


TRAINED = dict.fromkeys(
    ("learning", "free", "plain", "aligned", "scaled", "l2", "speed"), ("model",)
) | {"correlation": ()}
SWAPPED = TRAINED | dict.fromkeys(("swap", "swap_plain", "swap_speed"), ("model",))
CYCLES = ("mean_squared_bias", "mean_variance", "variance_to_bias", "n_repetitions")
REPEATED = (
    TRAINED
    | dict.fromkeys(CYCLES, ("model", "cycle"))
    | dict.fromkeys(("growth", "distance"), ("model", "size"))
)
PROBED = TRAINED | {
    "trial_correlation": ("n_averaged",),
    "trial_control_correlation": ("n_averaged",),
    "trial_error": ("n_averaged",),
    "trial_rate_correlation": (),
    "trial_rate_error": (),
    "trial_force_error": (),
    "eigenvalue": ("model", "component"),
    "overlap": ("n_components",),
    "participation_ratio": ("model",),
    "force_gain": ("model", "strength"),
    "ridge_gain": ("model", "strength"),
    "expected_gain": ("model", "strength"),
}
SHOWN = SWAPPED | {
    "output": ("model", "phase", "moment", "channel"),
    "target": ("phase", "moment", "channel"),
    "start": ("phase",),
    "decoders": ("model", "neuron", "channel"),
}
MORE = {
    "trained_pair": TRAINED,
    "swapped_pair": SWAPPED,
    "repeated_pair": REPEATED,
    "probed_pair": PROBED,
    "shown_pair": SHOWN,
}
AXES = {
    "model": ["lif", "rate"],
    "cycle": ["own", "target"],
    "size": [1e-8, 1e-4],
    "n_averaged": [1, 2, 4],
    "component": np.arange(1, 31),
    "n_components": np.arange(1, 31),
    "strength": np.linspace(-4, 8, 37),
    "phase": ["before", "learning", "after", "swapped"],
    "moment": np.linspace(0, 1, 50),
    "channel": [0, 1],
    "neuron": np.arange(30),
}
