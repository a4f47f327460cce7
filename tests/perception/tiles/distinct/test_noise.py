"""The noise of frames drawn in tiles."""

from __future__ import annotations

import numpy as np
import pytest
from tile_worlds import noisy, walk

from dsrl_agent.config.tiles import TilesThresholds
from dsrl_agent.perception.tiles.distinct.noise import noise_of


@pytest.mark.parametrize("light", [False, True])
def test_frames_without_noise_have_none(light: bool) -> None:
    play = walk(light=light)
    assert noise_of(play.footage, play.grid, TilesThresholds()) == 0.0


@pytest.mark.parametrize("light", [False, True])
@pytest.mark.parametrize("deviation", [1.0, 3.0, 10.0])
def test_noise_is_measured_though_black_cuts_it_off(light: bool, deviation: float) -> None:
    play = walk(light=light, noise=deviation)
    assert noise_of(play.footage, play.grid, TilesThresholds()) == pytest.approx(deviation, rel=0.1)


def test_frames_of_black_and_pure_colours_tell_their_noise() -> None:
    play = walk()
    pure = np.where(play.footage.frames > 50, 255, 0).astype(np.uint8)
    footage = play.footage._replace(frames=noisy(pure, 5.0))
    assert noise_of(footage, play.grid, TilesThresholds()) == pytest.approx(5.0, rel=0.1)
