"""The tables, as rows of text: written as Markdown or as HTML, the same cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dsrl_agent.experiments.analysis.claims import claims
from dsrl_agent.experiments.analysis.comparisons import Comparison, comparisons
from dsrl_agent.experiments.analysis.lines import (
    LEVELS,
    Line,
    default_agent,
    last_lines,
    reached,
    show,
    versions,
)
from dsrl_agent.experiments.analysis.published import moved_rows, published_rows
from dsrl_agent.experiments.analysis.results import Results
from dsrl_agent.experiments.analysis.statistics import interquartile_mean


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        name: A short name, for links.
        title: What it shows.
        head: The columns.
        rows: Cells.
        note: How to read it.
    """

    name: str
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    def markdown(self) -> str:
        """Return the table as Markdown."""
        lines = [self.head, ["---"] * len(self.head), *self.rows]
        return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def tables(results: Results) -> list[Table]:
    """Return the report's tables; those of which nothing was measured are left out."""
    compared = comparisons(results)
    made = [
        _claims(results, compared),
        _comparisons(results, compared),
        headline(results),
        _steps(results),
        *(_suite(results, suite) for suite in results.suites() if suite not in _SPECIAL),
        _published(results),
        _moved(results),
        _cost(results),
        _runs(results),
    ]
    return [table for table in made if table.rows]


_SPECIAL = ("cost", "srl_cs_2018")


def headline(results: Results) -> Table:
    """Return the README's table: who trained in the mixed world, and how well it plays there."""
    there = [one for one in results.home() if one.test == "mixed"]
    goal = reached(there, LEVELS[-1])
    rows = []
    for line in sorted(last_lines(there), key=_by_score):
        learns = line.kind not in ("random", "oracle")
        rows.append(
            [
                line.contestant,
                f"{line.steps:,}" if learns else "-",
                str(line.seeds),
                show(interquartile_mean([line.scores])),
                show(interquartile_mean([line.shares])),
                show(interquartile_mean([line.collected])),
                str(goal[line.contestant]) if learns else "-",
                f"{line.cpu_seconds:,.0f}" if learns else "-",
                f"{line.wall_seconds:,.0f}" if learns else "-",
            ]
        )
    heads = ("contestant", "env steps", "seeds", "`score`", "`positive_share`", "`collected`")
    return Table(
        "headline",
        "Mixed random world: after all its steps",
        [*heads, "steps to `score` .95", "CPU s", "wall s"],
        rows,
        "Interquartile means over seeds with bootstrap 95 % intervals; median steps; median CPU "
        f"and wall seconds of learning. Suite `{results.home_suite()}`. "
        f"{_made_with(results.headers_of(results.home_suite()))}",
    )


def _claims(results: Results, compared: Sequence[Comparison]) -> Table:
    told = claims(results, compared)
    if all(one.verdict == "not measured" for one in told):
        told = []
    rows = [[one.name, one.claim, one.verdict, one.evidence] for one in told]
    return Table("claims", "The claims", ["", "claim", "verdict", "what was measured"], rows)


def _comparisons(results: Results, compared: Sequence[Comparison]) -> Table:
    rows = [[c.where, c.ours, c.theirs, c.dqn, c.better, c.detail] for c in compared]
    return Table(
        "comparisons",
        "The agent beside the best pixel DQN",
        ["", default_agent(results) or "agent", "DQN", "which", "better", "ratio or probability"],
        rows,
        "Of the DQNs each time the one that is best at it. “Better” where the 95 % interval leaves "
        "no doubt; what is collected is told where it and the score speak for different ones. "
        "Ratios are of medians of marks; their intervals hold all that may lie between marks.",
    )


def _steps(results: Results) -> Table:
    there = [one for one in results.home() if one.test == "mixed"]
    by_level = [reached(there, level) for level in LEVELS]
    learners = {one.contestant for one in there if one.kind not in ("random", "oracle")}
    names = [name for name in by_level[0] if name in learners]
    rows = [[name, *(str(at[name]) for at in by_level)] for name in names]
    return Table(
        "steps",
        "Steps to a score",
        ["contestant", *(f"{level:g}" for level in LEVELS)],
        rows,
        "Median over seeds of the first mark with that score; in brackets how many seeds got there "
        f"where not all did. Suite `{results.home_suite()}`.",
    )


