"""Sprites at free places, sizes and turns."""

from __future__ import annotations

import numpy as np
import pytest
from covered_areas import LEVEL, block

from dsrl_agent.experiments.studies.free_sprites import (
    FreePose,
    FreeSprites,
    Wanted,
    clear_coverage,
    spread,
)
from dsrl_agent.types import Floats


@pytest.fixture(scope="module")
def sprites() -> FreeSprites:
    squares = [block(10 + k, 8, 10 + k, 10 + k) for k in range(4)]
    bars = [block(12, 6 + k, 6, 20) for k in range(4)]
    return FreeSprites(squares + bars)


def wanted(coverage: Floats) -> Wanted:
    return Wanted(coverage, np.ones_like(coverage), np.zeros_like(coverage), 1.0)


def test_sprites_are_drawn_as_they_were_seen(sprites: FreeSprites) -> None:
    assert sprites.pictures.shape == (2, 96, 96)
    assert not sprites.types.turns
    assert sprites.edge < 0.06  # of the coverage's change at edges
    kinds = {float(np.ptp(np.nonzero(picture > 0.5)[0])) for picture in sprites.pictures}
    # A bar of 6 x 20 has an area of 120: it is 0.55 of its unit high, a square is 1.
    assert sorted(kinds) == pytest.approx([0.55 * 48 / 1.3 - 1, 48 / 1.3 - 1], abs=2)
    for kind in (0, 1):
        drawn = sprites.draw(FreePose(kind, 19.0, 20.5, 12.0, 0.0), (40, 40))
        assert drawn.sum() == pytest.approx(144, rel=0.03)
        rows, cols = (drawn.sum(axis=axis) @ np.arange(40) / drawn.sum() for axis in (1, 0))
        assert (rows, cols) == pytest.approx((19.0, 20.5), abs=0.05)
    assert sprites.draw(FreePose(0, -50.0, 5.0, 12.0, 0.0), (40, 40)).sum() == 0


def test_a_sprite_moves_and_grows_to_where_it_explains_most(sprites: FreeSprites) -> None:
    for size in (10.0, sprites.types.sizes[1]):  # also from the end of the sizes
        start = FreePose(_square(sprites), 20.0, 17.0, size, 0.0)
        pose, covered = sprites.fitted(start, wanted(block(15, 13, 11, 11)))
        # Rows 15 to 25 have their middle at 20, columns 13 to 23 at 18.
        assert pose[1:4] == pytest.approx((20.0, 18.0, 11.0), abs=0.05)
        assert np.abs(covered - block(15, 13, 11, 11)).max() < 0.25


def _square(sprites: FreeSprites) -> int:
    return int(np.argmax([np.ptp(np.nonzero(each > 0.5)[0]) for each in sprites.pictures]))


def test_what_something_else_hides_pulls_at_nothing(sprites: FreeSprites) -> None:
    seen = block(15, 13, 11, 11)
    seen[15:20, 13:] = 0.0
    energy = np.ones_like(seen)
    energy[:20] = 0.0  # hidden
    start = FreePose(_square(sprites), 21.0, 18.0, 11.0, 0.0)
    pose, _ = sprites.fitted(start, Wanted(seen, energy, 0 * seen, 1.0))
    assert pose.right == pytest.approx(18.0, abs=0.1)
    assert pose.down + pose.size / 2 == pytest.approx(25.5, abs=0.2)  # the lower edge


def test_only_objects_that_touch_nothing_are_clear() -> None:
    values = np.full((40, 40, 3), 0.2)
    values[5:15, 5:15] = 0.6
    values[22:30, 4:12], values[22:30, 12:20] = 0.9, 0.5  # touch each other
    values[20:30, 36:] = 0.7  # touches the edge
    values[25:35, 24:34] += np.linspace(0.3, 0.34, 10)[:, None, None]  # shaded
    found = list(clear_coverage(values, LEVEL))
    assert [float(each.sum()) for each in found] == pytest.approx([100, 100], rel=0.02)
    assert [each[5:15, 5:15].sum() > 90 for each in found] == [True, False]


def test_coverage_changes_at_edges_alone() -> None:
    change = spread(block(10, 10, 6, 6))
    assert change[12, 12] == change[5, 5] == 0
    assert change[9, 12] == change[10, 12] == 1
