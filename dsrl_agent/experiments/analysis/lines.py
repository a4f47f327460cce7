"""Group raw results by contestant and world, as a table or a curve shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.evaluation.estimate import Estimate
from dsrl_agent.experiments.analysis.results import Measured, Results, RunCondition
from dsrl_agent.experiments.analysis.statistics import Reached, interquartile_mean, steps_to
from dsrl_agent.types import Floats

Against = Literal["steps", "cpu_seconds"]
Curve = list[tuple[float, float]]
"""Steps or seconds of a run, each with the score measured then."""
LEVELS = (0.5, 0.75, 0.9, 0.95)
"""Scores whose steps are compared."""
_MEDIANS = ("cpu_seconds", "wall_seconds", "decision_ms", "size_bytes", "peak_mib")


@dataclass(frozen=True, kw_only=True)
class Line(RunCondition):
    """Results of all runs of a contestant in one world after the same number of steps."""

    scores: Floats  # scores `[runs]`
    shares: Floats  # positive shares of the runs that touched anything
    collected: Floats  # shares of the positives that were touched `[runs]`
    returns: Floats  # mean returns of an episode `[runs]`
    successes: Floats  # shares of solved episodes `[runs]`; NaN where only the return counts
    exact: Floats  # shares of frames seen exactly; empty for contestants that do not see facts
    types_shares: Floats  # shares of true types with a type of their own, as `exact`
    agent_exact: Floats  # shares of frames with the agent alone in its place, as `exact`
    rates: Floats  # steps a CPU second of learning `[runs]`
    cpu_seconds: float  # median CPU seconds of the learning alone
    wall_seconds: float  # median wall seconds of the learning alone
    decision_ms: float  # median time of a decision in milliseconds
    decision_cpu_ms: float  # its processor time in milliseconds; NaN in older results
    slowest_cpu_ms: float  # the same of the slowest decision of all
    size_bytes: float  # median size of the learned knowledge in bytes
    peak_mib: float  # median peak memory of the process in MiB

    @property
    def seeds(self) -> int:
        """Number of runs."""
        return len(self.scores)

    @property
    def scored(self) -> bool:
        """Whether every run has a score: there was something to collect."""
        return bool(np.isfinite(self.scores).all())

    @property
    def headline(self) -> Floats:
        """Return the scores, or the mean returns where a run has no score."""
        return self.scores if self.scored else self.returns

    @cached_property  # tables are sorted by it and show it, and a bootstrap is slow
    def middle(self) -> Estimate:
        """Return the interquartile mean of the headline."""
        return interquartile_mean([self.headline])


def lines(measured: Iterable[Measured]) -> list[Line]:
    """Return a line for each contestant, world and number of steps."""
    groups: defaultdict[tuple[str | int, ...], list[Measured]] = defaultdict(list)
    for one in measured:
        groups[*one.condition.values(), one.world].append(one)
    return [_line(group) for group in groups.values()]


def last_lines(measured: Iterable[Measured]) -> list[Line]:
    """Return the lines after the most steps of each contestant in each world."""
    last: dict[tuple[str, ...], Line] = {}
    for line in lines(measured):
        key = (line.suite, line.contestant, line.train, line.then, line.test)
        last[key] = max(last.get(key, line), line, key=lambda x: x.steps)
    return list(last.values())


def curves(measured: Iterable[Measured], against: Against = "steps") -> dict[str, list[Curve]]:
    """Return the curve of every run by contestant, in one world.

    The mean return takes the place of the score, for all runs alike, where a run has no score: in
    worlds without positive objects.
    """
    runs: dict[str, dict[tuple[str, int], Curve]] = {}
    measured = list(measured)
    scored = all(np.isfinite(one.score) for one in measured)
    for one in measured:
        value = one.score if scored else one.mean_return
        run = runs.setdefault(one.contestant, {}).setdefault((one.train, one.seed), [])
        run.append((float(one.steps if against == "steps" else one.row[against]), value))
    return {name: [sorted(run) for run in by_seed.values()] for name, by_seed in runs.items()}


def reached(
    measured: Iterable[Measured], level: float, against: Against = "steps"
) -> dict[str, Reached]:
    """Return the steps, or seconds, in which each contestant reached a score, in one world."""
    return {name: steps_to(level, runs) for name, runs in curves(measured, against).items()}


def default_agent(results: Results) -> str:
    """Return the name of the agent with the default front end, or an empty text."""
    for header in results.headers:
        who = header["task"]["contestant"]
        if who["kind"] == "agent":
            front_end = who["settings"].get("front_end", {})
            if front_end.get("kind", FrontEndConfig.kind) == FrontEndConfig.kind:
                return str(who["name"])
    return ""


def pixel_dqns(results: Results) -> list[str]:
    """Return the names of the DQNs that see pixels."""
    contestants = (header["task"]["contestant"] for header in results.headers)
    dqns = (who for who in contestants if who["kind"] == "dqn")
    seeing = (who for who in dqns if who["settings"].get("sight", "pixels") == "pixels")
    return list(dict.fromkeys(str(who["name"]) for who in seeing))


def best(found: Sequence[Line]) -> Line | None:
    """Return the line with the highest interquartile mean; `None` of no lines.

    Mean returns are compared where a line has no scores.
    """
    scored = all(line.scored for line in found)
    return max(
        found,
        key=lambda line: (line.middle if scored else interquartile_mean([line.returns])).value,
        default=None,
    )


def versions(headers: Iterable[Mapping[str, Any]]) -> list[Mapping[str, str]]:
    """Return the different sets of library versions of runs."""
    found: list[Mapping[str, str]] = []
    for header in headers:
        if header["versions"] not in found:
            found.append(header["versions"])
    return found


def show(estimate: Estimate | None, digits: int = 3) -> str:
    """Return an estimate with its interval as text; `-` where there is none."""
    if estimate is None or not np.isfinite(estimate.value):
        return "-"
    value = f"{estimate.value:.{digits}f}"
    if not np.isfinite(estimate.low):
        return f"{value} (1 run)"
    return f"{value} [{estimate.low:.{digits}f}, {estimate.high:.{digits}f}]"


def _line(group: Sequence[Measured]) -> Line:
    shares = np.array([one.positive_share for one in group])
    rows = [one.row for one in group]
    medians: Any = {name: float(np.median([row[name] for row in rows])) for name in _MEDIANS}
    return Line(
        **group[0].condition,
        **medians,
        scores=np.array([one.score for one in group]),
        shares=shares[np.isfinite(shares)],
        collected=np.array([one.collected for one in group]),
        returns=np.array([one.mean_return for one in group]),
        successes=np.array([one.success for one in group]),
        decision_cpu_ms=float(np.median(_column(rows, "decision_cpu_ms"))),
        slowest_cpu_ms=float(np.max(_column(rows, "slowest_decision_cpu_ms"))),
        exact=_told(rows, "exact"),
        types_shares=_told(rows, "types_share"),
        agent_exact=_told(rows, "agent_exact"),
        rates=np.array([one.steps / (one.row["cpu_seconds"] or 0.001) for one in group]),
    )


def _told(rows: Sequence[Mapping[str, Any]], name: str) -> Floats:
    """Return a figure of those rows that have it."""
    return np.array([row[name] for row in rows if name in row])


def _column(rows: Sequence[Mapping[str, Any]], name: str) -> Floats:
    """Return a figure of each row `[runs]`; NaN where older results lack it."""
    return np.array([float(row.get(name, "nan")) for row in rows])
