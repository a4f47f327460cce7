"""Following a scene through an episode, with sight that errs now and then.

What stands where changes only where the agent is, or seldom. So a far cell that reads otherwise for
a single frame was misread; where sight has been seen to err, a change is believed when two frames
in a row show it. The agent itself is looked for where its action should have taken it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from dsrl_agent.front_end.agency import Agency, Motion
from dsrl_agent.front_end.relations import extent
from dsrl_agent.front_end.rules.board import Board, replaced, steps, with_taken
from dsrl_agent.front_end.rules.contact import (
    Aim,
    Context,
    Effect,
    Labels,
    Motions,
    aim,
    context_of,
    effect_of,
)
from dsrl_agent.types import FREE, KEPT, Facts, Shape, frozen

_ERRS = 0.01  # errors of sight per object: beyond this rate a change must be seen twice
_PRIOR_OBJECTS = 200.0  # sight counts as good until it has been seen to err


class Contact(NamedTuple):
    """A context and what came of it."""

    context: Context
    effect: Effect


class Seen(NamedTuple):
    """What a step has shown.

    Attributes:
        contact: What the agent went for and what came of it; `None` if it went for nothing.
        amended: An earlier contact whose effect shows only now, and its effect, if any.
    """

    contact: Contact | None
    amended: tuple[Contact, Effect] | None


@dataclass
class Sight:
    """How often sight errs, from what it took back: a cell that read otherwise for one frame.

    Attributes:
        objects: Objects seen so far, over all frames.
        errors: Readings taken back.
    """

    objects: float = 0.0
    errors: float = 0.0

    @property
    def noise(self) -> float:
        """The rate of errors per object, in (0, 1)."""
        return (self.errors + 0.001 * _PRIOR_OBJECTS) / (self.objects + _PRIOR_OBJECTS)

    @property
    def errs(self) -> bool:
        """Whether a change must be seen twice to be believed."""
        return self.noise > _ERRS


@dataclass
class Scene:
    """An episode's scene as believed, kept up to date step by step.

    Attributes:
        shape: Rows and columns of the grid, or `None` if they are not told.
        board: The scene; `None` until the agent has been seen.
        labels: The objects of the last frame as they were read.
        doubts: Readings that differ from the scene and wait for a second frame, by place.
        resting: The contact by which the agent came to its place, as long as it stands there.
        lost: Whether the agent was not seen in the last frame.
    """

    shape: Shape | None = None
    board: Board | None = None
    labels: Labels = field(default_factory=dict)
    doubts: dict[int, int] = field(default_factory=dict)
    resting: Contact | None = None
    lost: bool = False

    def copy(self) -> Scene:
        """Return a copy that shares nothing that changes."""
        return replace(self, doubts=dict(self.doubts))

    def begin(self, facts: Facts, agency: Agency) -> None:
        """Take the first frame."""
        own = agency.find(facts)
        if own is None:
            self.board = None
            return
        rows, cols = self._extent(facts)
        labels = {
            fact.row * cols + fact.col: fact.type
            for fact in facts
            if fact.type not in agency.self_types
        }
        cells = tuple(labels.get(place, FREE) for place in range(rows * cols))
        self.board = Board((rows, cols), cells, own.row * cols + own.col, own.type)
        self.labels, self.resting, self.lost = labels, None, False
        self.doubts.clear()

    def advance(
        self, action: int, facts: Facts, agency: Agency, motions: Motions, sight: Sight
    ) -> Seen:
        """Take the next frame.

        Args:
            action: What the agent did.
            facts: What is seen now.
            agency: Tells the agent.
            motions: What its actions do.
            sight: How well it sees; learns from what it took back.
        """
        before = self.board
        if before is None or self._extent(facts) != before.shape:
            self.begin(facts, agency)
            return Seen(None, None)
        labels, own = _read(facts, agency, before.shape[1])
        where, motion = aim(before, action, motions), motions.get((before.body, action))
        trusts = not sight.errs or self.lost
        seen = _find(own, before, where, trusts)
        place, body = seen or _expected(labels, before, where, motion)
        self.lost = seen is None
        contact, amended = None, None
        if where is not None and seen is not None:
            effect = effect_of(before, where, place, self.labels, labels)
            contact = Contact(context_of(before, action, where), effect)
        changes: dict[int, int] = {}
        taken = before.taken
        if contact is not None and where is not None and where.target >= 0:
            front, effect = contact.context.front, contact.effect
            if effect.enters:
                changes[where.target] = effect.becomes
            if effect.beyond != KEPT:
                changes[where.beyond] = effect.beyond
            elif front != FREE and effect.becomes != front and (effect.enters or not sight.errs):
                taken = with_taken(taken, front)
        if place != before.place:
            under = labels.get(before.place, FREE)
            changes[before.place] = under
            if self.resting is not None and under != FREE:
                # It stood on something all the while: that is what the touch had made of it.
                revised = self.resting.effect._replace(becomes=under)
                amended = self.resting, revised
                if under == self.resting.context.front:
                    taken = with_taken(taken, under, -1)
            fresh = contact is not None and contact.effect.enters
            self.resting = contact if fresh else None
        changes |= self._far_changes(before, labels, {place, *changes}, sight)
        self.board = Board(before.shape, replaced(before.cells, changes), place, body, taken)
        self.labels = labels
        return Seen(contact, amended)

    def state(self) -> dict[str, Any]:
        """Return it for a checkpoint, JSON-able."""
        board, resting = self.board, self.resting
        return {
            "shape": self.shape,
            "board": None if board is None else list(board),
            "labels": list(self.labels.items()),
            "doubts": list(self.doubts.items()),
            "lost": self.lost,
            "resting": None if resting is None else [list(part) for part in resting],
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Scene:
        """Take what `state()` gave, after a round through JSON."""
        scene = cls(frozen(state["shape"]), labels=dict(state["labels"]), lost=state["lost"])
        scene.doubts = dict(state["doubts"])
        if state["board"] is not None:
            scene.board = Board(*(frozen(part) for part in state["board"]))
        if state["resting"] is not None:
            context, effect = (frozen(part) for part in state["resting"])
            scene.resting = Contact(Context(*context), Effect(*effect))
        return scene

    def _far_changes(
        self, before: Board, labels: Labels, near: set[int], sight: Sight
    ) -> dict[int, int]:
        """Return what has changed away from the agent, and keep what waits for the next frame."""
        sight.objects += len(labels)
        differs = {
            place: now
            for place, was in enumerate(before.cells)
            if (now := labels.get(place, FREE)) != was and place not in near
        }
        doubts, self.doubts = self.doubts, {}
        believed = {}
        if sight.errs:
            sight.errors += len(doubts.keys() - differs.keys())
        for place, now in differs.items():
            if _walked(before, place, differs):
                believed[place] = now
            elif sight.errs and doubts.get(place) != now:
                self.doubts[place] = now
            else:
                believed[place] = now
                if not sight.errs:
                    # If this is taken back in the next frame, it was misread.
                    sight.errors += doubts.get(place) == now
                    self.doubts[place] = before.cells[place]
        return believed

    def _extent(self, facts: Facts) -> Shape:
        seen = self.shape if self.board is None else self.board.shape
        return extent(facts, seen)


def _read(facts: Facts, agency: Agency, cols: int) -> tuple[dict[int, int], dict[int, int]]:
    """Return the objects by place, and what may be the agent by place."""
    labels: dict[int, int] = {}
    own: dict[int, int] = {}
    for fact in facts:
        kind = own if fact.type in agency.self_types else labels
        kind[fact.row * cols + fact.col] = fact.type
    return labels, own


def _find(
    own: dict[int, int], before: Board, where: Aim | None, trusts: bool
) -> tuple[int, int] | None:
    """Return where the agent is seen, and its type, or `None`.

    Args:
        own: What may be the agent, by place.
        before: The scene before.
        where: What it went for.
        trusts: Whether it is believed to be where it cannot have gone.
    """
    for place in (before.place if where is None else where.target, before.place):
        if place in own:
            return place, own[place]
    return next(iter(own.items())) if len(own) == 1 and trusts else None


def _expected(
    labels: Labels, before: Board, where: Aim | None, motion: Motion | None
) -> tuple[int, int]:
    """Return where the agent should be and its type, when it is not seen."""
    if where is None:
        return before.place, (before.body if motion is None else motion.type)
    front = before.at(where.target)
    held_up = where.target < 0 or (front != FREE and labels.get(where.target) == front)
    return (before.place, before.body) if held_up else (where.target, where.motion.type)


def _walked(before: Board, place: int, differs: dict[int, int]) -> bool:
    """Say whether a change is one half of an object's step to a cell beside it."""
    was, now = before.cells[place], differs[place]
    for d_row, d_col in ((-1, 0), (0, 1), (1, 0), (0, -1)):
        other = steps(before.shape, d_row, d_col)[place]
        if other in differs:
            left = was != FREE and differs[other] == was and before.cells[other] != was
            came = now != FREE and before.cells[other] == now and differs[other] != now
            if left or came:
                return True
    return False
