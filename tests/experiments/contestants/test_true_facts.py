"""Facts from the truth, and front ends that learn from them."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.errors import ConfigError
from dsrl_agent.evaluation.evaluate import evaluate
from dsrl_agent.experiments.contestants.true_facts import (
    FactsConfig,
    FactsLearner,
    SymbolFrames,
    TruePerception,
    symbol_frame,
)
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Fact


def world(**more: Any) -> gym.Env[Any, Any]:
    return make_env("shapes_grid:ShapesGrid-v0", more)


def told(board: str, config: FactsConfig, times: int = 1) -> list[tuple[Fact, ...]]:
    _, info = world().reset(options={"board": board})
    perception = TruePerception(config, Streams(0))
    return perception.facts(np.stack([symbol_frame(info["truth"])] * times))


BOARD = "o...x\n.....\n..+..\n.....\nx...o"


def test_facts_are_those_of_the_board() -> None:
    (facts,) = told(BOARD, FactsConfig())
    # The agent is type 0, circles 1, crosses 2; sorted.
    assert facts == (
        Fact(0, 2, 2), Fact(1, 0, 0), Fact(1, 4, 4), Fact(2, 0, 4), Fact(2, 4, 0),
    )  # fmt: skip


def test_mistyped_objects_are_told_as_the_other_kind_and_missed_ones_not_at_all() -> None:
    (wrong,) = told(BOARD, FactsConfig(mistyped=1.0))
    assert wrong == (
        Fact(0, 2, 2), Fact(1, 0, 4), Fact(1, 4, 0), Fact(2, 0, 0), Fact(2, 4, 4),
    )  # fmt: skip
    assert told(BOARD, FactsConfig(missed=1.0)) == [(Fact(0, 2, 2),)]
    some = told(BOARD, FactsConfig(missed=0.25), times=1000)
    mean = np.mean([len(facts) - 1 for facts in some])
    assert mean == pytest.approx(3, abs=0.15)  # five standard errors of 4 * 3/4


def test_a_front_end_learns_from_true_facts_and_every_step_counts() -> None:
    learner = FactsLearner(world, FactsConfig(), seed=0)
    learner.learn(130)
    learner.learn(400)
    assert learner.steps == 400
    env = world(split="test")
    score = evaluate(learner.actor(env), env, 20, 0).score
    assert score is not None
    assert score.value > 0.8


def test_it_learns_the_same_with_the_same_seed_alone() -> None:
    states = []
    for seed in (1, 1, 2):
        learner = FactsLearner(world, FactsConfig(FrontEndConfig(kind="srl_cs")), seed)
        learner.learn(100)
        states.append(learner.agent.front_end.state())
    assert states[0] == states[1] != states[2]


def test_measuring_changes_nothing_that_is_learned() -> None:
    tables = []
    for measured in (False, True):
        learner = FactsLearner(world, FactsConfig(mistyped=0.1), seed=4)
        learner.learn(100)
        if measured:
            evaluate(learner.actor(world()), world(), 3, 0)
        learner.learn(200)
        tables.append(learner.agent.front_end.state())
    assert tables[0] == tables[1]


@pytest.mark.slow
def test_a_world_can_change_in_the_middle_of_a_life() -> None:
    swapped = {"rewards": {"circle": 1.0, "cross": -1.0}}
    learner = FactsLearner(world, FactsConfig(), seed=0)
    learner.learn(400)
    env = world(split="test", **swapped)
    before = evaluate(learner.actor(env), env, 20, 0).mean_return
    learner.move(lambda: world(**swapped))
    learner.learn(1600)
    after = evaluate(learner.actor(env), env, 20, 0).mean_return
    assert before.value < -2 < 2 < after.value


def test_an_error_rate_is_a_share() -> None:
    with pytest.raises(ConfigError, match=r"mistyped is 1\.5, but it must be at least 0"):
        FactsConfig(mistyped=1.5)


def test_an_environment_without_a_truth_is_refused() -> None:
    message = r"^FrozenLakeEnv gives no info\['truth'\], so there are no true facts; take an agent"
    with pytest.raises(ConfigError, match=message):
        SymbolFrames(gym.make("FrozenLake-v1"))


def test_a_foreign_world_has_true_facts_and_shapes_that_come_in_several_colours() -> None:
    learner = FactsLearner(lambda: make_env("FrozenLake-v1", {}), FactsConfig(), seed=0)
    learner.learn(20)
    assert set(learner.agent.perception.known) == {0, 1, 2, 3}  # robot, holes, goal, start
    assert learner.agent.perception.analogues == {}
    test = make_env("FrozenLake-v1", {})
    assert len(evaluate(learner.actor(test), test, 2, 0).returns) == 2
    perception = TruePerception(FactsConfig(), Streams(0))
    perception.shapes = [7, 8, 7, 8, 7]  # of five types, which are two shapes
    frame = np.zeros((1, 1, 5, 3), np.uint8)
    frame[0, 0, :, 0], frame[..., 2] = [5, 4, 0, 2, 3], 5
    perception.facts(frame)
    assert perception.analogues == {4: 2, 5: 3}
