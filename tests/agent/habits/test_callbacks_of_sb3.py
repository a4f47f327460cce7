"""What the tests of Stable-Baselines3 ask of its callbacks, asked with an agent in a model's place.

After its tests/test_callbacks.py, written anew: all kinds at once, twice, as a list and as a
function; evaluations in vectors, of successes, chained, and their records in TensorBoard.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from inspected import ENV, WORLD
from stable_baselines3.common.callbacks import (
    BaseCallback,
    CallbackList,
    CheckpointCallback,
    EvalCallback,
    EveryNTimesteps,
    LogEveryNTimesteps,
    StopTrainingOnMaxEpisodes,
    StopTrainingOnNoModelImprovement,
    StopTrainingOnRewardThreshold,
)
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.monitor import Monitor
from tensorboard.backend.event_processing.event_accumulator import (  # type: ignore[import-untyped]
    EventAccumulator,
)

from dsrl_agent import DSRL
from dsrl_agent.agent.habits.stable_baselines import CallbackListener

pytestmark = pytest.mark.usefixtures("one_thread")
QUICK: dict[str, Any] = {"perception": {"first_frames": 60, "frames": 60}, "seed": 0}


class Succeeding(gym.Wrapper[Any, Any, Any, Any]):
    """Says at the end of an episode, in turn, that it was a success and that it was none."""

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        super().__init__(env)
        self.ended = 0

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        frame, reward, terminated, truncated, info = self.env.step(action)
        if terminated or truncated:
            self.ended += 1
            info["is_success"] = self.ended % 2 == 1
        return frame, reward, terminated, truncated, info


class Count(BaseCallback):
    """Counts its calls, and notes what its locals are when it is called."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.names: set[str] = set()

    def _on_step(self) -> bool:
        self.count += 1
        self.names |= set(self.locals)
        return True


def world(**given: Any) -> gym.Env[Any, Any]:
    return gym.make(ENV, **{**WORLD, "step_limit": 6, **given})


def agent_of(kind: str = "rules", **given: Any) -> DSRL:
    return DSRL(world(), front_end=kind, **QUICK, **given)


@pytest.mark.parametrize("kind", ["rules", "relational"])
def test_all_callbacks_at_once_and_again(kind: str, tmp_path: Path) -> None:
    agent = agent_of(kind)
    checkpoints = CheckpointCallback(60, str(tmp_path), verbose=1)
    threshold = StopTrainingOnRewardThreshold(1e9, verbose=1)
    evaluation = EvalCallback(
        Monitor(world(split="test")), callback_on_new_best=threshold, n_eval_episodes=2,
        best_model_save_path=str(tmp_path), log_path=str(tmp_path), eval_freq=50, warn=False,
    )  # fmt: skip
    event = CheckpointCallback(1, str(tmp_path), name_prefix="event")
    every = EveryNTimesteps(40, event)
    most = StopTrainingOnMaxEpisodes(1000, verbose=1)
    agent.learn(120, CallbackList([checkpoints, evaluation, every, most]))
    names = {path.name for path in tmp_path.iterdir()}
    assert {f"rl_model_{steps}_steps.zip" for steps in (60, 120)} <= names
    assert {f"event_{steps}_steps.zip" for steps in (40, 80, 120)} <= names
    best = DSRL.load(tmp_path / "best_model")
    assert best.num_timesteps in (50, 100)
    assert np.load(tmp_path / "evaluations.npz")["timesteps"].tolist() == [50, 100]
    agent.learn(60, callback=None)
    agent.learn(60, [checkpoints, evaluation])
    assert (tmp_path / "rl_model_240_steps.zip").is_dir()
    agent.learn(60, lambda _locals, _globals: True)
    assert agent.num_timesteps == 300


def test_a_checkpoint_callback_that_asks_for_more_than_there_is_takes_what_there_is(
    tmp_path: Path,
) -> None:
    every = CheckpointCallback(70, str(tmp_path), save_replay_buffer=True, save_vecnormalize=True)
    agent_of().learn(70, every)
    assert [path.name for path in tmp_path.iterdir()] == ["rl_model_70_steps.zip"]


def test_training_stops_where_evaluations_do_not_improve() -> None:
    class Still(gym.Wrapper[Any, Any, Any, Any]):
        def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
            frame, _, terminated, truncated, info = self.env.step(action)
            return frame, 0.0, terminated, truncated, info

    stop = StopTrainingOnNoModelImprovement(2, min_evals=3, verbose=1)
    often = EvalCallback(Monitor(Still(world())), callback_after_eval=stop, eval_freq=20, verbose=0)
    agent = agent_of().learn(1000, often)
    # The first evaluation is the best; of those after the third, the second is the third in vain.
    assert agent.num_timesteps == 20 * 6


def test_evaluations_may_be_in_a_vector() -> None:
    several = make_vec_env(lambda: world(split="test"), n_envs=2, seed=0)
    often = EvalCallback(several, eval_freq=100, n_eval_episodes=4, verbose=0)
    agent_of().learn(200, often)
    assert often.last_mean_reward >= 1.0  # it sees both frames of the vector
    assert often.n_calls == 200


def test_successes_are_counted(tmp_path: Path) -> None:
    env = Monitor(Succeeding(world(split="test")))
    often = EvalCallback(env, eval_freq=70, n_eval_episodes=4, log_path=str(tmp_path), verbose=0)
    agent_of().learn(140, often)
    found = np.load(tmp_path / "evaluations.npz")
    assert found["successes"].tolist() == [[True, False] * 2] * 2
    assert len(found["results"][0]) == len(found["ep_lengths"][0]) == 4


def test_callbacks_after_an_evaluation_are_called_each_time_with_the_locals() -> None:
    after = Count()
    often = EvalCallback(
        Monitor(world()), callback_after_eval=after, eval_freq=10, n_eval_episodes=1, verbose=0
    )
    agent_of().learn(80, often)
    assert after.count == 8
    assert {"self", "total_timesteps", "infos", "rewards", "dones", "new_obs"} <= after.names


def test_figures_of_evaluations_and_logs_stand_at_their_steps(tmp_path: Path) -> None:
    agent = agent_of(tensorboard_log=str(tmp_path))
    often = EvalCallback(Monitor(world()), eval_freq=30, n_eval_episodes=1, verbose=0)
    agent.learn(120, [often, LogEveryNTimesteps(40)], log_interval=None, tb_log_name="x")
    agent.logger.close()
    found = EventAccumulator(str(tmp_path / "x_1")).Reload()
    assert [e.step for e in found.Scalars("eval/mean_reward")] == [30, 60, 90, 120]
    assert [e.step for e in found.Scalars("rollout/ep_rew_mean")] == [40, 80, 120]


def test_a_callback_reads_and_logs_through_the_model() -> None:
    class Reads(BaseCallback):
        def _on_step(self) -> bool:
            self.logger.record("mine", self.n_calls)
            assert self.model.num_timesteps == self.num_timesteps == self.n_calls
            assert self.training_env.get_attr("spec")[0].id == "ShapesGrid-v0"
            return True

    assert agent_of().learn(70, Reads()).num_timesteps == 70


def test_a_callback_that_raises_leaves_the_agent_fit_to_go_on() -> None:
    def fail(*_: Any) -> bool:
        raise RuntimeError("mine")

    agent = agent_of()
    with pytest.raises(RuntimeError, match="mine"):
        agent.learn(70, fail)
    assert agent.learn(70).num_timesteps == 71
    assert CallbackListener(fail, 1).on_end(agent) is None  # type: ignore[func-returns-value]
