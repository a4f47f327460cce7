"""Make the tables of a benchmark's report: claims, comparisons, suites, costs and runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
from dsrl_agent.experiments.analysis.results import Measured, Results
from dsrl_agent.experiments.analysis.statistics import interquartile_mean, mean_of_runs
from dsrl_agent.experiments.plan.report_rules import TableKind
from dsrl_agent.experiments.report.table import Table
from dsrl_agent.types import Floats

_ONE = " (1 run)"
_FIGURES = ("`score`", "`positive_share`", "`collected`")


def tables(results: Results) -> list[Table]:
    """Return the report's tables; tables without a row are left out."""
    return [table for table in _tables(results) if table.rows]


def _tables(results: Results) -> Iterator[Table]:
    compared = comparisons(results)
    yield _claims(results, compared)
    yield _comparisons(results, compared)
    yield headline(results)
    yield _steps(results)
    for kind, make in _TABLES.items():
        for suite in results.suites():
            if results.rules[suite].table == kind:
                yield from make(results, suite)
    yield _runs(results)


def headline(results: Results) -> Table:
    """Return the table of play in the main world by all that were trained in it."""
    suite = results.main_suite()
    there = results.main_world()
    goal = reached(there, LEVELS[-1])
    return Table(
        name="headline",
        title="Mixed random world: after all its steps",
        head=["contestant", "env steps", "seeds", *_FIGURES, "steps to `score` 0.95", "CPU s",
              "wall s"],
        rows=[_headline_row(line, str(goal[line.contestant])) for line in _by_score(there)],
        note="Interquartile means over seeds with bootstrap 95 % intervals; median steps; median "
        f"CPU and wall seconds of learning. Suite `{suite}`. "
        f"{_made_with(results.headers_of(suite))}",
    )  # fmt: skip


def _headline_row(line: Line, goal: str) -> list[str]:
    steps, *spent = f"{line.steps:,}", goal, f"{line.cpu_seconds:,.0f}", f"{line.wall_seconds:,.0f}"
    if not line.learns:
        steps, *spent = ["-"] * 4
    return [line.contestant, steps, str(line.seeds), *_figures(line), *spent]


def _figures(line: Line) -> list[str]:
    scores, shares, collected = map(_middle, (line.scores, line.shares, line.collected))
    if 0 < len(line.shares) < line.seeds:  # the others touched nothing
        shares = f"{shares.removesuffix(_ONE)} ({len(line.shares)} of {line.seeds} runs)"
    return [scores, shares, collected]


def _middle(values: Floats, digits: int = 3) -> str:
    return show(interquartile_mean([values]), digits)


def _claims(results: Results, compared: Sequence[Comparison]) -> Table:
    judged = claims(results, compared)
    measured = any(one.verdict != "not measured" for one in judged)
    head = ["", "claim", "verdict", "what was measured"]
    rows = [[one.name, one.claim, one.verdict, one.evidence] for one in judged if measured]
    return Table(head, rows, name="claims", title="The claims", stacked=True, wraps=True)


def _comparisons(results: Results, compared: Sequence[Comparison]) -> Table:
    agent = default_agent(results) or "agent"
    return Table(
        name="comparisons",
        title="The agent beside the best pixel DQN",
        head=["", agent, "DQN", "which", "better", "ratio or probability"],
        rows=[_comparison_row(one) for one in compared],
        note="Of the DQNs each time the one that is best at it. “Better” where the 95 % interval "
        "leaves no doubt and a rank test agrees (p < 0.05), as it cannot where runs are too few; "
        "what is collected is told where it and the score speak for different ones. Ratios are of "
        "medians of marks; their intervals hold all that may lie between marks.",
        stacked=True,
    )


def _comparison_row(one: Comparison) -> list[str]:
    better = "too few runs" if one.few else one.better
    return [one.where, one.ours, one.theirs, one.dqn, better, one.detail]


def _steps(results: Results) -> Table:
    there = results.main_world()
    by_level = [reached(there, level) for level in LEVELS]
    learners = dict.fromkeys(one.contestant for one in there if one.learns)
    return Table(
        name="steps",
        title="Steps to a score",
        head=["contestant", *(f"{level:g}" for level in LEVELS)],
        rows=[[name, *(str(at[name]) for at in by_level)] for name in learners],
        note="Median over seeds of the first mark with that score; in brackets how many seeds got "
        f"there where not all did. Suite `{results.main_suite()}`.",
    )


def _worlds(results: Results, suite: str) -> Iterator[Table]:
    main = results.rules[suite].main_world  # its rows stand in the headline
    measured = [one for one in results.of(suite) if not main or {one.train, one.test} != {main}]
    headers = results.headers_of(suite)
    yield Table(
        name=suite,
        title=f"Suite `{suite}`: {headers[0]['question']}",
        head=["contestant", "trained in", "tested in", "env steps", "seeds", "wall s", *_FIGURES,
              "mean return", "frames seen exactly"],
        rows=[_worlds_row(line) for line in _by_score(measured, by_world=True)],
        note="Interquartile means over seeds with bootstrap 95 % intervals; median wall seconds of "
        f"learning. {_made_with(headers)}{_impossible(results, suite)}",
    )  # fmt: skip


def _worlds_row(line: Line) -> list[str]:
    trained = line.train + (f" → {line.then}" if line.then else "")
    runs = [f"{line.steps:,}", str(line.seeds), f"{line.wall_seconds:,.0f}"]
    exact = _middle(line.exact) if len(line.exact) else "-"
    figures = [*_figures(line), _middle(line.returns, 2), exact]
    return [line.contestant, trained, line.test, *runs, *figures]


