"""The claims, each with what was measured and a verdict computed from it. Nothing is assumed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dsrl_agent.benchmark.analysis import (
    Line,
    best,
    default_agent,
    last_lines,
    pixel_dqns,
    reached,
    show,
)
from dsrl_agent.benchmark.results import HOME, Measured, Results
from dsrl_agent.benchmark.statistics import (
    interquartile_mean,
    probability_of_improvement,
    ratio_of_medians,
)
from dsrl_agent.evaluate import Estimate

Verdict = Literal["holds", "partly", "does not hold", "undecided", "not measured"]
_GOAL = 0.95
_RATIO = 500.0
_ROBUST = 0.9
_TOOLS = ("key and door", "push", "switch")


@dataclass(frozen=True)
class Claim:
    """A claim with its verdict and what that rests on."""

    name: str
    claim: str
    verdict: Verdict
    evidence: str


@dataclass(frozen=True)
class Comparison:
    """The agent beside the best pixel DQN in one respect.

    Attributes:
        where: What is compared.
        ours: The agent's figure.
        theirs: DQN's.
        better: `agent`, `DQN` or `neither`: the interval of the probability of improvement, or of
            the ratio, does not include the draw.
        detail: That probability or ratio.
    """

    where: str
    ours: str
    theirs: str
    better: Literal["agent", "DQN", "neither"]
    detail: str


def claims(results: Results) -> list[Claim]:
    """Return all claims with their verdicts."""
    return [
        _fast(results),
        _transfer(results),
        _abstract(results),
        _plastic(results),
        _robust(results),
        _explains(results),
    ]


def comparisons(results: Results) -> list[Comparison]:
    """Return the agent beside the best pixel DQN: speed first, then play in every shared world."""
    agent, names = default_agent(results), pixel_dqns(results)
    found = last_lines(results.home())
    theirs = best([x for x in found if x.contestant in names and x.test == "mixed"])
    if not agent or theirs is None:
        return []
    told = [_speed(results, agent, theirs.contestant, level) for level in (0.5, 0.75, 0.9, _GOAL)]
    for ours in (x for x in found if x.contestant == agent):
        other = [x for x in found if (x.contestant, x.test) == (theirs.contestant, ours.test)]
        if other:
            told.append(_play(ours, other[0]))
    return told


def _speed(results: Results, agent: str, dqn: str, level: float) -> Comparison:
    there = reached(_at_home(results), level)
    ours, theirs = there[agent], there[dqn]
    ratio = ratio_of_medians(theirs, ours)
    where = f"env steps to a score of {level:g}"
    if ratio is None:
        better: Literal["agent", "DQN", "neither"] = "neither" if theirs.censored else "DQN"
        return Comparison(where, str(ours), str(theirs), better, "-")
    bound = "at least " if theirs.censored else ""
    better = "agent" if ratio.low > 1 else "DQN" if ratio.high < 1 else "neither"
    return Comparison(where, str(ours), str(theirs), better, f"{bound}{_times(ratio)}")


def _play(ours: Line, theirs: Line) -> Comparison:
    chance = probability_of_improvement([ours.headline], [theirs.headline])
    better: Literal["agent", "DQN", "neither"] = (
        "agent" if chance.low > 0.5 else "DQN" if chance.high < 0.5 else "neither"
    )
    world = "where it was trained" if ours.test == ours.train else f"moved to {ours.test}"
    return Comparison(
        f"score {world}, after {ours.steps:,} and {theirs.steps:,} steps",
        show(ours.middle),
        show(theirs.middle),
        better,
        f"P(agent better) {show(chance, 2)}",
    )


def _fast(results: Results) -> Claim:
    name = "Learns from few steps"
    claim = f"It reaches a score of {_GOAL} in {_RATIO:.0f} times fewer steps than a pixel DQN."
    agent, names = default_agent(results), pixel_dqns(results)
    there = reached(_at_home(results), _GOAL)
    theirs = {dqn: there[dqn] for dqn in names if dqn in there}
    if agent not in there or not theirs:
        return Claim(name, claim, "not measured", "There are no runs of the agent and of a DQN.")
    ours = there[agent]
    # The best DQN: the one whose runs need fewest steps, where none got there the one that is best.
    final = {x.contestant: x for x in last_lines(_at_home(results))}
    quickest = min(
        theirs, key=lambda dqn: (theirs[dqn].censored, theirs[dqn].median, -final[dqn].middle.value)
    )
    ratio = ratio_of_medians(theirs[quickest], ours)
    evidence = f"{agent}: {ours}; {quickest}: {theirs[quickest]}."
    if ratio is None:
        return Claim(name, claim, "does not hold", evidence)
    bound = "at least " if theirs[quickest].censored else ""
    verdict: Verdict = (
        "holds" if ratio.low >= _RATIO else "partly" if ratio.low > 1 else "does not hold"
    )
    if not np.isfinite(ratio.low):  # of a single run
        verdict = "undecided"
    evidence += f" Ratio of medians: {bound}{_times(ratio)}."
    # The verdict is of the default; a front end that needs fewer steps is told beside it.
    own = {one.contestant for one in results.home() if one.kind == "dsrl"}
    first = min(own & there.keys(), key=lambda who: (there[who].censored, there[who].median))
    least = ratio_of_medians(theirs[quickest], there[first])
    if there[first].median < ours.median and least is not None:
        evidence += f" {first}: {there[first]}; ratio {bound}{_times(least)}."
    return Claim(name, claim, verdict, evidence)


def _transfer(results: Results) -> Claim:
    name, claim = "Takes along what it learned", "Where it was never trained it scores .9 or more."
    agent = default_agent(results)
    found = [
        line
        for line in last_lines(results.measured)
        if line.suite in (*HOME, "transfer")
        and line.contestant == agent
        and line.test != line.train
        and not line.then
    ]
    return _all_worlds(name, claim, [(f"{x.train} → {x.test}", x) for x in found])


def _abstract(results: Results) -> Claim:
    """Judge by worlds where things are used to get to others, whichever front end is for them."""
    name = "Reasons abstractly"
    claim = "With keys, boxes and switches it scores .9 of the oracle in layouts never seen."
    found = [x for x in last_lines(results.of("front_ends")) if x.test in _TOOLS and not x.then]
    evidence, good = [], []
    worlds = [world for world in _TOOLS if any(x.test == world for x in found)]
    for world in worlds:
        here = [x for x in found if x.test == world]
        ours, theirs, oracle = (
            best([x for x in here if x.kind == kind]) for kind in ("dsrl", "dqn", "oracle")
        )
        if ours is None or oracle is None:
            return Claim(name, claim, "not measured", f"There are no runs of it in {world}.")
        good.append(ours.middle.value >= _ROBUST * oracle.middle.value)
        learned = (
            f"{x.contestant} {show(x.middle)} after {x.steps:,} steps" for x in (ours, theirs) if x
        )
        evidence.append(f"{world}: {', '.join(learned)}, oracle {show(oracle.middle)}")
    if not worlds:
        return Claim(name, claim, "not measured", "The suite `front_ends` was not run.")
    return Claim(name, claim, _all_or_some(good), "; ".join(evidence) + ".")


def _plastic(results: Results) -> Claim:
    name = "Learns anew"
    claim = "When good and bad change places it scores .9 again within 500 steps."
    agent = default_agent(results)
    after = [
        one
        for one in results.of("plastic")
        if one.contestant == agent and one.world == one.then and one.test == one.then
    ]
    if not after:
        return Claim(name, claim, "not measured", "There are no runs of the agent.")
    there = reached(after, _ROBUST)[agent]
    since = there.median - after[0].changed_at
    final = last_lines(after)[0]
    evidence = (
        f"{agent}: .9 again after {since:,.0f} steps (median; {int(there.reached.sum())} of "
        f"{len(there.reached)} runs); in the end {show(interquartile_mean([final.scores]))}."
        if not there.censored
        else f"{agent}: {int(there.reached.sum())} of {len(there.reached)} runs reach .9 within "
        f"{final.steps - after[0].changed_at:,} steps; in the end "
        f"{show(interquartile_mean([final.scores]))}."
    )
    holds = not there.censored and since <= 500
    verdict: Verdict = "holds" if holds else "partly" if there.reached.any() else "does not hold"
    return Claim(name, claim, verdict, evidence)


def _robust(results: Results) -> Claim:
    name, claim = "Sees through disturbances", "Noise, texture, offsets and sizes leave it at .9."
    agent = default_agent(results)
    found = [
        line
        for line in last_lines(results.of("robust"))
        if line.contestant == agent and line.test == line.train
    ]
    return _all_worlds(name, claim, [(x.test, x) for x in found])


def _all_worlds(name: str, claim: str, found: Sequence[tuple[str, Line]]) -> Claim:
    if not found:
        return Claim(name, claim, "not measured", "There are no runs of the agent.")
    good = [line.middle.value >= _ROBUST for _, line in found]
    evidence = "; ".join(f"{world} {show(line.middle)}" for world, line in found)
    return Claim(name, claim, _all_or_some(good), evidence + ".")


def _all_or_some(good: Sequence[bool]) -> Verdict:
    return "holds" if all(good) else "partly" if any(good) else "does not hold"


def _explains(results: Results) -> Claim:
    """Judge by the column `faithfulness`, from 0 to 1, of whatever suite measures it."""
    name = "Explains itself"
    claim = (
        "Without the objects named a choice changes, without all others it stays: 9 times of 10."
    )
    agent = default_agent(results)
    shares = [
        float(one.row["faithfulness"])
        for one in results.measured
        if one.contestant == agent and "faithfulness" in one.row
    ]
    if not shares:
        return Claim(name, claim, "not measured", "No suite that was run measures it.")
    figure = interquartile_mean([np.array(shares)])
    verdict: Verdict = "holds" if figure.low >= _ROBUST else "does not hold"
    return Claim(name, claim, verdict, f"{agent}: {show(figure)}.")


def _at_home(results: Results) -> list[Measured]:
    return [one for one in results.home() if one.test == "mixed"]


def _times(ratio: Estimate) -> str:
    value, low, high = (f"{x:,.0f}" if x >= 10 else f"{x:.1f}" for x in ratio)
    return value if not np.isfinite(ratio.low) else f"{value} [{low}, {high}]"
