"""Write the page of the scaling study: a table for each back end and a map of exact frames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from dsrl_agent.experiments.report.table import Table
from dsrl_agent.experiments.studies.page import Page
from dsrl_agent.experiments.studies.scaling_back_ends import BACK_ENDS, STRUCTURED
from dsrl_agent.experiments.studies.scaling_rungs import RUNGS
from dsrl_agent.experiments.studies.scaling_stills import STILLS, UNDECIDABLE
from dsrl_agent.records import RunFolder

Records = Sequence[Mapping[str, Any]]

_FURTHER = {  # figures that records of revisions up to 35f4d5b lack, and their heads
    "lenient_exact": "lenient exact",
    "types_share": "share of types",
    "agent_exact": "agent",
    "batch_ms": "ms a frame",
    "single_ms": "one by one",
}
_FIGURES = ("precision", "recall", "f1", "location_error", "ari", "v_measure", "exact")
_HEADS = ("rung", "precision", "recall", "F1", "px off", "ARI", "V", "exact", "types found/true")


class Target(NamedTuple):
    """The least figures that a seed of a rung must reach."""

    f1: float
    ari: float
    exact: float


_SHARP = ("2 types", "4 types", "8 types", "2 types, in 16x16", "2 types, in 32x32")

_NEWER = (
    *("overlap, sizes 1-1.8, white", "overlap, 90 % full"),
    *("everything + overlap", "everything, 8 types", "everything, 16 types"),
    *("2 colours a shape", "3 colours a shape", "2 random colours a shape", "32 types"),
    *("texture, floor 2", "floor 2, seen on floor 3", "floor 2, seen on floor 4"),
)

TARGETS: Mapping[str, Target] = {
    **dict.fromkeys((*_SHARP, "noise .1", "texture"), Target(0.999, 0.99, 0.99)),
    "noise .3": Target(0.99, 0.97, 0.95),
    "16 types": Target(0.999, 0.99, 0.97),
    **dict.fromkeys(("80 % full", "90 % full"), Target(0.99, 0.98, 0.97)),
    **dict.fromkeys(("random colours", "colour-coded"), Target(0.99, 0.97, 0.95)),
    "sizes .75-1": Target(0.99, 0.90, 0.80),
    "offsets 3 px": Target(0.98, 0.90, 0.80),
    "shaken 1 px": Target(0.98, 0.95, 0.90),
    **dict.fromkeys(_NEWER, Target(0.99, 0.95, 0.95)),
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
        "many seeds reach the rung's target. `exact` is one to one: a type split in two is a "
        "fault, which `lenient exact` forgives. `share of types` is that of true types with a type "
        "of their own; `agent` the share of frames with the agent's type in its cell alone; times "
        "are of the processor, all frames at once and one by one."
    )
    if compared(records):
        page.show("scaling", "Exact frames by rung and back end.", plot(records))
    return page


def tables(records: Records) -> Iterator[str | Table]:
    """Yield headings in Markdown and tables by back end: moving worlds, then still ones.

    What structure adds comes first, if the row of structured latents was measured.
    """
    added = added_by_structure(records)
    if added.rows:
        yield "## What a structured latent adds"
        yield added
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
            yield from _undecidable(own)


def _undecidable(records: Records) -> Iterator[str]:
    """Yield a sentence about each set of still pictures whose types no picture tells."""
    for name, reason in UNDECIDABLE.items():
        group = _of(records, name)
        exact = next(_means(group, ["colour_exact"]), "-")
        by_colour = "" if exact == "-" else f"; taken by colour, exact is {exact}"
        if group:
            yield f"`{name}` cannot be decided: {reason}{by_colour}."


def added_by_structure(records: Records) -> Table:
    """Return a table of exact frames of structured latents and of the best other row, by rung.

    Means are over the seeds on which both were measured. Shares of exact frames are one to one: a
    type that is split in two is a fault.
    """
    rows = []
    for rung in [*_LADDER, *STILLS]:
        exact = {(r["back_end"], r["seed"]): float(r["exact"]) for r in _of(records, rung)}
        both = {
            name: [(exact[STRUCTURED, seed], share) for (row, seed), share in exact.items()
                   if row == name and (STRUCTURED, seed) in exact]
            for name in BACK_ENDS if name != STRUCTURED
        }  # fmt: skip
        means = {name: np.mean(pairs, axis=0) for name, pairs in both.items() if pairs}
        if means:
            best = max(means, key=lambda name: float(means[name][1]))
            structured, other = means[best]
            cells = [f"{structured:.3f}", f"{other:.3f}", best, f"{structured - other:+.3f}"]
            rows.append([rung, *cells])
    return Table(["rung", f"exact, {STRUCTURED}", "exact, best other", "which", "adds"], rows)


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
    groups = {rung: _of(records, rung) for rung in rungs}
    further = [name for name in _FURTHER if any(name in r for g in groups.values() for r in g)]
    heads = [
        *_HEADS,
        "lowest exact",
        "reached",
        "CPU-seconds",
        *(_FURTHER[name] for name in further),
    ]
    rows = [[*_row(rung, group), *_means(group, further)] for rung, group in groups.items()]
    return Table(heads, rows)


def _row(rung: str, group: Records) -> list[str]:
    cells = [rung, *_means(group, _FIGURES)]
    found = [r["types_found"] for r in group if "types_found" in r]
    true = {r["types_true"] for r in group if "types_true" in r}
    cells.append(f"{np.mean(found):.1f}/{max(true)}" if found else "-")
    cells.append(f"{min(r['exact'] for r in group):.3f}")
    target = TARGETS.get(rung)
    reached = [_reaches(record, target) for record in group] if target else []
    of_all = f"{sum(reached)} of {len(reached)}" if target else f"({len(group)} seeds)"
    cells.append("not decidable" if rung in UNDECIDABLE else of_all)
    seconds = [r["seconds"] for r in group if "seconds" in r]
    cells.append(f"{np.mean(seconds):.1f}" if seconds else "-")
    return cells


def _means(group: Records, figures: Sequence[str]) -> Iterator[str]:
    for figure in figures:
        values = [float(r[figure]) for r in group if isinstance(r.get(figure), int | float)]
        digits = 2 if figure in ("location_error", "batch_ms", "single_ms") else 3
        yield f"{np.mean(values):.{digits}f}" if values else "-"


def _reaches(record: Mapping[str, Any], target: Target) -> bool:
    return all(record[name] >= least for name, least in target._asdict().items())


def _of(records: Records, rung: str) -> Records:
    return [record for record in records if record["rung"] == rung]
