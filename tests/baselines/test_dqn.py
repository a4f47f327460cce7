"""The DQN baseline: pieces that can be taken up again, what it accepts and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from learners import small_frames, weights

from dsrl_agent.baselines.dqn import DQNLearner
from dsrl_agent.baselines.settings import DQNConfig
from dsrl_agent.baselines.symbol_grid import SymbolGrid, planes
from dsrl_agent.errors import ConfigError, ObservationError
from dsrl_agent.runtime.envs import make_env

QUICK: dict[str, Any] = {
    "budget": 160, "buffer": 160, "learning_starts": 40, "network": "small", "features": 8,
    "batch": 4, "target_update": 28,  # 7 steps of 4 environments: never at a piece's end
}  # fmt: skip


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("sight", ["pixels", "symbols"])
def test_a_run_that_was_stopped_between_pieces_goes_on_as_if_it_had_not(
    sight: Any, tmp_path: Path
) -> None:
    config = DQNConfig(**QUICK, sight=sight, n_steps=2)
    whole = DQNLearner(small_frames, config, seed=3)
    whole.learn(80)
    before = weights(whole)
    whole.save(tmp_path / "piece")
    whole.learn(160)
    resumed = DQNLearner(small_frames, config, seed=3)
    resumed.load(tmp_path / "piece")
    assert resumed.steps == 80
    resumed.learn(160)
    pairs = list(zip(weights(whole), weights(resumed), strict=True))
    assert all(torch.equal(a, b) for a, b in pairs)
    assert not all(torch.equal(a, b) for a, b in zip(weights(whole), before, strict=True))


@pytest.mark.usefixtures("one_thread")
def test_another_seed_learns_something_else() -> None:
    learners = [DQNLearner(small_frames, DQNConfig(**QUICK), seed) for seed in (1, 1, 2)]
    for learner in learners:
        learner.learn(60)
    first, same, other = (weights(learner) for learner in learners)
    assert all(torch.equal(a, b) for a, b in zip(first, same, strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(first, other, strict=True))


def test_exploration_falls_over_the_budget_whatever_the_pieces() -> None:
    learner = DQNLearner(small_frames, DQNConfig(**QUICK, exploration_share=0.5), seed=0)
    learner.learn(40)  # half of the half in which it falls from 1 to .05
    assert learner.model.exploration_rate == pytest.approx(0.525)
    learner.learn(160)
    assert learner.model.exploration_rate == pytest.approx(0.05)


def test_frames_of_another_size_are_refused_in_words() -> None:
    learner = DQNLearner(small_frames, DQNConfig(**QUICK), seed=0)
    assert learner.actor(small_frames()).act(small_frames().reset(seed=0)[0], {}) in range(4)
    with pytest.raises(ObservationError, match=r"are \[3, 64, 64\].*trained with \[3, 36, 36\]"):
        learner.actor(small_frames(rows=9, cols=9))


def test_frames_too_small_for_the_network_are_refused() -> None:
    with pytest.raises(ObservationError, match="at least 36 pixels a side"):
        DQNLearner(lambda: small_frames(border=(0, 0, 0, 0)), DQNConfig(**QUICK), seed=0)


def test_symbols_are_a_plane_for_each_kind_and_one_for_the_agent() -> None:
    objects = {"circle": 1, "cross": 1}
    small = {"rows": 2, "cols": 3, "cell": 18, "objects": objects}
    env = SymbolGrid(make_env("shapes_grid:ShapesGrid-v0", small))
    seen, info = env.reset(options={"board": "o.+\n..x"})
    assert info["truth"]["kinds"] == ("circle", "cross")
    assert seen.tolist() == [
        [[1, 0, 0], [0, 0, 0]],
        [[0, 0, 0], [0, 0, 1]],
        [[0, 0, 1], [0, 0, 0]],
    ]
    after, *_, info = env.step(3)  # down, onto the cross
    assert after[1].sum() == 0
    assert np.array_equal(after, planes(info["truth"]))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"budget": 100, "learning_starts": 100}, "dqn.budget is 100, but it must be more than"),
        ({"envs": 3}, "dqn.steps_per_round is 4, but it must be a multiple of dqn.envs"),
        ({"sight": "smell"}, "dqn.sight is 'smell', but it must be one of pixels, symbols"),
        ({"batch": 0}, "dqn.batch is 0, but it must be a whole number from 1"),
        ({"discount": 1.5}, "dqn.discount is 1.5, but it must be a number from 0 to 1"),
    ],
)
def test_settings_that_break_their_rule_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        DQNConfig(**settings)
