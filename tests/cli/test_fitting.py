"""Pictures of an agent's world: enlarged, shrunk, larger, or of something else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dsrl_agent.cli.fitting import fitted
from dsrl_agent.cli.pictures import resized
from dsrl_agent.config import AgentConfig
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.protocol import FixedPerception
from dsrl_agent.perception.redrawing import Redrawing
from dsrl_agent.types import UNKNOWN, Fact, Facts, Frame

OWN, THING, NEW = 1, 2, 3
LEVELS = {0: None, 250: OWN, 150: THING}
CELL = 6
GRID = Grid((CELL, CELL), (0, 0), (2, 3), (2 * CELL, 3 * CELL))


class Eyes(FixedPerception):
    """A perception that knows white and grey cells of 6 x 6 pixels, in frames of 2 x 3 cells.

    With `names_at_once`, each unknown thing becomes type 3. With `redraws`, it draws each thing in
    its level on black, and an unknown one as nothing.
    """

    def __init__(self, has_grid: bool, names_at_once: bool, redraws: bool) -> None:
        self.known = [OWN, THING]
        self.grid = GRID if has_grid else None
        self._names_at_once = names_at_once
        self._redraws = redraws

    def facts(self, frames: Frame) -> list[Facts]:
        found = [self._facts(frame) for frame in frames]
        if self._names_at_once and any(fact.type == UNKNOWN for facts in found for fact in facts):
            self.known.append(NEW)
            found = [
                tuple(fact if fact.type > 0 else fact._replace(type=NEW) for fact in facts)
                for facts in found
            ]
        return found

    def redrawn(self, frames: Frame) -> Redrawing | None:
        if not self._redraws:
            return None
        drawn = np.zeros_like(frames)
        levels = {number: level for level, number in LEVELS.items()}
        for frame, own in zip(frames, drawn, strict=True):
            for fact in self._facts(frame):
                own[GRID.cell(fact.row, fact.col)] = levels.get(fact.type, 0)
        return Redrawing(frames, drawn, np.zeros_like(frames), GRID)

    @staticmethod
    def _facts(frame: Frame) -> Facts:
        found = []
        for row in range(frame.shape[0] // CELL):
            for col in range(frame.shape[1] // CELL):
                place = slice(row * CELL, row * CELL + CELL), slice(col * CELL, col * CELL + CELL)
                level = float(np.median(frame[place]))
                known = [of for own, of in LEVELS.items() if abs(level - own) < 25]
                number = known[0] if known else UNKNOWN
                found += [] if number is None else [Fact(number, row, col)]
        return tuple(found)


class Reader:
    """An agent with these eyes; `own` is its type, if that is known."""

    def __init__(
        self,
        *,
        has_grid: bool = True,
        own: int | None = OWN,
        names_at_once: bool = False,
        redraws: bool = False,
    ) -> None:
        self.config = AgentConfig()
        self.perception = Eyes(has_grid, names_at_once, redraws)
        agency = SimpleNamespace(self_type=own, find=self._find)
        self.front_end = SimpleNamespace(knowledge=lambda: SimpleNamespace(agency=agency))

    @staticmethod
    def _find(facts: Facts) -> Fact | None:
        own = [fact for fact in facts if fact.type == OWN]
        return own[0] if len(own) == 1 else None


def drawn(*rows: str) -> Frame:
    """Return a frame of cells: `@` the agent, `o` a thing, `?` what is not known."""
    levels = {"@": 250.0, "o": 150.0, ".": 0.0, "?": 80.0}
    board = np.array([[levels[sign] for sign in row] for row in rows])
    grey = np.kron(board, np.ones((CELL, CELL)))
    return np.repeat(grey[..., None], 3, axis=2).astype(np.uint8)


def fit(picture: Frame, **reader: Any) -> tuple[Facts, list[str]]:
    agent: Any = Reader(**reader)
    found = fitted("a.png", picture, agent)
    return agent.perception.facts(found.frame[None])[0], list(found.remarks)


BOARD = drawn("@.o", ".o.")
FACTS = (Fact(OWN, 0, 0), Fact(THING, 0, 2), Fact(THING, 1, 1))


def test_a_frame_of_the_world_is_taken_as_it_is() -> None:
    assert fit(BOARD) == (FACTS, [])


@pytest.mark.parametrize("factor", [2, 3, 7])
def test_an_enlarged_frame_is_brought_to_the_size_learned_from(factor: int) -> None:
    large = np.kron(BOARD, np.ones((factor, factor, 1), np.uint8))
    facts, remarks = fit(large)
    assert facts == FACTS
    assert remarks == [
        f"a.png has {12 * factor} x {18 * factor} pixels, and is brought to the 12 x 18 of the "
        "frames learned from"
    ]


@pytest.mark.parametrize("way", ["NEAREST", "BILINEAR", "BICUBIC", "LANCZOS"])
def test_enlarged_frames_are_brought_back_to_the_pixels_they_had(way: str) -> None:
    size = (BOARD.shape[1] * 3 // 2, BOARD.shape[0] * 3 // 2)
    large = np.asarray(Image.fromarray(BOARD).resize(size, Image.Resampling[way]))
    agent: Any = Reader()
    frame, _ = fitted("a.png", large, agent)
    # Overshoots were cut off at black, which tells black less exactly.
    np.testing.assert_allclose(frame.astype(int), BOARD.astype(int), atol=16)


def test_a_larger_world_of_the_same_shape_is_no_enlarged_one() -> None:
    facts, remarks = fit(drawn("@.o...", ".o....", "....oo", "......"))
    assert facts == (*FACTS, Fact(THING, 2, 4), Fact(THING, 2, 5))
    assert remarks == []


def test_a_picture_of_another_shape_keeps_its_size() -> None:
    picture = resized(BOARD, (24, 30))
    facts, remarks = fit(picture)
    assert facts == Reader().perception.facts(picture[None])[0]
    assert len(remarks) == 1
    assert "things in it have no type known" in remarks[0]


def test_what_is_not_explained_is_said() -> None:
    _, (unknown,) = fit(drawn("@?o", ".??"))
    assert unknown == (
        "warning: what the agent has learned to see does not explain a.png: 3 of 5 things in it "
        "have no type known, so what follows may be wrong. Give a frame of its world of 12 x 18 "
        "pixels, or the whole frame enlarged or shrunk, in its own colours."
    )
    _, (lost,) = fit(drawn("@.@", "..."))
    assert "does not explain a.png: the agent is not seen exactly once, so" in lost
    assert fit(drawn("@.@", "..."), own=None)[1] == []  # not yet known
    _, (both,) = fit(drawn("..?", "..."), has_grid=False)
    assert "1 of 1 things in it have no type known, and the agent is not seen exactly once" in both
    assert "of its world, or" in both


def test_rounding_of_the_size_does_not_matter() -> None:
    for size in ((29, 44), (30, 44), (31, 47)):  # 29.3, 29.3 and 31.3 rows were exact
        facts, remarks = fit(resized(BOARD, size))
        assert facts == FACTS
        assert len(remarks) == 1
        assert "brought to" in remarks[0]


def test_things_that_sight_names_when_they_are_met_are_as_unknown() -> None:
    facts, (doubt,) = fit(drawn("@?o", ".??"), names_at_once=True)
    assert Fact(NEW, 0, 1) in facts
    assert "3 of 5 things in it have no type known, so" in doubt
    agent: Any = Reader(names_at_once=True)
    fitted("a.png", drawn("@?o", ".??"), agent)
    assert agent.perception.known == [OWN, THING]  # nothing was learned of the picture


def test_things_that_do_not_explain_their_cells_are_told() -> None:
    """A cell with 17 of 36 pixels black is read as a grey thing all the same."""
    odd = BOARD.copy()
    odd[:CELL, 2 * CELL : 3 * CELL] = 160  # of 150 as drawn
    assert fit(odd, redraws=True) == (FACTS, [])
    odd = BOARD.copy()
    odd[:CELL, 2 * CELL : 2 * CELL + 2] = 0
    odd[: CELL - 1, 3 * CELL - 1] = 0
    facts, (doubt,) = fit(odd, redraws=True)
    assert facts == FACTS
    # There: 19 pixels of 150. Rest: 17, of which 6 pairs are beside and 14 below each other.
    assert "png: 1 of 3 things in it explain less than 80% of what stands out in their" in doubt
    assert fit(odd)[1] == []  # a sight that cannot redraw


def test_what_stands_out_and_is_nothing_known_is_told() -> None:
    """In two cells without a thing, 17 of 36 pixels are white."""
    marked = BOARD.copy()
    for col in (0, 2):
        marked[9:12, col * CELL : (col + 1) * CELL] = 250
        marked[11, col * CELL] = 0
    facts, (doubt,) = fit(marked, redraws=True)
    assert facts == FACTS
    # There: 36 + 2 * 17 pixels of 250 and 2 * 36 of 150. Rest: 11 pairs below each other twice.
    assert "png: 2 more cells hold something that is not seen as a thing, and 23% of what" in doubt
    assert "what stands out in it is not explained, so" in doubt


def test_what_stands_out_less_than_a_fifth_of_a_thing_is_no_thing() -> None:
    # The median thing: 36 pixels of 150. A fifth of it is 7.2 * 150**2 in each colour.
    for height, cells in ((2, 0), (3, 1)):
        marked = BOARD.copy()
        marked[CELL : CELL + height, :4] = 145  # 4 and 8 pairs below each other, 6 and 9 beside
        facts, doubts = fit(marked, redraws=True)
        assert facts == FACTS
        assert [f"{cells} more cells hold" in doubt for doubt in doubts] == [True] * cells
