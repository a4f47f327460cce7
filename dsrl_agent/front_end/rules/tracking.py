"""Track a scene through an episode in spite of reading errors.

Cells change where the agent is, and seldom elsewhere. So a far cell that reads otherwise for a
single frame was misread. Where reading errors are frequent, a change is believed when two frames in
a row show it. The agent is looked for at the place that its action should have taken it to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import compress, repeat
from operator import ne
from typing import Any, NamedTuple

from dsrl_agent.front_end.agency import ActionEffect, ActionEffects, Agency
from dsrl_agent.front_end.protocol import altered
from dsrl_agent.front_end.relations import extent
from dsrl_agent.front_end.rule import Context, Effect, Taken, Verbs, context_from, effect_from
from dsrl_agent.front_end.rules.board import Board, board_from, replaced, steps, with_taken
from dsrl_agent.front_end.rules.contact import (
    Aim,
    Labels,
    aim,
    context_of,
    effect_of,
    hands_after,
    slipped,
)
from dsrl_agent.front_end.rules.motion.slips import Slips
from dsrl_agent.front_end.rules.reading import ReadingErrors, read_facts
from dsrl_agent.types import BESIDE, EDGE, FREE, GOING, HELD, KEPT, Facts, Shape, frozen


class Contact(NamedTuple):
    """A context and the effect that followed."""

    context: Context
    effect: Effect


class Observation(NamedTuple):
    """The result of a step."""

    contact: Contact | None  # the contact of the step; `None` if the agent went for nothing
    # an earlier contact whose effect shows only now, and its effect, if any
    amended: tuple[Contact, Effect] | None
    # the action by which the thing was taken that this step has put down, -1 if there is none
    put: int = -1


@dataclass
class Senses:
    """The agent's knowledge by which it follows a scene."""

    agency: Agency  # finds the agent
    effects: ActionEffects  # of its actions
    errors: ReadingErrors  # learns from readings taken back
    verbs: Verbs = field(default_factory=Verbs)  # the kinds of its actions
    staying: frozenset[int] = frozenset()  # types that stay when the agent enters their cells
    walking: frozenset[int] = frozenset()  # types that walk by themselves
    slips: Slips = field(default_factory=dict)  # the chances of where actions lead, on ice


