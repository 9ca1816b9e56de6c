"""HDF5 files of our own: what is written is read again, and all else is refused."""

import re

import h5py
import pytest

from brian_force import RecordingError
from brian_force.experiment.hdf5 import FileKind

CAKE = FileKind(name="cake", format=3, called="dish", remedy="Bake another.")


@pytest.fixture
def saved(tmp_path):
    with CAKE.create(tmp_path / "new" / "a.h5") as file:
        file["layers"] = [1, 2, 3]
    return tmp_path / "new" / "a.h5"


def read(path, kind=CAKE):
    with kind.open(path) as file:
        return file["layers"][()].tolist()


def refused(path, message, kind=CAKE):
    with pytest.raises(RecordingError, match=f"^{message}$") as caught:
        read(path, kind)
    return caught.value


def change(path, **attributes):
    with h5py.File(path, "a") as file:
        file.attrs.update(attributes)


def test_what_is_written_is_read_again(saved):
    assert read(saved) == read(str(saved)) == [1, 2, 3]
    assert list(saved.parent.iterdir()) == [saved]


def test_it_says_what_it_is(saved):
    with h5py.File(saved) as file:
        found = {name: file.attrs[name] for name in file.attrs}
    assert found == {"kind": "brian_force cake", "format": 3, "whole": True}


def test_what_fails_while_it_is_written_leaves_the_older_file(saved):
    before = saved.read_bytes()

    def write():
        with CAKE.create(saved):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"^There is no cake '.*none'\.$"):
        read(tmp_path / "none")
    with pytest.raises(FileNotFoundError, match=r"^There is no cake "):
        read(tmp_path)


def test_another_kind(saved):
    message = re.escape(f"The file '{saved}' is an HDF5 file, but not a pie of brian_force.")
    refused(saved, message, FileKind(name="pie", format=3, called="dish"))


def test_another_format(saved):
    change(saved, format=4)
    expected = f"The dish '{saved}' has format 4, but this version of brian_force reads format 3."
    refused(saved, re.escape(expected))


def test_an_unfinished_file(saved):
    change(saved, whole=False)
    expected = f"The dish '{saved}' is damaged: it was not written to its end. Bake another."
    refused(saved, re.escape(expected))


def test_a_file_cut_short(saved):
    saved.write_bytes(saved.read_bytes()[:500])
    start = re.escape(f"The dish '{saved}' is damaged: ")
    assert isinstance(refused(saved, start + r"(?s:.*)\. Bake another\.").__cause__, OSError)


@pytest.mark.parametrize(
    "error", [KeyError("no icing"), TypeError("no icing"), ValueError("no icing")]
)
def test_what_cannot_be_understood_is_damaged(saved, error):
    def understand():
        with FileKind(name="cake", format=3).open(saved):
            raise error

    message = re.escape(f"The file '{saved}' is damaged: no icing.")
    with pytest.raises(RecordingError, match=f"^{message}$") as caught:
        understand()
    assert caught.value.__cause__ is error


def test_other_failures_pass(saved):
    def fail():
        with CAKE.open(saved):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
