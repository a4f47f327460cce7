"""Edit the pixels of a frame: copy cells, paint them over with floor, and change colours.

The world knows nothing of these edits. A painted cell lasts as long as the world draws the same
pixels there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.page.live.edits import BoardView, Edit, Painted, Thing
from dsrl_agent.explain.page.live.lattice import (
    CellLattice,
    Place,
    copied_pixels,
    lattice_of,
    stands_in,
)
from dsrl_agent.records.type_names import TypeNames
from dsrl_agent.types import UNKNOWN, Facts, Frame

_REMEMBERED = 64  # frames of training that are searched for pictures of the types
# Okabe & Ito's palette for colour-blind readers, and white
_PALETTE = (
    "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#ebebeb",
)  # fmt: skip
Pixels = NDArray[np.uint8]


@dataclass
class PixelEditing:
    """Edits of the pixels of cells."""

    agent: DSRL
    names: TypeNames
    colours: tuple[str, ...] = _PALETTE
    said: str = (
        "This world cannot be edited itself: edits change the pixels of the frame, and last until "
        "the world draws a cell anew. The world goes on as if nothing had been edited."
    )
    _pictures: dict[int, Pixels] = field(default_factory=dict)  # of types, cut out of frames

    def __post_init__(self) -> None:
        """Cut pictures out of the frames that the agent remembers."""
        frames = self.agent.frames().before[-_REMEMBERED:]
        for frame, facts in zip(frames, self.agent.perception.facts(frames), strict=True):
            self.learn(frame, facts)

    def lattice(self, frame: Frame) -> CellLattice:
        """Return the cells of the agent's grid."""
        assert self.agent.perception.grid is not None
        return lattice_of(self.agent.perception.grid.fitted(*frame.shape[:2]))

    def learn(self, frame: Frame, facts: Facts) -> None:
        """Cut out pictures of types that have none yet."""
        missing = {fact.type for fact in facts} - self._pictures.keys()
        if not missing or self.agent.perception.grid is None:
            return
        grid = self.agent.perception.grid.fitted(*frame.shape[:2])
        for fact in facts:
            if fact.type in missing:
                self._pictures.setdefault(fact.type, frame[grid.cell(fact.row, fact.col)].copy())

    def things(self) -> tuple[Thing, ...]:
        """Return the types that pictures were found of, but not the agent."""
        hidden = {UNKNOWN, *self.agent.front_end.agency.self_types}
        return tuple(
            Thing(str(number), self.names.of(number), picture)
            for number, picture in sorted(self._pictures.items())
            if number not in hidden
        )

    def takes(self, edit: Edit) -> bool:
        """Say that any edit can be made."""
        return True

    def edited(self, board: BoardView, edit: Edit) -> BoardView:
        """Return the board with other pixels; what the agent sees there is read anew."""
        place, lattice = board.lattice.require(edit.place), board.lattice
        if edit.do != "put":
            board.fact_at(place)  # there must be something
        if edit.do == "remove":
            return self._painted(board, {place: floor_near(board, place)})
        if edit.do == "move":
            assert edit.to is not None
            target = lattice.require(edit.to)
            thing = board.frame[lattice.box(place)]
            return self._painted(board, {place: floor_near(board, place), target: thing})
        if edit.do == "colour":
            tinted = recoloured(
                board.frame[lattice.box(place)], floor_near(board, place), edit.what
            )
            return self._painted(board, {place: tinted})
        picture = self._pictures.get(int(edit.what) if edit.what.isdecimal() else UNKNOWN)
        if picture is None:
            raise ConfigError(f"There is no picture of {edit.what!r} to put on the board.")
        return self._painted(board, {place: picture})

    def _painted(self, board: BoardView, pixels: dict[Place, Pixels]) -> BoardView:
        kept = {each.place: each for each in board.painted}
        for place, picture in pixels.items():
            before = board.own[board.lattice.box(place)]
            after = copied_pixels(picture, *before.shape[:2])
            kept[place] = Painted(place, before.copy(), after.copy())
        painted = tuple(kept[place] for place in sorted(kept))
        frame = worn(board.own, board.lattice, painted)[0]
        facts = self.agent.facts(frame)
        return board._replace(frame=frame, facts=facts, painted=painted)


def worn(
    own: Frame, lattice: CellLattice, painted: Iterable[Painted]
) -> tuple[Frame, tuple[Painted, ...]]:
    """Return a frame with painted cells, and those of them that last: the world drew no other."""
    frame, lasting = own.copy(), []
    for each in painted:
        box = lattice.box(each.place)
        if np.array_equal(own[box], each.before):
            frame[box] = each.after
            lasting.append(each)
    return frame, tuple(lasting)


def floor_near(board: BoardView, place: Place) -> Pixels:
    """Return the pixels of the nearest cell in which nothing is seen, or else the median colour."""
    height, width = board.frame[board.lattice.box(place)].shape[:2]
    taken = stands_in(board.lattice, board.facts, board.grid).keys()
    free = [each for each in board.lattice.places() if each not in taken]
    if not free:
        colour = np.median(board.frame, axis=(0, 1)).astype(np.uint8)
        return np.broadcast_to(colour, (height, width, 3)).copy()
    row, col = place
    nearest = min(free, key=lambda at: (abs(at[0] - row) + abs(at[1] - col), at))
    return copied_pixels(board.frame[board.lattice.box(nearest)], height, width)


def recoloured(picture: Pixels, floor: Pixels, colour: str) -> Pixels:
    """Return a picture `uint8 [h, w, 3]` with a colour `#rrggbb` for all that differs from floor.

    A pixel takes as much of the colour as it differs from the floor, so edges stay smooth.

    Raises:
        ConfigError: The colour is none.
    """
    try:
        aim = np.array([int(colour[1 + 2 * i : 3 + 2 * i], 16) for i in range(3)], np.float64)
    except ValueError as error:
        raise ConfigError(f"{colour!r} is no colour; write it as #rrggbb.") from error
    apart = np.abs(picture.astype(np.float64) - floor).max(axis=-1, keepdims=True)
    share = apart / max(1.0, float(apart.max()))
    return np.asarray(np.rint(floor + share * (aim - floor)), np.uint8)
