"""The model of things: other sizes, unknown things, further types, checkpoints."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from drawn_boxes import BLUE, GREEN, GREY, HERE, RED, boxes, painted, with_noise
from equality import assert_equal
from numpy.testing import assert_allclose, assert_array_equal
from two_halves import halved_model

from dsrl_agent.back_end.compositor.canvas import Placement
from dsrl_agent.back_end.compositor.composition import Order
from dsrl_agent.back_end.compositor.hypotheses import Vocabulary
from dsrl_agent.config.things import BackgroundThresholds, SpritesThresholds, ThingsThresholds
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.things.evidence.windows import windows_of
from dsrl_agent.perception.things.model import ThingsModel

SETTINGS = ThingsThresholds(sprites=SpritesThresholds(samples=2))
GRID = Grid((8, 8), (2, 1), (2, 3), (20, 27))
WINDOWS = windows_of(GRID, SETTINGS)
SIZES, TINTS = [(6, 2), (2, 6)], [[0], [0, 1]]
SCENE = [(0, 0, 6, 2, RED), (1, 2, 2, 6, GREEN)]


def _model(reach: bool = False) -> ThingsModel:
    known = boxes(WINDOWS, SIZES, TINTS, places=[HERE, Placement(0.8, 1, 0)])
    scenes = replace(known.model, order=Order(False, 1))
    return ThingsModel(scenes, known.words, agent=0, reach=reach, limit=0.05, thresholds=SETTINGS)


@pytest.mark.parametrize("reach", [False, True])
def test_scenes_are_read_whether_things_reach_out_or_not(reach: bool) -> None:
    scene = _model(reach).read(painted(WINDOWS, SCENE)[None])
    assert_array_equal(scene.types, [[[0, -1, -1], [-1, -1, 1]]])


def test_nats_are_residuals_and_costs_of_latents() -> None:
    model = _model()
    scene = model.read(painted(WINDOWS, SCENE)[None])
    costs = 2 * 15.0 + np.log(2 * 1 * 2) + np.log(2 * 2 * 2)
    assert_allclose(model.nats(scene), [costs], atol=0.5)
    more = scene._replace(left=scene.left + np.float32(0.01))
    extra = 6 * 0.01 * model.scenes.likelihood.precision
    assert_allclose(model.nats(more) - model.nats(scene), [extra], rtol=1e-3)


def test_what_no_type_explains_is_unknown() -> None:
    model = _model()
    frame = painted(WINDOWS, [*SCENE, (0, 2, 6, 6, BLUE)])
    assert_array_equal(model.unknown(model.read(frame[None])), [[[0, 0, 1], [0, 0, 0]]])


@pytest.mark.parametrize(("contrast", "unknown"), [(0.2, False), (0.3, True)])
def test_what_is_left_counts_against_the_faintest_thing(contrast: float, unknown: bool) -> None:
    # At a scale of 0.8, 6 x 2 pixels cover (4 + 2 * 0.4 ** 2) * 2 * 0.8 ** 2 = 5.5 pixels, in
    # squares; green has a contrast of 0.1, 0.6 and 0.1 with grey: 0.38 in squares.
    thresholds = replace(SETTINGS, background=BackgroundThresholds(contrast=0.01))
    model = replace(_model(), thresholds=thresholds)
    assert model.faintest == pytest.approx(5.53 * 0.38, rel=0.01)
    # 5 % of that are 0.105, and noise has 192 * 0.01 ** 2 = 0.019.
    frame = painted(WINDOWS, [*SCENE, (0, 2, 2, 1, (GREY + contrast, GREY, GREY))])
    assert model.unknown(model.read(frame[None]))[0, 0, 2] == unknown


def test_noise_and_known_things_are_not_unknown() -> None:
    model = _model()
    noisy = replace(
        model, scenes=replace(model.scenes, likelihood=replace(model.scenes.likelihood, noise=0.1))
    )
    frames = with_noise(np.repeat(painted(WINDOWS, SCENE)[None], 50, axis=0), 0.1)
    assert not noisy.unknown(noisy.read(frames)).any()


def test_frames_of_another_size_have_the_same_floor() -> None:
    model = _model()
    model.scenes.background[:2] = 0.6  # the border's colour is that of most of its pixels
    model.scenes.background[:, :1] = 0.6
    model.scenes.background[18:] = 0.6
    larger = GRID.fitted(46, 43)
    assert larger.shape == (5, 5)
    fitted = model.fitted(larger)
    assert fitted.scenes.background.shape == (46, 43, 3)
    assert_allclose(fitted.scenes.background[2:42, 1:41], GREY, atol=1e-6)
    assert_allclose(fitted.scenes.background[42:], 0.6, atol=1e-6)
    windows = windows_of(larger, SETTINGS)
    frame = painted(windows, [(4, 4, 6, 2, RED)])
    frame[:2] = frame[42:] = round(0.6 * 255)
    scene = fitted.read(frame[None])
    assert scene.types[0, 4, 4] == 0
    assert (scene.types >= 0).sum() == 1


def test_frames_of_the_same_size_have_the_same_model() -> None:
    model = _model()
    assert model.fitted(GRID) is model


def test_a_floor_that_differs_from_cell_to_cell_is_noise_in_frames_of_another_size() -> None:
    model = _model()
    model.scenes.background[2:10] += 0.05
    model.scenes.background[10:18] -= 0.05
    fitted = model.fitted(GRID.fitted(46, 43))
    assert fitted.scenes.likelihood.noise == pytest.approx(np.hypot(0.01, 0.05), rel=1e-3)


def test_a_further_type_comes_last() -> None:
    model = _model()
    sprite = boxes(WINDOWS, [(6, 6)], [[0]]).words[0].sprite
    palette = np.array([RED, GREEN, BLUE], np.float32)
    more = model.with_type(Vocabulary(sprite, [HERE], np.array([2])), palette)
    scene = more.read(painted(WINDOWS, [*SCENE, (0, 2, 6, 6, BLUE)])[None])
    assert_array_equal(scene.types, [[[0, -1, 2], [-1, -1, 1]]])
    assert not more.unknown(scene).any()
    assert len(model.vocabularies) == 2


@pytest.mark.parametrize("tint", [np.nan, np.inf, 1e300])
def test_tints_of_a_file_must_be_numbers_of_colours(tint: float) -> None:
    arrays = _model(False).arrays()
    arrays["tints"] = arrays["tints"].astype(np.float64)
    arrays["tints"][:, -1] = tint
    with pytest.raises(ValueError, match="infinite or too large"):
        ThingsModel.load(arrays, GRID, SETTINGS)


@pytest.mark.parametrize("reach", [False, True])
def test_a_checkpoint_restores_the_model_bit_for_bit(reach: bool) -> None:
    model = _model(reach)
    again = ThingsModel.load(model.arrays(), GRID, SETTINGS)
    assert_equal(again.arrays(), model.arrays())
    assert again.scenes.order == model.scenes.order
    assert (again.agent, again.reach, again.limit) == (0, reach, 0.05)
    assert_array_equal(again.scenes.hypotheses.templates, model.scenes.hypotheses.templates)
    frames = with_noise(np.repeat(painted(WINDOWS, SCENE)[None], 5, axis=0), 0.05)
    for one, other in zip(again.read(frames), model.read(frames), strict=True):
        assert_array_equal(one, other)


def test_a_model_without_types_is_restored() -> None:
    empty = boxes(WINDOWS, [], [], palette=[])
    scenes = replace(
        empty.model,
        hypotheses=replace(empty.model.hypotheses, palette=np.empty((0, 3), np.float32)),
    )
    model = ThingsModel(scenes, (), agent=-1, reach=False, limit=0.05, thresholds=SETTINGS)
    again = ThingsModel.load(model.arrays(), GRID, SETTINGS)
    assert again.vocabularies == ()
    assert (again.read(painted(WINDOWS, SCENE)[None]).types == -1).all()


def _halved() -> ThingsModel:
    """Return a model of boxes of two halves, and of a plain one."""
    return halved_model(WINDOWS, [(6, 4)], [RED, GREEN], plain=[(2, 6)])


def test_a_model_of_parts_is_the_same_after_a_checkpoint() -> None:
    model, frames = _halved(), painted(WINDOWS, [(0, 0, 6, 2, RED), (1, 2, 2, 6, GREEN)])[None]
    again = ThingsModel.load(model.arrays(), GRID, SETTINGS)
    assert_equal(again.arrays(), model.arrays())
    assert [each.number_of_parts for each in again.vocabularies] == [2, 1]
    assert_equal(again.read(frames), model.read(frames))


def test_a_model_of_one_part_has_no_shares_in_its_checkpoint() -> None:
    assert "shares" not in _model().arrays()


def test_the_limit_of_unknown_holds_for_things_of_parts() -> None:
    frame = painted(WINDOWS, [(0, 0, 6, 4, RED), (0, 2, 6, 6, BLUE)])
    frame[3:9, 5:7] = np.rint(255 * np.array(GREEN))  # the right half of the first box
    model = _halved()
    scene = model.read(frame[None])
    assert_array_equal(scene.types[0, 0, :2], [0, -1])
    assert_array_equal(model.unknown(scene), [[[0, 0, 1], [0, 0, 0]]])
