"""Unknown things that become types after enough sightings."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_boxes import BLUE, GREEN, GREY, HERE, RED, boxes, painted, with_noise
from equality import assert_equal
from numpy.testing import assert_allclose, assert_array_equal
from two_halves import halved_model

from dsrl_agent.back_end.compositor.canvas import Placement
from dsrl_agent.config.symbols import NoveltyThresholds
from dsrl_agent.config.things import SpritesThresholds, ThingsThresholds
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.things.evidence.windows import windows_of
from dsrl_agent.perception.things.model import ThingsModel
from dsrl_agent.perception.things.newcomers import Newcomers, NewType
from dsrl_agent.types import Frame

GRID = Grid((10, 10), (2, 1), (2, 3), (24, 33))
NOVELTY = NoveltyThresholds()
SETTINGS = ThingsThresholds(sprites=SpritesThresholds(samples=2))
WINDOWS = windows_of(GRID, SETTINGS)
SHIFTED = [Placement(1.0, down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
CELLS = [(0, 0), (0, 2), (1, 1), (1, 2)]
AT = np.array(CELLS)


def _model(
    noise: float = 0.01, reach: bool = False, off_grid: bool = False, varied: bool = False
) -> ThingsModel:
    tints = [[0], [0, 1]] if varied else [[0], [1]]
    known = boxes(WINDOWS, [(8, 2), (2, 8)], tints, places=SHIFTED if off_grid else [HERE])
    likelihood = known.model.likelihood.__class__(noise, 0.02, 15.0)
    scenes = known.model.__class__(
        WINDOWS, known.model.background, known.model.hypotheses, likelihood
    )
    return ThingsModel(scenes, known.words, agent=0, reach=reach, limit=0.05, thresholds=SETTINGS)


def _frame(number: int, size: tuple[int, int], colour: tuple[float, float, float]) -> Frame:
    """Return a frame in which a box of a size stands in one of four cells."""
    row, col = CELLS[number % 4]
    return painted(WINDOWS, [(row, col, *size, colour)])


def _moved(frame: Frame, number: int) -> Frame:
    """Return a frame with everything up to a pixel further."""
    return np.roll(frame, (number % 3 - 1, number // 3 % 3 - 1), axis=(0, 1))


def _sightings(model: ThingsModel, frames: list[Frame]) -> list[NewType]:
    """Return the types that unknown things of frames become, one frame after the other."""
    newcomers, found = Newcomers(NOVELTY), []
    for frame in frames:
        places = np.argwhere(model.unknown(model.read(frame[None]))[0])
        for new in newcomers.see(frame, places, model):
            model = model.with_type(*new)
            found.append(new)
    return found


def test_an_unknown_thing_becomes_a_type_after_the_set_sightings() -> None:
    model, newcomers = _model(), Newcomers(NOVELTY)
    for number in range(NOVELTY.sightings):
        frame = _frame(number, (6, 6), BLUE)
        found = newcomers.see(frame, AT[[number % 4]], model)
        assert len(found) == (number == NOVELTY.sightings - 1)
    assert newcomers.waiting == []
    grown = model.with_type(*found[0])
    scene = grown.read(_frame(0, (6, 6), BLUE)[None])
    assert_array_equal(scene.types, [[[2, -1, -1], [-1, -1, -1]]])
    assert_allclose(grown.scenes.hypotheses.palette[-1], BLUE, atol=0.01)
    assert not grown.unknown(scene).any()


@pytest.mark.parametrize("off_grid", [False, True])
@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_types_are_found_on_and_off_the_grid_with_noise(off_grid: bool, noise: float) -> None:
    model = _model(max(0.01, noise), off_grid=off_grid)
    frames = [_frame(number, (6, 6), BLUE) for number in range(NOVELTY.sightings + 2)]
    if off_grid:
        frames = [_moved(frame, number) for number, frame in enumerate(frames)]
    seen = [with_noise(frame, noise, seed) for seed, frame in enumerate(frames)]
    (new,) = _sightings(model, seen)
    grown = model.with_type(*new)
    for number, frame in enumerate(frames):
        scene = grown.read(frame[None])
        assert scene.types[(0, *CELLS[number % 4])] == 2
        assert (scene.types >= 0).sum() == 1


def test_two_unknown_things_are_two_types() -> None:
    model = _model()
    frames = [
        _frame(number, *((6, 6), BLUE) if number % 2 else ((4, 4), GREEN))
        for number in range(2 * NOVELTY.sightings)
    ]
    first, second = _sightings(model, frames)
    assert first.vocabulary.sprite.sum() != second.vocabulary.sprite.sum()


def test_sightings_in_one_frame_do_not_suffice() -> None:
    model = _model()
    frame = painted(WINDOWS, [(row, col, 6, 6, BLUE) for row, col in CELLS])
    newcomers = Newcomers(NoveltyThresholds(sightings=4, frames=2))
    assert newcomers.see(frame, AT, model) == []
    assert len(newcomers.see(frame, AT, model)) == 1


def test_one_shape_is_one_type_in_all_colours_where_colours_vary() -> None:
    model = _model(varied=True)
    colours = [BLUE, (0.7, 0.7, 0.1)]
    frames = [_frame(number, (6, 6), colours[number % 2]) for number in range(NOVELTY.sightings)]
    (new,) = _sightings(model, frames)
    grown = model.with_type(*new)
    for colour in (*colours, GREEN):
        assert (grown.read(_frame(1, (6, 6), colour)[None]).types == 2).sum() == 1


def test_a_newcomer_may_stand_where_known_things_do() -> None:
    model = _model(off_grid=True)
    frames = [_frame(number, (6, 6), BLUE) for number in range(NOVELTY.sightings)]
    (new,) = _sightings(model, frames)
    offsets = {(place.down, place.right) for place in new.vocabulary.placements}
    assert offsets == {(place.down, place.right) for place in SHIFTED}


def test_the_oldest_goes_if_too_many_wait() -> None:
    newcomers, model = Newcomers(NoveltyThresholds(waiting=2)), _model()
    for size in [(6, 6), (8, 4), (4, 8)]:
        newcomers.see(_frame(0, size, BLUE), AT[[0]], model)
    assert [one.frames.tolist() for one in newcomers.waiting] == [[2], [3]]


def test_pixels_count_as_things_reach() -> None:
    for reach, pixels in ((False, 100), (True, 12 * 13)):
        newcomers = Newcomers(NOVELTY)
        newcomers.see(_frame(0, (6, 6), BLUE), AT[[0]], _model(reach=reach))
        (one,) = newcomers.waiting
        # The window of 16 x 16 pixels at the upper left corner begins outside of the frame.
        shown = one.weights.sum()
        assert shown == (pixels if not reach else (16 - 1) * (16 - 2))
        assert_allclose(one.contrasts[0, 8, 8], np.array(BLUE) - GREY, atol=0.005)


def test_what_known_things_around_show_is_no_part_of_a_new_one() -> None:
    # A known box of 8 x 2 pixels beside, which does not touch the new one.
    newcomers, model = Newcomers(NOVELTY), _model(reach=True)
    frame = painted(WINDOWS, [(0, 0, 6, 6, BLUE), (0, 1, 8, 2, RED)])
    newcomers.see(frame, AT[[0]], model)
    (one,) = newcomers.waiting
    inked = np.abs(one.contrasts[0]).max(axis=2) * one.weights[0] > 0.05
    assert inked.sum() == 36


def test_a_thing_that_touches_another_unknown_one_is_no_sighting() -> None:
    newcomers, model = Newcomers(NOVELTY), _model(reach=True)
    frame = painted(WINDOWS, [(0, 0, 6, 10, BLUE), (0, 1, 6, 10, GREEN)])
    newcomers.see(frame, np.array([[0, 0], [0, 1]]), model)
    assert newcomers.waiting == []


def test_a_place_that_a_thing_beside_reaches_into_is_no_sighting() -> None:
    newcomers, model = Newcomers(NOVELTY), _model(reach=True)
    frame = np.roll(painted(WINDOWS, [(0, 0, 8, 8, BLUE)]), 3, axis=1)
    newcomers.see(frame, np.array([[0, 0], [0, 1]]), model)
    (one,) = newcomers.waiting
    assert np.count_nonzero(np.abs(one.contrasts[0]).max(axis=2) > 0.05) == 64


def test_those_that_wait_are_restored() -> None:
    newcomers, model = Newcomers(NOVELTY), _model()
    for number, (size, colour) in enumerate((((6, 6), BLUE), ((4, 4), RED), ((6, 6), BLUE))):
        newcomers.see(_frame(number, size, colour), AT[[number % 4]], model)
    again = Newcomers(NOVELTY)
    again.load(newcomers.arrays())
    assert_equal(again.arrays(), newcomers.arrays())
    assert again.frame == 3
    assert [len(one.frames) for one in again.waiting] == [2, 1]
    empty = Newcomers(NOVELTY)
    empty.load(Newcomers(NOVELTY).arrays())
    assert (empty.waiting, empty.frame) == ([], 0)


def test_a_newcomer_of_two_colours_becomes_a_type_of_two_parts() -> None:
    model, frames = halved_model(WINDOWS, [(8, 2)], [RED, GREEN, BLUE]), []
    for number in range(NOVELTY.sightings):
        row, col = CELLS[number % 4]
        frame = painted(WINDOWS, [(row, col, 4, 8, (RED, GREEN, BLUE)[number % 3])])
        left = 1 + 10 * col + 5
        frame[2 + 10 * row + 3 :][:4, left : left + 4] = np.rint(
            255 * np.array((RED, GREEN, BLUE)[(number + 1) % 3])
        )
        frames.append(frame)
    (new,) = _sightings(model, frames)
    assert new.vocabulary.number_of_parts == 2
    assert_array_equal(new.vocabulary.tints, [0, 1, 2])
    grown = model.with_type(*new)
    scene = grown.read(np.stack(frames))
    assert_array_equal(scene.types.max(axis=(1, 2)), 1)
    assert not grown.unknown(scene).any()
