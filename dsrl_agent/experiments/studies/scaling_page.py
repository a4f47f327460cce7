"""Write the page of the scaling study: a table for each back end and a map of exact frames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from dsrl_agent.experiments.report.table import Table
from dsrl_agent.experiments.studies.page import Page
from dsrl_agent.experiments.studies.scaling_back_ends import BACK_ENDS
from dsrl_agent.experiments.studies.scaling_rungs import RUNGS
from dsrl_agent.experiments.studies.scaling_stills import STILLS
from dsrl_agent.records import RunFolder

Records = Sequence[Mapping[str, Any]]

_FIGURES = ("precision", "recall", "f1", "location_error", "ari", "v_measure", "exact")
_HEADS = ("rung", "precision", "recall", "F1", "px off", "ARI", "V", "exact", "types found/true")


class Target(NamedTuple):
    """The least figures that a seed of a rung must reach."""

    f1: float
    ari: float
    exact: float


TARGETS: Mapping[str, Target] = {
    **dict.fromkeys(
        (
            "2 types",
            "4 types",
            "2 types, in 16x16",
            "2 types, in 32x32",
            "noise .1",
            "8 types",
            "texture",
        ),
        Target(0.999, 0.99, 0.99),
    ),
    "noise .3": Target(0.99, 0.97, 0.95),
    "16 types": Target(0.999, 0.99, 0.97),
    **dict.fromkeys(("80 % full", "90 % full"), Target(0.99, 0.98, 0.97)),
    **dict.fromkeys(("random colours", "colour-coded"), Target(0.99, 0.97, 0.95)),
    "sizes .75-1": Target(0.99, 0.90, 0.80),
    "offsets 3 px": Target(0.98, 0.90, 0.80),
    "shaken 1 px": Target(0.98, 0.95, 0.90),
}
"""The target of each rung, set before the first measurement."""

_LADDER = [name for rung in RUNGS for name in (rung, *RUNGS[rung].also)]


def scaling_page(folder: RunFolder, records: Records, frames: int) -> Page:
    """Return the page of records, one for each seed, of up to `frames` frames."""
    page = Page(folder, "How far sight carries")
    for part in tables(records):
        page.say(part)
    page.say(
        f"Means over seeds, of up to {frames} frames of random play each; `px off` is the distance "
        "of the grid's cells from the true ones; `types found` counts “unknown” as one; `exact` "
        "is the share of frames with every fact right; `lowest` the worst seed's; `reached` how "
        "many seeds reach the rung's target."
    )
    if compared(records):
        page.show("scaling", "Exact frames by rung and back end.", plot(records))
    return page


def tables(records: Records) -> Iterator[str | Table]:
    """Yield headings in Markdown and tables by back end: moving worlds, then still ones."""
    for back_end, (what, *_) in BACK_ENDS.items():
        own = [record for record in records if record["back_end"] == back_end]
        moving = [name for name in _LADDER if any(r["rung"] == name for r in own)]
        if moving:
            yield f"## {what[0].upper()}{what[1:]}"
            yield _table(own, moving)
        still = [name for name in STILLS if any(r["rung"] == name for r in own)]
        if still:
            yield "### Where nothing moves"
            yield _table(own, still)


def compared(records: Records) -> list[str]:
    """Return the rungs on which several back ends were measured."""
    return [name for name in _LADDER if len({r["back_end"] for r in _of(records, name)}) > 1]


def plot(records: Records) -> Figure:
    """Return a map of the share of exact frames by rung and back end."""
    rungs = compared(records)
    back_ends = [name for name in BACK_ENDS if any(r["back_end"] == name for r in records)]
    shares = np.full((len(rungs), len(back_ends)), np.nan)
    for row, rung in enumerate(rungs):
        for col, back_end in enumerate(back_ends):
            exact = [r["exact"] for r in _of(records, rung) if r["back_end"] == back_end]
            if exact:
                shares[row, col] = float(np.mean(exact))
    figure = Figure(figsize=(1.6 + 1.0 * len(back_ends), 0.6 + 0.27 * len(rungs)), dpi=100)
    figure.set_layout_engine("constrained")
    axes = figure.subplots()
    axes.imshow(shares, cmap="RdYlGn", vmin=0, vmax=1, aspect="auto")
    axes.set_xticks(range(len(back_ends)), back_ends, fontsize=8)
    axes.xaxis.tick_top()
    axes.set_yticks(range(len(rungs)), rungs, fontsize=8)
    for (row, col), share in np.ndenumerate(shares):
        text = "" if np.isnan(share) else f"{share:.2f}"
        axes.text(col, row, text, ha="center", va="center", fontsize=7)
    return figure


def _table(records: Records, rungs: Sequence[str]) -> Table:
    heads = [*_HEADS, "lowest exact", "reached", "CPU-seconds"]
    return Table(heads, [_row(rung, _of(records, rung)) for rung in rungs])


def _row(rung: str, group: Records) -> list[str]:
    cells = [rung]
    for figure in _FIGURES:
        values = [float(r[figure]) for r in group if isinstance(r.get(figure), int | float)]
        digits = 2 if figure == "location_error" else 3
        cells.append(f"{np.mean(values):.{digits}f}" if values else "-")
    found = [r["types_found"] for r in group if "types_found" in r]
    true = {r["types_true"] for r in group if "types_true" in r}
    cells.append(f"{np.mean(found):.1f}/{max(true)}" if found else "-")
    cells.append(f"{min(r['exact'] for r in group):.3f}")
    target = TARGETS.get(rung)
    reached = [_reaches(record, target) for record in group] if target else []
    cells.append(f"{sum(reached)} of {len(reached)}" if target else f"({len(group)} seeds)")
    seconds = [r["seconds"] for r in group if "seconds" in r]
    cells.append(f"{np.mean(seconds):.1f}" if seconds else "-")
    return cells


def _reaches(record: Mapping[str, Any], target: Target) -> bool:
    return all(record[name] >= least for name, least in target._asdict().items())


def _of(records: Records, rung: str) -> Records:
    return [record for record in records if record["rung"] == rung]
