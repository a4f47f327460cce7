"""Compare the agent with pixel DQNs, in each respect with the DQN that is best at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dsrl_agent.evaluation.estimate import Estimate
from dsrl_agent.experiments.analysis.lines import (
    LEVELS,
    Line,
    best,
    default_agent,
    last_lines,
    pixel_dqns,
    reached,
    show,
)
from dsrl_agent.experiments.analysis.results import Measured, Results
from dsrl_agent.experiments.analysis.statistics import (
    Reached,
    Tasks,
    interquartile_mean,
    probability_of_improvement,
    rank_test,
    ratio_of_medians,
)

Better = Literal["agent", "DQN", "neither"]
_LEVEL = 0.05  # of the rank test


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The agent beside a DQN in one respect.

    One is better if the interval of the probability of improvement, or of the ratio, does not
    include the draw.
    """

    where: str  # the respect: a figure, and the suite and worlds in which it was measured
    ours: str  # figure of the agent
    dqn: str  # the DQN that is best in this respect
    theirs: str  # its figure
    better: Better
    detail: str  # the probability or the ratio
    few: bool = False  # whether runs are too few to trust an interval without the draw


def comparisons(results: Results) -> list[Comparison]:
    """Return all comparisons: learning first, then play in every world where both play."""
    agent, names = default_agent(results), set(pixel_dqns(results))
    rank = {suite: rules.comparison for suite, rules in results.rules.items() if rules.comparison}
    rank[results.main_suite()] = 0
    compared = [x for x in last_lines(results.measured) if x.suite in rank]
    compared.sort(key=lambda x: rank[x.suite])
    dqns = [x for x in compared if x.contestant in names]
    found = [*_learning(results.main_world(), agent, names)]
    for ours in (x for x in compared if x.contestant == agent and x.test == (x.then or x.test)):
        there = [x for x in dqns if _place(x) == _place(ours)]
        if there:
            found += _play(ours, there)
    return [*found, *_all_together(compared, agent, names)]


def quickest(there: Mapping[str, Reached], names: Sequence[str], final: Sequence[Line]) -> str:
    """Return the name with the fewest steps; of those that never get there, the best in the end."""
    end = {line.contestant: line.middle.value for line in final}
    return min(names, key=lambda name: (there[name].censored, there[name].median, -end[name]))


def times(ratio: Estimate) -> str:
    """Return a ratio and its interval as text; a ratio of single runs has no interval."""
    value, low, high = (f"{x:,.0f}" if x >= 10 else f"{x:.1f}" for x in ratio)
    return (value if ratio.low == -np.inf else f"{value} [{low}, {high}]").replace("inf", "∞")


def _learning(measured: Sequence[Measured], agent: str, names: set[str]) -> Iterator[Comparison]:
    final = last_lines(measured)
    dqns = [x for x in final if x.contestant in names]
    mine = [x for x in final if x.contestant == agent]
    if not mine or not dqns:
        return
    for level in LEVELS:
        there = reached(measured, level)
        yield _until(f"env steps to a score of {level:g}", there, agent, dqns)
    there = reached(measured, LEVELS[-1], "cpu_seconds")
    yield _until(f"CPU seconds to a score of {LEVELS[-1]:g}", there, agent, dqns)
    fast = max(dqns, key=lambda x: float(np.median(x.rates)))
    where = "env steps a CPU second while learning"
    yield _compared(where, [mine[0].rates], fast.contestant, [fast.rates], 0)


def _until(
    where: str, there: Mapping[str, Reached], agent: str, dqns: Sequence[Line]
) -> Comparison:
    dqn = quickest(there, [line.contestant for line in dqns], dqns)
    ours, theirs = there[agent], there[dqn]
    ratio = ratio_of_medians(theirs, ours)
    if ratio is None:
        # The agent may have got there later; DQN was sooner if it did before the agent's last mark.
        better: Better = "neither" if theirs.censored or theirs.median > ours.median else "DQN"
        detail = "-"
    else:
        better = _better(ratio, 1)
        detail = ("at least " if theirs.censored else "") + times(ratio)
    return Comparison(
        where=where, ours=str(ours), dqn=dqn, theirs=str(theirs), better=better, detail=detail
    )


def _place(line: Line) -> tuple[str, ...]:
    return line.suite, line.train, line.then, line.test


def _play(ours: Line, dqns: Sequence[Line]) -> Iterator[Comparison]:
    """Compare scores; and shares collected, where they favour another contestant than scores do."""
    theirs = best(dqns)
    assert theirs is not None
    if not (ours.scored and all(line.scored for line in dqns)):
        where = _where(ours, theirs, "mean return")
        yield _compared(where, [ours.returns], theirs.contestant, [theirs.returns])
        return
    where = _where(ours, theirs, "score")
    scores = _compared(where, [ours.scores], theirs.contestant, [theirs.scores])
    yield scores
    theirs = max(dqns, key=lambda line: interquartile_mean([line.collected]).value)
    if np.isfinite(ours.collected).all():
        where = _where(ours, theirs, "collected")
        collected = _compared(where, [ours.collected], theirs.contestant, [theirs.collected])
        if collected.better != scores.better:
            yield collected


def _where(ours: Line, theirs: Line, what: str) -> str:
    if ours.then:
        world = f"after {ours.train} became {ours.then}"
    elif ours.test == ours.train:
        world = f"in {ours.test}"
    else:
        world = f"moved from {ours.train} to {ours.test}"
    return f"`{ours.suite}`: {what} {world}, after {ours.steps:,} and {theirs.steps:,} steps"


def _all_together(lines: Sequence[Line], agent: str, names: set[str]) -> Iterator[Comparison]:
    """Compare scores over all worlds of a suite that both were trained in, as strata."""
    for suite in dict.fromkeys(x.suite for x in lines):
        trained = [x for x in lines if x.suite == suite and x.test == x.train and not x.then]
        trained = [x for x in trained if x.scored]
        mine = {x.train: x.scores for x in trained if x.contestant == agent}
        for dqn in sorted({x.contestant for x in trained} & names):
            other = {x.train: x.scores for x in trained if x.contestant == dqn}
            worlds = sorted(mine.keys() & other.keys())
            if len(worlds) < 2:
                continue
            where = f"`{suite}`: score over {', '.join(worlds)}, worlds as strata"
            yield _compared(where, [mine[w] for w in worlds], dqn, [other[w] for w in worlds])


def _compared(where: str, ours: Tasks, dqn: str, theirs: Tasks, digits: int = 3) -> Comparison:
    chance = probability_of_improvement(ours, theirs)
    likely, sure = _better(chance, 0.5), rank_test(ours, theirs) < _LEVEL
    return Comparison(
        where=where,
        ours=show(interquartile_mean(ours), digits),
        dqn=dqn,
        theirs=show(interquartile_mean(theirs), digits),
        better=likely if sure else "neither",
        detail=f"P(agent better) {show(chance, 2)}",
        few=likely != "neither" and not sure,
    )


def _better(found: Estimate, draw: float) -> Better:
    return "agent" if found.low > draw else "DQN" if 0 <= found.high < draw else "neither"
