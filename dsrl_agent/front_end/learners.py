"""The front ends, each in the way it gives credit and adds up what its tables say."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end.protocol import FrontEnd
from dsrl_agent.front_end.rules import RulesFrontEnd
from dsrl_agent.front_end.scene import Relation, Valuation, relate
from dsrl_agent.front_end.tables import (
    EpisodeMemory,
    TabularFrontEnd,
    Update,
    relational_updates,
)
from dsrl_agent.types import Fact, Facts, Floats, Transition


class FlatQ(TabularFrontEnd):
    """Q-learning over whole fact sets, the thesis's plainest reading: scenes share nothing."""

    kind = "flat"

    def updates(self, transition: Transition) -> list[Update]:
        """Return the one update of the whole scene."""
        next_key = None if transition.terminated else transition.next_facts
        return [Update(transition.facts, transition.action, transition.reward, next_key)]

    def values(self, facts: Facts, memory: EpisodeMemory | None = None) -> Valuation:
        """Return the scene's entry; no object has a part of its own."""
        row = self.lookup(facts)
        none = np.zeros(self.num_actions)
        return Valuation(none if row is None else row.copy(), (), none)


class _OverObjects(TabularFrontEnd):
    """A table over (type, row, column) seen from the agent; a scene's value is a sum of parts."""

    def values(self, facts: Facts, memory: EpisodeMemory | None = None) -> Valuation:
        """Return the sum of the objects' parts."""
        agent = self.agency.find(facts)
        parts = () if agent is None else self._parts(relate(agent, facts))
        none = np.zeros(self.num_actions)
        return Valuation(np.sum([none, *(part for _, part in parts)], axis=0), parts, none)

    @abstractmethod
    def _parts(self, relations: tuple[Relation, ...]) -> tuple[tuple[Fact, Floats], ...]:
        """Return each object's part in the values, `[A]` each."""

    def _entry(self, relation: Relation) -> Floats:
        row = self.lookup((relation.fact.type, relation.d_row, relation.d_col))
        return np.zeros(self.num_actions) if row is None else row


class DSRL(_OverObjects):
    """Garnelo et al. 2016: every pair of interacting objects learns from the whole reward.

    Pairs without the agent keep their relative position whatever the action, so their tables add
    the same to every action; the pairs that matter are those with the agent.
    """

    kind = "dsrl"

    def updates(self, transition: Transition) -> list[Update]:
        """Return an update with the whole reward for every object."""
        return relational_updates(self.agency, transition, credit_all=True)

    def _parts(self, relations: tuple[Relation, ...]) -> tuple[tuple[Fact, Floats], ...]:
        return tuple((relation.fact, self._entry(relation).copy()) for relation in relations)


class SRLCS(_OverObjects):
    """Garcez, Dutra & Alonso 2018 (SRL+CS): credit to what was touched, weights 1 / distance^2."""

    kind = "srl_cs"

    def updates(self, transition: Transition) -> list[Update]:
        """Return an update for every object, the reward only for the touched one."""
        return relational_updates(self.agency, transition, credit_all=False)

    def _parts(self, relations: tuple[Relation, ...]) -> tuple[tuple[Fact, Floats], ...]:
        return tuple(
            (relation.fact, self._entry(relation) / max(1, relation.d_row**2 + relation.d_col**2))
            for relation in relations
        )


class RelationalQ(SRLCS):
    """The default: go for the best object, keep clear of the bad, and learn within the episode.

    - Credit as SRL+CS gives it, with replay of remembered updates.
    - An action is worth what the most promising object says, plus what every object says against
      it: a sum of promises would pull the agent between two of them, a sum of threats is right.
    - A table knows no detours and no dead ends. So the agent keeps a second, transient table over
      its own places in the running episode, updated by Q-learning with the values above as its
      first guess (real-time A*, Korf 1990; transient memory, Silver et al. 2008), and forgets it
      when an object vanishes. It ends the oscillation between two equally good objects.
    """

    kind = "relational"
    replays = True

    def values(self, facts: Facts, memory: EpisodeMemory | None = None) -> Valuation:
        """Return the parts' sum plus the episode's correction for the agent's place."""
        plain = super().values(facts, memory)
        agent = self.agency.find(facts)
        if memory is None or agent is None or not memory.corrections:
            return plain
        correction = memory.corrections.get((agent.row, agent.col))
        if correction is None or memory.objects != _objects(agent, facts):
            return plain
        return Valuation(plain.values + correction, plain.parts, correction.copy())

    def _parts(self, relations: tuple[Relation, ...]) -> tuple[tuple[Fact, Floats], ...]:
        if not relations:
            return ()
        rows = np.stack([self._entry(relation) for relation in relations])  # [N, A]
        # For each action the promise of the most promising object alone counts.
        promises = np.zeros_like(rows)
        best = rows.argmax(axis=0)
        actions = np.arange(self.num_actions)
        promises[best, actions] = np.maximum(rows[best, actions], 0.0)
        parts = promises + np.minimum(rows, 0.0)
        return tuple((relation.fact, part) for relation, part in zip(relations, parts, strict=True))

    def _settle(self, facts: Facts, memory: EpisodeMemory) -> None:
        agent = self.agency.find(facts)
        objects = None if agent is None else _objects(agent, facts)
        if objects is None or objects != memory.objects:
            memory.corrections.clear()
            memory.objects = objects or frozenset()
            memory.last = None
        elif memory.last is not None:
            place, action, value = memory.last
            target = self.config.discount * float(self.values(facts, memory).values.max())
            row = memory.corrections.setdefault(place, np.zeros(self.num_actions))
            row[action] += target - value

    def _note(self, facts: Facts, memory: EpisodeMemory, action: int, valuation: Valuation) -> None:
        agent = self.agency.find(facts)
        if agent is not None:
            memory.last = ((agent.row, agent.col), action, float(valuation.values[action]))


def _objects(agent: Fact, facts: Facts) -> frozenset[Fact]:
    return frozenset(facts) - {agent}


_KINDS: dict[str, type[TabularFrontEnd]] = {
    learner.kind: learner for learner in (RelationalQ, SRLCS, DSRL, FlatQ)
}


def make_front_end(num_actions: int, config: FrontEndConfig) -> FrontEnd:
    """Return a new learner of the configured kind."""
    if config.kind == "rules":
        return RulesFrontEnd(num_actions, config)
    return _KINDS[config.kind](num_actions, config)
