"""Episodes that are played again to where they stood."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hostile import Hostile, frame

from dsrl_agent.agent.running import Episodes, RunningEpisode
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


@pytest.mark.parametrize(
    ("runs", "at_fault", "begun"),
    [(True, True, 4), (True, False, 4), (False, True, 5), (False, False, 4)],
)
def test_an_episode_that_could_not_even_begin_is_not_tried_again(
    runs: bool, at_fault: bool, begun: int
) -> None:
    episodes = Episodes()
    episodes.restore(4, run_on([1, 2]).arrays() if runs else None)
    assert (episodes.running is not None) == runs
    episodes.break_off(at_fault)
    assert (episodes.begun, episodes.running) == (begun, None)


@pytest.mark.parametrize(
    "spoiled",
    [{"number": -1}, {"actions": []}, {"actions": [0, -1]}, {"total_reward": np.nan}],
)
def test_arrays_of_no_running_episode_are_refused(spoiled: dict[str, Any]) -> None:
    arrays = run_on([0, 1]).arrays()
    assert RunningEpisode.from_arrays(arrays).actions == [0, 1]
    for name, value in spoiled.items():
        arrays[name] = np.atleast_1d(np.array(value))
    with pytest.raises(ValueError, match="is no running episode"):
        RunningEpisode.from_arrays(arrays)
