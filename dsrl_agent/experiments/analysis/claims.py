"""Judge the claims about the agent: a verdict and its evidence, computed from results alone."""

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
from dsrl_agent.experiments.analysis.results import Measured, Results
from dsrl_agent.experiments.analysis.statistics import interquartile_mean, ratio_of_medians

Verdict = Literal["holds", "partly", "does not hold", "undecided", "not measured"]
_GOAL = 0.95  # the score of `few_steps`
_RATIO = 500.0  # times fewer steps than DQN
_ROBUST = 0.9  # the score of the other claims, and the share of the oracle's
_WITHIN = 500  # steps of learning anew
_FROM_BEST: Sequence[Verdict] = ("holds", "partly", "undecided", "does not hold")
_NO_RUNS = "There are no runs of the agent and of a DQN."


@dataclass(frozen=True)
class Claim:
    """A claim with its verdict and the evidence for it."""

    name: str
    claim: str
    verdict: Verdict
    evidence: str


def claims(results: Results, compared: Sequence[Comparison]) -> list[Claim]:
    """Return all claims with their verdicts; `compared` holds the comparisons with DQN."""
    return [
        _fast(results),
        _transfer(results),
        _tools(results),
        _relearning(results),
        _robust(results),
        _explains(results),
        _nowhere_behind(compared),
    ]


def _fast(results: Results) -> Claim:
    """Judge the main suite and every other suite of the claim; the worst verdict counts."""
    name = "Learns from few steps"
    claim = f"It reaches a score of {_GOAL} in {_RATIO:.0f} times fewer steps than a pixel DQN."
    verdicts: list[Verdict] = []
    evidence = []
    for where, measured in _suites_of_few_steps(results).items():
        judged = _few_steps(results, measured)
        if judged is not None:
            verdicts.append(judged[0])
            evidence.append(where + judged[1])
    if not verdicts:
        return Claim(name, claim, "not measured", _NO_RUNS)
    return Claim(name, claim, max(verdicts, key=_FROM_BEST.index), " ".join(evidence))


def _suites_of_few_steps(results: Results) -> dict[str, list[Measured]]:
    """Return the measurements of each suite, by the words that introduce its evidence."""
    main_suites = {suite for suite, rules in results.rules.items() if rules.main_world}
    suites = {"": results.main_world()}
    for one in results.evidence("few_steps"):
        if one.suite not in main_suites and one.test == one.train:
            suites.setdefault(f"In {one.suite.replace('_', ' ')}: ", []).append(one)
    return suites


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
    if ratio.low > 1:  # the ratio of a single run has -inf
        verdict = "holds" if ratio.low >= _RATIO else "partly"
    evidence += f" Ratio of medians: {bound}{times(ratio)}."
    # The verdict is of the default front end; one that needs fewer steps is named beside it.
    own = dict.fromkeys(one.contestant for one in measured if one.kind == "agent")
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
        for line in last_lines(results.evidence("transfer"))
        if line.contestant == agent and line.test != line.train and not line.then
    ]
    return _all_worlds(name, claim, [(f"{x.train} → {x.test}", x) for x in found])


def _tools(results: Results) -> Claim:
    """Judge worlds where objects are tools, by the best front end in each, beside the oracle."""
    name = "Reasons abstractly"
    claim = "With keys, boxes and switches it scores .9 of the oracle in layouts never seen."
    evidence, good = [], []
    for world, lines in _tool_worlds(results).items():
        ours, theirs, oracle = (
            best([x for x in lines if x.kind == kind]) for kind in ("agent", "dqn", "oracle")
        )
        if ours is None or oracle is None:
            return Claim(name, claim, "not measured", f"There are no runs of it in {world}.")
        good.append(_surely(ours) >= _ROBUST * oracle.middle.value)
        learned = (
            f"{x.contestant} {show(x.middle)} after {x.steps:,} steps" for x in (ours, theirs) if x
        )
        evidence.append(f"{world}: {', '.join(learned)}, oracle {show(oracle.middle)}")
    if not evidence:
        return Claim(name, claim, "not measured", "The suite `front_ends` was not run.")
    return Claim(name, claim, _all_or_some(good), "; ".join(evidence) + ".")


