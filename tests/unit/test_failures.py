"""Messages and exit statuses instead of tracebacks."""

import pytest
import typer

from brian_force import RecordingError
from brian_force.cli.failures import explained_errors


def fail(error, debug):
    with pytest.raises(typer.Exit) as ended, explained_errors(debug):
        raise error
    return ended.value.exit_code


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (KeyboardInterrupt(), 1, "Interrupted. Nothing of this run was saved."),
        (RecordingError("damaged"), 1, "damaged"),
        (TypeError("no argument"), 2, "no argument"),
        (ValueError("too small"), 2, "too small"),
        (OSError("full"), 1, "full"),
        (RuntimeError(), 1, "RuntimeError()"),
    ],
)
def test_each_kind_of_error(capsys, error, status, message):
    assert fail(error, debug=False) == status
    assert capsys.readouterr() == ("", f"brian-force: {message}\n")


def test_the_traceback_comes_before_the_message(capsys):
    fail(ValueError("too small"), debug=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Traceback (most recent call last)")
    assert err.endswith("ValueError: too small\nbrian-force: too small\n")
