"""Options that several commands have."""

from typing import Annotated, Any

import typer

__all__ = ["AsJson", "Debug", "with_unit"]


def _here_or_before(context: typer.Context, debug: bool) -> bool:
    # what stands before the command was put into `obj`, which its context inherits
    return debug or bool(context.obj)


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show tracebacks.", callback=_here_or_before)]


def with_unit(value: float | None, unit: Any) -> Any:
    """Return what an option says as a quantity; None if it was not given."""
    return None if value is None else value * unit
