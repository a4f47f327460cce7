"""Which object is the agent: the one whose changes tell which action was taken."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from typing import NamedTuple

from dsrl_agent.types import UNKNOWN, Fact, Facts, Transition

_OFTEN = 64  # the verdict is renewed at each of the first transitions, then once in so many
_CHANGES_OF_LOOK = 2  # so often must the agent have been seen to take a look for it to be its own
_MET_SHARE = 0.02  # two looks of the agent are seen together in no more of their frames
_MOVE_SHARE = 0.05  # of an action's tries: a move seen more seldom was misread
_FEW_TRIES = 3  # a look seen to take an action less often is believed to move as the others do


class Change(NamedTuple):
    """What an action made of an object of which a frame shows just one.

    Attributes:
        type: Its type before.
        action: The action.
        new_type: Its type after.
        d_row: Rows that it went down.
        d_col: Columns that it went right.
    """

    type: int
    action: int
    new_type: int
    d_row: int
    d_col: int


class Motion(NamedTuple):
    """What an action does to the agent where nothing is in its way.

    Attributes:
        d_row: Rows down; 0 if it does not move.
        d_col: Columns right.
        type: The agent's type afterwards: an agent that turns changes its look.
    """

    d_row: int
    d_col: int
    type: int


class Agency:
    """Finds the type of the object that responds to the actions, and what each action does to it.

    For every type of which a frame shows exactly one object before, it counts what became of the
    object under each action: where it went, or, if it is seen no more, which type of which there
    was none came up in its cell or beside it. The agent's type is the one whose changes share most
    information with the action. Types that it changes into, and that are not seen together with
    it, are other looks of the agent: of one that turns, or that stands on something.

    Attributes:
        self_type: The agent's type, or `None` while nothing responds.
        self_types: All its looks.
    """

    def __init__(self) -> None:
        self.self_type: int | None = None
        self.self_types: frozenset[int] = frozenset()
        self._changes: dict[int, Counter[Change]] = {}
        self._met: Counter[tuple[int, int]] = Counter()  # frames that show both types
        self._frames: Counter[int] = Counter()  # frames that show the type
        self._seen = 0

    def observe(self, transition: Transition) -> None:
        """Count a transition."""
        for change in _changes(transition):
            self._changes.setdefault(change.type, Counter())[change] += 1
        types = sorted({fact.type for fact in transition.next_facts})
        self._frames.update(types)
        self._met.update(itertools.combinations(types, 2))
        self._seen += 1
        if self._seen <= _OFTEN or self._seen % _OFTEN == 0:
            self.self_type = self._verdict()
            self.self_types = self._looks()

    def moves(self) -> dict[int, tuple[int, int]]:
        """Return the displacement (rows, columns) that each action mostly gives the agent."""
        if self.self_type is None:
            return {}
        most: dict[int, tuple[int, tuple[int, int]]] = {}
        counts: Counter[tuple[int, int, int]] = Counter()
        for change, count in self._changes[self.self_type].items():
            counts[change.action, change.d_row, change.d_col] += count
        tried: Counter[int] = Counter()
        for (action, _, _), count in counts.items():
            tried[action] += count
        for (action, d_row, d_col), count in sorted(counts.items()):
            moves = (d_row, d_col) != (0, 0) and count > _MOVE_SHARE * tried[action]
            if moves and count > most.get(action, (0, (0, 0)))[0]:
                most[action] = (count, (d_row, d_col))
        return {action: move for action, (_, move) in most.items()}

    def motions(self) -> dict[tuple[int, int], Motion]:
        """Return what each action does to each look of the agent, by (type, action).

        Where a look was seen to move under an action, the commonest move counts, however often it
        was held up; where it never moved, the commonest change of look.
        """
        tried: Counter[tuple[int, int]] = Counter()
        best: dict[tuple[int, int], tuple[tuple[bool, int], Motion]] = {}
        for look in sorted(self.self_types):
            counts: Counter[Change] = Counter(self._changes.get(look, Counter()))
            own = [(c, n) for c, n in sorted(counts.items()) if c.new_type in self.self_types]
            for change, count in own:
                tried[look, change.action] += count
            for change, count in own:
                key = (look, change.action)
                moves = (change.d_row, change.d_col) != (0, 0)
                rank = (moves and count > _MOVE_SHARE * tried[key], count)
                if key not in best or rank > best[key][0]:
                    best[key] = (rank, Motion(change.d_row, change.d_col, change.new_type))
        found = {key: motion for key, (_, motion) in best.items()}
        return found | self._shared(found, tried)

    def find(self, facts: Facts) -> Fact | None:
        """Return the agent's fact, or `None` if it is not seen exactly once."""
        own = [fact for fact in facts if fact.type in self.self_types]
        return own[0] if len(own) == 1 else None

    def state(self) -> list[list[int]]:
        """Return the counts for a checkpoint, a list of numbers for each."""
        changes = [
            [0, *change, count]
            for counts in self._changes.values()
            for change, count in counts.items()
        ]
        frames = [[1, number, count] for number, count in self._frames.items()]
        met = [[2, *pair, count] for pair, count in self._met.items()]
        verdict = [self._seen, -1 if self.self_type is None else self.self_type]
        return [[*verdict, *sorted(self.self_types)], *changes, *frames, *met]

    def load(self, state: list[list[int]]) -> None:
        """Take what `state()` gave."""
        (self._seen, number, *looks), *counts = state
        self.self_type, self.self_types = (None if number < 0 else number), frozenset(looks)
        self._changes, self._met, self._frames = {}, Counter(), Counter()
        for kind, *what, count in counts:
            if kind == 0:
                change = Change(*what)
                self._changes.setdefault(change.type, Counter())[change] = count
            elif kind == 1:
                self._frames[what[0]] = count
            else:
                self._met[what[0], what[1]] = count

    def _verdict(self) -> int | None:
        # Weighed by how often it was seen, so that one lucky sighting decides nothing.
        score = {
            number: sum(changes.values()) * _information(changes)
            for number, changes in self._changes.items()
        }
        best = max(sorted(score), key=lambda number: score[number], default=None)
        return best if best is not None and score[best] > 0.0 else None

    def _looks(self) -> frozenset[int]:
        """Return the agent's type and those that it changes into and is not seen together with."""
        if self.self_type is None:
            return frozenset()
        looks = {self.self_type}
        while True:
            into: Counter[int] = Counter()
            for look in looks:
                for change, count in self._changes.get(look, Counter()).items():
                    if change.new_type not in looks and not self._meets(change.new_type, looks):
                        into[change.new_type] += count
            found = {number for number, count in into.items() if count >= _CHANGES_OF_LOOK}
            if not found:
                return frozenset(looks)
            looks.add(min(found, key=lambda number: (-into[number], number)))

    def _meets(self, number: int, looks: set[int]) -> bool:
        together = sum(self._met[min(number, look), max(number, look)] for look in looks)
        return together > _MET_SHARE * self._frames[number]

    def _shared(
        self, found: dict[tuple[int, int], Motion], tried: Counter[tuple[int, int]]
    ) -> dict[tuple[int, int], Motion]:
        """Let looks hardly seen move as the others do, if these agree."""
        result = {}
        for action in {action for _, action in found}:
            ways = {
                (motion.d_row, motion.d_col)
                for (look, a), motion in found.items()
                if a == action and tried[look, a] >= _FEW_TRIES
            }
            if len(ways) != 1 or ways == {(0, 0)}:
                continue
            for look in self.self_types:
                if tried[look, action] < _FEW_TRIES:
                    known = found.get((look, action))
                    kept = known.type if known is not None else look
                    result[look, action] = Motion(*next(iter(ways)), kept)
        return result


