"""Define edits of a board, and what a way of editing has to offer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.page.live.lattice import CellLattice, Place, stands_in
from dsrl_agent.perception.grid import Grid
from dsrl_agent.types import Fact, Facts, Frame

DEEDS = ("remove", "put", "move", "colour")


class Edit(NamedTuple):
    """An edit of a board."""

    do: str  # one of `DEEDS`
    place: Place
    to: Place | None = None  # where a move leads
    what: str = ""  # the key of the thing to put, or the colour `#rrggbb`

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Edit:
        """Return an edit that was sent as JSON.

        Raises:
            ConfigError: It is none.
        """
        do, place, to = given.get("do"), _place(given.get("place")), _place(given.get("to"))
        if do not in DEEDS or place is None or (do == "move") != (to is not None):
            raise ConfigError(
                f"{dict(given)!r} is no edit; it takes do ({', '.join(DEEDS)}), place [row, "
                "column], and to [row, column] for a move."
            )
        return cls(str(do), place, to, str(given.get("what", "")))


class Thing(NamedTuple):
    """A thing that can be put on a board."""

    key: str
    name: str
    picture: NDArray[np.uint8] | None  # uint8 [h, w, 3]


class Painted(NamedTuple):
    """A cell whose pixels a person has painted; it lasts until the world draws the cell anew."""

    place: Place
    before: NDArray[np.uint8]  # the world's own pixels, uint8 [h, w, 3]
    after: NDArray[np.uint8]  # the pixels in their place


class BoardView(NamedTuple):
    """A board as a person edits it."""

    own: Frame  # uint8 [H, W, 3]: the world's own frame
    frame: Frame  # uint8 [H, W, 3]: the frame that the agent gets
    facts: Facts
    painted: tuple[Painted, ...]  # the cells in which the two differ
    lattice: CellLattice
    grid: Grid | None  # the agent's grid, in this frame

    def stands(self) -> dict[Place, Fact]:
        """Return the first fact in each cell that has any."""
        found = stands_in(self.lattice, self.facts, self.grid)
        return {place: self.facts[index] for place, index in found.items()}

    def fact_at(self, place: Place) -> Fact:
        """Return the first fact in a cell.

        Raises:
            ConfigError: The agent sees nothing there.
        """
        fact = self.stands().get(self.lattice.require(place))
        if fact is None:
            raise ConfigError(f"The agent sees nothing at [{place[0]}, {place[1]}].")
        return fact


class BoardEditing(Protocol):
    """A way of editing a board."""

    said: str  # what the edits are made on, a sentence

    @property
    def colours(self) -> tuple[str, ...]:
        """The colours that things can be given, as `#rrggbb`."""

    def lattice(self, frame: Frame) -> CellLattice:
        """Return the cells of a frame that edits name."""

    def things(self) -> tuple[Thing, ...]:
        """Return what can be put on a board."""

    def takes(self, edit: Edit) -> bool:
        """Say whether an edit can be made in this way."""

    def edited(self, board: BoardView, edit: Edit) -> BoardView:
        """Return the board after an edit.

        Raises:
            ConfigError: The edit cannot be made there.
        """


def _place(given: object) -> Place | None:
    if given is None:
        return None
    if isinstance(given, list | tuple) and len(given) == 2:
        row, col = given
        if type(row) is int and type(col) is int:
            return row, col
    raise ConfigError(f"{given!r} is no cell; write [row, column].")
