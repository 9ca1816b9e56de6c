"""Keys of jobs: equal for equal work in every session, different for any other."""

import dataclasses
import functools
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from brian2 import Hz, mV, second, volt

from brian_force import LIFParameters, tasks
from brian_force.studies import jobs
from brian_force.studies.jobs import described, jobs_of, name_of


def double(x, seed=1):
    return {"twice": 2 * x}


def made_with(factor, power=1):
    def function(x, seed=1):
        return {"result": (factor * x) ** power}

    return function


def key(function=double, version=None, **arguments):
    (job,) = jobs_of(function, [arguments], version)
    return job.key


def test_a_key_names_a_file():
    assert len(key(x=1)) == 32
    assert key(x=1).isalnum()


EQUAL = [
    (10 * mV, 0.01 * volt),
    (1, np.int64(1)),
    (1.5, np.float64(1.5)),
    (1.5, volt * 1.5 / volt),
    ((1, 2), [1, 2]),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    (np.arange(6.0)[::2], np.array([0.0, 2.0, 4.0])),
    (Path("a") / "b", Path("a/b")),
    (tasks.sine(), tasks.sine()),
    (LIFParameters(Q=10 * mV), LIFParameters(Q=0.01 * volt)),
    (made_with(2), made_with(2)),
    (functools.partial(double, x=1), functools.partial(double, x=1)),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_equal_arguments_have_one_key(one, other):
    assert key(x=one) == key(x=other)


DIFFERENT = [
    (1, 2),
    (1, 1.0),
    (1, True),
    (1, "1"),
    (1 * mV, 1 * volt),
    (1 * mV, 1e-3 * Hz),
    (0.1 + 0.2, 0.3),
    (np.arange(3), np.arange(3.0)),
    (np.zeros((2, 3)), np.zeros((3, 2))),
    ([1, 2] * mV, [1, 3] * mV),
    (tasks.sine(), tasks.sine().changed(duration=30 * second)),
    (tasks.sine(), tasks.sine(frequency=3 * Hz)),
    (LIFParameters(), LIFParameters(Q=11 * mV)),
    (made_with(2), made_with(3)),
    (made_with(2), made_with(2, power=2)),
    (np.sin, np.cos),
    (functools.partial(double, x=1), functools.partial(double, x=2)),
    (None, 0),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_arguments_have_different_keys(one, other):
    assert key(x=one) != key(x=other)


def test_the_seed_and_the_name_of_a_parameter_count():
    assert len({key(x=1), key(x=1, seed=1), key(x=1, seed=2), key(y=1)}) == 4


@pytest.mark.parametrize("task", tasks.names())
def test_every_task_is_described(task):
    assert key(x=tasks.get(task)) == key(x=tasks.get(task))


def test_the_source_of_the_function_counts(tmp_path):
    keys = set()
    for factor in (2, 2, 3):
        source = f"def function(x):\n    return {{'result': {factor}*x}}\n"
        path = tmp_path / f"{factor}.py"
        path.write_text(source)
        space = {"__name__": "somewhere"}
        exec(compile(source, path, "exec"), space)
        keys.add(key(space["function"], x=1))
    assert len(keys) == 2


def test_what_the_function_was_made_with_counts():
    assert key(made_with(2), x=1) == key(made_with(2), x=1) != key(made_with(3), x=1)
    assert key(functools.partial(double, x=1)) != key(functools.partial(double, x=2))


def test_defaults_count():
    def with_default(value):
        def function(x, y=value):
            return {"result": x * y}

        return function

    assert key(with_default(1), x=1) != key(with_default(2), x=1)


def test_a_version_stands_for_the_source():
    assert key(made_with(2), "1", x=1) == key(made_with(3), "1", x=1)
    assert key(double, "1", x=1) != key(double, "2", x=1)
    assert key(double, "1", x=1) != key(double, x=1)


def test_two_functions_of_the_same_version_have_different_keys():
    assert key(double, "1", x=1) != key(made_with(2), "1", x=1)


@pytest.mark.parametrize("package", ["brian_force", "brian2", "numpy"])
def test_versions_count(monkeypatch, package):
    before = key(x=1)
    jobs.package_versions.cache_clear()
    original = jobs.version_of
    monkeypatch.setattr(
        jobs, "version_of", lambda name: "other" if name == package else original(name)
    )
    try:
        assert key(x=1) != before
    finally:
        monkeypatch.undo()
        jobs.package_versions.cache_clear()
    assert key(x=1) == before


@pytest.mark.slow
def test_another_session_finds_the_same_key():
    script = (
        "import numpy as np; from brian2 import mV; from brian_force import tasks\n"
        "from brian_force.studies.jobs import jobs_of\n"
        "calls = [{'x': [1, 2]*mV, 'of': {'b': 0.1, 'a': tasks.sine()}}]\n"
        "print(jobs_of(np.sin, calls, '1')[0].key)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    arguments = {"x": [1, 2] * mV, "of": {"b": 0.1, "a": tasks.sine()}}
    assert done.stdout.decode().strip() == key(np.sin, "1", **arguments)


def test_what_has_no_description_is_refused():
    message = "^The 'parameters' argument of sweep must be numbers, .*, but got a object.$"
    with pytest.raises(TypeError, match=message):
        key(x=object())


def test_a_function_without_source_needs_a_version():
    space = {}
    exec("def function(x): return x", space)
    with pytest.raises(TypeError, match=r"whose source can be found, .* Give version='1'"):
        key(space["function"], x=1)
    assert key(space["function"], "1", x=1)


def test_descriptions_are_json():
    @dataclasses.dataclass
    class Record:
        Q: object
        function: object

    found = described({"record": Record(3 * mV, double), "array": np.arange(3)})
    assert json.loads(json.dumps(found)) == found


def test_names():
    assert name_of(double).endswith("test_jobs.double")
    assert name_of(functools.partial(double, x=1)) == name_of(double)
