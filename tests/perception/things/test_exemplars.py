"""Drawn things that show a type, and remind a later fit of it."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_boxes import GREEN, GREY, HERE, RED, boxes, painted
from numpy.testing import assert_allclose, assert_array_equal
from two_halves import halved_model

from dsrl_agent.config.things import SpritesThresholds, ThingsThresholds
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.things.evidence.windows import windows_of
from dsrl_agent.perception.things.exemplars import drawn, pictures_of, recalled
from dsrl_agent.perception.things.model import ThingsModel

SETTINGS = ThingsThresholds(sprites=SpritesThresholds(samples=2))
GRID = Grid((10, 10), (2, 1), (2, 3), (24, 33))
WINDOWS = windows_of(GRID, SETTINGS)


def _model(*sizes: tuple[int, int]) -> ThingsModel:
    known = boxes(WINDOWS, sizes, [[k % 2] for k in range(len(sizes))], places=[HERE])
    return ThingsModel(
        known.model, known.words, agent=-1, reach=False, limit=0.05, thresholds=SETTINGS
    )


def _cells(kind: int, kinds: int) -> np.ndarray:
    return np.repeat(np.arange(kinds)[:, None] == kind, 3, axis=1)


def test_a_thing_is_drawn_as_coverage_and_colour() -> None:
    (thing,) = drawn(_model((8, 2), (2, 8)), _cells(1, 2))
    assert thing.shape == (16, 16, 4)
    assert thing[..., 0].sum() == pytest.approx(16)
    assert_allclose(thing[8, 8], [1, *GREEN], atol=1e-6)
    assert_array_equal(thing[0, 0], [0, 0, 0, 0])


def test_a_type_of_several_shapes_is_drawn_in_each() -> None:
    assert len(drawn(_model((8, 2), (2, 8)), np.ones((2, 3), np.bool_))) == 2


def test_the_picture_of_a_type_stands_on_the_floor() -> None:
    picture = pictures_of(_model((10, 2)), _cells(0, 1), 10)
    assert picture.dtype == np.uint8
    expected = np.full((10, 10, 3), round(GREY * 255))
    expected[:, 4:6] = np.rint(np.array(RED) * 255)
    assert_allclose(picture, expected, atol=1)


def test_a_lost_type_is_recalled() -> None:
    before, after = _model((8, 2), (2, 8)), _model((8, 2))
    new = recalled(after, drawn(before, _cells(1, 2)))
    assert new is not None
    grown = after.with_type(*new)
    scene = grown.read(painted(WINDOWS, [(0, 0, 8, 2, RED), (1, 1, 2, 8, GREEN)])[None])
    assert_array_equal(scene.types, [[[0, -1, -1], [-1, 1, -1]]])


def test_a_type_that_is_known_is_not_recalled() -> None:
    model = _model((8, 2), (2, 8))
    assert recalled(model, drawn(model, _cells(1, 2))) is None


def test_things_of_another_size_of_window_are_not_recalled() -> None:
    model = _model((8, 2))
    assert recalled(model, np.zeros((1, 14, 14, 4), np.float32)) is None


def test_parts_are_drawn_in_tints_that_differ() -> None:
    model = halved_model(WINDOWS, [(8, 4)], [RED, GREEN])
    (thing,) = drawn(model, _cells(0, 1))
    assert_allclose(thing[8, 6:10], [[1, *RED]] * 2 + [[1, *GREEN]] * 2, atol=1e-6)


def test_a_lost_type_of_parts_is_recalled_with_them() -> None:
    before = halved_model(WINDOWS, [(8, 4), (4, 8)], [RED, GREEN])
    after = halved_model(WINDOWS, [(8, 4)], [RED, GREEN])
    new = recalled(after, drawn(before, _cells(1, 2)))
    assert new is not None
    assert new.vocabulary.number_of_parts == 2
    assert recalled(before, drawn(before, _cells(1, 2))) is None
