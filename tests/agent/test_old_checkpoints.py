"""Checkpoints that revision 7a99ea7 wrote load, and the agents in them see and act as they did.

`checkpoints_7a99ea7.tar.xz` holds three agents saved by that revision, and `expected.json` with the
facts and actions that it gave for them:

- cells: `front_end.kind` dsrl, objects on the grid, fitted twice;
- off_grid: rules, objects off the grid;
- blind: stopped before the first fit.
"""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import gymnasium as gym
import pytest

from dsrl_agent import DSRL
from dsrl_agent.front_end.rules.episode import RulesEpisode
from dsrl_agent.perception.perception import Perception
from dsrl_agent.runtime.envs import make_env

ARCHIVE = Path(__file__).parent / "checkpoints_7a99ea7.tar.xz"

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("old")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return folder


def env_of(agent: DSRL) -> gym.Env[Any, Any]:
    """Return worlds that the agent was not trained in."""
    spec = agent.env.spec
    assert spec is not None
    return make_env(f"shapes_grid:{spec.id.split(':')[-1]}", {**spec.kwargs, "split": "test"})


def play(agent: DSRL) -> dict[str, Any]:
    """Return facts and actions in six worlds that the agent was not trained in."""
    env = env_of(agent)
    facts, actions = [], []
    for seed in range(6):
        frame, _ = env.reset(seed=seed)
        facts.append([list(fact) for fact in agent.facts(frame)])
        state = None
        for _ in range(4):
            action, state = agent.predict(frame, state, deterministic=True)
            actions.append(int(action))
            frame, *_ = env.step(int(action))
    return {"facts": facts, "actions": actions}


def expected_of(checkpoints: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((checkpoints / "expected.json").read_text())[name]
    return found


def test_an_agent_of_7a99ea7_sees_and_acts_as_it_did(checkpoints: Path) -> None:
    agent = DSRL.load(checkpoints / "cells", device="cpu")
    assert isinstance(agent.perception, Perception)
    assert agent.perception.sight.kind == "cells"
    assert play(agent) == expected_of(checkpoints, "cells")


def test_an_agent_of_7a99ea7_with_rules_sees_as_it_did_and_acts_as_well(checkpoints: Path) -> None:
    """Of plans of equal value another may be taken, so its old actions must be among the best."""
    agent = DSRL.load(checkpoints / "off_grid", device="cpu")
    assert isinstance(agent.perception, Perception)
    assert agent.perception.sight.kind == "off_grid"
    expected = expected_of(checkpoints, "off_grid")
    assert play(agent)["facts"] == expected["facts"]
    actions = iter(expected["actions"])
    env = env_of(agent)
    for seed in range(6):
        frame, _ = env.reset(seed=seed)
        state = None
        for _ in range(4):
            _, state = agent.predict(frame, state, deterministic=True)
            (episode,) = state
            assert isinstance(episode, RulesEpisode)
            episode.action, episode.done = next(actions), 0  # whatever it chose now
            values = agent.front_end.values(agent.facts(frame), episode).values
            assert values[episode.action] == pytest.approx(values.max())
            frame, *_ = env.step(episode.action)


def test_an_agent_of_7a99ea7_goes_on_learning_and_is_saved_anew(
    checkpoints: Path, tmp_path: Path
) -> None:
    agent = DSRL.load(checkpoints / "cells", device="cpu").learn(30)
    agent.save(tmp_path / "again")
    assert play(DSRL.load(tmp_path / "again", device="cpu"))["facts"] == play(agent)["facts"]


def test_an_agent_of_7a99ea7_without_a_fit_learns_to_see(checkpoints: Path) -> None:
    agent = DSRL.load(checkpoints / "blind", device="cpu")
    assert not agent.perception.ready
    assert agent.learn(40).perception.ready
