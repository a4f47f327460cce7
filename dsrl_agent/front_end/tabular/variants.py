"""Tabular front ends, each with its own credit and its own sum of table entries."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from dsrl_agent.front_end.knowledge import Choice, ImaginedWalks, SummedParts
from dsrl_agent.front_end.relations import Valuation, distance_weight, extent, relate
from dsrl_agent.front_end.tabular.dyna import Imagined, imagine
from dsrl_agent.front_end.tabular.q_learning import (
    TabularEpisode,
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

    def values(self, facts: Facts, episode: TabularEpisode | None = None) -> Valuation:
        """Return the scene's entry; no object has a part of its own."""
        row = self.table.get(facts)
        none = np.zeros(self.num_actions)
        return Valuation(none if row is None else row.copy(), (), none)


class _OverObjects(TabularFrontEnd):
    """A table over (type, row, column) relative to the agent; a scene's value sums the parts."""

    # whether every object gets the reward; otherwise only the touched one does
    credit_all: ClassVar[bool] = False
    by_distance: ClassVar[bool] = False  # whether an entry is divided by its squared distance

    def updates(self, transition: Transition) -> list[Update]:
        """Return an update for every object."""
        return relational_updates(self.agency, transition, credit_all=self.credit_all)

    def values(self, facts: Facts, episode: TabularEpisode | None = None) -> Valuation:
        """Return the sum of the objects' parts."""
        agent, none = self.agency.find(facts), np.zeros(self.num_actions)
        parts: list[tuple[Fact, Floats]] = []
        for fact, d_row, d_col in () if agent is None else relate(agent, facts):
            row = self.table.get((fact.type, d_row, d_col))
            weight = distance_weight(d_row, d_col) if self.by_distance else 1
            parts.append((fact, none.copy() if row is None else row / weight))
        return Valuation(np.sum([none, *(part for _, part in parts)], axis=0), tuple(parts), none)

    def relations(self) -> dict[tuple[int, int, int], Floats]:
        """Return the table by (type, rows below, columns right of the agent)."""
        items = self.table.items()
        return {(key[0], key[1], key[2]): row for key, row in items if isinstance(key, tuple)}

    def choice(self) -> Choice:
        """Return that the values are sums of entries."""
        return SummedParts(self.by_distance)


class GarneloQ(_OverObjects):
    """Garnelo et al. 2016: every pair of the agent and an object learns from the whole reward.

    Their agent has tables of pairs without the agent as well. Such a pair keeps its relative
    position whatever the agent does, so it says nothing of where to go; those are left out here.
    """

    kind = "garnelo2016"
    credit_all = True


class SRLCS(_OverObjects):
    """Garcez, Dutra & Alonso 2018 (SRL+CS): credit to the touched, weights 1 / distance^2."""

    kind = "srl_cs"
    by_distance = True


class RelationalQ(SRLCS):
    """The default: tables of relations as SRL+CS learns them, and Dyna within the scene.

    - Credit as in SRL+CS, with replay of stored updates.
    - A table over relations to one object knows no detours and no dead ends, and the sum of two
      objects' values pulls the agent between them. So the values of the actions come from imagined
      walks in the scene (`dyna`), for which the tables give the value of stepping on each object.
      An object's part in an action's value is all of it, if the walk leads to that object.
    """

    kind = "relational"
    replays = True

    def values(self, facts: Facts, episode: TabularEpisode | None = None) -> Valuation:
        """Return the imagined values and, for each action, the object that its walk leads to."""
        none = np.zeros(self.num_actions)
        agent = self.agency.find(facts)
        if agent is None:
            return Valuation(none, (), none.copy())
        imagined = self._imagined(agent, facts, episode)
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

    def action_values(self, facts: Facts, episode: TabularEpisode) -> Floats:
        """Return the value of each action, `[A]`."""
        agent = self.agency.find(facts)
        if agent is None:
            return np.zeros(self.num_actions)
        imagined = self._imagined(agent, facts, episode)
        return np.asarray(imagined.values[agent.row * imagined.shape[1] + agent.col])

    def choice(self) -> Choice:
        """Return the value of stepping on each type by each action, as walks count it."""
        moves = self.agency.moves()
        types = sorted({number for number, _, _ in self.relations()} | set(self.touches))
        worths = {
            (of, act): self._worth(of, act, moves[act]) for of in types for act in sorted(moves)
        }
        return ImaginedWalks({key: worth for key, worth in worths.items() if worth is not None})

    def _worth(self, number: int, action: int, move: tuple[int, int]) -> float | None:
        """Return the value of stepping on a type by an action, `None` if nothing is known."""
        row = self.table.get((number, *move))
        if row is not None:
            return float(row[action])
        touch = self.touches.get(number)  # never from this side, but perhaps from another
        return None if touch is None else touch.reward / touch.times

    def _imagined(self, agent: Fact, facts: Facts, episode: TabularEpisode | None) -> Imagined:
        kept = TabularEpisode() if episode is None else episode
        objects = tuple(fact for fact in facts if fact != agent)
        known, shape = kept.imagined, extent(facts, kept.shape)
        same = kept.version == self.version and kept.objects == objects
        if known is not None and same and known.shape == shape:
            return known
        moves = self.agency.moves()

        def worth(number: int, action: int) -> float:
            known = self._worth(number, action, moves[action])
            return 0.0 if known is None else known

        discount, settled = self.config.discount, self.config.dyna.settled
        imagined = imagine(shape, objects, moves, self.num_actions, worth, discount, settled)
        kept.objects, kept.version, kept.imagined = objects, self.version, imagined
        return imagined
