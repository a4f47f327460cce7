"""Tabular front ends, each with its own credit and its own sum of table entries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end.agency import ActionEffects
from dsrl_agent.front_end.knowledge import (
    Choice,
    Course,
    ExpectedTouch,
    ImaginedWalks,
    Knowledge,
    SummedParts,
)
from dsrl_agent.front_end.relations import (
    Valuation,
    distance_weight,
    extent,
    relate,
    valuation_of,
)
from dsrl_agent.front_end.revision import RevisableBelief
from dsrl_agent.front_end.rules.contact import aim
from dsrl_agent.front_end.rules.tracking import TrackedScene
from dsrl_agent.front_end.tabular.contact_q import ContactLearner, Deeds
from dsrl_agent.front_end.tabular.contact_table import key_of
from dsrl_agent.front_end.tabular.dyna import Imagined, imagine
from dsrl_agent.front_end.tabular.q_learning import (
    TabularEpisode,
    TabularFrontEnd,
    Update,
    relational_updates,
)
from dsrl_agent.front_end.tabular.revision import (
    Entry,
    contact_entries,
    entry_beliefs,
    read_revision,
    revise_contact,
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

    def __init__(self, num_actions: int, config: FrontEndConfig) -> None:
        super().__init__(num_actions, config)
        self.contacts = ContactLearner(num_actions, config)
        self.agency = self.contacts.understanding.agency

    def learn(self, transition: Transition, rng: np.random.Generator) -> None:
        """Learn from a transition and replay stored updates, or stored contacts."""
        super().learn(transition, rng)
        if self.contacts.active:
            self.contacts.table.replay(rng)

    def decide(
        self, facts: Facts, episode: TabularEpisode, rng: np.random.Generator, epsilon: float
    ) -> int:
        """Choose an action epsilon-greedily, by relations or by contacts in reach."""
        if not self.contacts.active:
            return super().decide(facts, episode, rng, epsilon)
        scene = self._followed(facts, episode)
        if rng.random() < epsilon:
            episode.action = int(rng.integers(self.num_actions))
        else:
            episode.action = self.contacts.choose(scene, episode.deeds, rng)
        episode.objects = facts
        where = None if scene.board is None else aim(scene.board, episode.action, self._effects)
        if scene.board is not None and where is not None:
            episode.deeds[where.target, episode.action, scene.board.held] += 1
        return episode.action

    @property
    def _effects(self) -> ActionEffects:
        return self.contacts.understanding.effects

    def _followed(self, facts: Facts, episode: TabularEpisode) -> TrackedScene:
        """Return the scene of an episode as of these facts."""
        if episode.scene is None:
            episode.scene, episode.action = TrackedScene(episode.shape), -1
        self.contacts.follow(episode.scene, facts, episode.action)
        return episode.scene

    def _scene(self, facts: Facts, episode: TabularEpisode | None) -> TrackedScene:
        """Return the scene believed in where these facts are seen."""
        if episode is not None and episode.scene is not None and episode.objects == facts:
            return episode.scene
        return self._followed(facts, self.begin() if episode is None else episode.copy())

    def _contact_values(self, facts: Facts, episode: TabularEpisode | None) -> Valuation:
        """Return the values of the options in reach, each with the object that it leads to."""
        none, scene = np.zeros(self.num_actions), self._scene(facts, episode)
        deeds = Deeds() if episode is None else episode.deeds
        values, best = self.contacts.values(scene, deeds)
        if scene.board is None:
            return Valuation(none, (), none.copy())
        parts: dict[Fact, Floats] = {}
        for action, option in best.items():
            if option.front >= 0:
                fact = Fact(option.front, *divmod(option.target, scene.board.shape[1]))
                parts.setdefault(fact, none.copy())[action] = values[action]
        return valuation_of(values, parts)

    def knowledge(self) -> Knowledge[TabularEpisode]:
        """Return what the tables hold, and the course that leads to a contact in reach."""
        found = super().knowledge()
        if not self.contacts.active:
            return found
        effects = self.contacts.understanding.effects
        return replace(found, course=self._course, reaches=effects)

    def _course(self, facts: Facts, episode: TabularEpisode, action: int) -> Course | None:
        """Return the way to the best contact that begins with an action."""
        scene = self._scene(facts, episode)
        if scene.board is None:
            return None
        values, best = self.contacts.values(scene, episode.deeds)
        option = best.get(action)
        if option is None or option.front < 0:
            return Course((action,), (), planned=False, value=float(values[action]))
        fact = Fact(option.front, *divmod(option.target, scene.board.shape[1]))
        key = key_of(scene.board, scene.start, option.front)
        table = self.contacts.table
        known = key in table.rows and not np.isnan(table.rows[key][option.action])
        worth = table.value(key, option.action)
        touch = ExpectedTouch(len(option.actions), fact, worth, known)
        return Course(option.actions, (touch,), planned=False, value=float(values[action]))

    def _observe(self, transition: Transition) -> None:
        self.contacts.observe(self.transitions)

    def state(self) -> dict[str, Any]:
        """Return everything learned, JSON-able."""
        return {**super().state(), "contacts": self.contacts.state()}

    def load(self, state: dict[str, Any]) -> None:
        """Take what `state()` gave, after a round through JSON, of this or an older version."""
        super().load(state)
        self.contacts.load(state["agency"], state.get("contacts"))

    def values(self, facts: Facts, episode: TabularEpisode | None = None) -> Valuation:
        """Return the imagined values and, for each action, the object that its walk leads to."""
        if self.contacts.active:
            return self._contact_values(facts, episode)
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
        return valuation_of(values, parts)

    def action_values(self, facts: Facts, episode: TabularEpisode) -> Floats:
        """Return the value of each action, `[A]`."""
        agent = self.agency.find(facts)
        if agent is None:
            return np.zeros(self.num_actions)
        imagined = self._imagined(agent, facts, episode)
        return np.asarray(imagined.values[agent.row * imagined.shape[1] + agent.col])

    def revisable(self, facts: Facts, episode: TabularEpisode) -> tuple[RevisableBelief, ...]:
        """Return the values of stepping on each type in sight, or of reaching it."""
        if self.contacts.active:
            scene = self._scene(facts, episode)
            return entry_beliefs(
                self, contact_entries(scene, self.contacts.table, self.num_actions)
            )
        entries, moves = [], self.agency.moves()
        for number in sorted({fact.type for fact in facts} - self.agency.self_types):
            values = np.full(self.num_actions, np.nan)
            for action, move in moves.items():
                worth = self._worth(number, action, move)
                values[action] = np.nan if worth is None else worth
            entries.append(Entry((number,), f"stepping on type {number}", values))
        return entry_beliefs(self, entries, moves)

    def revise(self, key: str, name: str, value: float | str) -> None:
        """Give the value of stepping on a type, or of reaching it, another value."""
        row, action = read_revision(self, key, name)
        if self.contacts.active:
            revise_contact(self.contacts.table, row, action, float(value))
        else:
            self.revise_entry((*row, *self.agency.moves()[action]), action, float(value))

    def choice(self) -> Choice | None:
        """Return the value of stepping on each type by each action, as walks count it.

        A choice among contacts has no form of a logic program yet.
        """
        if self.contacts.active:
            return None
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