def _suite(results: Results, suite: str) -> Table:
    found = last_lines(results.of(suite))
    if suite in ("fast", "quick"):  # the headline has those at home in the mixed world
        found = [x for x in found if not (x.train == x.test == "mixed")]
    rows = [
        [
            line.contestant,
            line.train + (f" → {line.then}" if line.then else ""),
            line.test,
            f"{line.steps:,}",
            str(line.seeds),
            f"{line.wall_seconds:,.0f}",
            show(interquartile_mean([line.scores])),
            show(interquartile_mean([line.shares])),
            show(interquartile_mean([line.collected])),
            show(interquartile_mean([line.returns]), 2),
            show(interquartile_mean([line.exact])) if len(line.exact) else "-",
        ]
        for line in sorted(found, key=lambda x: (x.test, x.train, *_by_score(x)))
    ]
    heads = ["contestant", "trained in", "tested in", "env steps", "seeds", "wall s", "`score`"]
    headers = results.headers_of(suite)
    question = headers[0]["question"]
    return Table(
        suite,
        f"Suite `{suite}`: {question}",
        [*heads, "`positive_share`", "`collected`", "mean return", "frames seen exactly"],
        rows,
        "Interquartile means over seeds with bootstrap 95 % intervals; median wall seconds of "
        f"learning. {_made_with(headers)}{_impossible(results, suite)}",
    )


def _impossible(results: Results, suite: str) -> str:
    told = [f"{who} cannot play in {test}" for where, who, test in results.cannot if where == suite]
    return f" Frames of another size than trained with: {'; '.join(told)}." if told else ""


def _published(results: Results) -> Table:
    return Table(
        "srl_cs_2018",
        "Garcez, Dutra & Alonso 2018, Environment 1: positives ÷ touched while learning",
        ["", "episodes 1-10", "1-50", "100-200", "last 100"],
        published_rows(results),
        "Mean over episodes and 10 runs (without episodes that touch nothing), 95 % interval over "
        "runs; beneath each the published figure.",
    )


def _moved(results: Results) -> Table:
    return Table(
        "moved",
        "Garcez, Dutra & Alonso 2018: trained on one pattern, tested in random worlds of 7 x 7",
        ["", "env steps", "runs", "`positive_share`", "published", "`collected`"],
        moved_rows(results),
        "Their DQN was given symbols, as ours is here.",
    )


def _cost(results: Results) -> Table:
    rows = [
        [
            line.contestant,
            f"{line.steps:,}",
            f"{line.steps / line.cpu_seconds:,.0f}" if line.cpu_seconds else "-",
            f"{line.cpu_seconds:,.1f}",
            f"{line.wall_seconds:,.1f}",
            f"{line.decision_ms:.2f}",
            f"{line.peak_mib:,.0f}",
            f"{line.size_bytes / 1024:,.0f}",
        ]
        for line in last_lines(results.of("cost"))
    ]
    heads = ["contestant", "env steps", "steps per CPU s", "CPU s", "wall s", "ms a decision"]
    return Table(
        "cost",
        "What it costs",
        [*heads, "peak MiB", "KiB learned"],
        rows,
        "Medians over seeds, one thread; learning alone is timed. Peak memory is of the process, "
        "with all libraries.",
    )


def _runs(results: Results) -> Table:
    rows = []
    for suite in results.suites():
        heads = results.headers_of(suite)
        seconds = sum(head["seconds"] for head in heads)
        sessions = [one for head in heads for one in (head, *head.get("resumed", []))]
        revisions = {(one["git"] or {}).get("revision", "?")[:8] for one in sessions}
        # The older runs do not tell their device: all were the CPU.
        devices = {str(one.get("device", "cpu")) for one in sessions}
        row = [suite, str(len(heads)), f"{seconds / 60:,.1f}"]
        rows.append([*row, ", ".join(sorted(devices)), ", ".join(sorted(revisions))])
    return Table(
        "runs",
        "What was run",
        ["suite", "runs", "wall minutes", "devices", "revisions"],
        rows,
        _made_with(results.headers),
    )


def _made_with(headers: Sequence[Mapping[str, Any]]) -> str:
    made = "; ".join(
        ", ".join(f"{name} {number}" for name, number in sorted(one.items()) if number)
        for one in versions(headers)
    )
    return f"With {made}."


def _by_score(line: Line) -> tuple[float, str]:
    middle = line.middle.value
    return (-middle if np.isfinite(middle) else 0.0, line.contestant)


def markdown(made: Iterable[Table]) -> str:
    """Return all tables as one Markdown text."""
    parts = [f"## {table.title}\n\n{table.markdown()}\n\n{table.note}".rstrip() for table in made]
    return "\n\n".join(parts) + "\n"
