"""Before, while and after learning, in both networks and all tasks (Fig. 3)."""

from brian2 import Hz, mV

from brian_force import tasks
from brian_force.studies.claims import DONE
from brian_force.studies.definition import Part, Results, Study
from brian_force.studies.judging import Finding, judged, place
from brian_force.studies.pair_findings import ERRORS
from brian_force.studies.pair_points import shown_pair
from brian_force.studies.scales import Scale

__all__ = ["STUDY", "TASKS"]

TASKS = (
    *("sine", "sawtooth", "product_of_sines", "van_der_pol"),
    *("fourier", "ode_to_joy", "pitchfork"),
)


def _parts(scale: Scale) -> list[Part]:
    parts = []
    for name in TASKS:
        task = tasks.get(name)
        # 0.1*mV/Hz divided by mV/Hz is 0.1 but for the last digit
        G, Q = (float(f"{float(x):.12g}") for x in (task.G / (mV / Hz), task.Q / mV))
        settings = {"learning_rate": scale.slow, "G": G, "Q": Q}
        parts.append(
            Part(
                name=name,
                function=shown_pair,
                grid={},
                seeds=scale.seeds,
                fixed=scale.fixed(name, scale.n_neurons, **settings),
            )
        )
    return parts


def _judge(results: Results, scale: Scale) -> list[Finding]:
    findings = []
    for found in results.values():
        for error, words in ERRORS.items():
            learned = (found[error] < DONE).any("model")  # else the task is too hard for either
            if learned.any():
                larger = found[error].max("model", skipna=False).where(learned)
                what = f"larger {words} of both networks, where one does the task"
                findings.append(judged(1, what, place(found), larger, below=DONE))
    return findings


STUDY = Study(
    name="phases",
    title="Both networks before, while and after learning, in every task.",
    figure="Fig. 3",
    claims=(1,),
    parts=_parts,
    judge=_judge,
)
