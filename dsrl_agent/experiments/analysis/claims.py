"""Judge the claims about the agent: a verdict and its evidence, computed from results alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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

Judgement = tuple[Verdict, str]
"""A verdict and its evidence."""


@dataclass(frozen=True)
class Claim:
    """A claim with its verdict and the evidence for it."""

    name: str
    claim: str
    verdict: Verdict
    evidence: str


def claims(results: Results, compared: Sequence[Comparison]) -> list[Claim]:
    """Return all claims with their verdicts; `compared` holds the comparisons with DQN."""
    judged = [Claim(name, claim, *judge(results)) for name, (claim, judge) in _JUDGES.items()]
    claim = "There is no respect in which a pixel DQN is found better than it."
    return [*judged, Claim("Is nowhere behind", claim, *_nowhere_behind(compared))]


def _fast(results: Results) -> Judgement:
    """Judge the main suite and every other suite of the claim; the worst verdict counts."""
    judged = {
        where: found
        for where, measured in _suites_of_few_steps(results).items()
        if (found := _few_steps(results, measured)) is not None
    }
    if not judged:
        return "not measured", _NO_RUNS
    worst = max((verdict for verdict, _ in judged.values()), key=_FROM_BEST.index)
    return worst, " ".join(where + evidence for where, (_, evidence) in judged.items())


def _suites_of_few_steps(results: Results) -> dict[str, list[Measured]]:
    """Return the measurements of each suite, by the words that introduce its evidence."""
    main_suites = {suite for suite, rules in results.rules.items() if rules.main_world}
    suites = {"": results.main_world()}
    for one in results.evidence("few_steps"):
        if one.suite not in main_suites and one.test == one.train:
            suites.setdefault(f"In {one.suite.replace('_', ' ')}: ", []).append(one)
    return suites


def _few_steps(results: Results, measured: Sequence[Measured]) -> Judgement | None:
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


def _transfer(results: Results) -> Judgement:
    lines = _of_agent(results, results.evidence("transfer"))
    moved = [x for x in lines if x.test != x.train and not x.then]
    return _all_worlds({f"{x.train} → {x.test}": x for x in moved})


def _robust(results: Results) -> Judgement:
    lines = _of_agent(results, results.evidence("robust"))
    return _all_worlds({x.test: x for x in lines if x.test == x.train})


def _of_agent(results: Results, measured: Sequence[Measured]) -> list[Line]:
    agent = default_agent(results)
    return [line for line in last_lines(measured) if line.contestant == agent]


def _all_worlds(found: Mapping[str, Line]) -> Judgement:
    if not found:
        return "not measured", "There are no runs of the agent."
    good = [_surely(line) >= _ROBUST for line in found.values() if line.scored]
    figures = {world: show(x.middle) if x.scored else "no score" for world, x in found.items()}
    evidence = "; ".join(f"{world} {figure}" for world, figure in figures.items())
    return _all_or_some(good) if good else "not measured", evidence + "."


def _tools(results: Results) -> Judgement:
    """Judge worlds where objects are tools, by the best front end in each, beside the oracle."""
    evidence, good = [], []
    for world, lines in _tool_worlds(results).items():
        ours, theirs, oracle = (
            best([x for x in lines if x.kind == kind]) for kind in ("agent", "dqn", "oracle")
        )
        if ours is None or oracle is None:
            return "not measured", f"There are no runs of it in {world}."
        good.append(_surely(ours) >= _ROBUST * oracle.middle.value)
        learned = (
            f"{x.contestant} {show(x.middle)} after {x.steps:,} steps" for x in (ours, theirs) if x
        )
        evidence.append(f"{world}: {', '.join(learned)}, oracle {show(oracle.middle)}")
    if not evidence:
        return "not measured", "The suite `front_ends` was not run."
    return _all_or_some(good), "; ".join(evidence) + "."


def _tool_worlds(results: Results) -> dict[str, list[Line]]:
    """Return the lines of each world in which `tools` is judged, in the order of the rules."""
    measured = results.evidence("tools")
    lines = [x for x in last_lines(measured) if not x.then]
    worlds = dict.fromkeys(w for x in measured for w in results.rules[x.suite].claim_worlds)
    found = {world: [x for x in lines if x.test == world] for world in worlds}
    return {world: there for world, there in found.items() if there}


def _relearning(results: Results) -> Judgement:
    agent = default_agent(results)
    measured = [x for x in results.evidence("relearning") if x.contestant == agent]
    after = [x for x in measured if x.world == x.then and x.test == x.then]
    if not after:
        return "not measured", "There are no runs of the agent."
    there = reached(after, _ROBUST)[agent]
    since = there.median - after[0].changed_at
    final = last_lines(after)[0]
    runs = f"{int(there.reached.sum())} of {len(there.reached)} runs"
    sooner = f"0.9 again after {since:,.0f} steps (median; {runs})"
    later = f"{runs} reach 0.9 within {final.steps - after[0].changed_at:,} steps"
    end = show(interquartile_mean([final.scores]))
    evidence = f"{agent}: {later if there.censored else sooner}; in the end {end}."
    if not there.censored and since <= _WITHIN:
        return "holds", evidence
    return "partly" if there.reached.any() else "does not hold", evidence


def _explains(results: Results) -> Judgement:
    """Judge the column `faithfulness`, from 0 to 1, of every suite that measures it."""
    agent = default_agent(results)
    rows = [one.row for one in results.measured if one.contestant == agent]
    shares = [float(row["faithfulness"]) for row in rows if "faithfulness" in row]
    if not shares:
        return "not measured", "No suite that was run measures it."
    figure = interquartile_mean([np.array(shares)])
    return "holds" if figure.low >= _ROBUST else "does not hold", f"{agent}: {show(figure)}."


def _nowhere_behind(compared: Sequence[Comparison]) -> Judgement:
    if not compared:
        return "not measured", _NO_RUNS
    behind = [one for one in compared if one.better == "DQN"]
    evidence = f"DQN is better in {len(behind)} of {len(compared)} comparisons"
    if behind:
        each = "; ".join(f"{x.where}: {x.ours}, {x.dqn} {x.theirs}" for x in behind)
        return "does not hold", f"{evidence}: {each}."
    # Few runs find neither better. Equal figures are no question left open.
    undecided = sum(one.better == "neither" and one.ours != one.theirs for one in compared)
    return "undecided" if undecided else "holds", f"{evidence}; {undecided} are undecided."


def _surely(line: Line) -> float:
    """Return the lower end of the interval; of a single run, which has none, the value."""
    return line.middle.low if np.isfinite(line.middle.low) else line.middle.value


def _all_or_some(good: Sequence[bool]) -> Verdict:
    return "holds" if all(good) else "partly" if any(good) else "does not hold"


_JUDGES: Mapping[str, tuple[str, Callable[[Results], Judgement]]] = {
    "Learns from few steps": (
        f"It reaches a score of {_GOAL} in {_RATIO:.0f} times fewer steps than a pixel DQN.",
        _fast,
    ),
    "Takes along what it learned": ("Where it was never trained it scores 0.9 or more.", _transfer),
    "Reasons abstractly": (
        "With keys, boxes and switches it scores 0.9 of the oracle in layouts never seen.",
        _tools,
    ),
    "Learns anew": (
        "When good and bad change places it scores 0.9 again within 500 steps.",
        _relearning,
    ),
    "Sees through disturbances": ("Noise, texture, offsets and sizes leave it at 0.9.", _robust),
    "Explains itself": (
        "Without the objects named a choice changes, without all others it stays: 9 times of 10.",
        _explains,
    ),
}
"""The text of each claim by its name, and the function that judges it."""
