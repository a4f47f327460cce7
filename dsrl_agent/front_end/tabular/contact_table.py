"""Learn the values of contacts in a small table: Q-learning over contacts as options.

A row is a state of affairs (the thing in hand, the types taken) and the type reached; its columns
are the actions. What was never tried is worth the best gain met (R-max), so it is tried.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end.rule import Verbs
from dsrl_agent.front_end.rules.board import Board, came_up
from dsrl_agent.front_end.rules.planning.novelty import Puzzle, puzzle_of
from dsrl_agent.front_end.rules.tracking import Contact
from dsrl_agent.front_end.tabular.options import WalkOption
from dsrl_agent.front_end.tabular.walks.ground import Ground
from dsrl_agent.types import FREE, GOING, UNKNOWN, Floats, frozen


class AffairsKey(NamedTuple):
    """A state of affairs and the type reached: a row of the table."""

    held: int  # the type of the thing in hand, or `FREE`
    taken: tuple[int, ...]  # the types taken in this episode, ascending
    came: tuple[int, ...]  # the types that came up since the episode began, ascending
    front: int  # the type reached, or `FREE`


class ContactUpdate(NamedTuple):
    """A contact as it was made, to learn from again."""

    key: AffairsKey
    action: int
    gain: float  # the reward beyond that of a plain step
    # the options afterwards: the row, the action, and the steps to it; none where nothing follows
    then: tuple[tuple[AffairsKey, int, int], ...]


def key_of(board: Board, start: frozenset[int], front: int) -> AffairsKey:
    """Return the row of a type on a board; `start` holds the types when the episode began."""
    taken = tuple(number for number, _ in board.taken)
    return AffairsKey(board.held, taken, came_up(board.cells, start), front)


class ContactTable:
    """The values of contacts, and the records that they are learned from."""

    def __init__(self, num_actions: int, config: FrontEndConfig) -> None:
        self.rows: dict[AffairsKey, Floats] = {}  # values `[A]`; nan where never tried
        self.verbs = Verbs()  # the kinds of actions; those that move the agent share their values
        self.puzzles: Counter[Puzzle] = Counter()  # tries of actions of unknown reach
        self._tried: Counter[tuple[int, int]] = Counter()  # the same, by thing in hand and action
        self.num_actions, self._config = num_actions, config
        self._updates: deque[ContactUpdate] = deque(maxlen=config.memory)
        self.ground = Ground(config.rewards)
        self._best = 0.0  # the best gain met
        self._largest = 0.0  # the largest gain or loss met

    @property
    def hope(self) -> float:
        """The gain expected of what was never tried."""
        return self._best or self._largest or 1.0

    def value(self, key: AffairsKey, action: int) -> float:
        """Return the value of a contact, what is hoped for where it was never tried.

        Of actions of unknown reach less is hoped for each time that they were tried with that in
        hand.
        """
        if key.front == UNKNOWN:
            return self.hope / (1 + self._tried[key.held, action])
        row = self.rows.get(key)
        found = np.nan if row is None else row[action]
        return self.hope if np.isnan(found) else float(found)

    def gain(self, reward: float, ends: bool) -> float:
        """Return what a contact gave beyond a plain step.

        Where steps cost, an end at no loss is worth the steps that it saves.
        """
        usual = self.ground.usual
        gain = 0.0 if self.ground.is_usual(reward) else reward - usual
        saves = ends and usual < 0.0 <= gain
        return gain - (usual * self._config.rules.steps_saved if saves else 0.0)

    def learn(
        self,
        key: AffairsKey,
        contact: Contact,
        gain: float,
        then: Sequence[tuple[AffairsKey, int, int]],
    ) -> None:
        """Learn from a contact; `then` holds the options that it leads to."""
        front, action = contact.context.front, contact.context.action
        self._best, self._largest = max(self._best, gain), max(self._largest, abs(gain))
        if self.verbs.of(action) == GOING and front != FREE:
            idle = contact.effect.enters and not contact.effect.flung and not gain and bool(then)
            self.ground.entered(front, idle=idle)
        update = ContactUpdate(key, action, gain, tuple(then))
        self._updates.append(update)
        self._apply(update)

    def try_unknown(self, before: Board, action: int) -> None:
        """Take note of an action of unknown reach."""
        self.puzzles[puzzle_of(before, action)] += 1
        self._tried[before.held, action] += 1

    def replay(self, rng: np.random.Generator) -> None:
        """Learn from stored contacts again."""
        if self._updates:
            for index in rng.integers(len(self._updates), size=self._config.replay):
                self._apply(self._updates[index])

    def worth(self, board: Board, start: frozenset[int], option: WalkOption) -> float:
        """Return the value of an option, its walk discounted."""
        if option.front == UNKNOWN:
            at = board._replace(place=option.target, body=option.body)
            value = self.hope / (1 + self.puzzles[puzzle_of(at, option.action)])
        else:
            value = self.value(key_of(board, start, option.front), option.action)
        return self._config.discount ** (len(option.actions) - 1) * value

    def state(self) -> dict[str, Any]:
        """Return what is learned, JSON-able."""
        return {
            "rows": [[*key, _listed(row)] for key, row in self.rows.items()],
            "puzzles": [[*key, count] for key, count in self.puzzles.items()],
            "updates": [list(update) for update in self._updates],
            "most": [self._best, self._largest],
            **self.ground.state(),
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take what `state()` gave, after a round through JSON."""
        self.rows = {AffairsKey(*frozen(key)): np.array(row, float) for *key, row in state["rows"]}
        puzzles = (frozen(row) for row in state["puzzles"])
        self.puzzles, self._tried = Counter(), Counter()
        for *key, count in puzzles:
            self.puzzles[tuple(key)] = count
            self._tried[key[2], key[1]] += count
        self._updates.clear()
        for key, action, gain, then in frozen(state["updates"]):
            options = tuple((AffairsKey(*of), by, after) for of, by, after in then)
            self._updates.append(ContactUpdate(AffairsKey(*key), action, gain, options))
        self._best, self._largest = state["most"]
        self.ground.load(state)

    def _apply(self, update: ContactUpdate) -> None:
        row = self.rows.get(update.key)
        if row is None:
            row = self.rows[update.key] = np.full(self.num_actions, np.nan)
        discount = self._config.discount
        later = (discount**after * self.value(key, by) for key, by, after in update.then)
        target = update.gain + max(0.0, max(later, default=0.0))
        old = row[update.action]
        rate = self._config.learning_rate
        value = target if np.isnan(old) else old + rate * (target - old)
        going = self.verbs.of(update.action) == GOING
        row[sorted(self.verbs.moving or ()) if going else update.action] = value


def _listed(row: Floats) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in row]
