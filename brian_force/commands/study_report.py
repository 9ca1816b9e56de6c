"""One HTML page on all studies, with figures and numbers inside."""

import base64
import datetime
import html
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from brian_force.studies.jobs import package_versions
from brian_force.studies.running import StudyResult

__all__ = ["report"]

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 62rem; margin: 2rem auto;
       padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 3rem; }
h3 { font-size: 1rem; margin-bottom: .2rem; }
img { max-width: 100%; display: block; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .82rem; margin: .5rem 0 1rem; }
th, td { text-align: left; padding: .15rem .7rem .15rem 0; vertical-align: top; }
th { border-bottom: 1px solid #999; } td { border-bottom: 1px solid #eee; }
.note { color: #666; font-size: .9rem; margin: 0; }
td b { white-space: nowrap; }
.holds { color: #00664d; } .does-not-hold { color: #a8400a; } .not-decided { color: #666; }
details { margin: .5rem 0; } summary { cursor: pointer; color: #0072B2; }
"""

#: Numbers that tables show, the mean over seeds of each.
SHOWN = (
    *("learning", "free", "plain", "scaled", "l2", "speed", "mean_rate", "score", "correlation"),
    *("swap", "swap_plain", "swap_speed", "swap_amplitude", "swap_score"),
    *("mean_squared_bias", "mean_variance", "variance_to_bias", "growth", "distance"),
    *("trial_correlation", "trial_control_correlation", "trial_rate_correlation"),
    *("trial_error", "trial_force_error", "participation_ratio"),
)
LARGEST = 1000  # rows of a table


def report(
    results: Sequence[StudyResult],
    figures: Mapping[str, Sequence[Path]],
    claims: Sequence[Mapping[str, Any]],
) -> str:
    """Return the page.

    Parameters
    ----------
    results : sequence of StudyResult
        What was found.
    figures : mapping of str to sequence of Path
        Files of the figures of each study, PNG.
    claims : sequence of dict
        The claims as `brian-force study --json` gives them.

    Returns
    -------
    str
        HTML that needs nothing else.
    """
    scale = results[0].scale
    body = [
        "<h1>Newton &amp; Nicola (2025) with brian_force</h1>",
        _paragraph(f"Scale: {scale.name}; {_versions()}; {datetime.date.today():%d %B %Y}."),
        "<h2>The claims</h2>",
        _paragraph(
            "Means over seeds with 95 % intervals (percentiles of the bootstrap over seeds). A "
            "finding holds, or does not hold, where its whole interval says so; a claim holds "
            "where every finding does, and does not where one does not. With three seeds, the "
            "interval is that of three numbers: about from the smallest to the largest."
        ),
        _overview(claims),
        *(_claim(claim) for claim in claims),
        *(_study(result, figures[result.study.name]) for result in results),
        "<h2>Settings</h2>",
        _table(["setting", "value"], [[k, _words(v)] for k, v in vars(scale).items()]),
    ]
    head = f"<title>brian_force: studies</title><style>{STYLE}</style>"
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">{head}</head>\n'
        f"<body>\n{'\n'.join(body)}\n</body></html>\n"
    )


def _overview(claims: Sequence[Mapping[str, Any]]) -> str:
    rows = [[str(one["claim"]), one["text"], _verdict(one["verdict"])] for one in claims]
    return _table(["", "claim", "verdict"], rows, safe=(2,))


def _claim(claim: Mapping[str, Any]) -> str:
    head = ["verdict", "estimate", "95 % interval", "asked", "what", "where", "seeds"]
    rows = [
        [
            _verdict(one["verdict"]),
            _number(one["estimate"]),
            f"{_number(one['low'])} to {_number(one['high'])}",
            f"{one['side']} {one['bound']:.3g}",
            one["what"],
            one["where"],
            f"{one['n_seeds']} of {one['n_seeds_tried']}",
        ]
        for one in claim["findings"]
    ]
    title = f"<h3>({claim['claim']}) {html.escape(claim['text'])}</h3>"
    criterion = f'<p class="note">{html.escape(claim["criterion"])}</p>'
    return title + criterion + _table(head, rows, safe=(0,))


def _study(result: StudyResult, figures: Sequence[Path]) -> str:
    study = result.study
    failed = f", {result.n_failed} of which failed" if result.n_failed else ""
    about = f"{study.title} Paper: {study.figure}. {result.n_jobs} jobs{failed}."
    tables = [_numbers(name, found) for name, found in result.parts.items()]
    pictures = [_picture(path) for path in figures]
    title = study.name.replace("_", " ")
    return "\n".join([f"<h2>{title}</h2>", _paragraph(about), *pictures, *tables])


def _picture(path: Path) -> str:
    data = base64.b64encode(path.read_bytes()).decode("ascii")
    return f'<img alt="{html.escape(path.stem)}" src="data:image/png;base64,{data}">'


def _numbers(name: str, found: xr.Dataset) -> str:
    """Return the means over seeds of a sweep, in tables that unfold."""
    by_axes: dict[tuple[str, ...], list[str]] = {}
    for variable in SHOWN:
        if variable in found:
            axes = tuple(str(dim) for dim in found[variable].dims if dim != "seed")
            by_axes.setdefault(axes, []).append(variable)
    tables = []
    for axes, names in by_axes.items():
        mean = found[names].mean("seed")
        known = [x for x in names if np.isfinite(mean[x]).any()]
        if known and mean[known[0]].size <= LARGEST:
            tables.append(_means(mean[known], axes))
    return f"<details><summary>numbers: {html.escape(name)}</summary>{''.join(tables)}</details>"


def _means(mean: xr.Dataset, axes: tuple[str, ...]) -> str:
    names = [str(name) for name in mean.data_vars]
    if not axes:
        return _table(names, [[_number(float(mean[name])) for name in names]])
    frame = mean.to_dataframe(dim_order=list(axes))[names].reset_index()
    rows = [[_words(value) for value in row] for row in frame.itertuples(index=False)]
    return _table([*axes, *names], rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], safe: Sequence[int] = ()) -> str:
    """Write a table; columns that are `safe` hold HTML."""
    cells = "".join(f"<th>{html.escape(name)}</th>" for name in head)
    lines = [f"<tr>{cells}</tr>"]
    for row in rows:
        written = (cell if k in safe else html.escape(cell) for k, cell in enumerate(row))
        lines.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in written) + "</tr>")
    return "<table>\n" + "\n".join(lines) + "\n</table>"


def _paragraph(text: str) -> str:
    return f"<p>{html.escape(text)}</p>"


def _verdict(verdict: str) -> str:
    return f'<b class="{verdict.replace(" ", "-")}">{verdict}</b>'


def _versions() -> str:
    versions = {**package_versions(), "Python": platform.python_version()}
    return ", ".join(f"{name} {number}" for name, number in versions.items())


def _number(value: float | None) -> str:
    known = value is not None and np.isfinite(value)
    return f"{value:.3g}".replace("-", "−") if known else "–"


def _words(value: Any) -> str:
    return _number(value) if isinstance(value, float) else str(value)
