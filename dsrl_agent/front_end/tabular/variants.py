"""The front ends, each in the way it gives credit and adds up what its tables say."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end.protocol import FrontEnd
from dsrl_agent.front_end.relations import Relation, Valuation, extent, relate
from dsrl_agent.front_end.rules import RulesFrontEnd
from dsrl_agent.front_end.tabular.dyna import Imagined, imagine
from dsrl_agent.front_end.tabular.q_learning import (
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
    """Garnelo et al. 2016: every pair of the agent and an object learns from the whole reward.

    Theirs has tables of pairs without the agent as well. Such a pair keeps its relative position
    whatever the agent does, so it says nothing of where to go; those are left out here.
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
    """The default: tables of relations as SRL+CS learns them, and Dyna within the scene.

    - Credit as SRL+CS gives it, with replay of remembered updates.
    - A table over relations to one object knows no detours and no dead ends, and a sum of promises
      pulls the agent between two objects. So the values of the actions come from imagined walks in
      the scene (`simulation`), for which the tables say what stepping on each object is worth.
      An object's part in an action's value is all of it, if it is the one that the way leads to.
    """

    kind = "relational"
    replays = True

    def values(self, facts: Facts, memory: EpisodeMemory | None = None) -> Valuation:
        """Return the imagined values and, for each action, the object that its way leads to."""
        none = np.zeros(self.num_actions)
        agent = self.agency.find(facts)
        if agent is None:
            return Valuation(none, (), none.copy())
        imagined = self._imagined(agent, facts, memory)
        place = agent.row * imagined.shape[1] + agent.col
        values = imagined.values[place].copy()
        parts: dict[Fact, Floats] = {}
        stands = {(fact.row, fact.col): fact for fact in facts if fact != agent}
        for action in range(self.num_actions):
            reached = imagined.reached(place, action)
            if reached is not None:
                fact = stands[divmod(reached, imagined.shape[1])]
                parts.setdefault(fact, none.copy())[action] = values[action]
        correction = values - np.sum([none, *parts.values()], axis=0)
        return Valuation(values, tuple(sorted(parts.items(), key=lambda part: part[0])), correction)

    def action_values(self, facts: Facts, memory: EpisodeMemory) -> Floats:
        """Return what each action is worth, `[A]`."""
        agent = self.agency.find(facts)
        if agent is None:
            return np.zeros(self.num_actions)
        imagined = self._imagined(agent, facts, memory)
        return np.asarray(imagined.values[agent.row * imagined.shape[1] + agent.col])

    def _imagined(self, agent: Fact, facts: Facts, memory: EpisodeMemory | None) -> Imagined:
        objects = tuple(fact for fact in facts if fact != agent)
        known = None if memory is None or memory.version != self.version else memory.imagined
        shape = extent(facts, None if memory is None else memory.shape)
        same = memory is not None and memory.objects == objects
        if known is not None and same and known.shape == shape:
            return known
        moves = self.agency.moves()

        def worth(kind: int, action: int) -> float:
            row = self.lookup((kind, *moves[action]))
            if row is not None:
                return float(row[action])
            touch = self.touches.get(kind)  # never from this side, but perhaps from another
            return 0.0 if touch is None else touch.reward / touch.times

        imagined = imagine(shape, objects, moves, self.num_actions, worth, self.config.discount)
        if memory is not None:
            memory.objects, memory.version, memory.imagined = objects, self.version, imagined
        return imagined


_KINDS: dict[str, type[TabularFrontEnd]] = {
    learner.kind: learner for learner in (RelationalQ, SRLCS, DSRL, FlatQ)
}


def make_front_end(num_actions: int, config: FrontEndConfig) -> FrontEnd:
    """Return a new learner of the configured kind."""
    if config.kind == "rules":
        return RulesFrontEnd(num_actions, config)
    return _KINDS[config.kind](num_actions, config)
