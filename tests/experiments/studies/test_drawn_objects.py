"""Pictures of objects without a grid."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dsrl_agent.experiments.studies.drawn_objects import (
    OBJECT_WORLDS,
    TETROMINOES,
    multi_dsprites,
    tetrominoes,
)


@pytest.mark.parametrize("name", OBJECT_WORLDS)
def test_a_seed_decides_the_picture(name: str) -> None:
    one, again, other = (OBJECT_WORLDS[name].draw(np.random.default_rng(s)) for s in (0, 0, 1))
    assert_array_equal(one.frame, again.frame)
    assert_array_equal(one.objects.mask, again.objects.mask)
    assert not np.array_equal(one.frame, other.frame)


@pytest.mark.parametrize("name", OBJECT_WORLDS)
def test_masks_and_types_are_of_the_picture(name: str) -> None:
    world, rng = OBJECT_WORLDS[name], np.random.default_rng(2)
    scenes = [world.draw(rng) for _ in range(60)]
    for frame, (mask, types), shown in scenes:
        assert frame.dtype == np.uint8
        assert mask.shape == frame.shape[:2]
        assert set(np.unique(mask)) <= set(range(len(types) + 1))
        assert len(shown) == len(types)
        assert all(0 <= share <= 1 for share in shown)
        background = frame[0, 0] if mask[0, 0] == 0 else frame[-1, -1]
        changed = (frame != background).any(axis=2)
        assert changed[mask > 0].mean() > 0.99
    assert {number for scene in scenes for number in scene.objects.types} == set(range(world.types))


def test_there_are_19_tetrominoes_of_four_squares() -> None:
    assert len(TETROMINOES) == 19
    assert {block.sum() for block in TETROMINOES} == {4.0}
    assert {max(block.shape) for block in TETROMINOES} == {2, 3, 4}


def test_tetrominoes_lie_beside_each_other_in_bright_colours() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        frame, (mask, types), shown = tetrominoes(rng)
        assert frame.shape == (35, 35, 3)
        assert [int((mask == number).sum()) for number in (1, 2, 3)] == [100] * 3
        assert (len(types), shown) == (3, (1.0, 1.0, 1.0))
        assert_array_equal((frame > 0).any(axis=2), mask > 0)
        assert set(np.unique(frame)) == {0, 255}


def test_sprites_hide_those_drawn_before() -> None:
    rng = np.random.default_rng(0)
    scenes = [multi_dsprites(rng) for _ in range(40)]
    assert {len(scene.shown) for scene in scenes} == {2, 3, 4, 5}
    assert all(scene.shown[-1] == pytest.approx(1.0) for scene in scenes)
    assert min(min(scene.shown) for scene in scenes) < 0.5


def test_sprites_lie_within_the_circle_that_is_drawn_for_them() -> None:
    rng = np.random.default_rng(4)
    for _ in range(100):
        mask = multi_dsprites(rng).objects.mask
        for number in sorted(set(mask.ravel()) - {0}):
            rows, cols = np.nonzero(mask == number)
            # Twice the largest radius of 14 pixels, and one where it falls on pixels' edges.
            assert max(np.ptp(rows), np.ptp(cols)) <= 28
            # A segment of half a pixel of the largest circle is 7.5 pixels wide.
            edges = (mask[0], mask[-1], mask[:, 0], mask[:, -1])
            assert max(np.count_nonzero(edge == number) for edge in edges) <= 8


def test_upright_squares_have_sides_along_the_picture_s() -> None:
    rng = np.random.default_rng(3)
    for _ in range(10):
        _, (mask, types), shown = multi_dsprites(rng, turned=False)
        for number, (kind, share) in enumerate(zip(types, shown, strict=True), 1):
            if kind == 0 and share > 0.999:
                rows, cols = np.nonzero(mask == number)
                area = (rows.max() - rows.min() + 1) * (cols.max() - cols.min() + 1)
                assert area - 4 <= len(rows) <= area  # corners may be covered by less than half


def test_shaded_floors_and_sprites_change_to_one_side() -> None:
    frame, (mask, types), _ = multi_dsprites(np.random.default_rng(5), shaded=True)
    second = np.abs(np.diff(frame.astype(int), 2, axis=0))
    inner = (mask[2:] == mask[1:-1]) & (mask[:-2] == mask[1:-1])
    assert np.quantile(second[inner], 0.85) <= 2  # of rounding: all is linear but at edges
    for number in range(len(types) + 1):
        own = frame[mask == number].astype(int)
        assert np.ptp(own, axis=0).max() > 3


def test_noise_has_the_deviation_given() -> None:
    frame, (mask, _), _ = multi_dsprites(np.random.default_rng(6), noise=10.0)
    floor = frame[mask == 0].astype(float)
    assert np.median(np.abs(floor - np.median(floor, axis=0))) == pytest.approx(6.745, abs=0.5)
