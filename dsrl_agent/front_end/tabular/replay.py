"""Store the updates of a table, and apply many of them at once."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.types import Floats, Ints

Key = Hashable


class Update(NamedTuple):
    """One step of Q-learning: Q(key, action) towards reward + gamma max Q(next_key).

    `next_key` is `None` where nothing is to come: the object is gone or the episode terminated.
    """

    key: Key
    action: int
    reward: float
    next_key: Key | None


class UpdateMemory:
    """The latest updates, up to `config.memory`; the oldest is number 0.

    Their keys are numbered as they are met, so that many updates are applied by NumPy together.
    """

    def __init__(self, num_actions: int, config: FrontEndConfig) -> None:
        self._updates: deque[Update] = deque(maxlen=config.memory)
        self._config, self._num_actions = config, num_actions
        self._numbers: dict[Key | None, int] = {}  # of the keys met
        self._keys: list[Key | None] = []  # the keys by their numbers
        self._rows: list[Floats | None] = []  # the table's row of each, if it was asked for
        self._added = 0  # updates added so far
        # Of update n, in row n modulo the capacity: the numbers of its key and of its next key,
        # and its action. There are as many rows as were needed yet, or up to twice as many.
        self._coded: Ints = np.zeros((0, 3), np.int64)
        self._rewards: Floats = np.zeros(0)

    def __len__(self) -> int:
        return len(self._updates)

    def __getitem__(self, number: int) -> Update:
        return self._updates[number]

    def __iter__(self) -> Iterator[Update]:
        return iter(self._updates)

    def extend(self, updates: Sequence[Update]) -> None:
        """Add updates, the oldest first."""
        numbers, coded = self._numbers, []
        for key, action, _, next_key in updates:
            place = numbers.setdefault(key, len(numbers))
            coded.append((place, numbers.setdefault(next_key, len(numbers)), action))
        if len(numbers) > len(self._keys):
            self._keys += itertools.islice(numbers, len(self._keys), None)
            self._rows += [None] * (len(numbers) - len(self._rows))
        if coded:
            self._make_room(self._added + len(coded))
            rows = np.arange(self._added, self._added + len(coded)) % self._config.memory
            # Of more updates than there is room for, the last of a row counts.
            self._coded[rows] = coded
            self._rewards[rows] = [update.reward for update in updates]
        self._updates.extend(updates)
        self._added += len(coded)

    def _make_room(self, needed: int) -> None:
        """Have rows for so many updates, or for all that are kept."""
        have, capacity = len(self._rewards), self._config.memory
        if have < min(needed, capacity):
            new = min(max(needed, 2 * have), capacity) - have
            self._coded = np.concatenate([self._coded, np.zeros((new, 3), np.int64)])
            self._rewards = np.concatenate([self._rewards, np.zeros(new)])

    def clear(self) -> None:
        """Forget all updates."""
        self._updates.clear()
        self._numbers.clear()
        self._keys.clear()
        self._rows.clear()
        self._added = 0

    def replay_in_turn(self, table: dict[Key, Floats], chosen: Ints) -> None:
        """Apply the updates of some numbers to a table, one after the other.

        The table has to be the same object until all updates are forgotten, with the same rows.
        """
        places = (self._added - len(self._updates) + chosen) % self._config.memory
        coded, rewards = self._coded[places].tolist(), self._rewards[places].tolist()
        rows, last = self._rows, self._numbers.get(None, -1)
        rate, discount = self._config.learning_rate, self._config.discount
        for (number, after, action), target in zip(coded, rewards, strict=True):
            row = rows[number]
            if row is None:
                row = self._found(table, number, np.zeros(self._num_actions))
                assert row is not None
            if after != last:
                following = rows[after]
                if following is None:
                    following = self._found(table, after)
                if following is not None:
                    target += discount * max(following.tolist())  # NumPy's is slow
            before = row.item(action)
            row[action] = before + rate * (target - before)

    def _found(
        self, table: dict[Key, Floats], number: int, new: Floats | None = None
    ) -> Floats | None:
        """Return the table's row of a key; where it has none, the new one, if one is given."""
        key = self._keys[number]
        row = self._rows[number] = table.get(key) if new is None else table.setdefault(key, new)
        return row

    def replay(self, table: dict[Key, Floats], chosen: Ints) -> None:
        """Apply the updates of some numbers to a table, as if all had been made at one time.

        Several updates of an entry count as so many steps towards the mean of their targets. The
        rows `[A]` of the table are changed in place; keys that it lacks stay unknown. What
        `replay_in_turn` asks of the table holds here as well.
        """
        places = (self._added - len(self._updates) + chosen) % self._config.memory
        own, after, actions = self._coded[places].T
        met = np.zeros(len(self._rows), np.bool_)
        met[own] = met[after] = True
        used = np.flatnonzero(met)
        place_of = met.cumsum() - 1  # in `values`, by the number of a key
        unknown = np.zeros(self._num_actions)
        rows = [self._known(table, number, unknown) for number in used.tolist()]
        values = np.concatenate(rows).reshape(-1, self._num_actions)
        best = np.maximum.reduce(values.T)
        targets = self._rewards[places] + self._config.discount * best[place_of[after]]
        self._move(values.reshape(-1), place_of[own] * self._num_actions + actions, targets)
        met[:] = False
        met[own] = True
        for place in place_of[np.flatnonzero(met)].tolist():
            if rows[place] is not unknown:
                rows[place][:] = values[place]

    def _known(self, table: dict[Key, Floats], number: int, unknown: Floats) -> Floats:
        """Return the table's row of a key, `unknown` where it has none."""
        row = self._rows[number]
        if row is None:
            row = self._found(table, number)
        return unknown if row is None else row

    def _move(self, values: Floats, which: NDArray[np.int64], targets: Floats) -> None:
        """Move some of the values towards their targets, in place."""
        times = np.bincount(which, minlength=len(values))
        sums = np.bincount(which, targets, minlength=len(values))
        met = np.flatnonzero(times)
        step = 1 - (1 - self._config.learning_rate) ** times[met]
        values[met] += step * (sums[met] / times[met] - values[met])
