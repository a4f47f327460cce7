"""Scenes of sprites at free places."""

from __future__ import annotations

import numpy as np
import pytest
from covered_areas import LEVEL, block
from numpy.testing import assert_array_equal

from dsrl_agent.experiments.studies.free_scenes import FreeSceneReader
from dsrl_agent.experiments.studies.free_sprites import FreeSprites
from dsrl_agent.types import Floats


@pytest.fixture(scope="module")
def reader() -> FreeSceneReader:
    squares = [block(10 + k, 8, 10 + k, 10 + k) for k in range(3)]
    bars = [block(12, 6 + k, 6, 20) for k in range(3)]
    return FreeSceneReader(FreeSprites(squares + bars), LEVEL, (40, 40))


def picture(*things: tuple[Floats, float]) -> Floats:
    values = np.full((40, 40, 3), 0.3)
    for cover, grey in things:
        values[cover > 0] = grey
    return values


def test_things_are_read_in_their_order_though_one_hides_another(reader: FreeSceneReader) -> None:
    below, above = block(5, 5, 12, 12), block(12, 2, 6, 20)
    for one, other in ((0.8, 0.55), (0.05, 0.9)):
        scene = reader.read(picture((below, one), (above, other)))
        assert not scene.unknown
        assert [each.colour[0, 0, 0] for each in scene.things] == pytest.approx([one, other])
        # Rows 5 to 16 have their middle at 10.5, rows 12 to 17 at 14.5.
        assert [each.pose.down for each in scene.things] == pytest.approx([10.5, 14.5], abs=0.3)
        mask, types = reader.masks(scene)
        assert len(set(types)) == 2
        assert_array_equal(mask == 2, above > 0)
        assert_array_equal(mask == 1, (below > 0) & ~(above > 0))


def test_two_things_of_one_colour_are_two(reader: FreeSceneReader) -> None:
    scene = reader.read(picture((block(5, 5, 10, 10), 0.8), (block(15, 5, 6, 20), 0.8)))
    mask, types = reader.masks(scene)
    assert len(set(types)) == 2
    sizes = sorted(int((mask == number).sum()) for number in (1, 2))
    assert sizes == pytest.approx([100, 120], abs=6)


def test_what_no_sprite_explains_is_not_understood(reader: FreeSceneReader) -> None:
    speckled = block(20, 20, 3, 3)  # far smaller than any sprite
    mask, types = reader.masks(reader.read(picture((speckled, 0.8))))
    assert types == (0,)
    assert_array_equal(mask > 0, speckled > 0)
    assert reader.masks(reader.read(picture())).types == ()


def test_a_thing_costs_what_its_latents_do(reader: FreeSceneReader) -> None:
    # Presence 15 and a free tint 30; one of all templates at one of 40 x 40 places.
    assert reader.cost == pytest.approx(45 + np.log(1600 * len(reader.search.kinds)))
    # Noise of a level and errors of drawing of 0.02.
    assert reader.variance == pytest.approx(LEVEL**2 + 0.02**2)
