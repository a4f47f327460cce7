"""What models of Stable-Baselines3 have: environment, spaces, logger, and a line of text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium as gym
import pytest
from inspected import ENV, WORLD, agent_of
from stable_baselines3.common.logger import configure

from dsrl_agent import DSRL, ConfigError, Listener
from dsrl_agent.agent.habits.model import ModelHabits
from dsrl_agent.errors import DSRLWarning

pytestmark = pytest.mark.usefixtures("one_thread")


def made(**given: Any) -> DSRL:
    return DSRL(gym.make(ENV, **{**WORLD, **given}))


def test_an_agent_has_the_habits_of_a_model() -> None:
    assert isinstance(made(), ModelHabits)


class Fits(Listener):
    """Notes when perception was fitted."""

    def __init__(self) -> None:
        self.steps: list[int] = []

    def on_fit(self, agent: Any, fit: Any) -> None:
        self.steps.append(fit.steps)


def until_seen(names: dict[str, Any], _: dict[str, Any]) -> bool:
    """Stop at the tenth step."""
    return bool(names["self"].num_timesteps < 10)


def test_spaces_and_environment_are_those_behind_the_door() -> None:
    agent = made()
    vector = agent.get_env()
    assert vector is agent.get_env()
    assert vector.observation_space == agent.observation_space == agent.env.observation_space
    assert vector.action_space == agent.action_space
    frames: Any = vector.reset()
    assert frames.shape == (1, 37, 37, 3)


def test_another_environment_is_taken_if_it_fits() -> None:
    agent = made()
    first = agent.get_env()
    agent.set_env(gym.make(ENV, **{**WORLD, "objects": {"cross": 1}}))
    assert agent.get_env() is not first
    agent.learn(70)
    with pytest.raises(ConfigError, match="has 3 actions, but the agent knows 4"):
        agent.set_env(gym.make("shapes_grid:ShapesGrid-Heading-v0"))
    agent.learn(10)  # in the environment that was taken last
    assert agent.num_timesteps == 80


@pytest.mark.parametrize("kind", ["rules", "relational"])
def test_learning_goes_on_in_a_world_of_another_size(kind: str, tmp_path: Path) -> None:
    small = gym.make(ENV, **WORLD)
    agent = DSRL(small, front_end=kind, seed=0, first_frames=60, refit_growth=2.0).learn(100)
    known, larger = agent.perception.known, {**WORLD, "rows": 5, "cols": 7}
    agent.set_env(gym.make(ENV, **larger))
    agent.save(tmp_path / "before")  # nothing is left out before it learns there
    fits = Fits()
    with pytest.warns(DSRLWarning, match="45 x 61 pixels, so the .* remembered frames") as said:
        agent.learn(70, fits)
    assert said[0].filename == __file__
    assert agent.perception.known == known
    assert len(agent.facts(agent.env.reset(seed=0)[0])) == 5
    assert agent.frames().before.shape == (70, 45, 61, 3)
    assert fits.steps == [160]  # as many new frames as the first fit takes
    agent.learn(10)  # nothing more to say
    agent.save(tmp_path / "after")
    assert DSRL.load(tmp_path / "after").learn(10).num_timesteps == 190
    with pytest.warns(DSRLWarning, match="37 x 37 pixels, so the .* remembered frames"):
        assert DSRL.load(tmp_path / "after", small).learn(20).num_timesteps == 200


def test_the_size_may_change_before_anything_is_seen() -> None:
    agent = made()
    agent.learn(20, until_seen)
    agent.set_env(gym.make(ENV, **{**WORLD, "rows": 5}))
    with pytest.warns(DSRLWarning, match="so the 11 remembered frames"):
        agent.learn(70)
    assert agent.perception.ready


def test_a_logger_can_be_given(tmp_path: Path) -> None:
    agent = made()
    logger = configure(str(tmp_path), ["csv"])
    agent.set_logger(logger)
    assert agent.logger is logger
    agent.learn(60, log_interval=1)
    logger.close()
    head, *lines = (tmp_path / "progress.csv").read_text().splitlines()
    assert "rollout/ep_rew_mean" in head
    assert lines


def test_the_log_can_be_written_at_any_time(tmp_path: Path) -> None:
    def note(names: dict[str, Any], _: dict[str, Any]) -> bool:
        names["self"].dump_logs()
        return until_seen(names, {})

    agent = made(step_limit=4)
    agent.dump_logs()  # nothing is logged yet
    agent.set_logger(configure(str(tmp_path), ["csv"]))
    agent.learn(20, note, log_interval=None)
    agent.logger.close()
    head, *lines = (tmp_path / "progress.csv").read_text().splitlines()
    assert "rollout/ep_len_mean" in head  # no episode has ended at the first lines
    assert len(lines) == 10


def test_an_agent_is_a_line_of_text() -> None:
    assert repr(made()) == (
        "DSRL('ShapesGrid-v0', front_end='relational', seed=0: 0 steps, sees nothing yet)"
    )
    assert repr(agent_of("rules")) == (
        "DSRL('ShapesGrid-v0', front_end='rules', seed=0: 120 steps, 3 types)"
    )


def test_an_agent_of_several_environments_says_what_was_given() -> None:
    assert repr(DSRL(ENV, num_envs=2)).startswith("DSRL('ShapesGrid-v0', num_envs=2, front_end=")
    vector = gym.make_vec(ENV, 2)
    assert repr(DSRL(vector)).startswith("DSRL('ShapesGridVectorEnv of 2 ShapesGrid-v0', front")


def test_nothing_is_normalised() -> None:
    agent = made()
    assert agent.get_vec_normalize_env() is None  # type: ignore[func-returns-value]
