"""What spikes and rates say: arrays or Neo in, numbers out."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from brian_force.analysis.binning import correlation_coefficients, spike_counts, time_histogram
    from brian_force.analysis.components import (
        PrincipalComponents,
        basis_alignment,
        participation_ratio,
        principal_components,
    )
    from brian_force.analysis.cross_trial import cross_validated_error, decoder_comparison
    from brian_force.analysis.decoders import (
        DecodingError,
        decode,
        decoding_error,
        ridge_decoders,
        rls_decoders,
    )
    from brian_force.analysis.filtering import (
        filter_states,
        filtered_rates,
        mean_rates,
        synaptic_filter,
    )
    from brian_force.analysis.free_runs import (
        filtered_currents,
        repetition_spikes,
        repetition_variability,
    )
    from brian_force.analysis.kernel import SynapticKernel, instantaneous_rates
    from brian_force.analysis.learning_filter import (
        expected_gain,
        filter_gain,
        least_squares_decoders,
        projected_decoders,
    )
    from brian_force.analysis.recorded_components import compare_components, recording_components
    from brian_force.analysis.recorded_decoders import compare_decoders
    from brian_force.analysis.recordings import Activity, activity, recording_statistics
    from brian_force.analysis.resampling import resampled
    from brian_force.analysis.spike_data import as_trials
    from brian_force.analysis.statistics import (
        cv,
        cv2,
        fano_factor,
        interspike_intervals,
        lv,
        mean_firing_rates,
        spike_statistics,
    )
    from brian_force.analysis.trial_decoding import analyse_trials
    from brian_force.analysis.variability import BiasVariance, bias_and_variance

__all__ = [
    "Activity",
    "BiasVariance",
    "DecodingError",
    "PrincipalComponents",
    "SynapticKernel",
    "activity",
    "analyse_trials",
    "as_trials",
    "basis_alignment",
    "bias_and_variance",
    "compare_components",
    "compare_decoders",
    "correlation_coefficients",
    "cross_validated_error",
    "cv",
    "cv2",
    "decode",
    "decoder_comparison",
    "decoding_error",
    "expected_gain",
    "fano_factor",
    "filter_gain",
    "filter_states",
    "filtered_currents",
    "filtered_rates",
    "instantaneous_rates",
    "interspike_intervals",
    "least_squares_decoders",
    "lv",
    "mean_firing_rates",
    "mean_rates",
    "participation_ratio",
    "principal_components",
    "projected_decoders",
    "recording_components",
    "recording_statistics",
    "repetition_spikes",
    "repetition_variability",
    "resampled",
    "ridge_decoders",
    "rls_decoders",
    "spike_counts",
    "spike_statistics",
    "synaptic_filter",
    "time_histogram",
]

# Every name is found when it is first used: rates of one's own network do without Elephant.
_ROOMS = {
    "binning": ["correlation_coefficients", "spike_counts", "time_histogram"],
    "components": [
        "PrincipalComponents",
        "basis_alignment",
        "participation_ratio",
        "principal_components",
    ],
    "cross_trial": ["cross_validated_error", "decoder_comparison"],
    "decoders": ["DecodingError", "decode", "decoding_error", "ridge_decoders", "rls_decoders"],
    "filtering": ["filter_states", "filtered_rates", "mean_rates", "synaptic_filter"],
    "free_runs": ["filtered_currents", "repetition_spikes", "repetition_variability"],
    "kernel": ["SynapticKernel", "instantaneous_rates"],
    "learning_filter": [
        "expected_gain",
        "filter_gain",
        "least_squares_decoders",
        "projected_decoders",
    ],
    "recorded_components": ["compare_components", "recording_components"],
    "recorded_decoders": ["compare_decoders"],
    "recordings": ["Activity", "activity", "recording_statistics"],
    "resampling": ["resampled"],
    "spike_data": ["as_trials"],
    "statistics": [
        *("cv", "cv2", "fano_factor", "interspike_intervals", "lv", "mean_firing_rates"),
        "spike_statistics",
    ],
    "trial_decoding": ["analyse_trials"],
    "variability": ["BiasVariance", "bias_and_variance"],
}


def __getattr__(name: str) -> Any:
    for room, names in _ROOMS.items():
        if name in names:
            return getattr(importlib.import_module(f"brian_force.analysis.{room}"), name)
    raise AttributeError(f"module 'brian_force.analysis' has no attribute '{name}'")


def __dir__() -> list[str]:
    return __all__
