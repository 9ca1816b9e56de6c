"""The numbers of a network of leaky integrate-and-fire neurons."""

import dataclasses
import hashlib
import json
from typing import Any, Self

import numpy as np
from brian2 import Quantity, get_dimensions, hertz, second, volt

from brian_force.arguments import check_count, check_known, check_quantity, did_you_mean, refusal
from brian_force.quantities import check_quantities, quantity, written

__all__ = ["PARAMETER_EQUATIONS", "LIFParameters"]

#: The parameters are variables of the group, not numbers in the code, so that one compiled binary
#: serves every set of them through ``run_args``.
PARAMETER_EQUATIONS = """
G : volt/Hz (shared, constant)
Q : volt (shared, constant)
Q_inputs : volt (shared, constant)
I_bias : volt (shared, constant)
v_threshold : volt (shared, constant)
v_reset : volt (shared, constant)
t_ref : second (shared, constant)
tau_m : second (shared, constant)
tau_r : second (shared, constant)
tau_d : second (shared, constant)
"""

_JSON_UNITS: dict[str, Quantity] = {"second": second, "volt": volt, "volt/hertz": volt / hertz}


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class LIFParameters:
    """Everything but the seed and the task that makes a network what it is.

    Frozen: use `dataclasses.replace` for a changed copy. The defaults are those of Nicola &
    Clopath (2017), Nat. Commun. 8:2208, LIF network.

    Parameters
    ----------
    n_neurons : int
        Number of neurons N, at least 2.
    G : Quantity
        Scale of the recurrent weights [mV/Hz].
    Q : Quantity
        Scale of the feedback [mV].
    tau_m : Quantity
        Membrane time constant [ms].
    t_ref : Quantity
        Refractory time [ms].
    v_reset, v_threshold : Quantity
        Voltages after and at a spike [mV].
    I_bias : Quantity
        Constant current times membrane resistance [mV]; at `v_threshold` it is the rheobase.
    tau_r, tau_d : Quantity
        Rise and decay time constants of the synaptic filter [ms].
    connection_probability : float
        Probability of a synapse from one neuron to another, above 0 and at most 1.
    v_initial_max : Quantity
        Initial voltages are uniform between `v_reset` and this one [mV]. Above `v_threshold` it
        sets a network going that would stay silent at rheobase.
    dt : Quantity
        Time step [ms].

    Raises
    ------
    TypeError, DimensionMismatchError, ValueError
        If a value is not of the kind, unit or range given above.
    """

    n_neurons: int = 2000
    G: Quantity = quantity("mV/Hz", "not negative", default=0.04)
    Q: Quantity = quantity("mV", "not negative", default=10.0)
    tau_m: Quantity = quantity("ms", "positive", default=10.0)
    t_ref: Quantity = quantity("ms", "positive", default=2.0)
    v_reset: Quantity = quantity("mV", default=-65.0)
    v_threshold: Quantity = quantity("mV", default=-40.0)
    I_bias: Quantity = quantity("mV", default=-40.0)
    tau_r: Quantity = quantity("ms", "positive", default=2.0)
    tau_d: Quantity = quantity("ms", "positive", default=20.0)
    connection_probability: float = 0.1
    v_initial_max: Quantity = quantity("mV", default=30.0)
    dt: Quantity = quantity("ms", "positive", default=0.05)

    def __post_init__(self) -> None:
        n_neurons = check_count("n_neurons", "LIFParameters", self.n_neurons, least=2)
        object.__setattr__(self, "n_neurons", n_neurons)
        probability = _check_probability(self.connection_probability)
        object.__setattr__(self, "connection_probability", probability)
        check_quantities(self)
        for upper in ("v_threshold", "v_initial_max"):
            if getattr(self, upper) <= self.v_reset:
                allowed = f"above 'v_reset' ({self.v_reset})"
                got = str(getattr(self, upper))
                raise ValueError(refusal(upper, "LIFParameters", allowed, got))

    def __repr__(self) -> str:
        return written(self)

    def __hash__(self) -> int:
        return hash(self.digest())

    def to_json(self) -> str:
        """Write the parameters as canonical JSON: sorted keys, units by name, exact numbers."""
        fields = dataclasses.fields(self)
        record = {field.name: _to_plain(getattr(self, field.name)) for field in fields}
        return json.dumps(record, sort_keys=True, separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote; left-out parameters get their defaults.

        Raises
        ------
        ValueError
            If `text` is not JSON, or names an unknown parameter or unit.
        """
        record = json.loads(text)
        known = {field.name for field in dataclasses.fields(cls)}
        for name in sorted(record.keys() - known):
            allowed = "JSON of known parameters"
            message = refusal("text", "from_json", allowed, repr(name), did_you_mean(name, known))
            raise ValueError(message)
        return cls(**{name: _from_plain(name, value) for name, value in record.items()})

    def digest(self) -> str:
        """Compute the SHA-256 of the canonical JSON: the same in every process [64 hex digits]."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


def _check_probability(value: Any) -> float:
    name, owner = "connection_probability", "LIFParameters"
    probability = float(check_quantity(name, owner, value, Quantity(1)))
    if not 0 < probability <= 1:
        raise ValueError(refusal(name, owner, "above 0 and at most 1", repr(value)))
    return probability


def _to_plain(value: Any) -> Any:
    if not isinstance(value, Quantity):
        return value
    unit = next(name for name, unit in _JSON_UNITS.items() if unit.dim is get_dimensions(value))
    return {"unit": unit, "value": float(value) + 0.0}  # + 0.0: minus zero, equal to 0, reads 0


def _from_plain(name: str, value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    unit = check_known("unit", f"the parameter '{name}'", str(value.get("unit")), _JSON_UNITS)
    return Quantity(value.get("value", np.nan), dim=unit.dim)
