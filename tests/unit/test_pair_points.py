import dataclasses
import shutil

import numpy as np
import pytest
from brian2 import second

from brian_force import tasks
from brian_force.studies import pair_measures, pair_points
from brian_force.studies.outcomes import as_dataset
from brian_force.studies.pair_points import (
    code_version,
    probed_pair,
    repeated_pair,
    shown_pair,
    swap_lasts,
    swapped_pair,
    trained_pair,
)
from brian_force.studies.running import run_study

SETTINGS = {"n_neurons": 20, "learn_from": 0.02 * second, "learn_until": 0.1 * second}


def test_a_pair_is_measured():
    found = trained_pair("sine", 1, **SETTINGS, duration=0.15 * second, device="numpy")
    assert found["model"].to_numpy().tolist() == ["lif", "rate"]
    assert np.isfinite(found["learning"]).all()
    assert found["mean_rate"].min() > 0
    assert -1 <= float(found["correlation"]) <= 1
    assert np.isnan(found["score"]).all()  # the sine has none
    as_dataset(found, ["G", "Q", "seed"])  # as the sweep takes it


def test_networks_run_on_foreign_decoders_for_two_periods():
    assert swap_lasts(tasks.get("sine")) == 3 * second
    assert swap_lasts(tasks.get("ode_to_joy")) == 8 * second
    assert swap_lasts(tasks.get("pitchfork")) == 3 * second


def test_the_version_is_that_of_the_code_that_trains_and_measures(tmp_path, monkeypatch):
    before = code_version()
    package = tmp_path / "brian_force"
    shutil.copytree(pair_points.PACKAGE, package)
    monkeypatch.setattr(pair_points, "PACKAGE", package)

    def version_after_a_change_of(file):
        with (package / file).open("a") as code:
            code.write("\n")
        code_version.cache_clear()
        return code_version()

    assert version_after_a_change_of("plotting/style.py") == before
    assert version_after_a_change_of("studies/judging.py") == before
    assert version_after_a_change_of("learning/codegen/kernels/readout.h") != before
    code_version.cache_clear()


@pytest.mark.slow
@pytest.mark.standalone
def test_everything_that_studies_measure(monkeypatch):
    monkeypatch.setattr(pair_measures, "GROWTH_LASTS", 0.5 * second)
    window = {"learn_from": 1 * second, "learn_until": 3 * second, "duration": 5 * second}
    settings = {"n_neurons": 60, **window}
    swapped = swapped_pair("sine", 1, **settings)
    assert np.isfinite(swapped["swap"]).all()
    shown = shown_pair("sine", 1, **settings)
    np.testing.assert_array_equal(shown["swap"], swapped["swap"])
    before = shown["output"].sel(phase="before")
    assert np.all(before == 0)  # decoders start at 0
    assert shown["decoders"].shape == (2, 60, 1)
    repeated = repeated_pair("sine", 1, n_repetitions=5, **settings)
    assert repeated["variance_to_bias"].dims == ("model", "cycle")
    assert np.isfinite(repeated["distance"]).all()
    probed = probed_pair("sine", 1, n_trials=3, **settings)
    assert probed["n_averaged"].to_numpy().tolist() == [1, 2]
    assert probed["eigenvalue"].shape == (2, 60)
    for found in (swapped, shown, repeated, probed):
        as_dataset(found, ["G", "Q", "learning_rate", "seed"])


@pytest.mark.slow
@pytest.mark.standalone
@pytest.mark.parametrize("name", ["swap", "components", "stability"])
def test_studies_end_to_end(name, tiny, tmp_path):
    from brian_force.plotting.study_figures import FIGURES
    from brian_force.studies.registry import STUDIES

    windows = {
        "sine": (0.5, 1.5, 3.0),
        "pitchfork": (0.5, 4.0, 7.0),
        "ode_to_joy": (0.2, 4.2, 8.4),
    }
    scale = dataclasses.replace(
        tiny, seeds=(1, 2), windows=windows, n_repetitions=5, n_trials=3, n_neurons=60
    )
    result = run_study(STUDIES[name], scale, tmp_path, n_workers=2)
    assert result.n_failed == 0
    assert result.findings
    assert FIGURES[name](result)
