"""Edit the facts that the front end gets, where cells are too small to be copied."""

from __future__ import annotations

from dataclasses import dataclass

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.page.live.edits import BoardView, Edit, Thing
from dsrl_agent.explain.page.live.lattice import CellLattice, Place, coarse_lattice, even_lattice
from dsrl_agent.explain.page.overlay import LEAST_SIDE
from dsrl_agent.explain.policy import replaced, without
from dsrl_agent.records.type_names import TypeNames
from dsrl_agent.types import Fact, Frame


@dataclass
class FactEditing:
    """Edits of the facts; the frame stays as it is."""

    agent: DSRL
    names: TypeNames
    colours: tuple[str, ...] = ()
    said: str = (
        "This world cannot be edited itself, and its cells are too small to be painted: edits "
        "change the facts that the front end gets, for one step."
    )

    def lattice(self, frame: Frame) -> CellLattice:
        """Return the cells of the agent's grid, or several of them where they are small."""
        grid = self.agent.perception.grid
        if grid is None:
            return even_lattice(frame, self.agent.perception.shape_of(frame))
        return coarse_lattice(grid.fitted(*frame.shape[:2]), LEAST_SIDE)

    def things(self) -> tuple[Thing, ...]:
        """Return all types but the agent."""
        pictures, own = self.agent.perception.pictures(), self.agent.front_end.agency.self_types
        known = (number for number in self.agent.perception.known if number not in own)
        return tuple(Thing(str(of), self.names.of(of), pictures.get(of)) for of in known)

    def takes(self, edit: Edit) -> bool:
        """Say that facts have no colour."""
        return edit.do != "colour"

    def edited(self, board: BoardView, edit: Edit) -> BoardView:
        """Return the board with other facts."""
        if edit.do == "put":
            if edit.what not in {thing.key for thing in self.things()}:
                raise ConfigError(f"There is no type {edit.what!r} to put on the board.")
            there = board.stands().get(board.lattice.require(edit.place))
            kept = board.facts if there is None else without(board.facts, [there])
            fact = Fact(int(edit.what), *_cell(board, edit.place))
            return board._replace(facts=tuple(sorted((*kept, fact))))
        fact = board.fact_at(edit.place)
        if edit.do == "remove":
            return board._replace(facts=without(board.facts, [fact]))
        if edit.do != "move" or edit.to is None:
            raise ConfigError("Facts have no colour to change.")
        row, col = _cell(board, board.lattice.require(edit.to))
        there = board.stands().get(edit.to)
        kept = board.facts if there in (None, fact) else without(board.facts, [there])
        return board._replace(facts=replaced(kept, fact, Fact(fact.type, row, col)))


def _cell(board: BoardView, place: Place) -> Place:
    """Return the row and column of facts at a place."""
    if board.grid is None:
        return place
    (top, left), (high, wide) = board.grid.origin, board.grid.exact_pitch
    down, right = board.lattice.middle(place)
    return int((down - top) // high), int((right - left) // wide)
