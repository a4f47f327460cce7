"""The agent beside pixel DQNs, respect by respect: each time the DQN that is best at it."""

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
_LEVEL = 0.05
_BESIDES = ("larger_frames", "transfer", "robust", "plastic")
"""Suites besides that of the main question in which both learn."""


@dataclass(frozen=True)
class Comparison:
    """The agent beside a DQN in one respect.

    Attributes:
        where: What is compared.
        ours: The agent's figure.
        dqn: Which DQN: the one that is best at this.
        theirs: Its figure.
        better: Who, if the interval of the probability of improvement, or of the ratio, does not
            include the draw.
        detail: That probability or ratio.
    """

    where: str
    ours: str
    dqn: str
    theirs: str
    better: Better
    detail: str


def comparisons(results: Results) -> list[Comparison]:
    """Return all comparisons: learning first, then play in every world where both play."""
    agent, names = default_agent(results), set(pixel_dqns(results))
    told = [*_learning(results.mixed(), agent, names)]
    suites = (results.home_suite(), *_BESIDES)
    compared = [x for x in last_lines(results.measured) if x.suite in suites]
    compared.sort(key=lambda x: suites.index(x.suite))
    dqns = [x for x in compared if x.contestant in names]
    for ours in (x for x in compared if x.contestant == agent and x.test == (x.then or x.test)):
        there = [x for x in dqns if _place(x) == _place(ours)]
        if there:
            told += _play(ours, there)
    return [*told, *_all_together(compared, agent, names)]


def quickest(there: Mapping[str, Reached], names: Sequence[str], final: Sequence[Line]) -> str:
    """Return who needs the fewest steps; where none gets there, who is best in the end."""
    end = {line.contestant: line.middle.value for line in final}
    return min(names, key=lambda name: (there[name].censored, there[name].median, -end[name]))


def times(ratio: Estimate) -> str:
    """Return a ratio with its interval as text; one of single runs has none."""
    value, low, high = (_rounded(x) for x in ratio)
    return value if ratio.low == -np.inf else f"{value} [{low}, {high}]"


def _rounded(x: float) -> str:
    if np.isposinf(x):
        return "∞"
    return f"{x:,.0f}" if x >= 10 else f"{x:.1f}"


def _learning(measured: Sequence[Measured], agent: str, names: set[str]) -> Iterator[Comparison]:
    final = last_lines(measured)
    dqns = [x for x in final if x.contestant in names]
    mine = [x for x in final if x.contestant == agent]
    if not mine or not dqns:
        return
    present = [x.contestant for x in dqns]
    for level in LEVELS:
        there = reached(measured, level)
        yield _until(f"env steps to a score of {level:g}", there, agent, present, dqns)
    there = reached(measured, LEVELS[-1], "cpu_seconds")
    yield _until(f"CPU seconds to a score of {LEVELS[-1]:g}", there, agent, present, dqns)
    fast = max(dqns, key=lambda x: float(np.median(x.rates)))
    where = "env steps a CPU second while learning"
    yield _compared(where, [mine[0].rates], fast.contestant, [fast.rates], 0)


def _until(
    where: str,
    there: Mapping[str, Reached],
    agent: str,
    names: Sequence[str],
    final: Sequence[Line],
) -> Comparison:
    dqn = quickest(there, names, final)
    ours, theirs = there[agent], there[dqn]
    ratio = ratio_of_medians(theirs, ours)
    if ratio is None:
        # Ours may have got there later; DQN was sooner if it was there before ours stopped.
        sooner: Better = "neither" if theirs.censored or theirs.median > ours.median else "DQN"
        return Comparison(where, str(ours), dqn, str(theirs), sooner, "-")
    bound = "at least " if theirs.censored else ""
    better: Better = "agent" if ratio.low > 1 else "DQN" if 0 <= ratio.high < 1 else "neither"
    return Comparison(where, str(ours), dqn, str(theirs), better, f"{bound}{times(ratio)}")


def _place(line: Line) -> tuple[str, ...]:
    return line.suite, line.train, line.then, line.test


def _play(ours: Line, dqns: Sequence[Line]) -> Iterator[Comparison]:
    """Compare scores; and, where it is another that is better at it, what is collected."""
    theirs = best(dqns)
    assert theirs is not None
    told = _told(ours, theirs, "score" if np.isfinite(ours.scores).all() else "mean return")
    scores = _compared(told, [ours.headline], theirs.contestant, [theirs.headline])
    yield scores
    theirs = max(dqns, key=lambda line: interquartile_mean([line.collected]).value)
    if np.isfinite(ours.collected).all():
        told = _told(ours, theirs, "collected")
        collected = _compared(told, [ours.collected], theirs.contestant, [theirs.collected])
        if collected.better != scores.better:
            yield collected


def _told(ours: Line, theirs: Line, what: str) -> str:
    if ours.then:
        world = f"after {ours.train} became {ours.then}"
    elif ours.test == ours.train:
        world = f"in {ours.test}"
    else:
        world = f"moved from {ours.train} to {ours.test}"
    return f"`{ours.suite}`: {what} {world}, after {ours.steps:,} and {theirs.steps:,} steps"


def _all_together(lines: Sequence[Line], agent: str, names: set[str]) -> Iterator[Comparison]:
    """Compare over all worlds of a suite that both were trained in, run by run: its strata."""
    for suite in dict.fromkeys(x.suite for x in lines):
        trained = [x for x in lines if x.suite == suite and x.test == x.train and not x.then]
        trained = [x for x in trained if np.isfinite(x.scores).all()]
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
    return Comparison(
        where,
        show(interquartile_mean(ours), digits),
        dqn,
        show(interquartile_mean(theirs), digits),
        _better(chance) if rank_test(ours, theirs) < _LEVEL else "neither",
        f"P(agent better) {show(chance, 2)}",
    )


def _better(chance: Estimate) -> Better:
    return "agent" if chance.low > 0.5 else "DQN" if 0 <= chance.high < 0.5 else "neither"
