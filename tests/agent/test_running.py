"""Episodes that are played again to where they stood."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from vector_tapes import Counting, frame

from dsrl_agent.agent.running import Episodes, RunningEpisode
from dsrl_agent.errors import ConfigError
from dsrl_agent.runtime.door import Door
from dsrl_agent.runtime.episodes import Step
from dsrl_agent.runtime.vector.single_environments import SingleEnvironments


def run_on(actions: list[int]) -> RunningEpisode:
    episode = RunningEpisode(3)
    for action in actions:
        episode.take(action, 0.5)
    return episode


def test_it_comes_back_from_a_checkpoint() -> None:
    episode = run_on([1, 0, 2])
    assert RunningEpisode.from_arrays(episode.arrays()) == episode
    assert episode.total_reward == 1.5


def test_the_first_episode_of_all_comes_back_as_any_other() -> None:
    episode = RunningEpisode(0)
    episode.take(1, 0.5)
    assert RunningEpisode.from_arrays(episode.arrays()) == episode


class AlwaysTwo:
    """Takes action 2 everywhere."""

    def begin(self, env: int) -> None:
        pass

    def act(self, frames: object, infos: object) -> list[int]:
        return [2] * len(frames)  # type: ignore[arg-type]


def played(episodes: Episodes, envs: SingleEnvironments, steps: int) -> list[list[Step]]:
    """Play on until so many steps of all environments were taken."""
    level = [run.actions for run in episodes.running.values()]
    newest = {env: frame(env + sum(actions)) for env, actions in enumerate(level)}
    found = []
    for taken in episodes.steps(envs, AlwaysTwo(), lambda n: n, lambda env: newest[env]):
        found.append(taken)
        for step in taken:
            episodes.take(step)
        if len(found) == steps:
            break
    return found


def test_running_episodes_go_on_where_they_stood() -> None:
    envs, episodes = SingleEnvironments([Door(Counting()) for _ in range(2)]), Episodes()
    played(episodes, envs, 3)
    assert {env: run.actions for env, run in episodes.running.items()} == {0: [2] * 3, 1: [2] * 3}
    (further,) = played(episodes, envs, 1)
    assert [(step.episode, step.number, step.next_info) for step in further] == [
        (0, 3, {"level": 8}),
        (1, 3, {"level": 9}),
    ]


def test_an_environment_that_does_not_come_there_again_begins_another_episode() -> None:
    envs, episodes = SingleEnvironments([Door(Counting()) for _ in range(2)]), Episodes()
    played(episodes, envs, 3)
    episodes.running[1].actions[0] = 1  # it was not so
    newest = {0: frame(6), 1: frame(7)}
    taken = next(episodes.steps(envs, AlwaysTwo(), lambda n: n, lambda env: newest[env]))
    assert [(step.episode, step.number) for step in taken] == [(0, 3), (2, 0)]


def test_a_fault_skips_the_episodes_that_failed_to_begin() -> None:
    envs, episodes = SingleEnvironments([Door(Counting()) for _ in range(3)]), Episodes()
    played(episodes, envs, 1)
    assert episodes.begun == 3
    del episodes.running[1]
    episodes.break_off(True)
    assert (episodes.begun, episodes.running) == (4, {})


def test_running_episodes_come_back_from_a_checkpoint() -> None:
    episodes, again = Episodes(), Episodes()
    episodes.running = {0: run_on([1]), 2: run_on([0, 1])}
    assert sorted(episodes.arrays()) == ["running", "running2"]
    again.restore(7, episodes.arrays(), 3)
    assert (again.begun, again.running) == (7, episodes.running)
    again.restore(7, episodes.arrays(), 0)
    assert again.running == {}


def test_without_a_fault_no_episode_is_skipped() -> None:
    envs, episodes = SingleEnvironments([Door(Counting()) for _ in range(3)]), Episodes()
    played(episodes, envs, 1)
    del episodes.running[1]
    episodes.break_off(False)
    assert (episodes.begun, episodes.running) == (3, {})


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


def taken_by(env: int, episode: int, number: int = 0, *, last: bool = False) -> Step:
    return Step(episode, number, frame(0), {}, 1, 0.5, last, False, frame(0), {}, env)


def test_an_episode_is_counted_as_begun_whatever_the_order_of_the_environments() -> None:
    episodes = Episodes()
    assert episodes.take(taken_by(1, 5)) == 0.5
    episodes.take(taken_by(0, 3))
    assert episodes.begun == 6
    assert episodes.take(taken_by(0, 3, 1, last=True)) == 1.0
    assert episodes.running == {1: RunningEpisode(5, [1], 0.5)}


def test_the_number_of_episodes_is_at_least_0() -> None:
    Episodes().restore(0, {}, 1)
    with pytest.raises(ConfigError, match="num_episodes is -1, but it must be at least 0"):
        Episodes().restore(-1, {}, 1)


def test_environments_that_reset_themselves_begin_other_episodes() -> None:
    envs, episodes = SingleEnvironments([Door(Counting()) for _ in range(2)]), Episodes()
    played(episodes, envs, 3)
    envs.reset_themselves = True
    (taken,) = played(episodes, envs, 1)
    assert [(step.episode, step.number) for step in taken] == [(2, 0), (3, 0)]


@pytest.mark.parametrize(("count", "running", "begun"), [(4, 1, 8), (4, 0, 9), (3, 3, 5)])
def test_the_episodes_that_failed_to_begin_are_all_but_the_running_ones(
    count: int, running: int, begun: int
) -> None:
    episodes = Episodes()
    envs = SingleEnvironments([Door(Counting()) for _ in range(count)])
    episodes.steps(envs, AlwaysTwo(), lambda n: n, lambda env: frame(0))
    episodes.begun = 5
    episodes.running = {env: run_on([1]) for env in range(running)}
    episodes.break_off(True)
    assert (episodes.begun, episodes.running) == (begun, {})
