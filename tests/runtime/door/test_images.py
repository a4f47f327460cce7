"""Images among observations."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from dsrl_agent.config import DoorThresholds
from dsrl_agent.runtime.door.images import holds_symbols, images_in, missions_of
from dsrl_agent.runtime.door.view import View


def views(space: spaces.Space[Any]) -> list[View]:
    return [image.view for image in images_in(space)]


@pytest.mark.parametrize(
    ("box", "view"),
    [
        (spaces.Box(0, 255, (40, 50, 3), np.uint8), View()),
        (spaces.Box(0, 255, (40, 50, 1), np.uint8), View(layout="grey")),
        (spaces.Box(0, 255, (40, 50), np.uint8), View(layout="grey")),
        (spaces.Box(0, 255, (40, 50, 4), np.uint8), View(layout="rgba")),
        (spaces.Box(0, 255, (3, 40, 50), np.uint8), View(channels_first=True)),
        (spaces.Box(0, 255, (1, 40, 50), np.uint8), View(layout="grey", channels_first=True)),
        (spaces.Box(0, 1, (40, 50, 3), np.float32), View(scale=255.0)),
        (spaces.Box(0, 255, (40, 50, 3), np.float32), View()),
        (
            spaces.Box(0, 1, (10, 10, 4), np.bool_),  # type: ignore[arg-type]
            View(layout="planes"),
        ),
        (spaces.Box(0, 1, (10, 10, 7), np.float32), View(layout="planes")),
    ],
)
def test_the_form_of_an_image_is_known(box: spaces.Box, view: View) -> None:
    assert views(box) == [view]


@pytest.mark.parametrize(
    "space",
    [
        spaces.Box(0, 255, (4, 40, 50, 3), np.uint8),  # a stack of frames
        spaces.Box(0, 255, (4, 40, 50), np.uint8),  # a stack of grey frames
        spaces.Box(-1, 1, (40, 50, 3), np.float32),
        spaces.Box(0, np.inf, (40, 50, 3), np.float32),
        spaces.Box(0, 255, (8,), np.uint8),
        spaces.Box(0, 255, (40, 50, 7), np.uint8),
        spaces.Discrete(16),
    ],
    ids=str,
)
def test_other_spaces_are_no_images(space: spaces.Space[Any]) -> None:
    assert views(space) == []


def test_images_within_dicts_and_tuples_are_found_by_their_path() -> None:
    frame = spaces.Box(0, 255, (40, 50, 3), np.uint8)
    space = spaces.Dict({"a": spaces.Tuple([spaces.Discrete(2), frame]), "b": spaces.Discrete(3)})
    assert views(space) == [View(path=("a", 1))]


def test_few_low_numbers_are_symbols_and_a_picture_is_none() -> None:
    view = np.array([[[2, 5, 0], [1, 0, 0], [8, 1, 0]]], np.uint8)  # as MiniGrid codes its objects
    assert holds_symbols(view, DoorThresholds())
    picture = np.array([[[0, 0, 0], [100, 100, 100]]], np.uint8)
    assert not holds_symbols(picture, DoorThresholds())
    assert not holds_symbols(np.array([[0, 1]], np.uint8), DoorThresholds())  # black and white


class Told(gym.Env[Any, Any]):
    """Tells, beside an image, a goal in words, one as a number, what is near, and a constant."""

    observation_space = spaces.Dict(
        view=spaces.Box(0, 255, (40, 50, 3), np.uint8), goal=spaces.Text(9), aim=spaces.Discrete(3),
        near=spaces.Discrete(9), rule=spaces.Text(9),
    )  # fmt: skip
    action_space: Any = spaces.Discrete(2, start=5)

    def __init__(self, length: int = 99) -> None:
        self._length = length

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        self._seed, self._step = seed or 0, 0
        return self._shown(), {}

    def step(self, action: Any) -> Any:
        assert self.action_space.contains(action)
        self._step += 1
        return self._shown(), 0.0, self._step >= self._length, False, {}

    def _shown(self) -> dict[str, Any]:
        goal, aim = f"go to {self._seed % 2}", np.int64(self._seed % 3)
        image = np.full((40, 50, 3), self._seed, np.uint8)
        return {"view": image, "goal": goal, "aim": aim, "near": self._step, "rule": "go"}


class Hides(gym.ObservationWrapper[Any, Any, Any]):
    """Leaves the image alone of what is told."""

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        super().__init__(env)
        self.observation_space = spaces.Box(0, 255, (40, 50, 3), np.uint8)

    def observation(self, observation: Any) -> Any:
        return observation["view"]


def missions(env: gym.Env[Any, Any]) -> dict[str, str]:
    return missions_of(env, DoorThresholds(missions=3, mission_steps=4), lambda text: None)


def test_what_holds_for_an_episode_and_is_no_image_is_found() -> None:
    expected = {"aim": "0, 1, …", "goal": "'go to 0', 'go to 1', …"}
    assert missions(Told()) == expected
    assert missions(Hides(Told())) == expected  # a wrapper left it out
    # Where episodes are short, a number may have had no time to change.
    assert missions(Told(length=1)) == {"goal": expected["goal"]}
    assert missions(Told(length=4)) == expected


def test_nothing_is_told_beside_an_image_alone_or_where_there_is_trouble() -> None:
    alone = Hides(Told())
    alone.env.observation_space = alone.observation_space
    assert missions(alone) == {}
    broken = Told()
    broken.action_space = spaces.Discrete(2, start=0)
    broken.reset = lambda **_: 1 / 0  # type: ignore[method-assign]
    assert missions(broken) == {}
    broken.action_space = spaces.MultiDiscrete([2, 2])
    assert missions(broken) == {}
