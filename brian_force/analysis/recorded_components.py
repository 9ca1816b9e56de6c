"""Principal components of recorded networks, and what learning kept of them."""

import dataclasses

import numpy as np
import xarray as xr
from brian2 import second

from brian_force.analysis.components import (
    PrincipalComponents,
    basis_alignment,
    participation_ratio,
    principal_components,
)
from brian_force.analysis.decoders import ridge_decoders
from brian_force.analysis.learning_filter import (
    expected_gain,
    filter_gain,
    least_squares_decoders,
    projected_decoders,
)
from brian_force.analysis.recordings import activity, check_twins, described
from brian_force.analysis.samples import Array
from brian_force.experiment.recording import Recording

__all__ = ["compare_components", "recording_components"]


def recording_components(recording: Recording) -> xr.Dataset:
    """Find the principal components of a network, and the gain that learning had along each.

    Parameters
    ----------
    recording : Recording
        With test trials.

    Returns
    -------
    xarray.Dataset
        Over `model`, of one entry, and `component`: the spectrum of `PrincipalComponents`, the
        decoders `projected` on the network's own basis [s], with `output`, those of least squares,
        `reference`, and the gains of the first in the second:
        `expected_gain`, and measured ones of FORCE's decoders, `force_gain`, and of ridge
        decoders of the same activity, `ridge_gain`, which tells how well gains can be measured.
        Besides `participation_ratio` and `cutoff`, the inverse of the learning rate [Hz^2].

    Raises
    ------
    ValueError
        If the recording has no test trials.

    Notes
    -----
    Components are those of all trials together, which tell more of the small ones than a single
    trial does. Eigenvalues are sums over as many samples as FORCE had updates, which is what its
    learning rate meets.
    """
    return _found(recording, _components(recording))


def compare_components(lif: Recording, rate: Recording) -> xr.Dataset:
    """Compare the principal components of a spiking network and of its rate twin.

    Parameters
    ----------
    lif, rate : Recording
        With test trials.

    Returns
    -------
    xarray.Dataset
        That of `recording_components` for both, over `model`, 'lif' and 'rate'. Besides
        `projected_on_rate`, the decoders of both along the components of the rate network [s],
        and, over `n_components`, `overlap` and `chance` of `basis_alignment`.

    Raises
    ------
    ValueError
        If one has no test trials, or they are not twins.
    """
    check_twins(lif, rate, "compare_components")
    components = [_components(recording) for recording in (lif, rate)]
    both = [_found(*one) for one in zip((lif, rate), components, strict=True)]
    found = xr.concat(both, "model", combine_attrs="drop_conflicts")
    ours, common = components
    projected = [projected_decoders(one.decoders, common.basis) for one in (lif, rate)]
    dims = ("model", "component", "output")
    found["projected_on_rate"] = (dims, np.array(projected), {"units": "s"})
    alignment = basis_alignment(ours.basis, common.basis, min(ours.rank, common.rank))
    return found.assign(alignment[["overlap", "chance"]])


def _components(recording: Recording) -> PrincipalComponents:
    """Return the components of all trials, with eigenvalues of as many samples as one has."""
    trials = activity(recording)
    every = principal_components(trials)
    n = len(trials)
    return dataclasses.replace(
        every, eigenvalues=every.eigenvalues / n, n_samples=every.n_samples // n
    )


def _found(recording: Recording, components: PrincipalComponents) -> xr.Dataset:
    rate = float(recording.learning_rate / second**2)
    decoders = np.asarray(recording.decoders)
    reference, ridge = _regressions(recording, components, rate)
    gains = {
        "expected_gain": expected_gain(components.eigenvalues, rate),
        "force_gain": filter_gain(decoders, reference, components),
        "ridge_gain": filter_gain(ridge, reference, components),
    }
    found = components.spectrum()
    for name, gain in gains.items():
        found[name] = ("component", gain, {"units": "1"})
    for name, phi in {"projected": decoders, "reference": reference}.items():
        along = projected_decoders(phi, components.basis)
        found[name] = (("component", "output"), along, {"units": "s"})
    ratio = participation_ratio(components.eigenvalues)
    found["participation_ratio"] = ((), ratio, {"units": "1"})
    found["cutoff"] = ((), 1 / rate, {"units": "Hz^2"})
    attrs = {**described(recording), "n_samples": components.n_samples}
    return found.expand_dims(model=[recording.model]).assign_attrs(attrs)


def _regressions(
    recording: Recording, components: PrincipalComponents, rate: float
) -> tuple[Array, Array]:
    """Return the decoders of least squares and of ridge regression, of all trials."""
    trials = activity(recording)
    n = len(trials)
    every = dataclasses.replace(components, eigenvalues=components.eigenvalues * n)
    # n times the samples want n times the penalty
    ridge = ridge_decoders(trials, trials.target, rate / n)
    return least_squares_decoders(trials, trials.target, every), ridge
