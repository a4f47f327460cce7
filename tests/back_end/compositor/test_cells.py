"""Places that nothing reaches into, each read alone."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_boxes import (
    BLUE,
    GREEN,
    GREY,
    HERE,
    RED,
    Boxes,
    boxes,
    painted,
    with_noise,
)
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.back_end.compositor.canvas import Placement
from dsrl_agent.back_end.compositor.cells import Likelihood, PlacesReader
from dsrl_agent.back_end.compositor.hypotheses import Scene
from dsrl_agent.back_end.compositor.scoring import OTHER_TINT
from dsrl_agent.back_end.compositor.windows import Windows
from dsrl_agent.config.things import ScenesThresholds
from dsrl_agent.types import Frame

WINDOWS = Windows(pitch=(8, 8), origin=(1, 2), shape=(2, 3), frame=(19, 28), margin=2)
PLACES = [HERE, Placement(0.5, 0, 0), Placement(1.0, 1, -1)]
# Tall boxes are red; wide boxes are red or green.
SEEN = painted(
    WINDOWS, [(0, 0, 6, 2, RED), (0, 2, 2, 6, GREEN), (1, 1, 2, 6, RED), (1, 2, 1, 3, GREEN)]
)


@pytest.fixture(scope="module")
def known() -> Boxes:
    return boxes(WINDOWS, [(6, 2), (2, 6)], [[0], [0, 1]], places=PLACES)


def _read(frames: Frame, known: Boxes, likelihood: Likelihood | None = None) -> Scene:
    model = known.model
    chosen = likelihood or model.likelihood
    return PlacesReader(
        model.background, WINDOWS, model.hypotheses, chosen, ScenesThresholds()
    ).read(frames)


def test_nats_of_a_residual_are_half_the_precision_of_pixels() -> None:
    assert_allclose(Likelihood(noise=0.3, raster=0.4, presence=1.0).precision, 2.0)


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_a_drawn_scene_is_read(known: Boxes, noise: float) -> None:
    scene = _read(with_noise(SEEN[None], noise), known, Likelihood(noise or 0.01, 0.02, 15.0))
    assert_array_equal(scene.types, [[[0, -1, 1], [-1, 1, 1]]])
    assert_array_equal(scene.tints, [[[0, -1, 1], [-1, 0, 1]]])
    found = [known.model.hypotheses.placements[k] for k in scene.templates[scene.types >= 0]]
    assert found[:3] == [HERE] * 3


def test_residual_and_contrast_are_those_of_the_places_pixels(known: Boxes) -> None:
    scene = _read(SEEN[None], known)
    red, green = (float(np.square(np.array(colour) - GREY).sum()) for colour in (RED, GREEN))
    assert_allclose(scene.energy[0, 0], [12 * red, 0, 12 * green], rtol=0.01, atol=1e-5)
    assert_allclose(scene.left[0, 0], 0, atol=1e-3)


def test_a_thing_in_an_unseen_colour_has_no_tint_of_the_palette(known: Boxes) -> None:
    scene = _read(painted(WINDOWS, [(0, 1, 2, 6, BLUE)])[None], known)
    assert scene.types[0, 0, 1] == 1
    assert scene.tints[0, 0, 1] == OTHER_TINT
    assert_allclose(scene.colours[0, 0, 1], BLUE, atol=0.01)


def test_noise_alone_is_nothing(known: Boxes) -> None:
    frames = with_noise(np.repeat(painted(WINDOWS, [])[None], 40, axis=0), 0.1)
    scene = _read(frames, known, Likelihood(0.1, 0.02, 15.0))
    assert (scene.types == -1).all()
    assert_allclose(scene.left, scene.energy)


def test_a_thing_must_save_more_than_it_costs(known: Boxes) -> None:
    frame = painted(WINDOWS, [(0, 0, 6, 2, RED)])[None]
    saved = 12 * float(np.square(np.array(RED) - GREY).sum()) * Likelihood(0.05, 0.7, 0).precision
    assert saved == pytest.approx(6.1, abs=0.1)
    # One tint at three placements of one of two types costs log(6), 1.8 nats; the other two
    # placements explain far less.
    for presence, kind in ((saved - 1.9, 0), (saved - 1.6, -1)):
        assert _read(frame, known, Likelihood(0.05, 0.7, presence)).types[0, 0, 0] == kind


def test_the_evidence_of_a_type_is_that_of_all_its_hypotheses() -> None:
    # Nine tints so close that each explains the thing as well: together they outweigh one.
    shades = [(0.5 + 1e-4 * k, 0.5, 0.5) for k in range(9)]
    known = boxes(WINDOWS, [(4, 4), (4, 4)], [[0], [*range(9)]], palette=shades, free_tint=1e9)
    model, frame = known.model, painted(WINDOWS, [(0, 0, 4, 4, (0.5, 0.5, 0.5))])[None]
    equal = _read(frame, known)
    assert equal.types[0, 0, 0] in (0, 1)  # 9 hypotheses of a ninth each
    assert model.hypotheses.costs[1] - model.hypotheses.costs[0] == pytest.approx(np.log(9))


def test_without_types_there_is_nothing_to_see(known: Boxes) -> None:
    empty = boxes(WINDOWS, [], [])
    scene = _read(SEEN[None], empty)
    assert (scene.types == -1).all()
    assert_array_equal(scene.left, scene.energy)


def test_batches_do_not_change_what_is_read(known: Boxes) -> None:
    frames = np.concatenate([np.repeat(painted(WINDOWS, [])[None], 130, axis=0), SEEN[None]])
    scene = _read(frames, known)
    assert scene.types.shape == (131, 2, 3)
    assert_array_equal(scene.types[-1], _read(SEEN[None], known).types[0])
