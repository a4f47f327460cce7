"""Which object is the agent: the one whose displacement tells which action was taken."""

from __future__ import annotations

import math
from collections import Counter

from dsrl_agent.types import Fact, Facts, Transition

_OFTEN = 64  # the verdict is renewed at each of the first transitions, then once in so many


class Agency:
    """Finds the type of the object that responds to the actions, and what each action does to it.

    For every type of which a frame shows exactly one object before and after, it counts how the
    object moved under each action. The agent's type is the one whose displacement shares most
    information with the action.

    Attributes:
        self_type: The agent's type, or `None` while nothing responds.
    """

    def __init__(self) -> None:
        self.self_type: int | None = None
        self._moves: dict[int, Counter[tuple[int, int, int]]] = {}
        self._seen = 0

    def observe(self, transition: Transition) -> None:
        """Count a transition."""
        before, after = _singles(transition.facts), _singles(transition.next_facts)
        for number in before.keys() & after.keys():
            a, b = before[number], after[number]
            move = (transition.action, b.row - a.row, b.col - a.col)
            self._moves.setdefault(number, Counter())[move] += 1
        self._seen += 1
        if self._seen <= _OFTEN or self._seen % _OFTEN == 0:
            self.self_type = self._verdict()

    def moves(self) -> dict[int, tuple[int, int]]:
        """Return the displacement (rows, columns) that each action mostly gives the agent."""
        if self.self_type is None:
            return {}
        most: dict[int, tuple[int, tuple[int, int]]] = {}
        for (action, d_row, d_col), count in sorted(self._moves[self.self_type].items()):
            if (d_row, d_col) != (0, 0) and count > most.get(action, (0, (0, 0)))[0]:
                most[action] = (count, (d_row, d_col))
        return {action: move for action, (_, move) in most.items()}

    def find(self, facts: Facts) -> Fact | None:
        """Return the agent's fact, or `None` if it is not seen exactly once."""
        own = [fact for fact in facts if fact.type == self.self_type]
        return own[0] if len(own) == 1 else None

    def state(self) -> list[list[int]]:
        """Return the counts for a checkpoint: [type, action, rows, columns, count] each."""
        counts = [
            [number, *move, count]
            for number, moves in self._moves.items()
            for move, count in moves.items()
        ]
        return [[self._seen, -1 if self.self_type is None else self.self_type], *counts]

    def load(self, state: list[list[int]]) -> None:
        """Take what `state()` gave."""
        (self._seen, number), *counts = state
        self.self_type = None if number < 0 else number
        self._moves = {}
        for kind, action, d_row, d_col, count in counts:
            self._moves.setdefault(kind, Counter())[action, d_row, d_col] = count

    def _verdict(self) -> int | None:
        # Weighed by how often it was seen, so that one lucky sighting decides nothing.
        score = {
            number: sum(moves.values()) * _information(moves)
            for number, moves in self._moves.items()
        }
        best = max(sorted(score), key=lambda number: score[number], default=None)
        return best if best is not None and score[best] > 0.0 else None


def _singles(facts: Facts) -> dict[int, Fact]:
    counts = Counter(fact.type for fact in facts)
    return {fact.type: fact for fact in facts if counts[fact.type] == 1}


def _information(moves: Counter[tuple[int, int, int]]) -> float:
    """Return the mutual information, in nats, of action and displacement."""
    total = sum(moves.values())
    actions: Counter[int] = Counter()
    displacements: Counter[tuple[int, int]] = Counter()
    for (action, d_row, d_col), count in moves.items():
        actions[action] += count
        displacements[d_row, d_col] += count
    information = sum(
        count * math.log(count * total / (actions[action] * displacements[d_row, d_col]))
        for (action, d_row, d_col), count in moves.items()
    )
    return information / total
