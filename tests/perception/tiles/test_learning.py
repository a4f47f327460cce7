"""Types of tiles from footage."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tile_worlds import Walk, resized, walk

from dsrl_agent.config.tiles import TilesThresholds
from dsrl_agent.perception.grid import DividedGrid
from dsrl_agent.perception.tiles.learning import (
    TileLesson,
    learn_tiles_of,
    passing_share,
    reaching_share,
)


def _named(play: Walk, lesson: TileLesson) -> dict[str, set[int]]:
    """Return the types of the cells that show each letter."""
    named: dict[str, set[int]] = {}
    for frame, board in zip(play.footage.frames, play.boards, strict=True):
        types = lesson.reader.read(play.grid.cut(frame))
        for letter, number in zip(board, types.tolist(), strict=True):
            named.setdefault(letter, set()).add(number)
    return named


@pytest.mark.parametrize("light", [False, True])
@pytest.mark.parametrize("noise", [0.0, 3.0, 8.0])
def test_each_kind_is_one_type_in_light_and_noise(light: bool, noise: float) -> None:
    play = walk(light=light, noise=noise)
    lesson = learn_tiles_of(play.footage, play.grid, TilesThresholds())
    named = _named(play, lesson)
    assert all(len(types) == 1 for types in named.values())
    types = {letter: min(found) for letter, found in named.items()}
    assert len(set(types.values())) == len(types)
    assert types["."] == 0
    assert {types[heading] for heading in ">v<^"} == lesson.reader.agent_types


@pytest.mark.parametrize("light", [False, True])
def test_cells_of_no_whole_number_of_pixels_have_the_same_types(light: bool) -> None:
    play = walk(light=light)
    footage = play.footage._replace(frames=resized(play.footage.frames, (80, 100)))
    divided = play._replace(footage=footage, grid=DividedGrid.of((6, 6), (80, 100)))
    lesson = learn_tiles_of(divided.footage, divided.grid, TilesThresholds())
    named = _named(divided, lesson)
    assert all(len(types) == 1 for types in named.values())
    types = {letter: min(found) for letter, found in named.items()}
    assert len(set(types.values())) == len(types)
    assert {types[heading] for heading in ">v<^"} == lesson.reader.agent_types


def test_things_come_before_looks_and_the_commonest_first() -> None:
    play = walk()
    lesson = learn_tiles_of(play.footage, play.grid, TilesThresholds())
    types = {letter: min(found) for letter, found in _named(play, lesson).items()}
    assert types["#"] == 1
    assert {types[letter] for letter in "kg~"} == {2, 3, 4}
    assert lesson.reader.agent_types == {5, 6, 7, 8}


def test_a_frame_costs_the_entropy_of_its_tiles() -> None:
    # A wall and a floor are told by one bit each, as halves of all cells.
    play = walk(steps=30)
    still = play.footage._replace(
        frames=np.repeat(play.footage.frames[:1, 6:12, :16], 3, axis=0),
        follows=np.array([False, True, True]),
        actions=np.array([-1, 0, 0]),
    )
    grid = play.grid.part(slice(0, 1), slice(0, 2))
    lesson = learn_tiles_of(still, grid, TilesThresholds())
    assert lesson.nats == pytest.approx(2 * np.log(2))


@pytest.mark.parametrize(
    ("episodes", "share"),
    [
        ([0, 0, 1, 2], 3 / 8),  # of 8 cells with things, 3 hold type 3, which episode 2 alone shows
        ([0, 0, 1, 1], 0.0),  # two episodes tell nothing
    ],
)
def test_types_that_one_episode_alone_shows_are_counted_by_cells(
    episodes: list[int], share: float
) -> None:
    """Tile 0 is floor, tile 1 the agent; tiles 2 and 3 are of type 2, tile 4 of type 3."""
    types, thresholds = np.array([0, 1, 2, 2, 3]), TilesThresholds()
    book = SimpleNamespace(thresholds=thresholds)
    reader: Any = SimpleNamespace(types=types, agent_types={1}, book=book)
    ids = np.array([[0, 1, 2, 0], [1, 0, 2, 0], [1, 2, 3, 3], [1, 4, 4, 4]])
    assert passing_share(reader, ids, np.array(episodes)) == share
    assert passing_share(reader, np.array([[0, 1]] * 4), np.arange(4)) == 0.0


@pytest.mark.parametrize(
    ("boards", "share"),
    [
        ([[[0, 2, 0, 0]]], 0.0),
        ([[[5, 2, 6, 0]]], 1.0),  # parts of the thing are beside it
        ([[[5, 2, 6, 0]], [[0, 2, 0, 3]]], 0.0),  # but it was seen without them
        ([[[5, 2, 6, 0]], [[5, 2, 0, 3]]], 4 / 6),  # without 6, never without 5
        ([[[4, 2, 3, 2]]], 1.0),
        ([[[4, 2, 3, 2]], [[0, 4, 0, 0]]], 3 / 5),  # 4 shows nothing of what is beside it
        ([[[0, 1, 2, 0]]], 1.0),
        ([[[0, 1, 2, 0]], [[0, 1, 0, 0]]], 0.0),  # nor does the agent
        ([[[0], [2], [6], [0]]], 1.0),
    ],
)
def test_what_was_seen_without_parts_beside_it_stays_in_its_cell(
    boards: list[list[list[int]]], share: float
) -> None:
    """Tile 0 is floor, tile 1 the agent, others are things; tiles and types have one number."""
    reader: Any = SimpleNamespace(types=np.arange(7), agent_types={1})
    assert reaching_share(reader, np.array(boards)) == share
