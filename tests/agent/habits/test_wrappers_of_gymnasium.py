"""Gymnasium's wrappers around the environment of an agent, and around those that it plays in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium as gym
import pytest
from gymnasium.wrappers import RecordEpisodeStatistics, TimeLimit
from inspected import ENV, WORLD
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.monitor import Monitor

from dsrl_agent import DSRL
from dsrl_agent.agent.actor import AgentActor
from dsrl_agent.evaluation.evaluate import evaluate
from dsrl_agent.runtime.envs import at_door

pytestmark = pytest.mark.usefixtures("one_thread")
QUICK: dict[str, Any] = {"perception": {"first_frames": 60, "frames": 60}, "front_end": "rules"}


def world(**given: Any) -> gym.Env[Any, Any]:
    return gym.make(ENV, **{**WORLD, **given})


@pytest.fixture(scope="module")
def agent() -> Any:
    return DSRL(world(), seed=0, **QUICK).learn(120)


def test_an_agent_learns_in_a_wrapped_environment() -> None:
    env = RecordEpisodeStatistics(TimeLimit(world(), 7), buffer_length=100)
    learned = DSRL(env, seed=0, **QUICK).learn(70)
    assert set(env.length_queue) <= set(range(1, 8))
    assert 7 in env.length_queue
    assert len(env.return_queue) == learned.num_episodes - (sum(env.length_queue) < 70)
    # Learning goes on inside the episode that the first call left: none is counted twice.
    learned.learn(30)
    assert sum(env.length_queue) <= 100
    assert len(env.return_queue) >= learned.num_episodes - 1


def test_wrappers_that_only_look_on_need_not_be_given_to_load(tmp_path: Path) -> None:
    env = Monitor(RecordEpisodeStatistics(TimeLimit(world(), 7)))
    DSRL(env, seed=0, **QUICK).learn(70).save(tmp_path / "agent")
    loaded = DSRL.load(tmp_path / "agent")
    assert loaded.learn(7).num_timesteps == 77
    _, info = loaded.env.reset(seed=0)
    for number in range(1, 8):
        *_, terminated, truncated, info = loaded.env.step(0)
        assert (terminated or truncated) == (number == 7)
    assert "episode" not in info


def test_evaluation_takes_wrapped_environments(agent: Any) -> None:
    env = RecordEpisodeStatistics(TimeLimit(world(split="test"), 5))
    mean, _ = evaluate_policy(agent, env, n_eval_episodes=4, warn=False)
    assert mean == pytest.approx(sum(env.return_queue) / 4)
    assert max(env.length_queue) <= 5
    counted = RecordEpisodeStatistics(at_door(TimeLimit(world(split="test"), 5)))
    report = evaluate(AgentActor(agent), counted, 6, seed=0)
    assert report.returns.tolist() == list(counted.return_queue)
    assert report.lengths.tolist() == list(counted.length_queue)


def test_training_and_play_are_recorded_as_videos(agent: Any, tmp_path: Path) -> None:
    pytest.importorskip("moviepy", reason="the extra [video]")
    from gymnasium.wrappers import RecordVideo

    training = RecordVideo(
        world(render_mode="rgb_array", step_limit=5), str(tmp_path / "training"),
        episode_trigger=lambda episode: episode < 2, name_prefix="a",
    )  # fmt: skip
    DSRL(training, seed=0, **QUICK).learn(65)
    training.close()  # type: ignore[no-untyped-call]
    assert sorted(path.name for path in (tmp_path / "training").iterdir()) == [
        "a-episode-0.mp4", "a-episode-1.mp4",
    ]  # fmt: skip
    played = RecordVideo(
        world(render_mode="rgb_array", split="test"), str(tmp_path / "play"),
        episode_trigger=lambda episode: True,
    )  # fmt: skip
    evaluate_policy(agent, played, n_eval_episodes=1, warn=False)
    played.close()  # type: ignore[no-untyped-call]
    first = tmp_path / "play" / "rl-video-episode-0.mp4"
    assert first.stat().st_size > 1000
