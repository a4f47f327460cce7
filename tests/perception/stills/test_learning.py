"""A model of things learned from still pictures."""

from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.config import PerceptionConfig
from dsrl_agent.errors import PerceptionError
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.stills.learning import learn_stills
from dsrl_agent.types import Frame, Ints

GRID = Grid((12, 12), (0, 0), (2, 2), (24, 24))


def picture() -> Frame:
    """Draw two squares and a bar in cells of 12 pixels."""
    frame = np.full((1, 24, 24, 3), 30, np.uint8)
    frame[0, 3:9, 3:9] = (200, 40, 40)
    frame[0, 15:21, 15:21] = (40, 200, 40)
    frame[0, 5:7, 14:22] = (40, 40, 200)
    return frame


def test_one_picture_shows_types_that_occur_once() -> None:
    model = learn_stills(picture(), GRID, PerceptionConfig())
    assert len(model.vocabularies) == 2
    assert model.agent == -1
    types = model.read(picture()).types[0]
    assert types[0, 0] == types[1, 1] >= 0
    assert types[0, 1] == 1 - types[0, 0]
    assert types[1, 0] == -1


@pytest.mark.parametrize(("count", "shown", "tracks"), [(3, 4, 1), (4, 1, 3)])
def test_few_pictures_tell_neither_floor_nor_rarity(count: int, shown: int, tracks: int) -> None:
    model = learn_stills(np.repeat(picture(), count, axis=0), GRID, PerceptionConfig())
    assert model.thresholds.background.shown == shown
    assert model.thresholds.sprites.least_tracks == tracks
    assert model.thresholds.sprites.least_seen == PerceptionConfig().stills.least_seen == 0.05
    assert model.thresholds.sprites.most_scale == PerceptionConfig().stills.largest_scale == 1.2


def test_many_pictures_make_no_type_of_what_is_seen_once() -> None:
    frames = np.repeat(picture(), 6, axis=0)
    frames[1:, :12, 12:] = 30  # the bar stands in the first picture only
    model = learn_stills(frames, GRID, PerceptionConfig())
    assert len(model.vocabularies) == 1


def test_things_that_have_nothing_in_common_are_refused() -> None:
    rng = np.random.default_rng(0)
    frames = np.full((6, 24, 24, 3), 30, np.uint8)
    frames[:, 6:18, 6:18] = rng.integers(0, 256, (6, 12, 12, 3))  # over all four cells
    with pytest.raises(PerceptionError, match=r"No two cells of these frames tell a thing"):
        learn_stills(frames, GRID, PerceptionConfig())


def _crowd() -> tuple[Frame, Ints]:
    """Return pictures of discs and bars larger than their cells, and what stands where (0, 1, 2).

    Things stand in 14 of 16 cells, and reach the frame's edge.
    """
    rng, side = np.random.default_rng(0), 34
    frames = np.full((12, side, side, 3), 40, np.uint8)
    kinds = np.array([rng.permutation([0, 0, *[1] * 7, *[2] * 7]).reshape(4, 4) for _ in frames])
    rows, cols = np.mgrid[:side, :side] + 0.5
    for frame, standing in zip(frames, kinds, strict=True):
        for row, col in np.argwhere(standing):
            down, right = np.abs(rows - 8 * row - 5), np.abs(cols - 8 * col - 5)
            bar = (down < 5) & (right < 2)
            mask = np.hypot(down, right) < 5 if standing[row, col] == 1 else bar
            frame[mask] = rng.choice([90, 160, 250], 3)
    return frames, kinds


def test_crowded_things_that_reach_into_each_others_cells_are_no_things_of_parts() -> None:
    frames, kinds = _crowd()
    model = learn_stills(frames, Grid((8, 8), (1, 1), (4, 4), (34, 34)), PerceptionConfig())
    assert model.reach
    assert len(model.vocabularies) == 2
    assert model.scenes.hypotheses.masks is None
    types = model.read(frames).types
    pairs = set(zip(kinds[kinds > 0].tolist(), types[kinds > 0].tolist(), strict=True))
    assert pairs == {(1, 0), (2, 1)} or pairs == {(1, 1), (2, 0)}
    # Few of the empty cells are seen among so many things.
    assert (types[kinds == 0] < 0).mean() > 0.5
