"""The ten claims of Newton & Nicola (2025), and how each is judged.

The criteria were written down before any study was run. Thresholds:

- A network *does the task* if its normalised error is below `DONE`: what is wrong then has less
  than a tenth of the target's power.
- A correlation is *high* from `HIGH` on, the convention of Cohen (1988); a *sharp* drop is of more
  than `SHARP`, the width of his classes.
- An improvement counts from a factor of `FACTOR` on.
"""

import dataclasses

__all__ = ["CLAIMS", "DONE", "FACTOR", "HIGH", "MISFIT", "SHARP", "Claim"]

DONE = 0.3
HIGH = 0.5
SHARP = 0.2
FACTOR = 2.0
MISFIT = 0.2


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
        "than half of those of either. At single points: both errors are below.",
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
        f"The larger of the two errors after the swap is above {DONE}.",
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
        "(Q, G) points where the spiking network does the task while learning, it loses it in the "
        "free run at more after fast learning.",
    ),
    8: Claim(
        "The learning rate is a low-pass filter on principal components that keeps the dominant "
        "ones, which both networks share.",
        "Measured gains differ from s/(s + 1/learning rate) by less than "
        f"{MISFIT} (median over pools of components). The spaces of the components that pass "
        "(s above 1/learning rate) overlap more, chance taken off, at the slow rate than at the "
        "fast one.",
    ),
    9: Claim(
        "Variability of spike times is the cause: variance dominates the error of the spiking "
        "network, bias that of the rate network.",
        "The logarithm of variance over squared bias is above 0 in the spiking network and below "
        "0 in the rate network.",
    ),
    10: Claim(
        "FORCE's spiking decoders approximate a decoding of cross-trial rates.",
        "They correlate more with ridge decoders of the mean of trials than with those of single "
        f"trials, by seed, and above {HIGH} with the former.",
    ),
}
