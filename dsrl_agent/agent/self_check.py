"""Check without labels whether facts explain what happened.

A step changes the agent and perhaps what it meets, and little else. Facts of two successive frames
that differ elsewhere were misread, or an object walks by itself. More frames do not help against
the latter, so the caller limits their number.

Where all that is seen is alike and episodes end well or not, what decides is not in the picture: a
mission in words, or something seen earlier. Where the agent's own episodes bring nothing good, it
does not know what is good, or cannot come there.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dsrl_agent.config import AgencyThresholds
from dsrl_agent.front_end import Agency
from dsrl_agent.types import Transition


def explained_share(
    transitions: Sequence[Transition],
    thresholds: AgencyThresholds | None = None,
    agent_types: frozenset[int] = frozenset(),
) -> float:
    """Return the share of transitions, in order, in which nothing changed except near the agent.

    The agent must be seen exactly once before and after. Every fact that came or went must be in
    the agent's cell or beside it. The share is 0 if no type responds to the actions. `agent_types`
    are those that sight takes for the agent.
    """
    agency = Agency(thresholds)
    agency.take(agent_types)
    for transition in transitions:
        agency.observe(transition)
    explained = sum(_is_explained(agency, transition) for transition in transitions)
    return explained / max(1, len(transitions))


def _is_explained(agency: Agency, transition: Transition) -> bool:
    before, after = agency.find(transition.facts), agency.find(transition.next_facts)
    if before is None or after is None:
        return False
    changed = (set(transition.facts) - {before}) ^ (set(transition.next_facts) - {after})
    return all(abs(f.row - after.row) + abs(f.col - after.col) <= 1 for f in changed)


class AlikeEnds(NamedTuple):
    """Ends of episodes that were alike before the last step, in groups of two or more."""

    times: int = 0  # ends in such groups
    odd: int = 0  # those that turned out otherwise than most of their group

    @property
    def undecided(self) -> float:
        """The share of ends that turned out otherwise."""
        return self.odd / max(1, self.times)


class Fruits(NamedTuple):
    """What the latest whole episodes have brought."""

    episodes: int = 0  # whole episodes
    good: int = 0  # those in which something gave more than the commonest step


def fruits(transitions: Sequence[Transition], latest: int) -> Fruits:
    """Return what the latest whole episodes, at most so many, brought, of transitions in order.

    Where steps cost, an end that costs no more is good. Where they pay there is nothing to tell.
    """
    rewards = Counter(each.reward for each in transitions)
    usual = max(rewards, key=lambda reward: rewards[reward], default=0.0)
    if usual > 0.0:
        return Fruits()
    running: dict[int, bool] = {}  # by environment: whether its episode brought something good
    found: deque[bool] = deque(maxlen=latest)
    for each in transitions:
        if each.first:
            if each.env in running:
                found.append(running[each.env])
            running[each.env] = False
        if each.env not in running:
            continue  # its beginning is not remembered
        spared = usual < 0.0 and each.terminated and each.reward >= usual
        running[each.env] |= each.reward > usual or spared
        if each.terminated:
            found.append(running.pop(each.env))
    return Fruits(len(found), sum(found))


def alike_ends(transitions: Sequence[Transition], agency: Agency) -> AlikeEnds:
    """Return how alike ends of episodes turned out, of transitions in order.

    Two ends are alike if the agent looked alike, did the same, had the same beside it, and the same
    types had come up and gone since the episode began. An end is good that gives more than the
    commonest step.
    """
    rewards = Counter(each.reward for each in transitions)
    usual = max(rewards, key=lambda reward: rewards[reward], default=0.0)
    groups: dict[object, Counter[bool]] = {}
    for transition, start in _with_start(transitions):
        scene = _scene(transition, start, agency) if transition.terminated else None
        if scene is not None:
            groups.setdefault(scene, Counter())[transition.reward > usual] += 1
    found = [group for group in groups.values() if group.total() > 1]
    odd = sum(group.total() - max(group.values()) for group in found)
    return AlikeEnds(sum(map(Counter.total, found)), odd)


def _with_start(
    transitions: Sequence[Transition],
) -> Iterator[tuple[Transition, frozenset[int]]]:
    """Yield transitions, each with the types that were seen when its episode began."""
    starts: dict[int, frozenset[int]] = {}
    for transition in transitions:
        if transition.first or transition.env not in starts:
            starts[transition.env] = frozenset(fact.type for fact in transition.facts)
        yield transition, starts[transition.env]


def _scene(transition: Transition, start: frozenset[int], agency: Agency) -> object:
    """Return what may decide how a step ends, `None` if the agent is not seen."""
    own = agency.find(transition.facts)
    if own is None:
        return None
    others = [fact for fact in transition.facts if fact.type not in agency.self_types]
    beside = {(fact.type, fact.row - own.row, fact.col - own.col) for fact in others}
    near = frozenset(each for each in beside if abs(each[1]) + abs(each[2]) <= 1)
    changed = {fact.type for fact in others} ^ (start - agency.self_types)
    return own.type, transition.action, near, frozenset(changed)
