"""Edit the true state of a world that has an editor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.page.live.edits import BoardView, Edit, Thing
from dsrl_agent.explain.page.live.lattice import CellLattice
from dsrl_agent.explain.page.live.painting import worn
from dsrl_agent.explain.page.live.world import LiveWorld, WorldEditor
from dsrl_agent.types import Facts, Frame


@dataclass
class WorldEditing:
    """Edits of a world's state; the agent sees the frame of the edited world."""

    world: LiveWorld
    facts_of: Callable[[Frame], Facts]
    said: str = "Edits change the world itself; the agent sees the new frame."

    def lattice(self, frame: Frame) -> CellLattice:
        """Return the world's own cells."""
        of = self._editor.geometry
        rows = tuple(of.top + number * of.side for number in range(of.rows + 1))
        cols = tuple(of.left + number * of.side for number in range(of.cols + 1))
        return CellLattice(rows, cols)

    def fits(self, frame: Frame) -> bool:
        """Say whether frames are the world's own, of which its geometry is."""
        space = self.world.env.unwrapped.observation_space
        return space is not None and space.shape == frame.shape

    def things(self) -> tuple[Thing, ...]:
        """Return all kinds of the world."""
        editor = self._editor
        return tuple(Thing(kind, kind, editor.picture(kind)) for kind in editor.kinds)

    @property
    def colours(self) -> tuple[str, ...]:
        """The colours that the world can give to things, as `#rrggbb`."""
        return tuple("#{:02x}{:02x}{:02x}".format(*colour) for colour in self._editor.colours)

    def takes(self, edit: Edit) -> bool:
        """Say whether the world can do it: many give no thing another colour."""
        return edit.do != "colour" or bool(self._editor.colours)

    def edited(self, board: BoardView, edit: Edit) -> BoardView:
        """Return the board after an edit of the world, which stands in the edited state then."""
        board.lattice.require(edit.place)
        try:
            options = self._options(edit)
        except ConfigError:
            raise
        except ValueError as error:  # the editor's own words
            raise ConfigError(f"The world refuses: {error}") from error
        own = self.world.back_to(options)
        frame, painted = worn(own, board.lattice, board.painted)
        return board._replace(own=own, frame=frame, facts=self.facts_of(frame), painted=painted)

    def _options(self, edit: Edit) -> dict[str, Any]:
        editor = self._editor
        if edit.do == "remove":
            return editor.remove(*edit.place)
        if edit.do == "put":
            return editor.put(edit.what, *edit.place)
        if edit.do == "colour":
            if edit.what not in self.colours:
                raise ConfigError(f"{edit.what!r} is no colour of this world.")
            return editor.recolour(*edit.place, self.colours.index(edit.what))
        assert edit.to is not None
        return editor.move(*edit.place, *edit.to)

    @property
    def _editor(self) -> WorldEditor:
        editor = self.world.editor
        assert editor is not None
        return editor
