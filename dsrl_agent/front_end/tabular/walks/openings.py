"""Look behind bad things: the good ones that no walk leads to without one of them.

Imagined walks end at the first thing (see `dyna`), so they never lead through a bad
thing to several good ones. Where nothing good is in reach, a bad thing is worth what it costs and
all good things behind it, which are as many as a walk over free places and good things reaches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def openings(
    start: int, rewards: Mapping[int, float], following: Sequence[Sequence[int]]
) -> dict[int, float]:
    """Return the rewards of the good things behind each bad thing in reach, by its place.

    Args:
        start: The agent's place.
        rewards: The reward of touching the thing at each place where one stands. Things without
            a reward are in the way of walks.
        following: The places that the actions lead to, by place.
    """
    region, bordering = _walked(start, rewards, following, set())
    found = {}
    for bad in sorted(bordering):
        behind, _ = _walked(bad, rewards, following, region)
        gained = sum(rewards.get(place, 0.0) for place in sorted(behind - {bad}))
        if gained > 0.0:
            found[bad] = gained
    return found


def _walked(
    start: int,
    rewards: Mapping[int, float],
    following: Sequence[Sequence[int]],
    outside: set[int],
) -> tuple[set[int], set[int]]:
    """Return the places reached over free places and good things, and the bad things beside them.

    Places `outside` are not entered.
    """
    reached, bordering, waiting = {start}, set[int](), [start]
    while waiting:
        for place in following[waiting.pop()]:
            reward = rewards.get(place, 1.0)
            if reward < 0.0:
                bordering.add(place)
            elif reward > 0.0 and place not in reached and place not in outside:
                reached.add(place)
                waiting.append(place)
    return reached, bordering - reached
