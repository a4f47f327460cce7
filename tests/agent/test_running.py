"""Episodes that are played again to where they stood."""

from __future__ import annotations

from typing import Any

import numpy as np
from hostile import Hostile, frame

from dsrl_agent.agent.running import RunningEpisode
from dsrl_agent.runtime.door import Door


class Counting(Hostile):
    """Shows the sum of the actions taken since the reset, plus its seed."""

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        self.level = seed or 0
        return frame(self.level), {}

    def step(self, action: Any) -> Any:
        self.level += int(action)
        return frame(self.level), 0.5, self.level > 20, False, {"level": self.level}


def run_on(actions: list[int]) -> RunningEpisode:
    episode = RunningEpisode(3)
    for action in actions:
        episode.take(action, 0.5)
    return episode


def test_an_episode_comes_to_its_frame_again() -> None:
    position = run_on([1, 2, 3]).played_again(Door(Counting()), 4, frame(10))
    assert position is not None
    assert (position.episode, position.number, position.info) == (3, 3, {"level": 10})
    assert np.array_equal(position.frame, frame(10))


def test_an_episode_that_takes_another_course_is_given_up() -> None:
    env = Door(Counting())
    assert run_on([1, 2, 3]).played_again(env, 5, frame(10)) is None  # another frame
    assert run_on([3] * 9).played_again(env, 4, frame(31)) is None  # over before
    env.unwrapped.error = ValueError("broken")  # type: ignore[attr-defined]
    env.env.step = Hostile.step.__get__(env.unwrapped)  # type: ignore[method-assign]
    assert run_on([1]).played_again(env, 4, frame(5)) is None


def test_it_comes_back_from_a_checkpoint() -> None:
    episode = run_on([1, 0, 2])
    assert RunningEpisode.from_arrays(episode.arrays()) == episode
    assert episode.total_reward == 1.5