@dataclass
class TrackedScene:
    """An episode's scene as believed, kept up to date step by step."""

    shape: Shape | None = None  # rows and columns of the grid, or `None` if they are not known
    board: Board | None = None  # the scene; `None` until the agent has been seen
    labels: Labels = field(default_factory=dict)  # the objects of the last frame as they were read
    # readings that differ from the scene and wait for a second frame, by place
    doubts: dict[int, int] = field(default_factory=dict)
    # the contact by which the agent came to its place, as long as it stands there
    resting: Contact | None = None
    lost: bool = False  # whether the agent was not seen in the last frame
    start: frozenset[int] = frozenset()  # the types seen when the episode began
    # the types that vanished by an action that may take things, and that action
    hands: dict[int, int] = field(default_factory=dict)
    # the things taken and the thing in hand with which the scene is to begin
    carried: tuple[Taken, int] = ((), FREE)
    unseen: bool = False  # whether what the agent stands on was never seen, as it began there

    def copy(self) -> TrackedScene:
        """Return a copy that shares nothing that changes."""
        return altered(self, doubts=self.doubts.copy(), hands=self.hands.copy())

    def carry_over(self, earlier: TrackedScene) -> bool:
        """Take over the things taken in an earlier scene; return whether there are any."""
        old = earlier.board
        if old is None or not old.taken:
            return False
        if self.board is None:
            self.carried = (old.taken, old.held)
        else:
            self.board = self.board._replace(taken=old.taken, held=old.held)
        return True

    def begin(self, facts: Facts, agency: Agency, verbs: Verbs | None = None) -> None:
        """Take the first frame."""
        own = agency.find(facts)
        if own is None:
            self.board = None
            return
        rows, cols = extent(facts, self.shape if self.board is None else self.board.shape)
        own_types = agency.self_types
        labels = {row * cols + col: of for of, row, col in facts if of not in own_types}
        cells = tuple(labels.get(place, FREE) for place in range(rows * cols))
        place = own.row * cols + own.col
        taken, held = self.carried
        held = held if verbs is None else verbs.load(own.type, held)
        self.board, self.unseen = Board((rows, cols), cells, place, own.type, taken, held), True
        self.carried = ((), FREE)
        self.labels, self.resting, self.lost = labels, None, False
        self.start = frozenset(labels.values())
        self.hands.clear()
        self.doubts.clear()

    def advance(
        self, action: int, facts: Facts, senses: Senses, *, told: bool = False
    ) -> Observation:
        """Take the facts of the next frame, after an action of the agent.

        `told` says whether the step ended the episode or gave an unusual reward: then the contact
        under way counts, even if the agent is not seen.
        """
        before, agency, last = self.board, senses.agency, self.labels
        read = None if before is None else read_facts(facts, agency, before.shape, last)
        if before is None or read is None:
            self.begin(facts, agency, senses.verbs)
            return Observation(None, None)
        (labels, own), effects, verbs = read, senses.effects, senses.verbs
        where, effect = aim(before, action, effects, verbs), effects.get((before.body, action))
        seen = _find(own, before, where)
        if seen is None and (self.lost or senses.slips or not senses.errors.frequent):
            seen = next(iter(own.items())) if len(own) == 1 else None  # it may be anywhere
        if senses.slips:
            at = None if seen is None else seen[0]
            where = slipped(before, action, senses.slips, effects, at, told=told)
        still = verbs.of(action) != GOING
        place, body = seen or _expected(labels, before, None if still else where, effect)
        self.lost, contact, amended = seen is None, None, None
        before = self._with_hand(before, where, labels) if still and where else before
        if where is not None and (seen is not None or told):
            staying = frozenset(before.cells) if verbs.here else senses.staying
            other = body != where.effect.type and not senses.errors.frequent and agency.keeps_looks
            worn = body if other else FREE
            found = effect_of(before, where, place, last, labels, staying, worn)
            if where.target == before.place and body != before.body:
                found = found._replace(turns=True)
            since = before.since(self.start)
            contact = Contact(context_of(before, action, where, since), found)
        changes, taken, held = _near_changes(before, where, contact, senses)
        held = verbs.load(body, held)
        self.resting = contact if contact and contact.effect.turns else self.resting
        if place != before.place:
            self.unseen = False
            changes[before.place] = labels.get(before.place, FREE)
            amended, taken = self._leave(changes[before.place], taken)
            self.resting = contact if contact is not None and contact.effect.enters else None
        changes |= self._far_changes(before, labels, place, changes, senses)
        cells = replaced(before.cells, changes)
        self.board = Board(before.shape, cells, place, body, taken, held)
        self.labels = labels
        return Observation(contact, amended, self._put(before.held, held, action))

    def glide(self, action: int, facts: Facts, senses: Senses) -> bool:
        """Take the next frame if the agent stepped to an empty cell and nothing else changed.

        Return whether it did; otherwise the scene stays as it was, for `advance`, which takes three
        times as long. Its contact, on an empty cell, matters to what learns only, and is not kept.
        """
        before, verbs = self.board, senses.verbs
        if before is None or self.doubts or senses.slips or verbs.of(action) != GOING:
            return False
        where = aim(before, action, senses.effects, verbs)
        if where is None or where.target < 0 or before.cells[where.target] != FREE:
            return False
        read = read_facts(facts, senses.agency, before.shape, self.labels)
        if read is None or read[0] is not self.labels or where.target not in read[1]:
            return False
        under, body = self.labels.get(before.place, FREE), read[1][where.target]
        carries = verbs.load(body, before.held) == before.held
        if before.cells[before.place] != under or not carries or where.target == before.place:
            return False
        self.board, self.resting = before.standing(where.target, body), None
        self.lost = self.unseen = False
        return True

    def state(self) -> dict[str, Any]:
        """Return the scene for a checkpoint, JSON-able."""
        board, resting = self.board, self.resting
        return {
            "shape": self.shape,
            "board": None if board is None else list(board),
            "labels": list(self.labels.items()),
            "doubts": list(self.doubts.items()),
            "lost": self.lost,
            "start": sorted(self.start),
            "unseen": self.unseen,
            "hands": list(self.hands.items()),
            "resting": None if resting is None else [list(part) for part in resting],
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> TrackedScene:
        """Take what `state()` gave, after a round through JSON."""
        scene = cls(frozen(state["shape"]), labels=dict(state["labels"]), lost=state["lost"])
        scene.doubts, scene.unseen = dict(state["doubts"]), bool(state.get("unseen"))
        scene.start, scene.hands = frozenset(state.get("start", ())), dict(state.get("hands", ()))
        if state["board"] is not None:
            scene.board = board_from(state["board"])
        if state["resting"] is not None:
            context, effect = state["resting"]
            scene.resting = Contact(context_from(context), effect_from(effect))
        return scene

    def _with_hand(self, before: Board, where: Aim, labels: Labels) -> Board:
        """Correct the belief of the thing in hand by what is put down.

        Something that vanished last may have been wrecked rather than taken.
        """
        now = labels.get(where.target, FREE)
        put = before.at(where.target) == FREE and now in self.hands
        return before._replace(held=now) if put else before

    def _put(self, before: int, held: int, action: int) -> int:
        """Follow the thing in hand; return the action that had taken the one put down, or -1."""
        if held == before:
            return -1
        if held == FREE:
            return self.hands.pop(before, -1)
        self.hands[held] = action
        return -1

    def _leave(self, under: int, taken: Taken) -> tuple[tuple[Contact, Effect] | None, Taken]:
        """Return the contact that the agent leaves with its true effect, and the things taken.

        The agent hid an object that it stood on. The touch has made `under`, the type now seen
        there, of the object touched. `taken` holds the things taken, as believed.
        """
        if self.resting is None or under == self.resting.effect.becomes:
            return None, taken
        front, effect = self.resting.context.front, self.resting.effect
        if front == EDGE:
            return None, taken
        times = (under != front) - (effect.becomes != front)  # whether it counts as taken, and did
        if times and front != FREE and not effect.turns:
            taken = with_taken(taken, front, times)
        return (self.resting, effect._replace(becomes=under)), taken

    def _far_changes(
        self, before: Board, labels: Labels, place: int, changes: dict[int, int], senses: Senses
    ) -> dict[int, int]:
        """Return the changes away from the agent, and keep those that wait for the next frame.

        They are neither at its `place` nor among the `changes` that it made.
        """
        errors, walking = senses.errors, senses.walking
        errors.objects += len(labels)
        if labels is self.labels and not self.doubts:
            return {}
        seen = list(map(labels.get, range(len(before.cells)), repeat(FREE)))
        others = compress(range(len(seen)), map(ne, seen, before.cells))
        differs = {far: seen[far] for far in others if far != place and far not in changes}
        if not differs and not self.doubts:
            return {}
        doubts, self.doubts = self.doubts, {}
        believed = {}
        if errors.frequent:
            errors.errors += len(doubts.keys() - differs.keys())
        for far, now in differs.items():
            if _moved(before, far, differs) or _walked(before, far, differs, walking):
                believed[far] = now
            elif errors.frequent and doubts.get(far) != now:
                self.doubts[far] = now
            else:
                believed[far] = now
                if not errors.frequent:
                    # If this is taken back in the next frame, it was misread.
                    errors.errors += doubts.get(far) == now
                    self.doubts[far] = before.cells[far]
        return believed


def _find(own: Labels, before: Board, where: Aim | None) -> tuple[int, int] | None:
    """Return the place where the agent is seen that may be there, and its type, or `None`.

    `own` holds the candidates for the agent by place.
    """
    for place in (before.place if where is None else where.target, before.place):
        if place in own:
            return place, own[place]
    return None


def _expected(
    labels: Labels, before: Board, where: Aim | None, effect: ActionEffect | None
) -> tuple[int, int]:
    """Return the place and type that the agent should have, when it is not seen."""
    if where is None:  # the agent turns, at most
        return before.place, (before.body if effect is None else effect.type)
    front = before.at(where.target)
    held_up = where.target < 0 or (front != FREE and labels.get(where.target) == front)
    return (before.place, before.body) if held_up else (where.target, where.effect.type)


def _near_changes(
    before: Board, where: Aim | None, contact: Contact | None, senses: Senses
) -> tuple[dict[int, int], Taken, int]:
    """Return the changes that a contact has made, by place, the things taken, the one in hand."""
    changes: dict[int, int] = {}
    if contact is None or where is None or where.target < 0:
        return changes, before.taken, before.held
    (context, effect), verbs = contact, senses.verbs
    changed = effect.enters or verbs.of(context.action) != GOING
    if changed:
        changes[where.target] = before.held if effect.becomes == HELD else effect.becomes
    if effect.beyond != KEPT:
        changes[where.beyond] = effect.beyond
    if not changed and senses.errors.frequent:
        return changes, before.taken, before.held  # what is read there may be an error
    taken, held = hands_after(before, context.front, effect, context.action, verbs)
    return changes, taken, held


def _moved(before: Board, place: int, differs: dict[int, int]) -> bool:
    """Say whether a change is one half of an object's step to a cell beside it."""
    was, now = before.cells[place], differs[place]
    for d_row, d_col in BESIDE:
        other = steps(before.shape, d_row, d_col)[place]
        if other in differs:
            left = was != FREE and differs[other] == was and before.cells[other] != was
            came = now != FREE and before.cells[other] == now and differs[other] != now
            if left or came:
                return True
    return False


def _walked(before: Board, place: int, differs: dict[int, int], walking: frozenset[int]) -> bool:
    """Say whether a change is one half of a step of a type that walks, perhaps across a corner."""
    was, now = before.cells[place], differs[place]
    if not {was, now} & walking:
        return False
    row, col = divmod(place, before.shape[1])
    for other, there in differs.items():
        far = max(abs(other // before.shape[1] - row), abs(other % before.shape[1] - col))
        left, came = was in walking and there == was, now in walking and before.cells[other] == now
        if 0 < far <= 2 and (left or came):
            return True
    return False
