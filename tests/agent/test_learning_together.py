"""Agents that learn from several environments: every kind of vector, the front ends, and files."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from equality import assert_equal
from gymnasium.vector import AsyncVectorEnv, AutoresetMode, SyncVectorEnv

from dsrl_agent import DSRL
from dsrl_agent.agent.callbacks import EpisodeEnd, LearningAgent, Listener
from dsrl_agent.errors import ConfigError
from dsrl_agent.runtime.episodes import Step
from dsrl_agent.runtime.vector.opening import several

pytestmark = pytest.mark.usefixtures("one_thread")

WORLD = "shapes_grid:ShapesGrid-v0"
SMALL: dict[str, Any] = {"perception": {"first_frames": 48, "frames": 96, "memory": 200}}
make = partial(gym.make, WORLD, step_limit=12)


def vector(kind: str, count: int) -> Any:
    if kind == "id":
        return WORLD
    if kind == "sb3":
        from stable_baselines3.common.vec_env import DummyVecEnv

        return DummyVecEnv([make] * count)
    return SyncVectorEnv([make] * count, autoreset_mode=AutoresetMode[kind])


class Counts(Listener):
    """Counts steps by environment, and checks that steps of an episode follow one another."""

    def __init__(self) -> None:
        self.last: dict[int, Step] = {}
        self.steps: dict[int, int] = {}
        self.ends: list[EpisodeEnd] = []

    def on_transition(self, agent: LearningAgent, step: Step) -> bool:
        self.steps[step.env] = self.steps.get(step.env, 0) + 1
        last = self.last.get(step.env)
        if step.number:
            assert last is not None
            assert not last.last
            assert (last.episode, last.number + 1) == (step.episode, step.number)
            assert np.array_equal(last.next_frame, step.frame)
        self.last[step.env] = step
        return True

    def on_episode(self, agent: LearningAgent, end: EpisodeEnd) -> bool:
        self.ends.append(end)
        return True


@pytest.mark.parametrize("kind", ["id", "sb3", "NEXT_STEP", "SAME_STEP", "DISABLED"])
def test_every_kind_of_vector_is_learned_from_and_every_step_counts(kind: str) -> None:
    number = 4 if kind == "id" else 1
    agent, counts = DSRL(vector(kind, 4), SMALL, num_envs=number), Counts()
    agent.learn(160, listener=counts)
    assert agent.num_envs == 4
    assert agent.num_timesteps == sum(counts.steps.values())
    assert 160 <= agent.num_timesteps < 164
    assert counts.steps.keys() == {0, 1, 2, 3}
    assert len(agent.frames().actions) == agent.num_timesteps
    assert {end.length for end in counts.ends if end.length > 1}
    assert len({end.episode for end in counts.ends}) == len(counts.ends)
    assert len(agent.perception.known) == 3
    moves = agent.front_end.agency.moves()
    assert moves == {0: (0, -1), 1: (0, 1), 2: (-1, 0), 3: (1, 0)}
    # No transition leads from an episode to the next: the agent goes a step, or stays.
    for transition in agent.front_end.transitions:
        before = agent.front_end.agency.find(transition.facts)
        after = agent.front_end.agency.find(transition.next_facts)
        assert before is not None
        assert after is not None
        assert abs(before.row - after.row) + abs(before.col - after.col) <= 1


def in_processes(kind: str, count: int) -> Any:
    """Return a vector whose environments run in processes of their own."""
    if kind == "sb3":
        from stable_baselines3.common.vec_env import SubprocVecEnv

        return SubprocVecEnv([make] * count, start_method="fork")
    return AsyncVectorEnv([make] * count, context="fork", autoreset_mode=AutoresetMode[kind])


@pytest.mark.filterwarnings("ignore:This process.*use of fork:DeprecationWarning")
@pytest.mark.parametrize("kind", ["sb3", "NEXT_STEP", "SAME_STEP", "DISABLED"])
def test_environments_in_processes_teach_the_same_as_those_in_one(kind: str) -> None:
    learned = []
    for made in (vector(kind, 2), in_processes(kind, 2)):
        counts = Counts()
        try:
            agent = DSRL(made, SMALL).learn(100, listener=counts)
        finally:
            made.close()
        learned.append((agent.checkpoint(), counts.ends))
    (one, ends), (other, other_ends) = learned
    assert ends == other_ends
    assert len(ends) > 4
    assert_equal(one[0], other[0])
    assert one[1]["front_end"] == other[1]["front_end"]
    assert one[1]["perception"] == other[1]["perception"]


@pytest.mark.slow
@pytest.mark.parametrize("front_end", ["relational", "rules", "srl_cs"])
def test_a_saved_agent_goes_on_as_the_one_that_was_not_saved(
    tmp_path: Path, front_end: str
) -> None:
    agent = DSRL(WORLD, SMALL, front_end=front_end, num_envs=3).learn(150)
    agent.forget()  # what a checkpoint does not keep
    assert agent.exact
    agent.save(tmp_path / "agent")
    again = DSRL.load(tmp_path / "agent", several(WORLD, 3))
    agent.learn(60)
    again.learn(60)
    (arrays, data), (other_arrays, other_data) = agent.checkpoint(), again.checkpoint()
    assert data == other_data
    assert_equal(arrays, other_arrays)


def test_an_agent_of_several_environments_is_loaded_into_one_and_back(tmp_path: Path) -> None:
    agent = DSRL(WORLD, SMALL, num_envs=3).learn(150)
    agent.save(tmp_path / "agent")
    alone = DSRL.load(tmp_path / "agent")
    assert (alone.num_envs, alone.num_timesteps) == (1, 150)
    frame, _ = agent.env.reset(seed=5)
    assert alone.facts(frame) == agent.facts(frame)
    assert len(alone.frames().actions) == len(agent.frames().actions)
    alone.learn(5)
    assert alone.num_timesteps == 155


def test_environments_are_set_in_the_same_number(tmp_path: Path) -> None:
    agent = DSRL(WORLD, SMALL, num_envs=2)
    with pytest.raises(ConfigError, match="There are 3 environments, but the agent learns from 2"):
        agent.set_env(vector("NEXT_STEP", 3))
    assert agent.num_envs == 2
    given = vector("SAME_STEP", 2)
    agent.set_env(given)
    assert agent.get_env() is given
    agent.learn(100)
    assert agent.num_timesteps == 100


def test_a_callback_hears_of_the_steps_of_all_at_once() -> None:
    heard: list[Any] = []

    def callback(names: dict[str, Any], _: Any) -> bool:
        heard.append((names["actions"].shape, names["new_obs"].shape, len(names["infos"])))
        return len(heard) < 3

    agent = DSRL(WORLD, SMALL, num_envs=4).learn(100, callback)
    assert heard == [((4,), (4, 50, 50, 3), 4)] * 3
    assert agent.num_timesteps == 12
