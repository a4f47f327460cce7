"""Estimate the chances of directions from steps of which some are seen only in part.

Two descriptions compete: chances of each action's own, or chances that all actions share, each
turned by some quarters, as where the ground is slippery to both sides of every way. The second has
fewer numbers, so it needs less evidence; the Bayesian information criterion (Schwarz 1978) decides.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from dsrl_agent.types import BESIDE

Offset = tuple[int, int]
"""Rows down and columns right."""

Counts = Mapping[tuple[Offset, ...], int]
"""How often the way taken was one of some offsets."""

_Shares = tuple[float, ...]  # of the four directions, clockwise as in `BESIDE`
_Sets = Mapping[tuple[int, ...], float]  # how often the way was one of some directions

_QUARTERS = range(len(BESIDE))


def chances_of(counts: Mapping[int, Counts], rounds: int) -> dict[int, dict[Offset, float]]:
    """Return the chance of each offset beside the agent, by action.

    `rounds` of expectation maximisation (Dempster et al. 1977) are made for each estimate.
    """
    if not counts:
        return {}
    sets = {action: _indexed(of) for action, of in sorted(counts.items())}
    own = {action: _estimated(of, rounds) for action, of in sets.items()}
    turns, shared = _aligned(sets, own, rounds)
    apart = sum(_likelihood(sets[action], own[action]) for action in sets)
    alike = sum(_likelihood(_turned(sets[action], turns[action]), shared) for action in sets)
    number = len(_QUARTERS) - 1
    size = math.log(max(1.0, sum(sum(of.values()) for of in sets.values())))
    naming = math.log(len(_QUARTERS)) * (len(sets) - 1)
    if len(sets) > 1 and alike - naming - number * size / 2 > apart - len(sets) * number * size / 2:
        own = {a: tuple(shared[(way - turns[a]) % 4] for way in _QUARTERS) for a in sets}
    return {action: dict(zip(BESIDE, shares, strict=True)) for action, shares in own.items()}


def _indexed(counts: Counts) -> dict[tuple[int, ...], float]:
    return {
        tuple(BESIDE.index(offset) for offset in possible): float(count)
        for possible, count in counts.items()
    }


def _estimated(sets: _Sets, rounds: int) -> _Shares:
    """Return the likeliest shares of the directions."""
    shares = [1.0 / len(_QUARTERS)] * len(_QUARTERS)
    for _ in range(rounds):
        found = [0.0] * len(_QUARTERS)
        for possible, count in sets.items():
            total = sum(shares[way] for way in possible)
            for way in possible if total > 0.0 else ():
                found[way] += count * shares[way] / total
        whole = sum(found)
        if whole <= 0.0:
            break
        shares = [share / whole for share in found]
    return tuple(shares)


def _likelihood(sets: _Sets, shares: _Shares) -> float:
    """Return the logarithm of the likelihood of what was seen."""
    least = math.ulp(1.0)  # what cannot be, by shares of 0, still has a finite price
    return sum(
        count * math.log(max(least, sum(shares[way] for way in possible)))
        for possible, count in sets.items()
    )


def _turned(sets: _Sets, quarters: int) -> dict[tuple[int, ...], float]:
    """Return what was seen, as it looks to who is turned to the right by some quarters."""
    return {tuple((way - quarters) % 4 for way in of): count for of, count in sets.items()}


def _aligned(
    sets: Mapping[int, _Sets], own: Mapping[int, _Shares], rounds: int
) -> tuple[dict[int, int], _Shares]:
    """Return the quarters by which each action is turned against the others, and their shares."""
    seen = {action: sum(of.values()) for action, of in sets.items()}
    first = max(seen, key=lambda action: seen[action])
    turns, shared = dict.fromkeys(sets, 0), own[first]
    for _ in sets:  # each round may set another action right
        found = {
            action: max(_QUARTERS, key=lambda by: _likelihood(_turned(of, by), shared))
            for action, of in sets.items()
            if action != first
        }
        if {**turns, **found} == turns and shared != own[first]:
            break
        turns.update(found)
        joined: dict[tuple[int, ...], float] = {}
        for action, of in sets.items():
            for possible, count in _turned(of, turns[action]).items():
                joined[possible] = joined.get(possible, 0.0) + count
        shared = _estimated(joined, rounds)
    return turns, shared
