"""The ground truth of other people's environments."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import pytest

from dsrl_agent.experiments.worlds.truth import Truth, WithTruth, truth_of
from dsrl_agent.runtime.envs import open_env


def told(env: gym.Env[Any, Any], seed: int = 0) -> Truth:
    truth: Truth = WithTruth(env).reset(seed=seed)[1]["truth"]
    return truth


def test_the_lake_holds_holes_goal_and_start() -> None:
    truth = told(gym.make("FrozenLake-v1"))
    assert truth["cells"].tolist() == [[3, 0, 0, 0], [0, 1, 0, 1], [0, 0, 0, 1], [1, 0, 0, 2]]
    assert truth["kinds"] == ["hole", "goal", "start"]
    assert truth["agent"] == (0, 0)


def test_the_cliff_lies_between_start_and_goal() -> None:
    env = WithTruth(gym.make("CliffWalking-v1"))
    env.reset(seed=0)
    truth = env.step(0)[4]["truth"]  # up
    assert truth["cells"].tolist()[3] == [2, *[1] * 10, 3]
    assert not truth["cells"][:3].any()
    assert truth["agent"] == (2, 0)


def test_a_minigrid_is_told_by_its_own_encoding() -> None:
    pytest.importorskip("minigrid")
    truth = told(open_env("minigrid:MiniGrid-DoorKey-5x5-v0", {}, "env.id"))
    cells, kinds, shapes = (truth[name] for name in ("cells", "kinds", "shapes"))
    named = {str(kinds[number - 1]) for number in cells.flat if number}
    assert {name.split()[1] for name in named} == {"2", "4", "5", "8"}  # wall, door, key, goal
    assert (cells[0] == cells[0, 0]).all()
    assert cells[truth["agent"]] == 0
    key = next(i for i, name in enumerate(kinds) if name.startswith("object 5 4"))
    other = next(i for i, name in enumerate(kinds) if name.startswith("object 5 0"))
    assert shapes[key] == shapes[other]
    assert len(kinds) < 256 - 4  # a symbol frame holds a byte


def test_a_taxi_is_told_with_its_walls_and_whom_it_carries() -> None:
    env = gym.make("Taxi-v4")
    env.reset(seed=0)
    inner: Any = env.unwrapped
    inner.s = inner.encode(0, 1, 0, 3)  # beside a passenger who waits at R and wants to B
    truth = truth_of(env)
    assert truth is not None
    # 1 to 3: stand, passenger, destination; 4 more with a wall on the left, 8 on the right
    assert truth["cells"].tolist() == [
        [2, 8, 4, 0, 1],
        [0, 8, 4, 0, 0],
        [0, 0, 0, 0, 0],
        [8, 4, 8, 4, 0],
        [9, 4, 8, 7, 0],
    ]
    assert truth["kinds"][7 - 1] == "destination, wall on the left"
    assert (truth["agent"], truth["heading"]) == ((0, 1), 0)
    env.step(3)  # west
    env.step(4)  # pick up
    truth = truth_of(env)
    assert truth is not None
    assert truth["cells"][0].tolist() == [1, 8, 4, 0, 1]
    assert (truth["agent"], truth["heading"]) == ((0, 0), 1)


def test_a_minatar_game_is_told_by_the_planes_that_meet() -> None:
    pytest.importorskip("minatar")
    env = open_env("MinAtar/Breakout-v1", {}, "env.id")
    env.reset(seed=0)
    truth = truth_of(env)
    assert truth is not None
    game: Any = env.unwrapped
    state = game.game.state()  # planes: paddle, ball, trail, brick
    assert truth["agent"] == (9, 4)
    assert truth["cells"][1:3].tolist() == [[4] * 10] * 2  # bricks; the ball begins below
    assert truth["kinds"][4 - 1] == "planes 100"
    assert (truth["cells"][state[..., 1]] % 2 == 1).all()  # the ball
    assert len(truth["kinds"]) == 7


def test_a_game_of_too_many_planes_is_not_told() -> None:
    pytest.importorskip("minatar")
    env = open_env("MinAtar/Seaquest-v1", {}, "env.id")
    env.reset(seed=0)
    assert truth_of(env) is None


def test_an_unknown_environment_tells_nothing() -> None:
    env = gym.make("CartPole-v1")
    assert truth_of(env) is None
    assert "truth" not in WithTruth(env).reset(seed=0)[1]
