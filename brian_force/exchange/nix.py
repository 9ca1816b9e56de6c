"""Spikes in NIX files, the format of Neo's own."""

from pathlib import Path
from typing import Any

import quantities as pq
from neo import Block, NixIO, SpikeTrain
from numpy.typing import NDArray

from brian_force.exchange.header import header_of
from brian_force.exchange.neo_export import block_of
from brian_force.exchange.neo_import import HEADER, from_neo
from brian_force.exchange.neo_trains import NEURON
from brian_force.exchange.reading import reading
from brian_force.exchange.spike_trials import SpikeTrials
from brian_force.files import written_aside

__all__ = ["read_nix", "save_nix"]


def save_nix(trials: SpikeTrials, path: str | Path) -> None:
    """Write spikes and signals to a NIX file, whole or not at all.

    Neo writes 16 ms and 22 kB a spike train, which is ten minutes for 2000 neurons in 20 trials.
    So a Segment holds one spike train of all neurons, with the neuron of every spike as array
    annotation `neuron`. `read_nix` takes it apart again, as does `from_neo` with what
    `neo.NixIO` reads.

    Parameters
    ----------
    trials : SpikeTrials
        What to save. A channel of a signal takes 4 ms a trial: save hundreds of them in another
        format.
    path : str or Path
        Where; a file that is there is replaced.

    Raises
    ------
    ValueError
        If Neo does not know the unit of a signal.
    OSError
        If it cannot be written; a file that was there before stays as it was.
    """
    block = Block(name="spikes", **{HEADER: header_of(trials)})
    block_of(trials, block, _pooled)
    with written_aside(Path(path)) as aside, NixIO(str(aside), mode="ow") as file:
        file.write_block(block)


def read_nix(path: str | Path) -> SpikeTrials:
    """Read a NIX file, of `save_nix` or of others.

    Parameters
    ----------
    path : str or Path
        The file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    RecordingError
        If it is damaged or no NIX file.

    See Also
    --------
    from_neo : what becomes of a Block of others. Of several in a file, the first is read.
    """
    path = Path(path)
    with reading(path, "a NIX file"), NixIO(str(path), mode="ro") as file:
        return from_neo(file.read_block())


def _pooled(times: NDArray[Any], neurons: NDArray[Any], duration: Any) -> list[SpikeTrain]:
    train = SpikeTrain(
        times, units=pq.s, t_start=0.0 * pq.s, t_stop=duration, array_annotations={NEURON: neurons}
    )
    return [train]
