"""Learn which cell an action reaches, from the cells that change beside the agent.

The agent's own steps show it, and so does the one cell beside a standing agent that changes. Two
hypotheses compete: the cell depends on the action, or on the agent's appearance. In the latter case
the agent turns, and all actions of an appearance but the turns reach the cell that it faces, so an
action need never have worked to be known to reach it. Turns are rotations: two appearances that are
known to face two ways say which rotation an action is, and the others follow from them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from dsrl_agent.config import AgencyThresholds
from dsrl_agent.front_end.agency import ActionEffect, ActionEffects, Agency
from dsrl_agent.front_end.changes import PlaceChange
from dsrl_agent.front_end.rule import require_whole
from dsrl_agent.front_end.verdicts import Verdicts
from dsrl_agent.types import BESIDE, Fact, Facts, Transition

Offset = tuple[int, int]
"""Rows down and columns right."""

_Offsets = Verdicts[tuple[int, ...], Offset, tuple[Offset, bool]]

_Looks = dict[int, dict[int, int]]  # by action and appearance, the appearance that it turns into


def _rotated(offset: Offset, quarters: int) -> Offset:
    """Return an offset after so many quarter turns to the right."""
    for _ in range(quarters % 4):
        offset = (offset[1], -offset[0])
    return offset


class Understood(NamedTuple):
    """What actions reach, as long as nothing that was counted says otherwise."""

    effects: ActionEffects  # what each action reaches as each appearance
    turns: bool  # whether that depends on the appearance rather than on the action
    moving: frozenset[int]  # the actions that displace the agent
    reaching: frozenset[int]  # the actions at which something happened


class Reach:
    """Counts the offsets, by appearance and action, at which something happened."""

    def __init__(self, thresholds: AgencyThresholds | None = None) -> None:
        self._thresholds = thresholds or AgencyThresholds()
        self.counts: dict[tuple[int, int], Counter[Offset]] = {}
        # What was understood last, and what it followed from; `None` if it has to be anew.
        self._last: tuple[ActionEffects, frozenset[int], int, Understood] | None = None
        self._judged: tuple[_Offsets, ...] | None = None  # by appearance, by action, by both
        self._told = False, False  # by the counts judged: see `_tells`

    def observe(
        self, transition: Transition, agency: Agency, movers: frozenset[int] = frozenset()
    ) -> None:
        """Count a transition; changes of types that move by themselves tell nothing."""
        own, after = agency.find(transition.facts), agency.find(transition.next_facts)
        if own is None:
            return
        if after is None:
            offset = _lone_neighbour(own, transition.facts) if transition.terminated else None
        elif (after.row, after.col) != (own.row, own.col):
            offset = (after.row - own.row, after.col - own.col)
            if PlaceChange(own.type, transition.action, *offset) in agency.puts():
                return
        else:
            offset = _changed_neighbour(own, transition, agency.self_types | movers)
        if offset is not None and abs(offset[0]) + abs(offset[1]) == 1:
            self.counts.setdefault((own.type, transition.action), Counter())[offset] += 1
            self._outdate(own.type, transition.action, offset)

    def understood(self, agency: Agency, num_actions: int) -> Understood:
        """Return what actions reach: the same object as long as it is the same."""
        seen = agency.effects()
        if self._last is not None:
            known, *others, last = self._last
            if known is seen and others == [agency.self_types, num_actions]:
                return last
        self._judge(agency)
        moving = frozenset(action for (_, action), effect in seen.items() if effect.moves)
        reaching = frozenset(self.totals(agency, 1))
        turns = self.turns(agency, seen)
        effects = self._effects(agency, seen, num_actions, turns=turns)
        found = Understood(effects, turns, moving, reaching)
        self._last = seen, agency.self_types, num_actions, found
        return found

    def _outdate(self, look: int, action: int, offset: Offset) -> None:
        """Drop what was understood last, if an offset makes it another."""
        if self._judged is None or self._last is None:
            return
        held = look in self._last[1] and all(
            judged.hold(key, offset)
            for judged, key in zip(self._judged, ((look,), (action,), (look, action)), strict=True)
        )
        if not held or self._told != self._tells():
            self._last = self._judged = None

    def _judge(self, agency: Agency) -> None:
        """Judge by appearance, by action and by both."""
        ways: list[dict[tuple[int, ...], dict[Offset, int]]] = [
            {(key,): dict(of) for key, of in self.totals(agency, by).items()} for by in (0, 1)
        ]
        own = {key: of for key, of in self.counts.items() if key[0] in agency.self_types}
        ways.append({key: dict(of) for key, of in own.items()})
        self._judged = tuple(Verdicts(counts, _verdict, _stands) for counts in ways)
        self._told = self._tells()

    def _tells(self) -> tuple[bool, bool]:
        """Say whether the appearance tells less than the action what is reached, or more."""
        assert self._judged is not None
        look, action = (
            sum(max(of.values()) for of in judged.counts.values()) for judged in self._judged[:2]
        )
        return look < action, look > action

    def state(self) -> list[list[int]]:
        """Return the counts for a checkpoint."""
        return [
            [*key, *offset, count]
            for key, counts in self.counts.items()
            for offset, count in counts.items()
        ]

    def load(self, state: list[list[int]]) -> None:
        """Take what `state()` gave."""
        self.counts.clear()
        self._last = self._judged = None
        for look, action, d_row, d_col, count in state:
            require_whole(look, action, d_row, d_col, count)
            self.counts.setdefault((look, action), Counter())[d_row, d_col] = count

    def effects(self, agency: Agency, num_actions: int) -> ActionEffects:
        """Return what each action reaches as each appearance; what is not known is left out.

        An effect with a displacement reaches that cell, whether or not the agent enters it.
        """
        return self.understood(agency, num_actions).effects

    def _effects(
        self, agency: Agency, seen: ActionEffects, num_actions: int, *, turns: bool
    ) -> ActionEffects:
        if turns:
            return _Facing(self, agency, seen, num_actions).effects()
        return {**seen, **self._by_action(agency, seen)}

    def turns(self, agency: Agency, seen: ActionEffects) -> bool:
        """Say whether what is reached depends on the appearance rather than on the action."""
        by_action, by_look = self.totals(agency, 1), self.totals(agency, 0)
        wrong_by_action = sum(map(_minority, by_action.values()))
        wrong_by_look = sum(map(_minority, by_look.values()))
        if wrong_by_action != wrong_by_look:
            return wrong_by_look < wrong_by_action
        return any(len(set(into.values())) > 1 for into in self.turned(seen).values())

    def turned(self, seen: ActionEffects) -> _Looks:
        """Return, by action, the appearance that each turns into without a step."""
        found: _Looks = {}
        for (look, action), effect in seen.items():
            if not effect.moves and effect.type != look and (look, action) not in self.counts:
                found.setdefault(action, {})[look] = effect.type
        return found

    def totals(self, agency: Agency, by: int) -> dict[int, Counter[Offset]]:
        """Return the counts by appearance (0) or by action (1)."""
        found: dict[int, Counter[Offset]] = {}
        for key, counts in self.counts.items():
            if key[0] in agency.self_types:
                found.setdefault(key[by], Counter()).update(counts)
        return found

    def _by_action(
        self, agency: Agency, seen: ActionEffects
    ) -> dict[tuple[int, int], ActionEffect]:
        """Return the effects that other appearances, or changes beside the agent, show."""
        found = {}
        for action, counts in self.totals(agency, 1).items():
            offset = _commonest(counts)
            into = Counter(e.type for (_, a), e in seen.items() if a == action and e.moves)
            turned = into.most_common(1)[0][0] if len(into) == 1 else None
            for look in agency.self_types:
                effect = seen.get((look, action))
                if effect is None or effect == (0, 0, look):
                    found[look, action] = ActionEffect(*offset, look if turned is None else turned)
        return found


class _Facing:
    """The geometry of an agent that turns."""

    def __init__(self, reach: Reach, agency: Agency, seen: ActionEffects, num_actions: int) -> None:
        self._reach, self._seen, self._actions = reach, seen, range(num_actions)
        self._looks = sorted(agency.self_types)
        self._turned = reach.turned(seen)
        by_look = reach.totals(agency, 0)
        self._faces = {look: _commonest(counts) for look, counts in by_look.items()}
        self._rotations = self._found_rotations()
        self._complete_faces()

    def effects(self) -> dict[tuple[int, int], ActionEffect]:
        """Return what each action reaches, as far as it is known."""
        turners = {action for action in self._actions if self._is_turn(action)}
        found = {}
        for look in self._looks:
            for action in self._actions:
                known = (
                    self._turn(look, action) if action in turners else self._reaches(look, action)
                )
                if known is not None:
                    found[look, action] = known
        return found

    def _is_turn(self, action: int) -> bool:
        tried = [look for look, of in self._seen if of == action]
        return 2 * len(self._turned.get(action, ())) > len(tried)

    def _turn(self, look: int, action: int) -> ActionEffect | None:
        into = self._turned.get(action, {}).get(look)
        if into is None and action in self._rotations and look in self._faces:
            facing = _rotated(self._faces[look], self._rotations[action])
            into = next((other for other, way in self._faces.items() if way == facing), None)
        return None if into is None else ActionEffect(0, 0, into)

    def _reaches(self, look: int, action: int) -> ActionEffect | None:
        own = self._reach.counts.get((look, action), Counter())
        offset = _commonest(own) if sum(own.values()) > 1 else self._faces.get(look)
        if offset is None:
            return None
        effect = self._seen.get((look, action))
        stands = look if effect is None or not effect.moves or not own else effect.type
        return ActionEffect(*offset, stands)

    def _found_rotations(self) -> dict[int, int]:
        """Return the quarter turns to the right of each action that turns, where they are known."""
        found: dict[int, int] = {}
        for action, into in self._turned.items():
            votes: Counter[int] = Counter()
            for look, other in into.items():
                if look in self._faces and other in self._faces:
                    votes.update(
                        quarters
                        for quarters in (1, 2, 3)
                        if _rotated(self._faces[look], quarters) == self._faces[other]
                    )
            if votes:
                found[action] = votes.most_common(1)[0][0]
        for action, quarters in list(found.items()):  # what undoes a turn is its inverse
            back = {(other, look) for look, other in self._turned[action].items()}
            for other, into in self._turned.items():
                if other not in found and back & set(into.items()):
                    found[other] = (4 - quarters) % 4
        return found

    def _complete_faces(self) -> None:
        """Carry known facings round by the rotations."""
        pairs = [
            (look, other, self._rotations[action])
            for action, into in self._turned.items()
            if action in self._rotations
            for look, other in into.items()
        ]
        for _ in self._looks:  # each round reaches one appearance more, at least
            for look, other, quarters in pairs:
                if look in self._faces:
                    self._faces.setdefault(other, _rotated(self._faces[look], quarters))
                elif other in self._faces:
                    self._faces[look] = _rotated(self._faces[other], -quarters)


def _changed_neighbour(own: Fact, transition: Transition, exempt: frozenset[int]) -> Offset | None:
    """Return the offset of the one cell beside a standing agent that changed, if there is one."""
    before, after = _beside(own, transition.facts), _beside(own, transition.next_facts)
    changed = [
        offset
        for offset in BESIDE
        if before.get(offset) != after.get(offset)
        and not {before.get(offset), after.get(offset)} & exempt
    ]
    return changed[0] if len(changed) == 1 else None


def _lone_neighbour(own: Fact, facts: Facts) -> Offset | None:
    """Return the offset of the one object beside the agent, if there is just one."""
    beside = list(_beside(own, facts))
    return beside[0] if len(beside) == 1 else None


def _beside(own: Fact, facts: Facts) -> Mapping[Offset, int]:
    near: Iterable[tuple[Offset, int]] = (
        ((fact.row - own.row, fact.col - own.col), fact.type) for fact in facts
    )
    return {offset: label for offset, label in near if offset in BESIDE}


def _commonest(counts: Mapping[Offset, int]) -> Offset:
    return min(counts.items(), key=lambda item: (-item[1], item[0]))[0]


def _minority(counts: Counter[Offset]) -> int:
    return sum(counts.values()) - max(counts.values())


def _verdict(counts: Mapping[Offset, int]) -> tuple[Offset, bool]:
    """Return the commonest offset, and whether it was not a single case."""
    return _commonest(counts), sum(counts.values()) > 1


def _stands(verdict: tuple[Offset, bool], offset: Offset) -> bool:
    """Say whether a verdict is the same if an offset is counted once more."""
    return verdict == (offset, True)
