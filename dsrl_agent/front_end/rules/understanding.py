"""Understand the actions: the agent, the cells that actions reach, and the kinds of actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end.agency import ActionEffects, Agency
from dsrl_agent.front_end.rule import Verbs
from dsrl_agent.front_end.rules.reach import Reach
from dsrl_agent.front_end.rules.tracking import ReadingErrors, Senses
from dsrl_agent.types import Transition


class Understanding:
    """What is understood of the actions; contacts are booked by it."""

    def __init__(self, num_actions: int, config: FrontEndConfig) -> None:
        self.agency = Agency(config.agency)
        self.effects: ActionEffects = {}  # what each action reaches, as last understood
        self.verbs = Verbs()  # the kinds of actions, as last understood
        self.turns = False  # whether the agent's appearance decides what actions reach
        self.idle: frozenset[int] = frozenset()  # actions that are not known to do anything
        self._actions = range(num_actions)
        self._reach = Reach()
        self._takers: frozenset[int] = frozenset()  # the actions known to take things
        self._refresh()

    def observe(self, transitions: Sequence[Transition]) -> bool:
        """Learn from the last of the transitions; return whether all is understood as before."""
        looks = self.agency.self_types
        self.agency.observe(transitions[-1])
        new: Sequence[Transition] = [transitions[-1]]
        if self.agency.self_types != looks:
            self._reach, new = Reach(), transitions
        for transition in new:
            self._reach.observe(transition, self.agency)
        return self._refresh()

    def learn_taking(self, action: int) -> None:
        """Learn that an action takes things, as what vanished by it was put down later."""
        self._takers |= {action}

    def reaches(self, body: int, action: int) -> bool:
        """Say whether it is known what an action reaches, or turns the agent into."""
        effect = self.effects.get((body, action))
        return effect is not None and effect != (0, 0, body)

    def senses(self, errors: ReadingErrors, staying: frozenset[int]) -> Senses:
        """Return the knowledge by which a scene is followed.

        `staying` holds the types that stay where they are when the agent enters their cells.
        """
        return Senses(self.agency, self.effects, errors, self.verbs, staying)

    def state(self) -> dict[str, Any]:
        """Return what is understood, without the agency, JSON-able."""
        return {"reach": self._reach.state(), "takers": sorted(self._takers)}

    def load(self, agency: list[list[int]], state: dict[str, Any]) -> None:
        """Take what `agency.state()` and `state()` gave, or an older version that had no state."""
        self.agency.load(agency)
        self._reach.load(state.get("reach", []))
        self._takers = frozenset(state.get("takers", ()))
        self._refresh()

    def _refresh(self) -> bool:
        """Bring all up to date; return whether it stayed as it was."""
        effects = self._reach.effects(self.agency, len(self._actions))
        verbs = self._reach.verbs(self.agency, self._takers)
        same = (effects, verbs) == (self.effects, self.verbs)
        self.effects, self.verbs = effects, verbs
        self.turns = self._reach.turns(self.agency, self.agency.effects())
        reaching = {action for (look, action) in effects if self.reaches(look, action)}
        self.idle = frozenset(self._actions) - reaching
        return same
