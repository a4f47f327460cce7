"""Agents with other back ends: trained, saved, loaded and trained on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.config import AgentConfig, BackEndConfig, BackEndKind
from dsrl_agent.records import save_checkpoint
from dsrl_agent.runtime.envs import make_env

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["pca", "pixels", "autoencoder"])
def test_a_loaded_agent_sees_and_learns_as_the_saved_one(kind: BackEndKind, tmp_path: Path) -> None:
    config = AgentConfig(back_end=BackEndConfig(kind=kind, steps=40, refit_steps=4))
    env = make_env("shapes_grid:ShapesGrid-v0", {})
    agent = DSRL(env, config, seed=0, device="cpu")
    agent.learn(300)
    save_checkpoint(tmp_path / "saved", *agent.checkpoint())
    agent.forget()  # the plan of the running episode, which no file holds
    loaded = DSRL.load(tmp_path / "saved", make_env("shapes_grid:ShapesGrid-v0", {}), device="cpu")
    assert loaded.config == config
    frames = np.stack([env.reset(seed=seed)[0] for seed in range(20)])
    assert loaded.perception.facts(frames) == agent.perception.facts(frames)
    for each in (agent, loaded):
        each.learn(100)
    assert loaded.perception.facts(frames) == agent.perception.facts(frames)
    assert loaded.front_end.state() == agent.front_end.state()
