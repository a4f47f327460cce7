"""Measures beside play, for learners that have them and for those that have not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dsrl_agent.config import AgentConfig, BackEndConfig
from dsrl_agent.experiments.contestants.learners import PixelLearner, make_learner
from dsrl_agent.experiments.plan.suite import Contestant, World
from dsrl_agent.experiments.run.measures import MEASURES, seen_exactly
from dsrl_agent.experiments.worlds.making import unseen_env
from dsrl_agent.runtime.envs import make_env

pytestmark = pytest.mark.slow

WORLD = World()


def make() -> Any:
    return make_env(WORLD.id, {})


def unseen() -> Any:
    return unseen_env(WORLD)


@pytest.fixture(scope="module")
def learner() -> PixelLearner:
    trained = PixelLearner(make, AgentConfig(back_end=BackEndConfig(kind="pixels")), 0, "cpu")
    trained.learn(300)
    return trained


@pytest.mark.parametrize("name", MEASURES)
def test_a_player_without_sight_has_no_such_measures(name: str) -> None:
    oracle = make_learner(Contestant("oracle", "oracle"), make, 0)
    assert MEASURES[name](oracle, unseen(), 0) == {}


def test_nothing_is_seen_before_the_first_fit() -> None:
    assert MEASURES["sight"](PixelLearner(make, AgentConfig(), 0, "cpu"), unseen(), 0) == {}


def test_sight_is_the_share_of_frames_that_are_all_right(learner: PixelLearner) -> None:
    shares = ("exact", "lenient_exact", "types_share", "agent_exact")
    assert MEASURES["sight"](learner, unseen(), 0) == dict.fromkeys(shares, 1.0)
    assert seen_exactly(learner.agent, unseen(), 20, 0) == 1.0
    assert MEASURES["settled"](learner, unseen(), 0) == {"settled": learner.agent.settled}


def test_explanations_are_shares(learner: PixelLearner) -> None:
    columns = MEASURES["explanations"](learner, unseen(), 0)
    assert set(columns) <= {"faithfulness", "changes_by_chance"}
    assert all(0 <= value <= 1 for value in columns.values())
    assert np.isfinite(columns["faithfulness"])
