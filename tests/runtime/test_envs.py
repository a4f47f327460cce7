"""What the agent takes, and the words with which it refuses everything else."""

from __future__ import annotations

import re
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from numpy.testing import assert_array_equal

from dsrl_agent.checks import shown
from dsrl_agent.errors import ConfigError, ObservationError
from dsrl_agent.runtime.envs import (
    make_env,
    require_env,
    require_frames,
)

ID = "shapes_grid:ShapesGrid-v0"
FRAMES = spaces.Box(0, 255, (40, 50, 3), np.uint8)
FOUR = spaces.Discrete(4)


class Spaces(gym.Env[Any, Any]):
    """An environment that is nothing but its spaces."""

    def __init__(self, observations: spaces.Space[Any], actions: spaces.Space[Any]) -> None:
        self.observation_space = observations
        self.action_space = actions


def test_an_environment_with_frames_and_actions_is_taken() -> None:
    assert require_env(Spaces(FRAMES, FOUR)) == (4, (40, 50, 3))
    env = make_env(ID, {"rows": 3, "objects": {"circle": 2}})
    assert require_env(env) == (4, (32, 50, 3))


@pytest.mark.parametrize(
    "observations",
    [
        spaces.Box(0, 1, (40, 50, 3), np.float32),
        spaces.Box(0, 255, (40, 50, 3), np.int16),
        spaces.Box(0, 255, (40, 50), np.uint8),
        spaces.Box(0, 255, (4, 40, 50, 3), np.uint8),
        spaces.Box(-1, 1, (8,), np.float32),
        spaces.Discrete(25),
        spaces.Dict({"image": FRAMES}),
    ],
    ids=["scaled", "int16", "grey", "stacked", "vector", "number", "dictionary"],
)
def test_observations_that_are_no_image_are_refused(observations: spaces.Space[Any]) -> None:
    message = f"The observation space is {observations}, but it must be an image: a Box of uint8"
    with pytest.raises(ObservationError, match=re.escape(message)):
        require_env(Spaces(observations, FOUR))


@pytest.mark.parametrize("shape", [(3, 40, 50), (40, 50, 1), (40, 50, 4)])
def test_colours_must_be_three_and_come_last(shape: tuple[int, ...]) -> None:
    message = f"The observations have shape {shape}, but it must be [height, width, 3]: colours"
    with pytest.raises(ObservationError, match=re.escape(message)):
        require_env(Spaces(spaces.Box(0, 255, shape, np.uint8), FOUR))


@pytest.mark.parametrize(
    "actions",
    [
        spaces.Box(-1, 1, (2,), np.float32),
        spaces.MultiDiscrete([2, 2]),
        spaces.MultiBinary(4),
    ],
    ids=["continuous", "several", "bits"],
)
def test_actions_that_are_not_numbered_are_refused(actions: spaces.Space[Any]) -> None:
    message = f"The action space is {actions}, but it must be Discrete; "
    with pytest.raises(ObservationError, match=re.escape(message)):
        require_env(Spaces(FRAMES, actions))


def test_a_vector_environment_is_refused() -> None:
    envs = gym.make_vec(ID, 2)
    with pytest.raises(
        ObservationError,
        match=r"is a ShapesGridVectorEnv, but it must be a single gymnasium.Env \(not a vector "
        r"environment\); give one of the environments in it",
    ):
        require_env(envs)


def test_a_class_of_environments_is_sent_to_its_instance() -> None:
    message = "The environment is the class Env; give an instance of it: Env()."
    with pytest.raises(ObservationError, match=re.escape(message)):
        require_env(gym.Env)


@pytest.mark.parametrize("value", [None, 3], ids=["None", "number"])
def test_an_object_that_is_no_environment_is_refused(value: Any) -> None:
    with pytest.raises(
        ObservationError, match=f"is a {type(value).__name__}, but it must be a single"
    ):
        require_env(value)


