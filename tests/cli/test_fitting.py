"""Pictures of an agent's world: enlarged, shrunk, larger, or of something else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dsrl_agent.cli.fitting import fitted
from dsrl_agent.cli.pictures import resized
from dsrl_agent.perception.grid import Grid
from dsrl_agent.types import UNKNOWN, Fact, Facts, Frame

OWN, THING = 1, 2
LEVELS = {0: None, 250: OWN, 150: THING}
CELL = 6


class Reader:
    """An agent that knows white and grey cells of 6 x 6 pixels, in frames of 2 x 3 cells."""

    def __init__(self, *, has_grid: bool = True, own: int | None = OWN) -> None:
        grid = Grid((CELL, CELL), (0, 0), (2, 3), (2 * CELL, 3 * CELL)) if has_grid else None
        self.perception = SimpleNamespace(grid=grid)
        agency = SimpleNamespace(self_type=own, find=self._find)
        self.front_end = SimpleNamespace(knowledge=lambda: SimpleNamespace(agency=agency))

    def facts(self, frame: Frame) -> Facts:
        found = []
        for row in range(frame.shape[0] // CELL):
            for col in range(frame.shape[1] // CELL):
                place = slice(row * CELL, row * CELL + CELL), slice(col * CELL, col * CELL + CELL)
                level = float(np.median(frame[place]))
                known = [of for own, of in LEVELS.items() if abs(level - own) < 25]
                number = known[0] if known else UNKNOWN
                found += [] if number is None else [Fact(number, row, col)]
        return tuple(found)

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
    return agent.facts(found.frame), list(found.remarks)


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


def test_a_larger_world_of_the_same_shape_is_no_enlarged_one() -> None:
    facts, remarks = fit(drawn("@.o...", ".o....", "....oo", "......"))
    assert facts == (*FACTS, Fact(THING, 2, 4), Fact(THING, 2, 5))
    assert remarks == []


def test_a_picture_of_another_shape_keeps_its_size() -> None:
    picture = resized(BOARD, (24, 30))
    facts, remarks = fit(picture)
    assert facts == Reader().facts(picture)
    assert len(remarks) == 1
    assert "things in it have no type known" in remarks[0]


def test_what_is_not_explained_is_said() -> None:
    _, (unknown,) = fit(drawn("@?o", ".??"))
    assert unknown == (
        "warning: what the agent has learned to see does not explain a.png: 3 of 5 things in it "
        "have no type known, so what follows may be wrong. Give a frame of its world of 12 x 18 "
        "pixels, or the whole frame enlarged or shrunk."
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