def _impossible(results: Results, suite: str) -> str:
    cannot = [(who, test) for where, who, test in results.cannot if where == suite]
    found = "; ".join(f"{who} cannot play in {test}" for who, test in cannot)
    return f" Frames of another size than trained with: {found}." if found else ""


def _garcez2018(results: Results, suite: str) -> Iterator[Table]:
    yield Table(
        name=suite,
        title="Garcez, Dutra & Alonso 2018, Environment 1: positives ÷ touched while learning",
        head=["", "episodes 1-10", "1-50", "100-200", "last 100"],
        rows=published_rows(results, suite),
        note="Mean over episodes and 10 runs (without episodes that touch nothing), 95 % interval "
        "over runs; beneath each the published figure.",
    )
    moved = "trained on one pattern, tested in random worlds of 7 x 7"
    yield Table(
        name="moved",
        title=f"Garcez, Dutra & Alonso 2018: {moved}",
        head=["", "env steps", "runs", "`positive_share`", "published", "`collected`"],
        rows=moved_rows(results, suite),
        note="Their DQN was given symbols, as ours is here.",
    )


def _cost(results: Results, suite: str) -> Iterator[Table]:
    yield Table(
        name=suite,
        title="What it costs",
        head=["contestant", "env steps", "steps per CPU s", "CPU s", "wall s", "ms a decision",
              "peak MiB", "KiB learned"],
        rows=[_cost_row(line) for line in last_lines(results.of(suite))],
        note="Medians over seeds, one thread; learning alone is timed. Peak memory is of the "
        "process, with all libraries.",
    )  # fmt: skip


def _cost_row(line: Line) -> list[str]:
    rate = f"{line.steps / line.cpu_seconds:,.0f}" if line.cpu_seconds else "-"
    times = [f"{line.cpu_seconds:,.1f}", f"{line.wall_seconds:,.1f}", f"{line.decision_ms:.2f}"]
    sizes = [f"{line.peak_mib:,.0f}", f"{line.size_bytes / 1024:,.0f}"]
    return [line.contestant, f"{line.steps:,}", rate, *times, *sizes]


def _solved(results: Results, suite: str) -> Iterator[Table]:
    headers = results.headers_of(suite)
    yield Table(
        name=suite,
        title=f"Suite `{suite}`: {headers[0]['question']}",
        head=["world", "contestant", "env steps", "seeds", "solved", "in the worst run",
              "mean return", "frames exact", "types apart", "agent in place",
              "CPU s per 1,000 steps", "ms a decision", "slowest, ms"],
        rows=[_solved_row(line) for line in _by_score(results.of(suite), by_world=True)],
        note="Means over seeds with bootstrap 95 % intervals over seeds. All environment steps "
        "count, those before anything is seen included; CPU seconds are those of learning, the "
        "environment among them. Of frames of random play: the share with every fact right, the "
        "share of true types with a type of their own, and the share with the agent alone in its "
        "place. Decisions in processor time: their median, and the slowest of all tests. "
        f"{_made_with(headers)}{_impossible(results, suite)}",
    )  # fmt: skip


def _solved_row(line: Line) -> list[str]:
    count = [f"{line.steps:,}" if line.learns else "-", str(line.seeds)]
    solved = [show(mean_of_runs(line.successes)), f"{line.successes.min():.3f}"]
    if not np.isfinite(line.successes).all():
        solved = ["-", "-"]
    cost = f"{1000 * line.cpu_seconds / line.steps:,.1f}" if line.learns else "-"
    times = [f"{line.decision_cpu_ms:.2f}", f"{line.slowest_cpu_ms:.0f}"]
    returns = show(mean_of_runs(line.returns), 2)
    sights = (line.exact, line.types_shares, line.agent_exact)
    seen = [f"{shares.mean():.3f}" if len(shares) else "-" for shares in sights]
    return [line.test, line.contestant, *count, *solved, returns, *seen, cost, *times]


def _runs(results: Results) -> Table:
    return Table(
        name="runs",
        title="What was run",
        head=["suite", "runs", "wall minutes", "devices", "revisions"],
        rows=[_runs_row(suite, results.headers_of(suite)) for suite in results.suites()],
        note=_made_with(results.headers),
    )


def _runs_row(suite: str, headers: Sequence[Mapping[str, Any]]) -> list[str]:
    minutes = sum(head["seconds"] for head in headers) / 60
    sessions = [one for head in headers for one in (head, *head.get("resumed", []))]
    revisions = {(one["git"] or {}).get("revision", "?")[:8] for one in sessions}
    # The oldest headers do not name a device: all their runs were on the CPU.
    devices = {str(one.get("device", "cpu")) for one in sessions}
    words = (", ".join(sorted(names)) for names in (devices, revisions))
    return [suite, str(len(headers)), f"{minutes:,.1f}", *words]


def _made_with(headers: Sequence[Mapping[str, Any]]) -> str:
    made = [
        ", ".join(f"{name} {number}" for name, number in sorted(one.items()) if number)
        for one in versions(headers)
    ]
    return f"With {'; '.join(made)}."


def _by_score(measured: Sequence[Measured], *, by_world: bool = False) -> list[Line]:
    """Return the last lines, best first; `by_world` sorts by the worlds before."""

    def rank(line: Line) -> tuple[str, str, float, str]:
        worlds = (line.test, line.train) if by_world else ("", "")
        middle = line.middle.value
        return *worlds, -middle if np.isfinite(middle) else 0.0, line.contestant

    return sorted(last_lines(measured), key=rank)


_TABLES: Mapping[TableKind, Callable[[Results, str], Iterator[Table]]] = {
    "worlds": _worlds,
    "garcez2018": _garcez2018,
    "cost": _cost,
    "solved": _solved,
}
"""The tables of a suite by the kind that its rules name, in the order of the report."""
