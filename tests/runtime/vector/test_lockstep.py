"""Steps of several environments: who makes them, how episodes end and begin, and play again."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from vector_tapes import Counting, frame, sync, vec_env

from dsrl_agent.runtime.door import Door
from dsrl_agent.runtime.episodes import Step
from dsrl_agent.runtime.vector.environments import Environments
from dsrl_agent.runtime.vector.lockstep import play_together, played_again
from dsrl_agent.runtime.vector.opening import several
from dsrl_agent.runtime.vector.single_environments import SingleEnvironments

# The first episodes begin at 16 and 17, and the action is 2: they end after 2 steps each.
SEEDS = {0: 16, 1: 17, 2: 13, 3: 15, 4: 15, 5: 12}


class AlwaysTwo:
    """Takes action 2 everywhere, and writes down what it is told."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def begin(self, env: int) -> None:
        self.calls.append(env)

    def act(self, frames: Mapping[int, Any], infos: Mapping[int, Any]) -> list[int]:
        self.calls.append([int(each[0, 0, 0]) for each in frames.values()])
        assert [info["level"] for info in infos.values()] == self.calls[-1]
        return [2] * len(frames)


def plain(step: Step) -> tuple[Any, ...]:
    """Return the environment, the episode, the number, both levels, the reward and the ends."""
    levels = int(step.frame[0, 0, 0]), int(step.next_frame[0, 0, 0])
    assert step.next_info["level"] == levels[1]
    number = step.env, step.episode, step.number
    return *number, *levels, step.reward, step.terminated, step.truncated


def taken(envs: Environments, ticks: int) -> tuple[list[list[Any]], list[Any]]:
    actor = AlwaysTwo()
    steps = play_together(envs, actor, 0, SEEDS.__getitem__)
    return [[plain(step) for step in tick] for tick in islice(steps, ticks)], actor.calls


FIRST = [
    [(0, 0, 0, 16, 18, 1.0, False, False), (1, 1, 0, 17, 19, 1.0, False, False)],
    [(0, 0, 1, 18, 20, 1.0, True, False), (1, 1, 1, 19, 21, 1.0, True, False)],
]
SEEDED = [[(0, 2, 0, 13, 15, 1.0, False, False), (1, 3, 0, 15, 17, 1.0, False, False)]]
UNSEEDED = [[(0, 2, 0, 10, 12, 1.0, False, False), (1, 3, 0, 10, 12, 1.0, False, False)]]


def singles() -> Environments:
    return SingleEnvironments([Door(Counting()) for _ in range(2)])


def opened(given: Any) -> Environments:
    envs = several(given)
    assert envs is not None
    return envs


def test_single_environments_begin_every_episode_with_its_seed() -> None:
    ticks, calls = taken(singles(), 3)
    assert ticks == FIRST + SEEDED
    assert calls == [0, 1, [16, 17], [18, 19], 0, 1, [13, 15]]


def test_a_vector_that_leaves_resets_to_the_caller_plays_like_single_environments() -> None:
    for limit in (1000, 3):
        envs = SingleEnvironments([Door(Counting(limit)) for _ in range(2)])
        assert taken(opened(sync(AutoresetMode.DISABLED, limit=limit)), 5) == taken(envs, 5)


@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP])
def test_the_last_frame_of_an_episode_is_its_own_and_no_reset_is_a_step(
    mode: AutoresetMode,
) -> None:
    ticks, calls = taken(opened(sync(mode)), 3)
    assert ticks == FIRST + UNSEEDED
    assert calls == [0, 1, [16, 17], [18, 19], 0, 1, [10, 10]]


def test_a_vec_env_gives_the_last_frame_and_whether_time_was_up() -> None:
    ticks, _ = taken(opened(vec_env()), 3)
    assert ticks == FIRST + UNSEEDED
    late, _ = taken(opened(vec_env(limit=1)), 2)
    assert late == [
        [(0, 0, 0, 16, 18, 1.0, False, True), (1, 1, 0, 17, 19, 1.0, False, True)],
        [(0, 2, 0, 10, 12, 1.0, False, True), (1, 3, 0, 10, 12, 1.0, False, True)],
    ]


def test_an_environment_that_begins_anew_is_left_out_of_a_step_of_the_others() -> None:
    seeds = {0: 18, 1: 12}
    steps = play_together(opened(sync(AutoresetMode.NEXT_STEP)), AlwaysTwo(), 0, seeds.__getitem__)
    ticks = [[plain(step)[:5] for step in tick] for tick in islice(steps, 3)]
    assert ticks == [
        [(0, 0, 0, 18, 20), (1, 1, 0, 12, 14)],
        [(1, 1, 1, 14, 16)],
        [(0, 2, 0, 10, 12), (1, 1, 2, 16, 18)],
    ]


COURSES = {0: (3, [1, 2]), 1: (4, [5, 0, 1]), 2: (9, [1])}
FRAMES = {0: frame(6), 1: frame(10), 2: frame(10)}


@pytest.mark.parametrize("kind", ["single", "vector"])
def test_running_episodes_of_several_lengths_come_to_their_frames_together(kind: str) -> None:
    envs: Environments = SingleEnvironments([Door(Counting()) for _ in range(3)])
    if kind == "vector":
        envs = opened(sync(AutoresetMode.DISABLED, 3))
    found = played_again(envs, COURSES, FRAMES)
    assert {env: at.info for env, at in found.items()} == {
        0: {"level": 6},
        1: {"level": 10},
        2: {"level": 10},
    }
    assert all(np.array_equal(found[env].frame, FRAMES[env]) for env in found)
    after = envs.step([1, 2, 3]).taken
    assert [after[env].info["level"] for env in range(3)] == [7, 12, 13]


def test_episodes_that_take_another_course_are_given_up() -> None:
    envs = SingleEnvironments([Door(Counting()) for _ in range(3)])
    other = {**COURSES, 0: (4, [1, 2]), 1: (4, [9, 9, 9])}  # another frame; over before
    assert set(played_again(envs, other, {**FRAMES, 1: frame(31)})) == {2}
