"""Tabular front ends, each with its own credit and its own sum of table entries."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from dsrl_agent.front_end.knowledge import (
    Choice,
    SummedParts,
)
from dsrl_agent.front_end.relations import (
    Valuation,
    distance_weight,
    relate,
)
from dsrl_agent.front_end.revision import RevisableBelief
from dsrl_agent.front_end.tabular.q_learning import (
    TabularEpisode,
    TabularFrontEnd,
    relational_updates,
)
from dsrl_agent.front_end.tabular.replay import Update
from dsrl_agent.front_end.tabular.revision import (
    Entry,
    entry_beliefs,
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

    def revisable(self, facts: Facts, episode: TabularEpisode) -> tuple[RevisableBelief, ...]:
        """Return the scene's entry, as `Revises` defines it."""
        return entry_beliefs(self, [Entry(facts, "this scene", self.values(facts).values)])


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

    def choice(self) -> Choice | None:
        """Return that the values are sums of entries."""
        return SummedParts(self.by_distance)

    def revisable(self, facts: Facts, episode: TabularEpisode) -> tuple[RevisableBelief, ...]:
        """Return the entries of the objects in sight, as `Revises` defines it."""
        agent, none = self.agency.find(facts), np.zeros(self.num_actions)
        keys = [] if agent is None else [(f.type, row, col) for f, row, col in relate(agent, facts)]
        return entry_beliefs(self, [
            Entry(key, f"type {key[0]}, {key[1]:+d} rows and {key[2]:+d} columns from it",
                  self.table.get(key, none))
            for key in sorted(set(keys))
        ])  # fmt: skip


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
