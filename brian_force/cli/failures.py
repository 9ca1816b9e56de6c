"""How a command fails: a message and an exit status."""

import contextlib
import sys
import traceback
from collections.abc import Iterator

import typer

__all__ = ["FAILED", "WRONG_USAGE", "explained_errors"]

FAILED, WRONG_USAGE = 1, 2


@contextlib.contextmanager
def explained_errors(debug: bool) -> Iterator[None]:
    """End with a message and the right exit status instead of a traceback.

    Parameters
    ----------
    debug : bool
        Whether to show the traceback before the message.
    """
    from brian_force.errors import RecordingError

    try:
        yield
    except KeyboardInterrupt:
        _fail("Interrupted. Nothing of this run was saved.", FAILED, debug)
    except RecordingError as error:
        _fail(str(error), FAILED, debug)
    except (TypeError, ValueError) as error:
        _fail(str(error), WRONG_USAGE, debug)
    except Exception as error:
        _fail(str(error) or repr(error), FAILED, debug)


def _fail(message: str, status: int, debug: bool) -> None:
    if debug:
        traceback.print_exc(file=sys.stderr)
    typer.echo(f"brian-force: {message}", err=True)
    raise typer.Exit(status)
