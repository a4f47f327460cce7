"""Report measured speed as Markdown, with the tables of `docs/worlds.md`, and as a figure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.worlds.records import Comparison, Memory, Point, Results
from dsrl_agent.experiments.report.figure import png_of
from dsrl_agent.experiments.report.table import Table

_AXES = {
    "worlds": "worlds",
    "cells": "cells (at 8 x 8 pixels)",
    "objects": "cells with an object at the start (%)",
}
# Line and marker differ, not the colour; one marker is hollow, because the two may overlap.
_STYLES = (("single", "k-o", "black"), ("vector", "k--s", "white"))


def as_markdown(results: Results) -> str:
    """Return all tables and the conditions of the measurement."""
    tables = [beside_limits(results), shares(results), _rates(results)]
    parts = [table.markdown() for table in tables if table.rows]
    parts += [_scaling(results.scaling).markdown()] if results.scaling else []
    parts += [_in_words(results.memory)] if results.memory else []
    return "\n\n".join([*parts, _conditions(results)]) + "\n"


def beside_limits(results: Results) -> Table:
    """Return the table of contestants beside their limits and targets."""
    rates = {rate.label: rate.samples.median for rate in results.rates}
    rows: list[list[str]] = []
    for label, ones in groupby(results.comparisons, lambda one: one.label):
        contestant = [_title(label), f"{float(f'{rates[label]:.4g}'):,.0f}"]
        for one in (one for one in ones if one.target is not None):
            target = f"{one.target:g}"
            beside = _limit(one.against, results.effort.worlds)
            rows.append([*contestant, beside, _ratio(one), f"{target}: {one.verdict}"])
            contestant = ["", ""]
    return Table(head=["", "steps/s", "beside", "ratio", "target"], rows=rows)


def shares(results: Results) -> Table:
    """Return the table of each rung's speed as a share of the plain world's: single, vector."""
    of_rung: dict[str, list[str]] = {}
    kinds: dict[str, None] = {}
    for one in results.comparisons:
        if one.target is None and "copy" not in one.against:
            kind, _, rung = one.label.partition(", ")
            of_rung.setdefault(rung, []).append(_number(one.samples.median))
            kinds[kind] = None
    rows = [[f"`-{rung}-v0`", *ratios] for rung, ratios in of_rung.items()]
    return Table(head=["world", *kinds], rows=rows)


def scaling_picture(points: Sequence[Point]) -> bytes:
    """Return a PNG with a panel for each varied quantity, readable in black and white."""
    figure = Figure(figsize=(3.8 * len(_AXES), 3.4), layout="constrained")
    panels = figure.subplots(1, len(_AXES), sharey=True, squeeze=False)[0]
    for axes, (panel, quantity) in zip(panels, _AXES.items(), strict=True):
        _draw(axes, [point for point in points if point.panel == panel])
        if not quantity.endswith("(%)"):
            axes.set_xscale("log", base=2)
            axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.set_xlabel(quantity)
        axes.grid(True, which="major", color="0.85")
    panels[0].set_yscale("log")
    # Labels at 1, 2 and 5 times the powers of 10: costs often lie within one power.
    panels[0].yaxis.set_minor_formatter(
        lambda value, _: f"{value:g}" if f"{value:e}"[:3] in ("2.0", "5.0") else ""
    )
    panels[0].yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    panels[0].legend()
    panels[0].set_ylabel("CPU time per step of one world (µs)")
    return png_of(figure, dpi=150)


def _draw(axes: Axes, points: Sequence[Point]) -> None:
    for kind, style, face in _STYLES:
        drawn = [point for point in points if point.kind == kind]
        values, medians = [p.value for p in drawn], [p.median for p in drawn]
        spread = [[p.median - p.low for p in drawn], [p.high - p.median for p in drawn]]
        axes.errorbar(values, medians, spread, fmt=style, mfc=face, ms=5, capsize=2, label=kind)


def _rates(results: Results) -> Table:
    rows = []
    for rate in results.rates:
        each, episodes = rate.samples, sum(run.episodes for run in rate.runs)
        spread = f"{each.low:,.0f} to {each.high:,.0f}"
        rows.append([rate.label, f"{each.median:,.0f}", spread, f"{episodes:,}"])
    return Table(head=["contestant", "per CPU second", "least to most", "episodes"], rows=rows)


def _scaling(points: Sequence[Point]) -> Table:
    rows = [
        [p.panel, f"{p.value:,}", p.kind, f"{p.median:.3g}", f"{p.low:.3g} to {p.high:.3g}"]
        for p in points
    ]
    head = ["varied", "value", "environment", "µs per step", "least to most"]
    return Table(head=head, rows=rows)


def _in_words(memory: Memory) -> str:
    first, last, most = (
        f"{resident / 2**20:.1f} MiB"
        for resident in (memory.resident[0], memory.resident[-1], max(memory.resident))
    )
    return (
        f"Resident memory over {memory.steps[-1]:,} steps ({len(memory.steps)} samples): first "
        f"{first}, last {last}, max {most}, slope {memory.slope:+,.0f} bytes per million steps."
    )


def _conditions(results: Results) -> str:
    effort = results.effort
    return (
        f"{effort.repeats} turns of at least {effort.seconds:g} CPU seconds on one core; medians "
        f"[least, most] of ratios within a turn. {results.versions}. MiniGrid: "
        f"{results.peer or 'not installed: pip install minigrid'}. Copies of one frame: hot, one "
        "source and one destination in cache; cold, `.copy()` of each frame of a pool of "
        f"{effort.pool / 2**20:g} MiB, dropped at once; kept, the same with the last "
        f"{effort.worlds:,} copies alive; bulk, {effort.worlds:,} at once into a reused buffer."
    )


def _title(label: str) -> str:
    if label.startswith("single"):
        return "single environment"
    short = label.replace(" 84x84", "").replace(" 40x40", " of 40\u00d740")
    return short.replace("copy=False", "`copy=False`")


def _limit(against: str, worlds: int) -> str:
    if against == "MiniGrid":
        return "MiniGrid, the same size"
    return f"copying frames, {f'{worlds:,}' if against.startswith('kept') else 'none'} kept"


def _ratio(one: Comparison) -> str:
    of = one.samples
    return f"{_number(of.median)} [{_number(of.low)}, {_number(of.high)}]"


def _number(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"
