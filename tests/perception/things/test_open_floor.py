"""Scenes of frames whose floor is not known: things, the floor's statistics, and nats."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from drawn_boxes import BLUE, GREEN, GREY, RED, boxes, floats, painted
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.back_end.compositor.windows import Windows
from dsrl_agent.config.scenes import FloorsThresholds
from dsrl_agent.perception.things.open_floor import OpenFloorReader
from dsrl_agent.types import Frame

WINDOWS = Windows(pitch=(8, 8), origin=(1, 2), shape=(2, 3), frame=(18, 28), margin=3)
SCENE = [(0, 0, 6, 2, RED), (1, 2, 2, 6, GREEN)]


def _reader(tints: list[list[int]]) -> OpenFloorReader:
    model = boxes(WINDOWS, [(6, 2), (2, 6)], tints).model
    return OpenFloorReader(model, model.likelihood, FloorsThresholds())


def _on(frame: Frame, floor: Frame) -> Frame:
    """Return a frame with another floor in place of the grey one."""
    return np.where((frame == round(GREY * 255)).all(axis=2, keepdims=True), floor, frame)


def _speckled(low: int, high: int, seed: int = 0) -> Frame:
    rng = np.random.default_rng(seed)
    return rng.integers(low, high, (*WINDOWS.frame, 3)).astype(np.uint8)


@pytest.mark.parametrize("seed", range(5))
def test_things_are_found_on_any_floor(seed: int) -> None:
    frame = _on(painted(WINDOWS, SCENE), _speckled(80, 160, seed))
    reading = _reader([[0], [1]]).read(frame)
    assert_array_equal(reading.scene.types, [[[0, -1, -1], [-1, -1, 1]]])
    assert_allclose(reading.scene.colours[0, 1, 2], GREEN)
    # Levels from 80 to 159 have the mean 119.5 and the variance (80^2 - 1) / 12.
    assert_allclose(reading.mean * 255, 119.5, atol=8)
    assert_allclose(reading.variances.mean() * 255**2, (80**2 - 1) / 12, rtol=0.15)


def test_the_floor_of_a_frame_of_things_is_measured_beside_them() -> None:
    every = [(row, col, 6, 2, RED) for row in range(2) for col in range(3)]
    reading = _reader([[0], [1]]).read(painted(WINDOWS, every))
    assert_array_equal(reading.scene.types, np.zeros((1, 2, 3)))
    assert_allclose(reading.mean, GREY, atol=1e-6)
    assert_allclose(reading.variances, 0, atol=1e-6)


def test_a_type_of_several_tints_may_have_another_but_none_of_the_floor() -> None:
    frame = painted(WINDOWS, [(0, 0, 6, 2, BLUE), (1, 2, 6, 2, (0.27, 0.27, 0.27))])
    reading = _reader([[0, 1], [1]]).read(frame)
    assert_array_equal(reading.scene.types, [[[0, -1, -1], [-1, -1, -1]]])
    assert reading.scene.tints[0, 0, 0] == -1
    assert_allclose(reading.scene.colours[0, 0, 0], floats(BLUE), atol=0.01)


def test_a_type_of_one_tint_has_no_other_where_the_floor_is_unknown() -> None:
    model = boxes(WINDOWS, [(6, 2)], [[0]]).model
    model = replace(model, hypotheses=replace(model.hypotheses, any_tint=True))
    frame = painted(WINDOWS, [(0, 0, 6, 2, BLUE)])
    assert_array_equal(model.places.read(frame[None]).types[0, 0], [0, -1, -1])
    reading = OpenFloorReader(model, model.likelihood, FloorsThresholds()).read(frame)
    assert (reading.scene.types == -1).all()


def test_a_thing_of_the_mean_colour_of_a_floor_is_told_by_pixels_alike() -> None:
    grey = (GREY, GREY, GREY)
    model = boxes(WINDOWS, [(6, 4)], [[0]], [grey]).model
    frame = _speckled(11, 92)
    middle = WINDOWS.origin[0] + 4, WINDOWS.origin[1] + 8 + 4
    frame[middle[0] - 3 : middle[0] + 3, middle[1] - 2 : middle[1] + 2] = round(GREY * 255)
    reading = OpenFloorReader(model, model.likelihood, FloorsThresholds()).read(frame)
    assert_array_equal(reading.scene.types, [[[-1, 0, -1], [-1, -1, -1]]])


def test_nats_tell_a_plain_floor_a_speckled_one_and_unknown_things() -> None:
    reader = _reader([[0], [1]])
    floor_costs = 3 * np.log(6 * 64 * 3)
    plain = reader.read(painted(WINDOWS, []))
    assert plain.nats == pytest.approx(floor_costs, abs=1e-3)
    # One place has something unknown: each of its 64 pixels costs 3 / 2 log(1 / (2 pi v)).
    odd = reader.read(painted(WINDOWS, [(1, 1, 8, 8, BLUE)]))
    variance = 0.01**2 + 0.02**2
    whole = 64 * 1.5 * np.log(1 / (2 * np.pi * variance))
    assert odd.nats == pytest.approx(whole + floor_costs, rel=1e-4)
    speckled = reader.read(_speckled(80, 160))
    floor = float(speckled.variances.mean())
    total = floor + variance
    each = 64 * 1.5 * (np.log(total / variance) + floor / total)
    assert speckled.nats == pytest.approx(6 * each + floor_costs, rel=0.05)
    assert speckled.nats < 6 * whole


def test_nats_of_a_scene_are_those_of_its_own_floor() -> None:
    reader = _reader([[0], [1]])
    model = reader.scenes
    scene = model.places.read(painted(WINDOWS, SCENE)[None])
    costs = 2 * (15.0 + np.log(2))
    assert_allclose(reader.nats_of(scene, model.likelihood), [costs], atol=0.5)
    unseen = model.places.read(_speckled(80, 160)[None])
    assert_allclose(reader.nats_of(unseen, model.likelihood), [6 * reader.most])


def test_without_types_all_is_floor() -> None:
    model = boxes(WINDOWS, [], []).model
    reading = OpenFloorReader(model, model.likelihood, FloorsThresholds()).read(_speckled(0, 9))
    assert_array_equal(reading.scene.types, np.full((1, 2, 3), -1))
