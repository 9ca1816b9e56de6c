"""What JSON would say, for a person to read."""

from typing import Any

__all__ = ["table"]

#: Units in tables. Errors have that of the target, written as a number without unit.
UNITS = {
    "G": "mV/Hz",
    "Q": "mV",
    "learning_rate": "s^2",
    "mean_rate_hz": "Hz",
    "l2_after": "sqrt(s)",
    "drift_after": "ms/s",
    "frequency": "Hz",
    "error_l2": "sqrt(s)",
    "drift": "ms/s",
}


def table(summary: dict[str, Any]) -> str:
    """Write a summary in lines, without what is None."""
    lines = []
    for name, value in summary.items():
        if name == "swap":
            lines += [
                f"{model} on the decoders of the other: {_listed(run)}"
                for model, run in value.items()
            ]
        elif value is not None:
            shown = _listed(value) if isinstance(value, dict) else _shown(value)
            lines.append(f"{name:<20} {shown} {UNITS.get(name, '')}".rstrip())
    return "\n".join(lines)


def _listed(values: dict[str, Any]) -> str:
    """Write numbers in one line, each with its name and unit."""
    return ", ".join(
        f"{name} {_shown(value)} {UNITS.get(name, '')}".rstrip() for name, value in values.items()
    )


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    if value is None:
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
