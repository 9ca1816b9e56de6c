"""(Q, G) grids of both networks at four learning rates (Fig. 6A)."""

from brian_force.studies.definition import Part, Results, Study
from brian_force.studies.judging import Finding, place
from brian_force.studies.pair_findings import convergence
from brian_force.studies.pair_points import trained_pair
from brian_force.studies.scales import Scale

__all__ = ["STUDY", "TASKS", "grid_part"]

TASKS = ("ode_to_joy", "fourier", "sine")


def grid_part(scale: Scale, task: str, learning_rates: tuple[float, ...]) -> Part:
    """Return the (Q, G) grid of a task at some learning rates."""
    return Part(
        name=task,
        function=trained_pair,
        grid=scale.grid(learning_rate=learning_rates, G=scale.G, Q=scale.Q),
        seeds=scale.seeds,
        fixed=scale.fixed(task, scale.n_grid_neurons),
    )


def _parts(scale: Scale) -> list[Part]:
    return [grid_part(scale, task, scale.learning_rates) for task in TASKS]


def _judge(results: Results, scale: Scale) -> list[Finding]:
    findings: list[Finding] = []
    for found in results.values():
        where = place(found, learning_rate=scale.slow)
        findings += convergence(found.sel(learning_rate=scale.slow), where)
    return findings


STUDY = Study(
    name="grid",
    title="Errors of both networks over (Q, G) at four learning rates.",
    figure="Fig. 6A",
    claims=(1,),
    parts=_parts,
    judge=_judge,
)
