"""A game: episodes, score and picture."""

from __future__ import annotations

from collections.abc import Iterator

import gymnasium as gym
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from stairs import Stairs, registered_stairs

from dsrl_agent.errors import ConfigError, ObservationError
from dsrl_agent.viewer.game import Game, Status


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    with registered_stairs():
        yield


def test_the_status_follows_the_episode() -> None:
    game = Game(Stairs("rgb_array", top=2), 5)
    assert game.status == Status(0)
    game.step(3)
    assert game.status == Status(0, steps=1, score=0.0, reward=0.0)
    game.step(3)
    assert game.status == Status(0, steps=2, score=1.0, reward=1.0, ended="finished")
    game.begin(1)
    assert game.status == Status(1)


def test_a_number_of_an_episode_gives_one_world() -> None:
    game = Game(Stairs("rgb_array"), 5)
    for episode in (1, 0):
        game.begin(episode)
    first, other, again = Stairs.tape
    assert first == again != other


def test_the_picture_shows_the_frame_and_fits_the_room() -> None:
    game = Game(Stairs("rgb_array"), 5)
    before = game.picture("", [])
    game.step(3)
    assert not np.array_equal(game.picture("", []), before)
    assert_array_equal(game.picture("", []), game.picture("", []))
    picture = game.picture("", [], room=(300, 200))
    assert picture.shape[0] <= 200
    assert picture.shape[1] <= 300


def test_rendered_frames_are_checked() -> None:
    def missing() -> None:
        raise gym.error.DependencyNotInstalled("pip\ninstall it")

    with pytest.raises(ConfigError, match="Stairs renders a NoneType, but it must be an array"):
        Game(Stairs(render=lambda: None), 0)
    with pytest.raises(ConfigError, match="Stairs cannot be drawn: pip install it"):
        Game(Stairs(render=missing), 0)
    with pytest.raises(ObservationError, match=r"The picture to show is float64 \[2, 2\]"):
        Game(Stairs(render=lambda: np.zeros((2, 2))), 0)
    with pytest.raises(ObservationError, match=r"The picture to show is uint8 \[2, 2\]"):
        Game(Stairs(legend=lambda: [(np.zeros((2, 2), np.uint8), "you")]), 0)


def test_the_limit_is_the_environment_s_or_its_time_limit_s() -> None:
    assert Game(Stairs(), 0).status.limit is None
    limited = gym.make("tests/Stairs-v0", render_mode="rgb_array", max_episode_steps=7)
    assert Game(limited, 0).status.limit == 7
