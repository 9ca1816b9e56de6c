"""What a user of the analysis reads who gives something wrong, word for word."""

import re

import numpy as np
import pytest

from brian_force.analysis.components import (
    basis_alignment,
    participation_ratio,
    principal_components,
)
from brian_force.analysis.cross_trial import cross_validated_error, decoder_comparison
from brian_force.analysis.decoders import decode, ridge_decoders, rls_decoders
from brian_force.analysis.learning_filter import (
    expected_gain,
    filter_gain,
    least_squares_decoders,
)
from brian_force.analysis.variability import bias_and_variance
from brian_force.repetitions import aligned_repetitions

R, X = np.arange(12.0).reshape(4, 3), np.arange(4.0)
TRIALS = [R, R + 1, R]
TIMES = 0.01 * np.arange(100)
WAVE = np.sin(2 * np.pi * 5 * TIMES)
CENTRED = principal_components(R, centred=True)


def compare(decoders=X[:3], **options):
    return decoder_comparison(decoders, TRIALS, R, X, 1e-3, **options)


def cycles(period=0.2, start=0.1, **options):
    return aligned_repetitions(TIMES, WAVE, WAVE, period, start, **options)


MESSAGES = {
    "activity of one neuron without its dimension": (
        lambda: ridge_decoders(X, X, 1e-3),
        "The 'r' argument of ridge_decoders must be of shape (T, N), or trials of that shape, not"
        " empty, but got shape (4,).",
    ),
    "no activity": (
        lambda: ridge_decoders(None, X, 1e-3),
        "The 'r' argument of ridge_decoders must be of shape (T, N), or trials of that shape, not"
        " empty, but got shape ().",
    ),
    "no trial": (
        lambda: ridge_decoders([], X, 1e-3),
        "The 'r' argument of ridge_decoders must be at least one trial, but got none.",
    ),
    "trials of other neurons": (
        lambda: ridge_decoders([R, R[:, :2]], X, 1e-3),
        "The 'r' argument of ridge_decoders must be trials of equally many neurons, 3, but got"
        " shape (4, 2).",
    ),
    "activity that is not finite": (
        lambda: decode(np.where(R == 5, np.nan, R), X[:3]),
        "The 'r' argument of decode must be finite, but got 1 values that are not.",
    ),
    "target of another length": (
        lambda: ridge_decoders(R, X[:3], 1e-3),
        "The 'target' argument of ridge_decoders must be of shape (4, K), for the samples of 'r',"
        " but got shape (3, 1).",
    ),
    "targets with other outputs": (
        lambda: ridge_decoders([R, R], [X, R], 1e-3),
        "The 'target' argument of ridge_decoders must be of shape (4, 1), for the samples of 'r',"
        " but got shape (4, 3).",
    ),
    "too few targets": (
        lambda: ridge_decoders(TRIALS, [X, X], 1e-3),
        "The 'target' argument of ridge_decoders must be common to all trials, or one a trial,"
        " but got 2 targets for more trials.",
    ),
    "too many targets": (
        lambda: ridge_decoders(TRIALS, [X] * 4, 1e-3),
        "The 'target' argument of ridge_decoders must be common to all trials, or one a trial,"
        " but got more targets than trials.",
    ),
    "mean of trials of other lengths": (
        lambda: ridge_decoders([R, R[:2]], [X, X[:2]], 1e-3, average=True),
        "The 'r' argument of ridge_decoders must be trials of equally many samples, 4, to have a"
        " mean, but got shape (2, 3).",
    ),
    "learning rate of zero": (
        lambda: ridge_decoders(R, X, 0),
        "The 'learning_rate' argument of ridge_decoders must be positive and finite, but got"
        " 0 s^2.",
    ),
    "learning rate beyond rounding": (
        lambda: ridge_decoders(np.ones((4, 3)), X, 1e30),
        "The 'learning_rate' argument of ridge_decoders must be so small that its inverse counts"
        " beside the largest eigenvalue of sum r r', but got 1e+30 s^2.",
    ),
    "unknown gain": (
        lambda: rls_decoders(R, X, 1e-3, gain="post"),
        "The 'gain' argument of rls_decoders must be 'posterior' or 'prior', but got 'post'.",
    ),
    "forgetting above 1": (
        lambda: rls_decoders(R, X, 1e-3, forgetting=1.1),
        "The 'forgetting' argument of rls_decoders must be in (0, 1], but got 1.1.",
    ),
    "decoders of other neurons": (
        lambda: decode(R, X),
        "The 'decoders' argument of decode must be of shape (3, K) or (3,), for 3 neurons, but"
        " got shape (4,).",
    ),
    "one trial to cross-validate": (
        lambda: cross_validated_error(R, X, 1e-3),
        "The 'trials_r' argument of cross_validated_error must be at least two trials, but got 1.",
    ),
    "more folds than trials": (
        lambda: cross_validated_error(TRIALS, X, 1e-3, folds=4),
        "The 'folds' argument of cross_validated_error must be at most the number of trials, 3,"
        " but got 4.",
    ),
    "all trials held out": (
        lambda: compare(n_held_out=3),
        "The 'n_held_out' argument of decoder_comparison must be fewer than there are trials, 3,"
        " but got 3.",
    ),
    "means of more trials than there are": (
        lambda: compare(sizes=[1, 2]),
        "The 'sizes' argument of decoder_comparison must be numbers from 1 to 1, the trials not"
        " held out, but got [1, 2].",
    ),
    "decoders of more outputs": (
        lambda: compare(np.ones((3, 2))),
        "The 'decoders' argument of decoder_comparison must be of shape (3, 1), for neurons and"
        " outputs, but got shape (3, 2).",
    ),
    "negative eigenvalues": (
        lambda: participation_ratio([1.0, -2.0]),
        "The 'eigenvalues' argument of participation_ratio must be of shape (M,), not empty,"
        " finite and not negative, but got shape (2,), the least value -2.",
    ),
    "eigenvalues as a matrix": (
        lambda: expected_gain(R, 1e-3),
        "The 'eigenvalues' argument of expected_gain must be of shape (M,), not empty, finite and"
        " not negative, but got shape (4, 3), the least value 0.",
    ),
    "basis that is none": (
        lambda: basis_alignment(np.eye(3), np.ones((3, 3)), 2),
        "The 'b' argument of basis_alignment must be orthonormal columns, but got others. Give the"
        " 'basis' of principal_components.",
    ),
    "basis of other neurons": (
        lambda: basis_alignment(np.eye(3), np.eye(4), 2),
        "The 'b' argument of basis_alignment must be of shape (3, M), M at least 2, but got shape"
        " (4, 4).",
    ),
    "too few components": (
        lambda: basis_alignment(np.eye(3), np.eye(3), 4),
        "The 'a' argument of basis_alignment must be of shape (N, M), M at least 4, but got shape"
        " (3, 3).",
    ),
    "centred components": (
        lambda: filter_gain(X[:3], X[:3], CENTRED),
        "The 'components' argument of filter_gain must be components of the activity as it is,"
        " which is what learning sees, but got centred ones. Take principal_components(r).",
    ),
    "components of other neurons": (
        lambda: least_squares_decoders(R, X, principal_components(R[:, :2])),
        "The 'components' argument of least_squares_decoders must be those of 'r', of 3 neurons,"
        " but got components of 2 neurons.",
    ),
    "reference of more outputs": (
        lambda: filter_gain(X[:3], np.ones((3, 2)), principal_components(R)),
        "The 'reference' argument of filter_gain must be of the shape of 'decoders', (3, 1), but"
        " got shape (3, 2).",
    ),
    "one repetition": (
        lambda: bias_and_variance(np.ones((1, 4)), X),
        "The 'outputs' argument of bias_and_variance must be at least two repetitions of the"
        " target, of shape (n, 4, 1), but got shape (1, 4).",
    ),
    "repetitions that are not finite": (
        lambda: bias_and_variance(np.full((2, 4), np.nan), X),
        "The 'outputs' argument of bias_and_variance must be finite, but got 8 values that are"
        " not.",
    ),
    "confidence in percent": (
        lambda: bias_and_variance(np.ones((2, 4)), X, confidence=95),
        "The 'confidence' argument of bias_and_variance must be in (0, 1), but got 95.",
    ),
    "more cycles than recorded": (
        lambda: cycles(n=5),
        "The 'n' argument of aligned_repetitions must be at most 4, the cycles recorded from"
        " 'start' on, but got 5. Run the network for longer, or begin earlier.",
    ),
    "period of a few samples": (
        lambda: cycles(period=0.02),
        "The 'period' argument of aligned_repetitions must be four samples or more, of 0.01 s"
        " each, and recorded from 'start' on, but got 0.02 s.",
    ),
    "start too late for a cycle": (
        lambda: cycles(start=0.9),
        "The 'period' argument of aligned_repetitions must be four samples or more, of 0.01 s"
        " each, and recorded from 'start' on, but got 0.2 s.",
    ),
}


@pytest.mark.parametrize("case", MESSAGES)
def test_the_message_says_it_all(case):
    call, message = MESSAGES[case]
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()
