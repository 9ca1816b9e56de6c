"""Writing into parameters of neurons: each must have one writer."""

from typing import NamedTuple, Protocol

from brian2.core.network import Network
from brian2.core.variables import ArrayVariable

__all__ = ["Writer", "Written", "check_sole_writer"]


class Written(NamedTuple):
    """The part of a parameter into which something writes every time step."""

    variable: ArrayVariable
    start: int
    stop: int


class Writer(Protocol):
    """An object that writes into a parameter of neurons."""

    name: str
    written: Written | None


def check_sole_writer(writer: Writer) -> None:
    """Refuse a network in which two objects write into the same numbers.

    Raises
    ------
    ValueError
        If another object of a network that holds `writer` does.
    """
    mine = writer.written
    if mine is None:
        return
    for other in _beside(writer):
        theirs = getattr(other, "written", None)
        if isinstance(theirs, Written) and theirs.variable is mine.variable and _meet(mine, theirs):
            group = mine.variable.owner.name
            raise ValueError(
                f"'{writer.name}' and '{other.name}' both write into '{mine.variable.name}' of "
                f"'{group}'. Give each a parameter of its own and add them in the equations."
            )


def _beside(writer: Writer) -> list[Writer]:
    networks = [reference() for reference in Network.__instances__()]
    together = [
        network.sorted_objects
        for network in networks
        if network is not None and any(obj is writer for obj in network.objects)
    ]
    return [obj for objects in together for obj in objects if obj is not writer]


def _meet(a: Written, b: Written) -> bool:
    return a.start < b.stop and b.start < a.stop
