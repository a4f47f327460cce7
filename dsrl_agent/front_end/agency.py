"""Find the agent among the objects: the one whose changes tell which action was taken."""

from __future__ import annotations

import itertools
import math
import operator
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from dsrl_agent.config import AgencyThresholds
from dsrl_agent.front_end.changes import (
    Displacements,
    ObservedChange,
    PlaceChange,
    changes_of,
    overview,
    place_change_of,
)
from dsrl_agent.front_end.verdicts import Verdicts
from dsrl_agent.types import Fact, Facts, Transition


class ActionEffect(NamedTuple):
    """The effect of an action on the agent where nothing is in its way."""

    d_row: int  # rows down; 0 if it does not move
    d_col: int  # columns right
    type: int  # the agent's type afterwards: an agent that turns changes its appearance

    @property
    def moves(self) -> bool:
        """Whether the agent's cell changes."""
        return (self.d_row, self.d_col) != (0, 0)


ActionEffects = Mapping[tuple[int, int], ActionEffect]
"""The effect of each action on each appearance of the agent, by (type, action)."""

_Judged = tuple[ActionEffect | None, bool]  # an effect if known, and whether it was tried enough


class Agency:
    """Finds the type of the object that responds to the actions, and the effect of each action.

    For every type that a frame shows exactly once, the changes of the object under each action are
    counted: the displacement or, if the type is seen no more, a type that was not there before and
    came up in the object's cell or beside it. The agent's type is the one whose changes share most
    information with the action. Types that the agent changes into, and that are not seen together
    with it, are further appearances of the agent: it turns, or it stands on something.
    """

    def __init__(self, thresholds: AgencyThresholds | None = None) -> None:
        self.self_type: int | None = None  # the agent's type, or `None` while nothing responds
        self.self_types: frozenset[int] = frozenset()  # the types of all its appearances
        self._thresholds = thresholds or AgencyThresholds()
        self._changes: dict[int, Counter[ObservedChange]] = {}
        self._displacements = Displacements()
        self._met: Counter[tuple[int, int]] = Counter()  # frames that show both types
        self._frames: Counter[int] = Counter()  # frames that show the type
        self._seen = 0
        self._found: dict[int, tuple[Facts, Fact | None]] = {}  # the agent's fact, by facts' id
        self._given: frozenset[int] = frozenset()  # its appearances as perception found them
        self._missing = 0  # frames since then that do not show exactly one of them
        self._shown = 0  # frames since then that do
        # As counted last: the moves and effects, and what they follow from.
        self._moves: dict[int, tuple[int, int]] | None = None
        self._effects: dict[tuple[int, int], ActionEffect] | None = None
        self._moved: Verdicts[int, PlaceChange, PlaceChange | None] | None = None
        self._acted: Verdicts[tuple[int, int], ObservedChange, _Judged] | None = None
        self._puts: frozenset[PlaceChange] | None = None

    def take(self, types: frozenset[int]) -> None:
        """Take the types of the agent's appearances as perception found them.

        They hold as long as most frames show exactly one of them; none gives no opinion. Types that
        they are seen to change into are added.
        """
        if types != self._given:
            self._given, self._missing, self._shown = types, 0, 0
            self._decide()

    def observe(self, transition: Transition) -> None:
        """Count a transition."""
        for change, place in changes_of(transition):
            self._changes.setdefault(change.type, Counter())[change] += 1
            if self._displacements.add(change, place) and change.type in self.self_types:
                self._count_anew()
            self._outdate(change)
        seen = overview(transition.next_facts)
        for number in seen.types:  # the counters' own update() takes longer
            self._frames[number] += 1
        for pair in seen.pairs:
            self._met[pair] += 1
        self._seen += 1
        every = self._thresholds.verdict_every
        if self._seen <= every or self._seen % every == 0:
            self._decide()
        own = sum(fact.type in self._given for fact in transition.next_facts)
        self._shown += own == 1
        self._missing += own != 1 and not transition.terminated
        if self._given and self.self_types >= self._given and not self._holds():
            self._decide()

    def _outdate(self, change: ObservedChange) -> None:
        """Drop the moves and effects counted last, if a change makes others of them."""
        moved = self._moved if change.type == self.self_type else None
        if moved is not None and not moved.hold(change.action, place_change_of(change)):
            self._moves = self._moved = None
        acted = self._acted if {change.type, change.new_type} <= self.self_types else None
        if acted is not None and not acted.hold((change.type, change.action), change):
            self._effects = self._acted = None

    def _holds(self) -> bool:
        """Say whether the appearances given are seen as an agent would be."""
        least = self._thresholds.given_share
        frames = self._shown + self._missing
        return frames < self._thresholds.verdict_every or self._shown >= least * frames

    def _decide(self) -> None:
        """Decide which types are the agent's: those given, if they hold, or those that respond."""
        self._found.clear()
        before = self.self_type, self.self_types
        if self._given and self._holds():
            frequent = max(sorted(self._given), key=lambda number: self._frames[number])
            self.self_type, self.self_types = frequent, self._appearances(self._given)
        else:
            self.self_type = found = self._verdict()
            self.self_types = frozenset() if found is None else self._appearances({found})
        if (self.self_type, self.self_types) != before:
            self._count_anew()

    def _count_anew(self) -> None:
        """Drop the moves and effects counted last."""
        self._moves = self._effects = self._moved = self._acted = self._puts = None

    def moves(self) -> dict[int, tuple[int, int]]:
        """Return the commonest displacement (rows, columns) of the agent under each action.

        One to a cell beside the agent comes before a farther one, by which it may be flung, and one
        from several places before one from a single place. What puts it to a place moves nothing.
        """
        if self._moves is None:
            self._moves = self._counted_moves()
        return self._moves.copy()

    def _counted_moves(self) -> dict[int, tuple[int, int]]:
        if self.self_type is None:
            return {}
        counts: dict[int, dict[PlaceChange, int]] = {}
        for change, count in self._changes.get(self.self_type, Counter()).items():
            own, move = counts.setdefault(change.action, {}), place_change_of(change)
            own[move] = own.get(move, 0) + count
        self._moved = Verdicts(counts, self._common_move, operator.eq)
        found = sorted(self._moved.found.items())
        return {action: (move.d_row, move.d_col) for action, move in found if move is not None}

    def _common_move(self, counts: Mapping[PlaceChange, int]) -> PlaceChange | None:
        """Return the commonest displacement of an action, `None` if it moves nothing."""
        put = self._displacements.is_put
        kept = {seen: count for seen, count in counts.items() if not put(seen)}
        tries = sum(kept.values())
        able = [
            move for move, count in kept.items() if move.moves and self._is_common(count, tries)
        ]
        return min(able, key=lambda move: (*self._rank(move), -kept[move], move), default=None)

    def _rank(self, seen: PlaceChange) -> tuple[bool, bool]:
        """Return what is less for displacements that are rather the agent's own motion."""
        return not seen.is_step, not self._displacements.several(seen)

    def effects(self) -> ActionEffects:
        """Return the effect of each action on each appearance of the agent, by (type, action).

        Where an appearance was seen to move under an action, the commonest displacement counts,
        however often the agent was held up, in the order of `moves`. Where it never moved, the
        commonest change of appearance counts; where it was only put to a place, nothing is known.
        The object returned is the same as long as the effects are.
        """
        if self._effects is None:
            self._effects = self._counted_effects()
        return self._effects

    def puts(self) -> frozenset[PlaceChange]:
        """Return the agent's steps to a cell beside that are no motions: it was put there."""
        if self._puts is None:
            self._puts = self._displacements.puts(self.self_types)
        return self._puts

    def _counted_effects(self) -> dict[tuple[int, int], ActionEffect]:
        counts: dict[tuple[int, int], dict[ObservedChange, int]] = {}
        for number in sorted(self.self_types):
            for change, count in sorted(self._changes.get(number, Counter()).items()):
                if change.new_type in self.self_types:
                    counts.setdefault((number, change.action), {})[change] = count
        self._acted = Verdicts(counts, self._common_effect, _stands)
        few = self._thresholds.few_tries
        tried = {key: min(few, sum(of.values())) for key, of in counts.items()}
        judged = self._acted.found.items()
        found = {key: effect for key, (effect, _) in judged if effect is not None}
        return found | self._shared(found, Counter(tried))

    def _common_effect(self, counts: Mapping[ObservedChange, int]) -> _Judged:
        """Return the effect of an action on an appearance, by the changes seen in their order."""
        put = self._displacements.is_put
        kept = {of: count for of, count in counts.items() if not put(place_change_of(of))}
        tries, best = sum(kept.values()), None
        for change, count in kept.items():
            seen = place_change_of(change)
            common = seen.moves and self._is_common(count, tries)
            rank = (not common, *(self._rank(seen) if common else (False, False)), -count)
            if best is None or rank < best[0]:
                best = rank, ActionEffect(change.d_row, change.d_col, change.new_type)
        return best and best[1], sum(counts.values()) >= self._thresholds.few_tries

    @property
    def keeps_looks(self) -> bool:
        """Whether most motions of the agent end in the looks that the effects give them."""
        effects, agree, total = self.effects(), 0, 0
        for number in self.self_types:
            for change, count in self._changes.get(number, Counter()).items():
                known = effects.get((number, change.action))
                if known is not None and place_change_of(change).moves:
                    total += count
                    agree += count * (change.new_type == known.type)
        return agree >= self._thresholds.kept_looks * total

    def find(self, facts: Facts) -> Fact | None:
        """Return the agent's fact, or `None` if it is not seen exactly once."""
        known = self._found.get(id(facts))
        if known is not None and known[0] is facts:  # asked for again and again in a step
            return known[1]
        own = [fact for fact in facts if fact.type in self.self_types]
        found = own[0] if len(own) == 1 else None
        if len(self._found) >= self._thresholds.remembered:
            self._found.clear()
        self._found[id(facts)] = facts, found
        return found

    def state(self) -> list[list[int]]:
        """Return the counts for a checkpoint, a list of numbers for each."""
        counted = itertools.chain.from_iterable(of.items() for of in self._changes.values())
        changes = [[0, *change, count] for change, count in counted]
        frames = [[1, number, count] for number, count in self._frames.items()]
        met = [[2, *pair, count] for pair, count in self._met.items()]
        verdict = [self._seen, -1 if self.self_type is None else self.self_type]
        given = [[3, number, 1] for number in sorted(self._given)]
        places = [[4, *row] for row in self._displacements.state()]
        return [[*verdict, *sorted(self.self_types)], *changes, *frames, *met, *given, *places]

    def load(self, state: list[list[int]]) -> None:
        """Take what `state()` gave."""
        (self._seen, number, *own), *counts = state
        self.self_type, self.self_types = (None if number < 0 else number), frozenset(own)
        self._count_anew()
        self._changes, self._met, self._frames = {}, Counter(), Counter()
        self._found.clear()
        self._given = frozenset(key for table, key, *_ in counts if table == 3)
        for table, *key, count in counts:
            if table == 0:
                change = ObservedChange(*key)
                self._changes.setdefault(change.type, Counter())[change] = count
            elif table == 1:
                self._frames[key[0]] = count
            elif table == 2:
                self._met[key[0], key[1]] = count
        changes = [change for of in self._changes.values() for change in of]
        self._displacements.load([row[1:] for row in counts if row[0] == 4], changes)

    def _verdict(self) -> int | None:
        """Return the type that responds most, weighted by its count: one sighting is no proof."""
        score = {of: sum(seen.values()) * _information(seen) for of, seen in self._changes.items()}
        best = max(sorted(score), key=lambda number: score[number], default=None)
        return best if best is not None and score[best] > 0.0 else None

    def _appearances(self, known: Iterable[int]) -> frozenset[int]:
        """Return the types known and those that they change into and are not seen together with."""
        own = set(known)
        while True:
            into: Counter[int] = Counter()
            for number in own:
                for change, count in self._changes.get(number, Counter()).items():
                    if change.new_type not in own and not self._meets(change.new_type, own):
                        into[change.new_type] += count
            least = self._thresholds.appearance_changes
            found = {number for number, count in into.items() if count >= least}
            if not found:
                return frozenset(own)
            own.add(min(found, key=lambda number: (-into[number], number)))

    def _meets(self, number: int, own: set[int]) -> bool:
        together = sum(self._met[min(number, other), max(number, other)] for other in own)
        return together > self._thresholds.met_share * self._frames[number]

    def _is_common(self, count: int, tries: int) -> bool:
        return count > self._thresholds.move_share * tries

    def _shared(
        self, found: ActionEffects, tried: Counter[tuple[int, int]]
    ) -> dict[tuple[int, int], ActionEffect]:
        """Return the others' displacement for appearances hardly seen, if the others agree."""
        result = {}
        few = self._thresholds.few_tries
        for action in {action for _, action in found}:
            displacements = {
                (effect.d_row, effect.d_col)
                for (number, a), effect in found.items()
                if a == action and tried[number, a] >= few
            }
            if len(displacements) != 1 or displacements == {(0, 0)}:
                continue
            d_row, d_col = displacements.pop()
            for number in self.self_types:
                if tried[number, action] < few:
                    known = found.get((number, action), ActionEffect(d_row, d_col, number))
                    result[number, action] = ActionEffect(d_row, d_col, known.type)
        return result


def _information(changes: Counter[ObservedChange]) -> float:
    """Return the mutual information, in nats, of the action and the object's change."""
    total = sum(changes.values())
    actions: Counter[int] = Counter()
    results: Counter[tuple[int, ...]] = Counter()
    counts = [(change.action, change[2:], count) for change, count in changes.items()]
    for action, result, count in counts:
        actions[action] += count
        results[result] += count
    information = sum(
        count * math.log(count * total / (actions[action] * results[result]))
        for action, result, count in counts
    )
    return information / total


def _stands(verdict: _Judged, change: ObservedChange) -> bool:
    """Say whether a verdict is the same if a change is counted once more: the commonest one is."""
    return verdict == (ActionEffect(change.d_row, change.d_col, change.new_type), True)
