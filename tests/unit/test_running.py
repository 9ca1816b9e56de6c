import dataclasses

import numpy as np
import pytest
import xarray as xr

from brian_force.studies.definition import Part
from brian_force.studies.running import run_study


def point(G, seed, task, n_neurons):
    """Return something that any training might."""
    values = xr.DataArray([0.1 * seed, G], dims="model")
    return xr.Dataset({"learning": values}, {"model": ["lif", "rate"]})


def broken(seed, task):
    raise ValueError("too large")


@pytest.fixture
def study():
    from brian_force.studies.registry import STUDIES
    from brian_force.studies.scales import SMALL

    def parts(scale):
        fixed = SMALL.fixed("sine", 30)
        kept = {name: fixed[name] for name in ("task", "n_neurons")}
        return [Part(name="a b", function=point, grid={"G": [1, 2]}, seeds=(1, 2), fixed=kept)]

    return dataclasses.replace(STUDIES["size"], parts=parts, judge=lambda results, scale: [])


def test_parts_carry_their_settings(study, tiny, tmp_path):
    result = run_study(study, tiny, tmp_path, n_workers=0)
    found = result.parts["a b"]
    assert found.attrs["task"] == "sine"
    assert found.attrs["n_neurons"] == 30
    assert (result.n_jobs, result.n_failed) == (4, 0)
    assert found["learning"].sel(G=2, model="rate").to_numpy().tolist() == [2, 2]


def test_sweeps_that_follow_see_the_results_of_the_first(study, tiny, tmp_path):
    def then(scale, results):
        largest = float(results["a b"]["learning"].max())
        fixed = {"task": "sine", "n_neurons": 30, "G": largest}
        return [Part(name="more", function=point, grid={}, seeds=(1,), fixed=fixed)]

    following = dataclasses.replace(study, then=then)
    result = run_study(following, tiny, tmp_path, n_workers=0)
    assert float(result.parts["more"]["learning"].max()) == 2


def test_the_data_come_back_from_their_file(study, tiny, tmp_path, made_up):
    result = run_study(study, tiny, tmp_path, n_workers=0)
    result.save(tmp_path / "size.nc")
    with xr.open_datatree(tmp_path / "size.nc", engine="h5netcdf") as tree:
        assert tree.attrs["study"] == "size"
        assert np.array_equal(tree["a b"]["learning"], result.parts["a b"]["learning"])
    made_up("swap").save(tmp_path / "swap.nc")
    with xr.open_datatree(tmp_path / "swap.nc", engine="h5netcdf") as tree:
        assert tree["findings"].sizes["finding"] > 10


def test_progress_is_told_by_part(study, tiny, tmp_path):
    told = []
    run_study(study, tiny, tmp_path, n_workers=0, report=lambda *words: told.append(words))
    assert told[-1] == ("a b", 4, 4)


def test_a_sweep_of_which_nothing_is_left_is_an_error(study, tiny, tmp_path):
    def parts(scale):
        return [Part(name="x", function=broken, grid={}, seeds=(1,), fixed={"task": "sine"})]

    with pytest.raises(RuntimeError, match=r"All jobs of 'x' failed.*too large"):
        run_study(dataclasses.replace(study, parts=parts), tiny, tmp_path, n_workers=0)
