"""Play by tables of relations and imagined walks: the default front end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end.agency import ActionEffects
from dsrl_agent.front_end.knowledge import (
    Choice,
    Course,
    ExpectedTouch,
    ImaginedWalks,
    Knowledge,
)
from dsrl_agent.front_end.relations import (
    Valuation,
    are_greedy,
    valuation_of,
)
from dsrl_agent.front_end.revision import RevisableBelief
from dsrl_agent.front_end.rules.contact import aim
from dsrl_agent.front_end.rules.tracking import TrackedScene
from dsrl_agent.front_end.tabular.contact_q import ContactLearner, Deeds
from dsrl_agent.front_end.tabular.contact_table import key_of
from dsrl_agent.front_end.tabular.q_learning import (
    TabularEpisode,
)
from dsrl_agent.front_end.tabular.revision import (
    Entry,
    contact_entries,
    entry_beliefs,
    read_revision,
    revise_contact,
)
from dsrl_agent.front_end.tabular.variants import SRLCS
from dsrl_agent.front_end.tabular.walking import WalkingFrontEnd
from dsrl_agent.types import Fact, Facts, Floats, Transition


class RelationalQ(WalkingFrontEnd, SRLCS):
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

    def learn_together(self, transitions: Sequence[Transition], rng: np.random.Generator) -> None:
        """Learn from transitions and replay stored updates, or stored contacts."""
        super().learn_together(transitions, rng)
        if self.contacts.active:
            for _ in transitions:
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

    def decide_together(
        self,
        scenes: Sequence[Facts],
        episodes: Sequence[TabularEpisode],
        rng: np.random.Generator,
        epsilon: float,
    ) -> list[int]:
        """Choose an action in each of several environments, epsilon-greedily."""
        if self.contacts.active:
            return super().decide_together(scenes, episodes, rng, epsilon)
        values = np.zeros((len(scenes), self.num_actions))
        agents = {place: self.agency.find(facts) for place, facts in enumerate(scenes)}
        seen = {place: agent for place, agent in agents.items() if agent is not None}
        found = self._imagined_together(
            list(seen.values()),
            [scenes[place] for place in seen],
            [episodes[place] for place in seen],
        )
        for place, (imagined, stands) in zip(seen, found, strict=True):
            values[place] = imagined.values[stands]
        explores = rng.random(len(scenes)) < epsilon
        greedy = are_greedy(values) | explores[:, None]
        # Of the actions that share the choice, the one of the largest random number is taken.
        drawn = np.where(greedy, rng.random(greedy.shape), -1.0)
        return [int(action) for action in drawn.argmax(axis=1)]

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

    def _observe(self, latest: Sequence[Transition]) -> None:
        self.contacts.observe(self.transitions, latest)

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
        imagined, place = self._imagined(agent, facts, episode)
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
        imagined, place = self._imagined(agent, facts, episode)
        return np.asarray(imagined.values[place])

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
        known = {key: worth for key, worth in worths.items() if worth is not None}
        return ImaginedWalks(known, self._gifts(), self._walked_over(known))
