"""Agents that are loaded from checkpoints and run folders, or refused."""

from __future__ import annotations

import copy
import json
import multiprocessing
import pickle
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest
from equality import assert_equal
from travellers import learned_elsewhere, learned_on

from dsrl_agent import DSRL
from dsrl_agent.agent.loading import refusing
from dsrl_agent.config import AgentConfig, BackEndConfig, FrontEndConfig, PerceptionConfig
from dsrl_agent.errors import CheckpointError, ConfigError, DSRLWarning
from dsrl_agent.experiments.studies.setting_variants import changed
from dsrl_agent.records import RunFolder
from dsrl_agent.records.checkpoint import save_checkpoint
from dsrl_agent.runtime.envs import View, at_door, door_of

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize(
    "error",
    [KeyError("x"), IndexError(), RuntimeError("two\nlines"), RecursionError(), OSError(5, "x")],
)
def test_whatever_goes_wrong_is_one_line(error: Exception) -> None:
    fault = "agent does not hold what an agent needs"
    with pytest.raises(CheckpointError, match=fault) as caught, refusing(Path("agent")):
        raise error
    assert "\n" not in str(caught.value)


def test_an_error_in_words_keeps_them() -> None:
    fault = "agent cannot be loaded: seed is -1"
    with pytest.raises(CheckpointError, match=fault), refusing(Path("agent")):
        raise ConfigError("seed is -1")


ID = "shapes_grid:ShapesGrid-v0"


@pytest.fixture(scope="module")
def agent() -> DSRL:
    """Return an agent in the middle of an episode."""
    config = AgentConfig(
        PerceptionConfig(first_frames=30, frames=40, memory=100),
        BackEndConfig(steps=4, refit_steps=2),
        FrontEndConfig(kind="rules"),
    )
    env = gym.make(ID, cell=np.int64(10), max_episode_steps=19)
    return DSRL(env, config, seed=np.int64(3)).learn(60)  # type: ignore[arg-type]


def assert_same(one: DSRL, other: DSRL) -> None:
    (arrays, data), (other_arrays, other_data) = one.checkpoint(), other.checkpoint()
    assert json.loads(json.dumps(data)) == json.loads(json.dumps(other_data))
    assert_equal(arrays, other_arrays)


def test_copies_and_travellers_learn_on_as_the_agent_does(agent: DSRL) -> None:
    copies = [copy.deepcopy(agent), pickle.loads(pickle.dumps(agent)), copy.deepcopy(agent)]
    first, *others = [each.learn(20) for each in copies]
    for other in others:
        assert_same(first, other)
    assert agent.num_timesteps == 60


@pytest.mark.slow
@pytest.mark.parametrize(("method", "workers"), [("spawn", 1), ("spawn", 2), ("forkserver", 1)])
def test_an_agent_learns_the_same_bits_in_any_process(
    agent: DSRL, method: str, workers: int
) -> None:
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system cannot start processes by {method}")
    assert learned_elsewhere(agent, method, workers) == {learned_on(copy.deepcopy(agent))}


def test_an_environment_given_by_its_id_makes_the_frames_of_training(tmp_path: Path) -> None:
    halved = View(factor=2)
    DSRL(at_door(gym.make(ID, cell=10), view=halved)).save(tmp_path / "agent")
    door = door_of(DSRL.load(tmp_path / "agent", ID).env)
    assert door is not None
    assert door.view == halved


def test_the_environment_comes_back_with_its_limit_and_keywords(
    agent: DSRL, tmp_path: Path
) -> None:
    agent.save(tmp_path / "agent")
    loaded = DSRL.load(tmp_path / "agent")
    assert_same(agent, loaded)
    assert loaded.env.spec is not None
    assert loaded.env.spec.max_episode_steps == 19
    assert loaded.seed == 3


def test_frames_of_another_size_leave_the_remembered_ones_out(agent: DSRL, tmp_path: Path) -> None:
    agent.save(tmp_path / "agent")
    loaded = DSRL.load(tmp_path / "agent", gym.make(ID, rows=7, cols=8))
    frame, _ = loaded.env.reset(seed=1)
    assert loaded.facts(frame) == agent.facts(frame)
    assert len(loaded.frames().actions) == 0
    with pytest.warns(DSRLWarning, match="remembered frames of another size are left out"):
        loaded.learn(10)
    assert len(loaded.frames().actions) == 10
    assert not loaded._learning.buffers.complete  # no refit takes ten steps for all that was met


def test_an_environment_with_other_actions_is_refused(agent: DSRL, tmp_path: Path) -> None:
    agent.save(tmp_path / "agent")
    with pytest.raises(CheckpointError, match="trained with 4 actions, but the environment has 2"):
        DSRL.load(tmp_path / "agent", "CartPole-v1")


def test_a_run_folder_gives_its_newest_agent(agent: DSRL, tmp_path: Path) -> None:
    env = {"id": ID, "kwargs": {"cell": 10, "step_limit": 19}}
    with RunFolder.create(tmp_path / "run", {"env": env}, 3) as folder:
        with pytest.raises(CheckpointError, match="run has no checkpoint yet"):
            DSRL.load(tmp_path / "run")
        folder.save(60, *agent.checkpoint())
    loaded = DSRL.load(tmp_path / "run")
    assert loaded.num_timesteps == 60
    assert loaded.env.unwrapped.spec is not None
    assert loaded.env.unwrapped.spec.kwargs == env["kwargs"]


def test_a_run_folder_gives_an_environment_whose_frames_are_those_of_training(
    tmp_path: Path,
) -> None:
    halved = View(factor=2)
    agent = DSRL(at_door(gym.make(ID, cell=10), view=halved))
    env = {"id": ID, "kwargs": {"cell": 10}}
    with RunFolder.create(tmp_path / "run", {"env": env}, 0) as folder:
        folder.save(0, *agent.checkpoint())
    door = door_of(DSRL.load(tmp_path / "run").env)
    assert door is not None
    assert door.view == halved


def test_an_agent_whose_sight_has_an_encoder_comes_back(tmp_path: Path) -> None:
    """Things off the grid have more offsets than the agent, so some latents have no template."""
    few = changed(AgentConfig(), "perception.things.encoder.steps", 5)
    config = changed(few, "perception.things.encoder.least", 1)
    agent = DSRL(gym.make("shapes_grid:ShapesGrid-Offsets-v0"), config, seed=1).learn(60)
    agent.save(tmp_path / "agent")
    arrays = agent.perception.arrays()
    assert any(name.startswith("encoder.") for name in arrays["things"])
    assert_same(agent, DSRL.load(tmp_path / "agent"))
    # Older checkpoints hold penalties, which are infinite where there is no template.
    older = {**arrays["things"], "encoder.no_downs": np.array([-np.inf], np.float32)}
    saved, data = agent.checkpoint()
    save_checkpoint(tmp_path / "older", {**saved, "things": older}, data)
    assert_same(agent, DSRL.load(tmp_path / "older"))


def test_an_agent_with_a_number_that_is_not_finite_is_not_saved(
    agent: DSRL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent.save(tmp_path / "agent")
    broken = {"things": {"background": np.array([0.5, np.nan])}}
    monkeypatch.setattr(agent.perception, "arrays", lambda: broken)
    fault = "The agent holds a NaN or an infinity in things, 'background', so it is not saved"
    with pytest.raises(CheckpointError, match=fault):
        agent.save(tmp_path / "agent")
    monkeypatch.undo()
    assert_same(agent, DSRL.load(tmp_path / "agent"))
