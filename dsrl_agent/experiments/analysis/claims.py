"""The claims, each with what was measured and a verdict computed from it. Nothing is assumed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dsrl_agent.experiments.analysis.comparisons import Comparison, quickest, times
from dsrl_agent.experiments.analysis.lines import (
    Line,
    best,
    default_agent,
    last_lines,
    pixel_dqns,
    reached,
    show,
)
from dsrl_agent.experiments.analysis.results import HOME, Measured, Results
from dsrl_agent.experiments.analysis.statistics import interquartile_mean, ratio_of_medians

Verdict = Literal["holds", "partly", "does not hold", "undecided", "not measured"]
_GOAL = 0.95
_RATIO = 500.0
_ROBUST = 0.9
_LARGER = "larger_frames"
_FROM_BEST: Sequence[Verdict] = ("holds", "partly", "undecided", "does not hold")
_NO_RUNS = "There are no runs of the agent and of a DQN."
_TOOLS = ("key and door", "push", "switch")


@dataclass(frozen=True)
class Claim:
    """A claim with its verdict and what that rests on."""

    name: str
    claim: str
    verdict: Verdict
    evidence: str


def claims(results: Results, compared: Sequence[Comparison]) -> list[Claim]:
    """Return all claims with their verdicts; `compared` are the results' comparisons with DQN."""
    return [
        _fast(results),
        _transfer(results),
        _abstract(results),
        _plastic(results),
        _robust(results),
        _explains(results),
        _nowhere_behind(compared),
    ]


def _fast(results: Results) -> Claim:
    """Judge in the frames of the main question and in larger ones, and tell the lesser verdict."""
    name = "Learns from few steps"
    claim = f"It reaches a score of {_GOAL} in {_RATIO:.0f} times fewer steps than a pixel DQN."
    larger = [one for one in results.of(_LARGER) if one.test == one.train]
    found = [_few_steps(results, measured) for measured in (results.mixed(), larger)]
    judged = [one for one in found if one is not None]
    if not judged:
        return Claim(name, claim, "not measured", _NO_RUNS)
    verdict = max((verdict for verdict, _ in judged), key=_FROM_BEST.index)
    words = ("", "In larger frames: ")
    told = [word + one[1] for word, one in zip(words, found, strict=True) if one is not None]
    return Claim(name, claim, verdict, " ".join(told))


def _few_steps(results: Results, measured: Sequence[Measured]) -> tuple[Verdict, str] | None:
    agent, names = default_agent(results), pixel_dqns(results)
    there = reached(measured, _GOAL)
    if agent not in there or not any(dqn in there for dqn in names):
        return None
    dqn = quickest(there, [dqn for dqn in names if dqn in there], last_lines(measured))
    ours, theirs = there[agent], there[dqn]
    ratio = ratio_of_medians(theirs, ours)
    evidence = f"{agent}: {ours}; {dqn}: {theirs}."
    if ratio is None:
        return "does not hold", evidence
    bound = "at least " if theirs.censored else ""
    verdict: Verdict = "does not hold" if 0 <= ratio.high <= 1 else "undecided"
    if ratio.low > 1:  # -inf of a single run
        verdict = "holds" if ratio.low >= _RATIO else "partly"
    evidence += f" Ratio of medians: {bound}{times(ratio)}."
    # The verdict is of the default; a front end that needs fewer steps is told beside it.
    own = {one.contestant for one in measured if one.kind == "agent"}
    first = min(own, key=lambda who: (there[who].censored, there[who].median))
    least = ratio_of_medians(theirs, there[first])
    if there[first].median < ours.median and least is not None:
        evidence += f" {first}: {there[first]}; ratio {bound}{times(least)}."
    return verdict, evidence


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
            best([x for x in here if x.kind == kind]) for kind in ("agent", "dqn", "oracle")
        )
        if ours is None or oracle is None:
            return Claim(name, claim, "not measured", f"There are no runs of it in {world}.")
        good.append(_surely(ours) >= _ROBUST * oracle.middle.value)
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


def _nowhere_behind(told: Sequence[Comparison]) -> Claim:
    name = "Is nowhere behind"
    claim = "There is no respect in which a pixel DQN is found better than it."
    if not told:
        return Claim(name, claim, "not measured", _NO_RUNS)
    behind = [one for one in told if one.better == "DQN"]
    evidence = f"DQN is better in {len(behind)} of {len(told)} comparisons."
    if behind:
        each = "; ".join(f"{x.where}: {x.ours}, {x.dqn} {x.theirs}" for x in behind)
        return Claim(name, claim, "does not hold", f"{evidence[:-1]}: {each}.")
    # Few runs find nobody better; that both do exactly the same is known.
    undecided = sum(one.better == "neither" and one.ours != one.theirs for one in told)
    verdict: Verdict = "undecided" if undecided else "holds"
    return Claim(name, claim, verdict, f"{evidence[:-1]}; {undecided} are undecided.")


def _all_worlds(name: str, claim: str, found: Sequence[tuple[str, Line]]) -> Claim:
    if not found:
        return Claim(name, claim, "not measured", "There are no runs of the agent.")
    good = [_surely(line) >= _ROBUST for _, line in found]
    evidence = "; ".join(f"{world} {show(line.middle)}" for world, line in found)
    return Claim(name, claim, _all_or_some(good), evidence + ".")


def _surely(line: Line) -> float:
    """Return the interval's lower end; the value of a single run, which has none."""
    return line.middle.low if np.isfinite(line.middle.low) else line.middle.value


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
