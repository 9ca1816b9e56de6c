"""The ten claims of Newton & Nicola (2025), and how each is judged.

Criteria and thresholds do not depend on what comes out. Thresholds:

- A network *does the task* if its normalised error is below `DONE`: what is wrong then has less
  than a tenth of the target's power.
- A correlation is *high* from `HIGH` on, the convention of Cohen (1988); a *sharp* drop is of more
  than `SHARP`, the width of his classes.
- An improvement counts from a factor of `FACTOR` on.
- A component *passes* a filter whose gain for it is above `PASSED`, and is *stopped* below
  `STOPPED`; it is learned if its gain rises by more than `GAINED`, half of what it can.
"""

import dataclasses

__all__ = [
    "CLAIMS",
    "DONE",
    "FACTOR",
    "GAINED",
    "HIGH",
    "PASSED",
    "SHARP",
    "STOPPED",
    "Claim",
]

DONE = 0.3
HIGH = 0.5
SHARP = 0.2
FACTOR = 2.0
PASSED, STOPPED, GAINED = 0.9, 0.1, 0.5


@dataclasses.dataclass(frozen=True)
class Claim:
    """A claim of the paper.

    Parameters
    ----------
    text : str
        What is claimed.
    criterion : str
        When it holds: every interval over seeds must lie on that side.
    """

    text: str
    criterion: str


CLAIMS = {
    1: Claim(
        "Slow learning: both networks converge in overlapping (Q, G) regions.",
        f"Points where a network's error is below {DONE}: those common to both networks are more "
        "than half of those of either. At single points where one error is below, both are.",
    ),
    2: Claim(
        "Slow learning: the decoders of both networks are highly correlated.",
        f"Their correlation is above {HIGH}.",
    ),
    3: Claim(
        "Slow learning: decoders can be swapped both ways.",
        f"Either network on the other's decoders has an error below {DONE}, after one common "
        "stretch of time.",
    ),
    4: Claim(
        "Fast learning: the correlation of decoders drops sharply.",
        f"The correlation at the slow rate less that at the fast rate, by seed, is above {SHARP}.",
    ),
    5: Claim(
        "Fast learning: decoders can no longer be swapped both ways.",
        f"The larger of the two errors after the swap is above {DONE}, and larger than at the "
        "slow rate, by seed.",
    ),
    6: Claim(
        "Rate networks still run on spiking decoders.",
        f"At the fast rate, the rate network on spiking decoders has an error below {DONE}.",
    ),
    7: Claim(
        "Faster learning improves the rate network, hardly the spiking one, apart from "
        "instability.",
        f"From the slow to the fast rate, by seed, the error of the rate network falls by more "
        f"than a factor of {FACTOR:g}, that of the spiking network by less, and the "
        f"two factors differ by more than {FACTOR:g}. Instability: of the "
        "(Q, G) points where the spiking network does the task while learning, slow and fast, it "
        "loses it in the free run at more after fast learning.",
    ),
    8: Claim(
        "The learning rate is a low-pass filter on principal components that keeps the dominant "
        "ones, which both networks share.",
        f"Components for which s/(s + 1/learning rate) is above {PASSED} have gains larger by "
        f"{GAINED} than those for which it is below {STOPPED}; those which it stops at the slow "
        f"rate and passes at the fast one gain {GAINED} (medians over pools). The spaces of the "
        "components with s above 1/learning rate overlap more, chance taken off, at the slow rate.",
    ),
    9: Claim(
        "Variability of spike times is the cause: variance dominates the error of the spiking "
        "network, bias that of the rate network.",
        "In networks that do the task, the logarithm of variance over squared bias is above 0 in "
        "the spiking network and below 0 in the rate network, at single points and at more than "
        "half of all (Q, G).",
    ),
    10: Claim(
        "FORCE's spiking decoders approximate a decoding of cross-trial rates.",
        "They correlate more with ridge decoders of the mean of trials than with the mean of the "
        f"decoders of these trials, by seed, and above {HIGH} with the former.",
    ),
}
