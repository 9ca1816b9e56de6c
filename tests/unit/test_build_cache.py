"""The cache of compiled binaries: whole files, found again, not too many."""

import os
import shutil
import subprocess
import sys

import pytest

from brian_force.experiment import build_cache
from brian_force.experiment.build_cache import BuildCache, project_key


@pytest.fixture
def cache(tmp_path):
    return BuildCache(tmp_path / "binaries")


def make_binary(tmp_path, content=b"binary"):
    path = tmp_path / "main"
    path.write_bytes(content)
    path.chmod(0o755)
    return path


def names(cache):
    return sorted(path.name for path in cache.folder.iterdir())


def used_at(cache, key, seconds):
    os.utime(cache.folder / key, (seconds, seconds))


def test_what_was_stored_is_fetched(cache, tmp_path):
    cache.store("key", make_binary(tmp_path))
    copy = tmp_path / "copy"
    assert cache.fetch("key", copy)
    assert copy.read_bytes() == b"binary"
    assert os.access(copy, os.X_OK)
    assert names(cache) == ["key"]


@pytest.mark.parametrize("exists", [True, False])
def test_what_was_not_stored_is_not_fetched(cache, tmp_path, exists):
    if exists:
        cache.store("other", make_binary(tmp_path))
    assert not cache.fetch("key", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_storing_again_replaces(cache, tmp_path):
    cache.store("key", make_binary(tmp_path))
    cache.store("key", make_binary(tmp_path, b"newer"))
    assert cache.fetch("key", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"newer"


def test_the_oldest_are_removed_first_and_never_the_new_one(tmp_path):
    cache = BuildCache(tmp_path / "binaries", limit=30)
    for age, key in enumerate("abc"):
        cache.store(key, make_binary(tmp_path, bytes(10)))
        used_at(cache, key, 1000 + age)
    assert names(cache) == ["a", "b", "c"]
    cache.fetch("a", tmp_path / "copy")  # used last, though stored first
    cache.store("d", make_binary(tmp_path, bytes(10)))
    assert names(cache) == ["a", "c", "d"]
    cache.store("large", make_binary(tmp_path, bytes(100)))
    assert names(cache) == ["large"]


def test_the_new_one_stays_even_if_its_file_is_older(tmp_path):
    cache = BuildCache(tmp_path / "binaries", limit=15)
    cache.store("a", make_binary(tmp_path, bytes(10)))
    old = make_binary(tmp_path, bytes(10))
    os.utime(old, (5, 5))
    cache.store("b", old)
    assert names(cache) == ["b"]


def test_a_failing_store_leaves_the_older_binary(cache, tmp_path, monkeypatch):
    binary = make_binary(tmp_path)
    cache.store("key", binary)

    def fail(_, to):
        with open(to, "wb") as file:  # noqa: PTH123, half of it is written
            file.write(b"bin")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(build_cache.shutil, "copy2", fail)
    with pytest.raises(OSError, match="No space left"):
        cache.store("key", binary)
    monkeypatch.undo()
    assert cache.fetch("key", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"binary"
    assert names(cache) == ["key"]


def test_the_default_folder_is_the_users_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert BuildCache().folder.name == "binaries"
    assert "brian_force" in BuildCache().folder.parts


# Two processes that want the same binary

TWO_PROCESSES = """
import os, pathlib, sys, time
from brian_force.experiment.build_cache import BuildCache
folder = pathlib.Path(sys.argv[1])
cache, binary = BuildCache(folder / "binaries"), folder / "binary"
for number in range(2):
    if os.fork() == 0:
        if not cache.fetch("key", folder / f"copy {number}"):
            with cache.compiling("key"):
                if not cache.fetch("key", folder / f"copy {number}"):
                    with open(folder / "compiled", "a") as log:
                        log.write("once ")
                    time.sleep(0.5)
                    binary.write_bytes(b"binary")
                    cache.store("key", binary)
        os._exit(0)
for _ in range(2):
    assert os.wait()[1] == 0
"""


def test_one_of_two_processes_compiles(tmp_path):
    subprocess.run([sys.executable, "-c", TWO_PROCESSES, str(tmp_path)], check=True)
    assert (tmp_path / "compiled").read_text() == "once "
    copies = [path.read_bytes() for path in tmp_path.glob("copy *")]
    assert copies == [b"binary"]  # of the one that waited


def test_other_binaries_are_compiled_meanwhile(cache):
    with cache.compiling("a"), cache.compiling("b"):
        assert names(cache) == [".a.lock", ".b.lock"]
    assert names(cache) == []


# The key of a project

FILES = {
    "main.cpp": "first\nsecond\nthird\n",
    "objects.h": "header\n",
    "code_objects/a.cpp": "code\n",
    "brianlib/spikequeue.h": "queue\n",
    "makefile": "flags\n",
}


def make_project(folder, **changes):
    for name, text in {**FILES, **changes}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.fixture
def key(tmp_path):
    made = iter(range(100))

    def key_of(compiler="g++", **changes):
        return project_key(make_project(tmp_path / str(next(made)), **changes), compiler)

    return key_of


def test_the_key_names_a_file(key):
    assert len(key()) == 64
    assert key().isalnum()


def test_folder_and_order_of_the_lines_of_main_do_not_count(key):
    assert key() == key() == key(**{"main.cpp": "third\nfirst\nsecond\n"})


@pytest.mark.parametrize("name", FILES)
def test_every_source_counts(key, name):
    assert key() != key(**{name: FILES[name] + "more\n"})


def test_the_order_of_lines_counts_elsewhere(key):
    assert key(**{"objects.h": "a\nb\n"}) != key(**{"objects.h": "b\na\n"})


def test_the_name_of_a_source_counts(key, tmp_path):
    project = make_project(tmp_path / "project")
    before = project_key(project, "g++")
    (project / "objects.h").rename(project / "object.h")
    assert project_key(project, "g++") != before


def test_products_of_the_compiler_do_not_count(key, tmp_path):
    project = make_project(tmp_path / "project")
    for name in ("main.o", "make.deps", "results/x", "static_arrays/y.dat"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_bytes(b"\xff\x00")
    assert project_key(project, "g++") == key()


def test_the_compiler_counts(key, tmp_path):
    other = tmp_path / "other-compiler"
    other.write_text("#!/bin/sh\necho '#define __OTHER__ 1'\n")
    other.chmod(0o755)
    assert shutil.which(str(other))
    assert key() != key(compiler=str(other))


def test_entries_and_clear(tmp_path):
    cache = BuildCache(tmp_path / "cache")
    assert cache.entries() == []
    cache.clear()
    (tmp_path / "binary").write_bytes(b"binary")
    for key in ("b", "a"):
        cache.store(key, tmp_path / "binary")
    assert [path.name for path in cache.entries()] == ["a", "b"]
    cache.clear()
    assert cache.entries() == []