def _changes(transition: Transition) -> list[Change]:
    before, after = _singles(transition.facts), _singles(transition.next_facts)
    old = {fact.type for fact in transition.facts}
    new = {fact.type for fact in transition.next_facts}
    came = [fact for number, fact in after.items() if number not in old]
    found = []
    for number, a in before.items():
        if number in after:
            followers = [after[number]]
        elif number not in new:
            followers = [b for b in came if abs(b.row - a.row) + abs(b.col - a.col) <= 1]
        else:
            followers = []
        found += [
            Change(number, transition.action, b.type, b.row - a.row, b.col - a.col)
            for b in followers
        ]
    return found


def _singles(facts: Facts) -> dict[int, Fact]:
    counts = Counter(fact.type for fact in facts)
    # Of two things of no known type, neither need be the other.
    return {f.type: f for f in facts if counts[f.type] == 1 and f.type != UNKNOWN}


def _information(changes: Counter[Change]) -> float:
    """Return the mutual information, in nats, of action and what became of the object."""
    total = sum(changes.values())
    actions: Counter[int] = Counter()
    results: Counter[tuple[int, int, int]] = Counter()
    for change, count in changes.items():
        actions[change.action] += count
        results[change[2:]] += count
    information = sum(
        count * math.log(count * total / (actions[change.action] * results[change[2:]]))
        for change, count in changes.items()
    )
    return information / total
