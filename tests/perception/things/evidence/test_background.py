"""The background from cells just left, its noise, and which cells hold a thing."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from walked_floors import Walk, walk

from dsrl_agent.back_end.compositor.windows import Windows
from dsrl_agent.config.things import BackgroundThresholds, ThingsThresholds
from dsrl_agent.perception.things.evidence.background import (
    StaticBackground,
    find_background,
    holds_thing,
)
from dsrl_agent.perception.things.evidence.film import FilmStrip, film_of
from dsrl_agent.perception.things.evidence.windows import windows_of

THRESHOLDS = BackgroundThresholds()


def _found(play: Walk) -> tuple[StaticBackground, Windows]:
    windows = windows_of(play.evidence.grid, ThingsThresholds())
    return find_background(film_of(play.evidence), windows, THRESHOLDS), windows


def test_without_noise_the_background_is_the_floor() -> None:
    play = walk(300)
    background, _ = _found(play)
    assert_allclose(background.picture, play.floor, atol=0.5 / 255 + 1e-6)
    assert background.noise == pytest.approx(0.5 / 255)  # frames have whole levels


def test_noise_is_measured_and_averaged_out() -> None:
    play = walk(600, noise=0.05)
    background, _ = _found(play)
    assert background.noise == pytest.approx(0.05, rel=0.1)
    error = background.picture - play.floor
    # Some 450 of 630 frames show each cell empty, so that the mean's error is 0.05 / 21.
    assert float(np.sqrt(np.square(error).mean())) < 0.05 / 10


def test_cells_that_hold_things_are_told() -> None:
    play = walk(200)
    background, windows = _found(play)
    after = play.evidence.transitions.after
    holds = holds_thing(after, background, windows, THRESHOLDS)
    agent = np.zeros(holds.shape, np.bool_)
    for number, standing in enumerate(play.standing):
        for row, col in standing:
            assert holds[number, row, col]
            holds[number, row, col] = False
        entered = np.argwhere(play.evidence.trail.entered[number])
        if len(entered):
            agent[number, entered[0][0], entered[0][1]] = True
    assert (holds.sum(axis=(1, 2)) == 1).all()  # the agent
    assert holds[agent].all()


def _strip(pictures: list[list[float]], left: list[list[int]]) -> tuple[FilmStrip, Windows]:
    """Return frames of levels for three cells of 4 x 4 pixels, and where they were just left."""
    frames = np.repeat(np.repeat(np.array(pictures)[:, None, :, None], 4, axis=1), 4, axis=2)
    levels = np.rint(np.repeat(frames, 3, axis=3) * 255).astype(np.uint8)
    count = len(pictures)
    flags = np.zeros((count, 1, 3), np.bool_)
    for number, cells in enumerate(left):
        flags[number, 0, cells] = True
    strip = FilmStrip(levels, np.zeros(count, np.int64), flags, np.zeros_like(flags))
    return strip, Windows((4, 4), (0, 0), (1, 3), (4, 12), 1)


def _assert_levels(strip: FilmStrip, windows: Windows, levels: list[float]) -> None:
    picture = find_background(strip, windows, THRESHOLDS).picture
    assert_allclose(picture[0, [0, 4, 8], 0], levels, atol=0.003)


def test_a_cell_never_left_has_the_picture_nearest_to_the_floor() -> None:
    # The last cell holds a thing of 0.8 in most frames, but shows a floor in one.
    strip, windows = _strip([[0.2, 0.21, 0.8]] * 7 + [[0.2, 0.21, 0.2]], [[0], [1]] * 4)
    _assert_levels(strip, windows, [0.2, 0.21, 0.2])


def test_a_cell_that_was_never_empty_has_the_usual_floor() -> None:
    strip, windows = _strip([[0.2, 0.2, 0.8]] * 8, [[0], [1]] * 4)
    _assert_levels(strip, windows, [0.2, 0.2, 0.2])


def test_a_cell_left_once_is_not_what_it_held_before() -> None:
    strip, windows = _strip([[0.2, 0.2, 0.8]] * 7 + [[0.2, 0.2, 0.25]], [[0], [1]] * 3 + [[0], [2]])
    _assert_levels(strip, windows, [0.2, 0.2, 0.25])


def test_a_faint_thing_is_one_and_noise_is_none() -> None:
    windows = Windows((8, 8), (0, 0), (1, 2), (8, 16), 1)
    ground = StaticBackground(np.full((8, 16, 3), 0.5, np.float32), 0.1)
    rng = np.random.default_rng(0)
    frames = rng.normal(0.5, 0.1, (200, 8, 16, 3))
    frames[:, 2:6, 10:14] += 0.2
    levels = np.rint(frames * 255).clip(0, 255).astype(np.uint8)
    holds = holds_thing(levels, ground, windows, THRESHOLDS)
    assert_array_equal(holds.mean(axis=0), [[0, 1]])
