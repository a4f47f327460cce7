"""Play by the table of contacts where relations to places do not say what an action reaches.

That is so where the agent turns, where actions that do not move it change things, and where it is
not seen when an episode ends. The scene is followed as `rules` follows it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end.relations import greedy_actions
from dsrl_agent.front_end.rules.board import Board
from dsrl_agent.front_end.rules.episode import begins, scenes_from, scenes_state
from dsrl_agent.front_end.rules.reading import ReadingErrors
from dsrl_agent.front_end.rules.tracking import Contact, Senses, TrackedScene
from dsrl_agent.front_end.rules.understanding import Understanding
from dsrl_agent.front_end.tabular.contact_table import AffairsKey, ContactTable, key_of
from dsrl_agent.front_end.tabular.options import WalkOption, options_on
from dsrl_agent.types import Facts, Floats, Transition

Deeds = Counter[tuple[int, int, int]]
"""How often an action was taken for a place, with a thing in hand, in an episode."""


class ContactLearner:
    """Understands the actions, and learns the values of contacts as soon as they are needed."""

    def __init__(self, num_actions: int, config: FrontEndConfig) -> None:
        self.understanding = Understanding(num_actions, config)
        self.active = False  # whether relations to places do not do
        self._num_actions, self._config = num_actions, config
        self._ends, self._unseen = 0, 0  # ends of episodes, and those without the agent
        self._staying: frozenset[int] = frozenset()  # types that stay when their cells are entered
        self._scenes: dict[int, TrackedScene] = {}  # by environment
        self._before: dict[int, Transition] = {}  # the latest, by environment
        self._begin_learning()

    def observe(self, transitions: Sequence[Transition], latest: Sequence[Transition]) -> None:
        """Learn from the latest of the transitions; from all where they are understood anew."""
        was_active = self.active
        same = self.understanding.observe(transitions, latest)
        agency = self.understanding.agency
        for last in latest:
            if last.terminated and agency.find(last.facts) is not None:
                self._ends += 1
                self._unseen += agency.find(last.next_facts) is None
        self.active = self._is_needed()
        if not self.active:
            return
        new = latest
        if not (same and was_active):
            self._begin_learning()
            new = transitions
        elif not self._before:  # as after a checkpoint
            self._before = {each.env: each for each in list(transitions)[: -len(latest)]}
        for transition in new:
            self._take(transition)

    def follow(self, scene: TrackedScene, facts: Facts, action: int) -> None:
        """Bring a scene up to date after an action, -1 at the first frame."""
        if scene.board is None or action < 0:
            scene.begin(facts, self.understanding.agency)
        else:
            scene.advance(action, facts, self._senses())

    def choose(self, scene: TrackedScene, deeds: Deeds, rng: np.random.Generator) -> int:
        """Choose the first action of the best option; without one, an action to learn from."""
        values = None if scene.board is None else self.values(scene, deeds)[0]
        if values is None or not np.any(values > 0.0):
            harmless = [] if values is None else np.flatnonzero(values >= 0.0).tolist()
            choices = harmless or list(range(self._num_actions))
            return int(choices[rng.integers(len(choices))])
        best = greedy_actions(values)
        return best[rng.integers(len(best))]

    def values(self, scene: TrackedScene, deeds: Deeds) -> tuple[Floats, dict[int, WalkOption]]:
        """Return the value `[A]` of the best option that begins with each action, and these.

        `deeds` counts what was done in this episode; each time counts as a step more.
        """
        values, best = np.zeros(self._num_actions), dict[int, WalkOption]()
        board = scene.board
        if board is None:
            return values, best
        for option in self._options(board):
            worth, first = self.table.worth(board, scene.start, option), option.actions[0]
            worth *= self._config.discount ** deeds[option.target, option.action, board.held]
            if first not in best or worth > values[first]:
                values[first], best[first] = worth, option
        return values, best

    def state(self) -> dict[str, Any]:
        """Return everything learned but the agency, JSON-able."""
        return {
            "understanding": self.understanding.state(),
            "active": self.active,
            "ends": [self._ends, self._unseen],
            "staying": sorted(self._staying),
            "sight": [self._errors.objects, self._errors.errors],
            **scenes_state(self._scenes),
            "table": self.table.state(),
        }

    def load(self, agency: list[list[int]], state: dict[str, Any] | None) -> None:
        """Take what `agency.state()` and `state()` gave; `None` of versions without a table."""
        self.understanding.load(agency, {} if state is None else state["understanding"])
        self._begin_learning()
        self.active, (self._ends, self._unseen) = False, (0, 0)
        if state is not None:
            self.active, (self._ends, self._unseen) = state["active"], state["ends"]
            self._staying = frozenset(state["staying"])
            self._errors = ReadingErrors(*state["sight"], thresholds=self._config.rules)
            self._scenes = scenes_from(state)
            self.table.load(state["table"])

    def _begin_learning(self) -> None:
        self.table = ContactTable(self._num_actions, self._config)
        self._scenes, self._before = {}, {}
        self._errors = ReadingErrors(thresholds=self._config.rules)
        self._staying = frozenset()

    def _is_needed(self) -> bool:
        known = self.understanding
        moving = known.verbs.moving or frozenset()
        reaching = {a for look, a in known.effects if known.reaches(look, a)}
        unseen = self._unseen > self._config.rules.sign_changes and 2 * self._unseen > self._ends
        return known.turns or unseen or bool(moving and reaching - moving)

    def _senses(self) -> Senses:
        return self.understanding.senses(self._errors, self._staying)

    def _take(self, transition: Transition) -> None:
        earlier, scene = self._before.get(transition.env), self._scenes.get(transition.env)
        self._before[transition.env] = transition
        if scene is None or scene.board is None or begins(transition, earlier):
            scene = self._scenes[transition.env] = TrackedScene(transition.shape)
            scene.begin(transition.facts, self.understanding.agency)
        before, table, action = scene.board, self.table, transition.action
        table.verbs = self.understanding.verbs
        if before is not None and (before.body, action) not in self.understanding.effects:
            table.try_unknown(before, action)
        told = transition.terminated or table.gain(transition.reward, False) != 0.0
        seen = scene.advance(action, transition.next_facts, self._senses(), told=told)
        if seen.put >= 0:
            self.understanding.learn_taking(seen.put)
        if seen.amended is not None and seen.amended[1].becomes == seen.amended[0].context.front:
            self._staying |= {seen.amended[0].context.front}
        if before is None or seen.contact is None or self._is_plain(seen.contact):
            table.ground.walked(transition.reward)
            return
        self._learn_contact(before, scene, seen.contact, transition)

    def _is_plain(self, contact: Contact) -> bool:
        """Say whether a contact is a plain step."""
        return contact.effect.enters and contact.context.front < 0

    def _learn_contact(
        self, before: Board, scene: TrackedScene, contact: Contact, transition: Transition
    ) -> None:
        after, start, table = scene.board, scene.start, self.table
        then: list[tuple[AffairsKey, int, int]] = []
        changed = after is not None and after._replace(body=before.body) != before
        if after is not None and changed and not transition.terminated:
            then = [
                (key_of(after, start, option.front), option.action, len(option.actions))
                for option in self._options(after)
            ]
        gain = table.gain(transition.reward, transition.terminated)
        table.learn(key_of(before, start, contact.context.front), contact, gain, then)

    def _options(self, board: Board) -> list[WalkOption]:
        known = self.understanding
        return options_on(
            board, known.effects, known.verbs, self.table.ground.plain, self._num_actions
        )
