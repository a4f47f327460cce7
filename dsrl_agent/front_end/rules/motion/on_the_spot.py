"""Learn which actions act on the cell that the agent stands on, and what they turn the agent into.

Such an action never moves the agent and changes no cell beside it. It shows by rewards, and by the
agent's appearance, which changes at some places only: it takes something up there, and carries it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from dsrl_agent.config import AgencyThresholds, FrontEndConfig
from dsrl_agent.front_end.agency import ActionEffect, ActionEffects, Agency
from dsrl_agent.front_end.rule import require_whole
from dsrl_agent.front_end.usual import RewardCounts
from dsrl_agent.types import Transition


class OnTheSpot:
    """Counts what happens to an agent that stands still; `rewards` are counted at most."""

    def __init__(
        self, thresholds: AgencyThresholds | None = None, rewards: int = FrontEndConfig.rewards
    ) -> None:
        self._thresholds = thresholds or AgencyThresholds()
        self._stays: Counter[int] = Counter()  # by action, steps that left the agent where it was
        self._places: dict[int, set[tuple[int, int]]] = {}  # by action, two of their places
        self._told: Counter[int] = Counter()  # those of them with an unusual reward
        self._moved: Counter[int] = Counter()  # by action, steps that moved it
        self._rewards = RewardCounts(rewards)
        self._first: Counter[int] = Counter()  # the appearances in which episodes began
        self._turned: dict[tuple[int, int], Counter[int]] = {}  # by appearance and action

    def observe(self, transition: Transition, agency: Agency) -> None:
        """Count a transition."""
        self._rewards.add(transition.reward)
        own, after = agency.find(transition.facts), agency.find(transition.next_facts)
        if own is None or after is None:
            return
        self._first[own.type] += transition.first
        action = transition.action
        if (own.row, own.col) != (after.row, after.col):
            self._moved[action] += 1
            return
        self._stays[action] += 1
        places = self._places.setdefault(action, set())
        if len(places) < 2:
            places.add((own.row, own.col))
        self._told[action] += transition.reward != self._rewards.usual
        if after.type != own.type:
            self._turned.setdefault((own.type, action), Counter())[after.type] += 1

    def actions(self, reaching: frozenset[int]) -> frozenset[int]:
        """Return the actions that act on the spot; those in `reaching` act on a cell beside it."""
        return frozenset(
            action
            for action, stays in self._stays.items()
            if not self._moved[action] and action not in reaching and self._acts(action, stays)
        )

    def _acts(self, action: int, stays: int) -> bool:
        """Say whether an action mostly gives an unusual reward, or turns the agent at some places.

        Where it was tried at one place alone, it may as well be that place: a step into a pit that
        the agent is put back from. An action that turns the agent everywhere is a turn.
        """
        least = self._thresholds.appearance_changes
        turned = sum(sum(into.values()) for (_, a), into in self._turned.items() if a == action)
        told = self._told[action]
        apart = len(self._places.get(action, ())) > 1
        mostly = apart and told >= least and told > self._thresholds.told_share * stays
        return mostly or min(turned, stays - turned) >= least

    def usual(self) -> int:
        """Return the appearance in which most episodes begin; 0 as long as none was seen to."""
        return max(sorted(self._first), key=lambda look: self._first[look], default=0)

    def turns(self, actions: frozenset[int], effects: ActionEffects) -> dict[tuple[int, int], int]:
        """Return what the agent is turned into by actions on the spot, by appearance and action.

        An appearance that was not seen to turn turns into the one that goes to its side: if one
        turns into another, so do those that they become by the same step.
        """
        found = {
            key: into.most_common(1)[0][0]
            for key, into in self._turned.items()
            if key[1] in actions
        }
        steps = {
            (look, action): effect.type
            for (look, action), effect in effects.items()
            if effect.moves and self._moved[action]
        }
        todo = list(found.items())
        while todo:
            (look, action), other = todo.pop()
            for (before, step), after in steps.items():
                there = steps.get((other, step))
                if before == look and there is not None and (after, action) not in found:
                    found[after, action] = there
                    todo.append(((after, action), there))
        return found

    def state(self) -> dict[str, Any]:
        """Return the counts for a checkpoint."""
        turned = [
            [*key, other, count] for key, of in self._turned.items() for other, count in of.items()
        ]
        counts = (self._stays, self._told, self._moved, self._rewards.counts, self._first)
        places = [[action, *place] for action, of in self._places.items() for place in sorted(of)]
        return {
            "counts": [list(each.items()) for each in counts],
            "turned": turned,
            "places": places,
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Take what `state()` gave, or nothing from an older version."""
        if not state:
            return
        stays, told, moved, rewards, first = (dict(pairs) for pairs in state["counts"])
        for counts in (stays, told, moved, first):
            require_whole(*counts, *counts.values())
        self._stays, self._told, self._moved = Counter(stays), Counter(told), Counter(moved)
        self._rewards.load(rewards)
        self._first = Counter(first)
        # Older versions kept no places: what they knew goes on to count.
        older = [[action, 0, col] for action in stays for col in range(2)]
        self._places = {}
        for action, row, col in state.get("places", older):
            require_whole(action, row, col)
            self._places.setdefault(action, set()).add((row, col))
        for look, action, other, count in state["turned"]:
            require_whole(look, action, other, count)
            self._turned.setdefault((look, action), Counter())[other] = count


def loads_of(effects: ActionEffects, usual: int) -> dict[int, int]:
    """Return, by appearance of the agent, what it shows to carry: a type that stands for it.

    Appearances that steps and turns lead to are of one load. Those of the usual one carry nothing,
    and are left out.
    """
    joined = {look: {look} for look, _ in effects} | {usual: {usual}}
    for (look, _), effect in effects.items():
        other = joined.setdefault(effect.type, {effect.type})
        if other is not joined[look]:
            both = joined[look] | other
            joined |= dict.fromkeys(both, both)
    return {look: min(of) for look, of in joined.items() if usual not in of}


def acting_on_the_spot(
    effects: ActionEffects, turns: Mapping[tuple[int, int], int], actions: frozenset[int]
) -> dict[tuple[int, int], ActionEffect]:
    """Return the effects with those of actions on the spot: what they may turn the agent into."""
    looks = {look for look, _ in effects}
    spot = {
        (look, action): ActionEffect(0, 0, turns.get((look, action), look))
        for look in looks
        for action in actions
    }
    return {**effects, **spot}
