"""Other floors than the learned one: found, shared among frames, and refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from drawn_boxes import BLUE, GREEN, GREY, RED, boxes, painted, with_noise
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.back_end.compositor.cells import Likelihood
from dsrl_agent.config.scenes import FloorsThresholds
from dsrl_agent.config.things import ThingsThresholds
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.things.evidence.windows import windows_of
from dsrl_agent.perception.things.model import ThingsModel
from dsrl_agent.perception.things.other_floors import (
    OtherFloor,
    filled,
    is_foreign,
    is_nowhere_bare,
    is_uneven,
    other_floors,
)
from dsrl_agent.types import Frame, Ints

SETTINGS = ThingsThresholds()
GRID = Grid((8, 8), (2, 1), (4, 4), (36, 35))
WINDOWS = windows_of(GRID, SETTINGS)
SCENES = [
    [(0, 0, 6, 2, RED), (1, 2, 2, 6, GREEN)],
    [(0, 3, 6, 2, RED), (3, 2, 2, 6, GREEN), (2, 2, 6, 2, RED)],
]
NEW = (3, 3, 6, 6, BLUE)


def _model(reach: bool = False) -> ThingsModel:
    known = boxes(WINDOWS, [(6, 2), (2, 6)], [[0], [1]])
    return ThingsModel(known.model, known.words, 0, reach=reach, limit=0.05, thresholds=SETTINGS)


def _floor(seed: int) -> Frame:
    rng = np.random.default_rng(seed)
    return rng.integers(80, 150, (*WINDOWS.frame, 3)).astype(np.uint8)


def _on(
    floor: Frame, *scenes: list[tuple[int, int, int, int, tuple[float, float, float]]]
) -> Frame:
    frames = np.stack([painted(WINDOWS, scene) for scene in scenes])
    return np.where((frames == round(GREY * 255)).all(axis=3, keepdims=True), floor, frames)


def _found(frames: Frame, model: ThingsModel) -> list[OtherFloor]:
    return other_floors(frames, model.read(frames), model, model.scenes.likelihood)


def _types(*things: tuple[int, int, int]) -> Ints:
    types = np.full(GRID.shape, -1)
    for row, col, kind in things:
        types[row, col] = kind
    return types


TYPES = [_types((0, 0, 0), (1, 2, 1)), _types((0, 3, 0), (3, 2, 1), (2, 2, 0))]


@pytest.mark.parametrize("reach", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_a_single_frame_is_read_on_its_floor(seed: int, reach: bool) -> None:
    frames, model = _on(_floor(seed), SCENES[0]), _model(reach)
    assert model.unknown(model.read(frames)).mean() > 0.5
    (floor,) = _found(frames, model)
    assert_array_equal(floor.frames, [0])
    assert_array_equal(floor.scene.types, [TYPES[0]])
    assert not floor.unknown.any()


def test_frames_share_a_floor_and_what_one_hides_another_shows() -> None:
    ground = _floor(0)
    (floor,) = _found(_on(ground, *SCENES), _model())
    assert_array_equal(floor.frames, [0, 1])
    assert_array_equal(floor.scene.types, TYPES)
    assert_allclose(floor.model.scenes.background * 255, ground, atol=0.01)


def test_frames_on_several_floors_are_told_apart_from_those_on_the_learned_one() -> None:
    plain = painted(WINDOWS, SCENES[0])[None]
    one, other = _on(_floor(1), SCENES[1]), _on(_floor(2), SCENES[0])
    floors = _found(np.concatenate([one, plain, other, one]), _model())
    assert [floor.frames.tolist() for floor in floors] == [[0, 3], [2]]
    assert_array_equal(floors[0].scene.types, [TYPES[1]] * 2)
    assert_array_equal(floors[1].scene.types, TYPES[:1])


@pytest.mark.parametrize("frames", [1, 2])
def test_an_unknown_thing_on_another_floor_is_unknown(frames: int) -> None:
    scenes = [[*SCENES[0], NEW], SCENES[1]][:frames]
    (floor,) = _found(_on(_floor(0), *scenes), _model())
    assert_array_equal(np.argwhere(floor.unknown), [[0, 3, 3]])
    assert_array_equal(floor.scene.types[0, :3], TYPES[0][:3])


@pytest.mark.parametrize("new", [1, 2, 8, 14])
def test_unknown_things_on_the_learned_floor_make_no_floor(new: int) -> None:
    free = [place for place in np.ndindex(4, 4) if place not in {(0, 0), (1, 2)}]
    things = [(row, col, 6, 6, BLUE) for row, col in free[:new]]
    frames, model = painted(WINDOWS, [*SCENES[0], *things])[None], _model()
    assert model.unknown(model.read(frames)).sum() == new
    assert not _found(frames, model)


def test_a_frame_without_known_things_shows_no_floor() -> None:
    model = _model()
    assert not _found(np.zeros((1, *WINDOWS.frame, 3), np.uint8), model)
    assert not _found(_floor(0)[None], model)
    assert len(_found(np.stack([_floor(0), *_on(_floor(0), SCENES[0])]), model)[0].frames) == 1


def test_a_faint_floor_that_known_things_explain_is_found() -> None:
    # In noise of 0.05, levels 10 above the learned floor are no unknown things.
    likelihood = Likelihood(noise=0.05, raster=0.02, presence=15.0)
    model = _model()
    model = replace(model, scenes=replace(model.scenes, likelihood=likelihood))
    level = np.full((*WINDOWS.frame, 3), round(GREY * 255) + 10, np.uint8)
    frames = with_noise(_on(level, SCENES[1]), 0.05)
    scene = model.read(frames)
    assert not is_foreign(scene.types, model.unknown(scene), FloorsThresholds()).any()
    assert is_nowhere_bare(scene, model).all()
    (floor,) = _found(frames, model)
    assert_array_equal(floor.scene.types, TYPES[1:])
    own = with_noise(painted(WINDOWS, SCENES[1])[None], 0.05)
    assert not is_nowhere_bare(model.read(own), model).any()


def test_noise_is_measured_anew_where_more_of_it_shows() -> None:
    frames = with_noise(_on(_floor(0), *SCENES * 10), 0.02)
    (floor,) = _found(frames, _model())
    # The model's noise is 0.01, and the median takes little of it away.
    assert floor.model.scenes.likelihood.noise == pytest.approx(0.02, rel=0.1)
    assert_array_equal(floor.scene.types, TYPES * 10)


def test_a_model_is_uneven_where_another_size_makes_noise_of_the_floor() -> None:
    even = _model()
    wide = even.fitted(Grid((8, 8), (2, 1), (5, 6), (44, 51)))
    assert not is_uneven(wide, even.scenes.likelihood)
    rough = replace(
        even, scenes=replace(even.scenes, background=np.asarray(_floor(0) / 255, np.float32))
    )
    wide = rough.fitted(Grid((8, 8), (2, 1), (5, 6), (44, 51)))
    assert is_uneven(wide, rough.scenes.likelihood)
    assert not is_uneven(rough, rough.scenes.likelihood)


def test_foreign_frames_have_mostly_unknown_places_beside_known_things() -> None:
    types, unknown = np.full((4, 2, 5), -1), np.zeros((4, 2, 5), np.bool_)
    types[:, 0] = 0  # 5 known things, which leave 5 places
    unknown[0, 1, :2] = unknown[1, 1, :3] = unknown[2, 1] = True
    foreign = is_foreign(types, unknown, FloorsThresholds(foreign=0.6, few=0.3))
    assert_array_equal(foreign, [False, False, True, False])
    foreign = is_foreign(types, unknown, FloorsThresholds(foreign=0.6, few=0.2))
    assert_array_equal(foreign, [False, True, True, False])


def test_missing_pixels_are_filled_from_those_around_them() -> None:
    picture = np.zeros((3, 4, 3), np.float32)
    picture[:, 3] = 0.6
    picture[1, 1:3] = np.nan
    # Beside (1, 1) all known pixels are 0; beside (1, 2), 4 are 0 and 3 are 0.6.
    whole = filled(picture)
    assert_allclose(whole[1, 1:3, 0], [0, 0.6 * 3 / 7], atol=1e-6)
    assert_allclose(whole[0], picture[0])
    assert np.isnan(filled(np.full((2, 2, 3), np.nan, np.float32))).all()