def test_an_environment_of_another_kind_cannot_be_made_for_the_agent() -> None:
    with pytest.raises(ObservationError, match=r"The action space is Box\(-2.0, 2.0"):
        make_env("Pendulum-v1", {})


@pytest.mark.parametrize(
    ("env_id", "message"),
    [
        ("NoSuchWorld-v0", "no environment can be made of it: Environment `NoSuchWorld` doesn't"),
        ("shapes_grid:ShapesGrid-v9", "no environment can be made of it: Environment version `v9`"),
        ("no world", "no environment can be made of it: Malformed environment ID"),
        ("", "no environment can be made of it: Malformed environment ID"),
        ("no_such_module:World-v0", "module cannot be imported: .*no_such_module.*install the"),
    ],
)
def test_an_unknown_id_is_refused(env_id: str, message: str) -> None:
    with pytest.raises(ConfigError, match=f"env.id is {re.escape(repr(env_id))}, but .*{message}"):
        make_env(env_id, {})


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"rows": 0}, "rows is 0, but it must be at least 1."),
        (
            {"objects": {"circle": 30}},
            "objects is {'circle': 30}, but it must be at most 24 objects in a 5 x 5 world",
        ),
        ({"colour": "white"}, 'a world has no field of that name (did you mean "colours"?)'),
        ({"layout": "board", "board": "o?"}, "'?' at row 0, column 1 of the board means nothing"),
    ],
    ids=["rows", "too many", "a slip", "board"],
)
def test_kwargs_refused_by_the_world_keep_its_message(kwargs: dict[str, Any], message: str) -> None:
    start = re.escape(f"env.id {ID!r} refuses its kwargs {shown(kwargs)}: ")
    with pytest.raises(ConfigError, match=f"{start}.*{re.escape(message)}"):
        make_env(ID, kwargs)


def test_kwargs_that_another_environment_does_not_know_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"env.id 'CartPole-v1' refuses .* unexpected keyword"):
        make_env("CartPole-v1", {"rows": 3})


def test_one_frame_becomes_a_batch_of_one() -> None:
    frame = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    batch, single = require_frames(frame)
    assert single
    assert_array_equal(batch, frame[None])
    again, single = require_frames(batch)
    assert not single
    assert_array_equal(again, batch)


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        ([[[0, 0, 0]]], "The observation is a list, but it must be a NumPy array of uint8"),
        (None, "The observation is a NoneType, but it must be a NumPy array of uint8"),
        (np.zeros((5, 5, 3)), "has dtype float64, but it must be uint8 with values 0 to 255; undo"),
        (np.zeros((5, 5, 3), np.float32), "has dtype float32, but it must be uint8"),
        (np.zeros((5, 5, 3), np.int64), "has dtype int64, but it must be uint8"),
        (np.zeros((5, 5, 3), np.bool_), "has dtype bool, but it must be uint8"),
        (np.zeros((3, 5, 5), np.uint8), "has shape [3, 5, 5], but it must be [height, width, 3]"),
        (np.zeros((5, 3), np.uint8), "has shape [5, 3], but it must be [height, width, 3]"),
        (np.zeros((5, 5, 4), np.uint8), "has shape [5, 5, 4], but it must be [height, width, 3]"),
        (np.zeros((2, 2, 5, 5, 3), np.uint8), "has shape [2, 2, 5, 5, 3], but it must be [height"),
        (np.zeros((), np.uint8), "has shape [], but it must be [height, width, 3]"),
        (np.zeros((0, 5, 3), np.uint8), "has shape [0, 5, 3]: it is empty."),
        (np.zeros((0, 5, 5, 3), np.uint8), "has shape [0, 5, 5, 3]: it is empty."),
    ],
)
def test_observations_that_are_no_frames_are_refused(frames: Any, message: str) -> None:
    with pytest.raises(ObservationError, match=re.escape(message)):
        require_frames(frames)