def _tool_worlds(results: Results) -> dict[str, list[Line]]:
    """Return the lines of each world in which `tools` is judged, in the order of the rules."""
    measured = results.evidence("tools")
    lines = [x for x in last_lines(measured) if not x.then]
    worlds = dict.fromkeys(w for x in measured for w in results.rules[x.suite].claim_worlds)
    found = {world: [x for x in lines if x.test == world] for world in worlds}
    return {world: there for world, there in found.items() if there}


def _relearning(results: Results) -> Claim:
    name = "Learns anew"
    claim = "When good and bad change places it scores .9 again within 500 steps."
    agent = default_agent(results)
    after = [
        one
        for one in results.evidence("relearning")
        if one.contestant == agent and one.world == one.then and one.test == one.then
    ]
    if not after:
        return Claim(name, claim, "not measured", "There are no runs of the agent.")
    there = reached(after, _ROBUST)[agent]
    since = there.median - after[0].changed_at
    final = last_lines(after)[0]
    runs = f"{int(there.reached.sum())} of {len(there.reached)} runs"
    sooner = f".9 again after {since:,.0f} steps (median; {runs})"
    later = f"{runs} reach .9 within {final.steps - after[0].changed_at:,} steps"
    evidence = (
        f"{agent}: {later if there.censored else sooner}; in the end "
        f"{show(interquartile_mean([final.scores]))}."
    )
    holds = not there.censored and since <= _WITHIN
    verdict: Verdict = "holds" if holds else "partly" if there.reached.any() else "does not hold"
    return Claim(name, claim, verdict, evidence)


def _robust(results: Results) -> Claim:
    name, claim = "Sees through disturbances", "Noise, texture, offsets and sizes leave it at .9."
    agent = default_agent(results)
    found = [
        line
        for line in last_lines(results.evidence("robust"))
        if line.contestant == agent and line.test == line.train
    ]
    return _all_worlds(name, claim, [(x.test, x) for x in found])


def _nowhere_behind(compared: Sequence[Comparison]) -> Claim:
    name = "Is nowhere behind"
    claim = "There is no respect in which a pixel DQN is found better than it."
    if not compared:
        return Claim(name, claim, "not measured", _NO_RUNS)
    behind = [one for one in compared if one.better == "DQN"]
    evidence = f"DQN is better in {len(behind)} of {len(compared)} comparisons."
    if behind:
        each = "; ".join(f"{x.where}: {x.ours}, {x.dqn} {x.theirs}" for x in behind)
        return Claim(name, claim, "does not hold", f"{evidence[:-1]}: {each}.")
    # Few runs find neither better. Equal figures are no question left open.
    undecided = sum(one.better == "neither" and one.ours != one.theirs for one in compared)
    verdict: Verdict = "undecided" if undecided else "holds"
    return Claim(name, claim, verdict, f"{evidence[:-1]}; {undecided} are undecided.")


def _all_worlds(name: str, claim: str, found: Sequence[tuple[str, Line]]) -> Claim:
    if not found:
        return Claim(name, claim, "not measured", "There are no runs of the agent.")
    good = [_surely(line) >= _ROBUST for _, line in found]
    evidence = "; ".join(f"{world} {show(line.middle)}" for world, line in found)
    return Claim(name, claim, _all_or_some(good), evidence + ".")


def _surely(line: Line) -> float:
    """Return the lower end of the interval; of a single run, which has none, the value."""
    return line.middle.low if np.isfinite(line.middle.low) else line.middle.value


def _all_or_some(good: Sequence[bool]) -> Verdict:
    return "holds" if all(good) else "partly" if any(good) else "does not hold"


def _explains(results: Results) -> Claim:
    """Judge the column `faithfulness`, from 0 to 1, of every suite that measures it."""
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
