"""Evidence for tiles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tile_worlds import walk

from dsrl_agent.config import PerceptionConfig
from dsrl_agent.errors import PerceptionError
from dsrl_agent.perception.tiles.evidence import gather_tiles
from dsrl_agent.types import FrameTransitions


@pytest.mark.parametrize("light", [False, True])
def test_the_grid_is_that_of_the_tiles(light: bool) -> None:
    play = walk(steps=60, light=light)
    evidence = gather_tiles(play.transitions, None, PerceptionConfig())
    assert evidence.grid == play.grid
    assert np.array_equal(evidence.footage.frames, play.footage.frames)


def test_tiles_suffice_where_few_types_come_again() -> None:
    config = PerceptionConfig()
    evidence = gather_tiles(walk(steps=60).transitions, None, config)
    assert evidence.suffices(config.tiles)
    assert not evidence.suffices(replace(config.tiles, most_types=3))
    passing = evidence.lesson._replace(passing=0.6)
    assert not evidence._replace(lesson=passing).suffices(config.tiles)


@pytest.mark.parametrize(
    ("share", "few", "stays"), [(0.1, 8, True), (0.11, 8, False), (0.11, 9, True)]
)
def test_all_stays_in_cells_of_few_types_or_mostly_without_a_part_beside_them(
    share: float, few: int, stays: bool
) -> None:
    config = PerceptionConfig()
    evidence = gather_tiles(walk(steps=60).transitions, None, config)
    assert len(np.unique(evidence.lesson.reader.types)) == 9  # four of them the agent's
    told = evidence._replace(lesson=evidence.lesson._replace(reaching=share))
    assert told.stays_in_cells(replace(config.tiles, few_types=few)) is stays


def test_frames_without_a_grid_are_refused() -> None:
    frames = np.random.default_rng(0).integers(256, size=(6, 40, 40, 3), dtype=np.uint8)
    still = FrameTransitions(frames[:-1], np.zeros(5, np.int64), frames[1:])
    with pytest.raises(PerceptionError, match="6 frames met so far are not drawn in equal tiles"):
        gather_tiles(still, None, PerceptionConfig())


def test_frames_in_which_nothing_moves_are_refused() -> None:
    play = walk(steps=20)
    still = play.transitions._replace(after=play.transitions.before)
    with pytest.raises(PerceptionError, match="Nothing moved in the"):
        gather_tiles(still, None, PerceptionConfig())
