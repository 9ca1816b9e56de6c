"""Reading files that others may have written or damaged."""

import pytest

from brian_force import RecordingError
from brian_force.exchange.reading import reading


def fail_with(error, path):
    with reading(path, "an NWB file"):
        raise error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (KeyError("spikes"), "is damaged or not an NWB file: it has no 'spikes'."),
        (OSError("cannot\n read."), "is damaged or not an NWB file: cannot read."),
        (ZeroDivisionError(), "is damaged or not an NWB file: ZeroDivisionError."),
        (RecordingError("it is new"), "cannot be read: it is new."),
    ],
)
def test_the_file_is_named(tmp_path, error, told):
    path = tmp_path / "file"
    path.touch()
    with pytest.raises(RecordingError) as raised:
        fail_with(error, path)
    assert str(raised.value) == f"The file '{path}' {told}"
    assert raised.value.__cause__ is error


def test_too_little_memory_is_not_the_fault_of_the_file(tmp_path):
    with pytest.raises(MemoryError):
        fail_with(MemoryError(), tmp_path)


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no file"):
        fail_with(ValueError(), tmp_path / "none")
