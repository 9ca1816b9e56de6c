"""What an import brings, and what it does not."""

import json
import pkgutil
import subprocess
import sys

import pytest

import brian_force

HEAVY = ["matplotlib", "h5py", "scipy.integrate", "scipy.optimize", "typer", "tqdm"]

PACKAGES = [
    "brian_force",
    "brian_force.analysis",
    "brian_force.exchange",
    "brian_force.experiment",
    "brian_force.learning",
    "brian_force.networks",
    "brian_force.plotting",
    "brian_force.studies",
    "brian_force.tasks",
]

MODULES = sorted(
    module.name for module in pkgutil.walk_packages(brian_force.__path__, "brian_force.")
)

# One process loads Brian and other heavy packages once; each module is then imported in a child
# that knows nothing of the others, and says what went wrong.
EACH_ALONE = """
import importlib, json, os, sys, traceback
import brian2, brian2.codegen.runtime.cython_rt, brian2.devices.cpp_standalone
import h5py, matplotlib.pyplot, scipy.optimize, tqdm, typer
import elephant.conversion, elephant.spike_train_correlation, elephant.statistics
import distributed, neo, nixio, pynwb, scipy.signal, xarray
assert not any(name.startswith("brian_force") for name in sys.modules)
failed = {}
for name in json.loads(sys.argv[1]):
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        status = 0
        try:
            importlib.import_module(name)
        except BaseException:
            status = 1
            os.write(write, traceback.format_exc()[-2000:].encode())
        os._exit(status)
    os.close(write)
    _, status = os.waitpid(child, 0)
    if status:
        failed[name] = os.read(read, 4000).decode()
    os.close(read)
print(json.dumps(failed))
"""

# Brian itself may bring some of it.
LOADED = """
import json, sys
import brian2
before = set(sys.modules)
import brian_force
brian_force.Readout, brian_force.RLS
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def answer(script, *arguments):
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_every_module_imports_alone():
    assert answer(EACH_ALONE, json.dumps(MODULES)) == {}


def test_the_package_does_without_what_a_readout_does_not_need():
    loaded = answer(LOADED)
    assert "brian_force.learning.readout" in loaded
    assert [name for name in [*HEAVY, "brian_force.experiment"] if name in loaded] == []


def test_names_that_were_not_used_yet_are_listed():
    assert set(brian_force.__all__) <= set(dir(brian_force))


@pytest.mark.parametrize("package", PACKAGES)
def test_a_star_import_brings_all_and_nothing_else(package):
    names = {}
    exec(f"from {package} import *", names)
    del names["__builtins__"]
    assert set(names) == set(__import__(package, fromlist=["*"]).__all__)


@pytest.mark.parametrize("package", PACKAGES)
def test_all_names_each_public_name_once(package):
    names = __import__(package, fromlist=["*"]).__all__
    assert len(names) == len(set(names))
    assert all(not name.startswith("_") for name in names)


def test_no_name_of_brian_is_shadowed():
    brian, both = {}, {}
    exec("from brian2 import *", brian)
    exec("from brian2 import *\nfrom brian_force import *", both)
    changed = [name for name in brian if brian[name] is not both[name] and name != "__builtins__"]
    assert changed == []


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"^module 'brian_force' has no attribute 'Readouts'$"):
        _ = brian_force.Readouts
