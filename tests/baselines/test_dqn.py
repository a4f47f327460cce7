"""DQN as a contestant: exploration, and the frames that it refuses."""

from __future__ import annotations

import pytest
from learners import DQN, small_frames

from dsrl_agent.baselines.dqn import DQNLearner
from dsrl_agent.baselines.settings import DQNConfig
from dsrl_agent.errors import ObservationError


def test_exploration_falls_over_the_budget_whatever_the_pieces() -> None:
    learner = DQNLearner(small_frames, DQNConfig(**DQN, exploration_share=0.5), seed=0)
    learner.learn(40)  # half of the half in which it falls from 1 to .05
    assert learner.model.exploration_rate == pytest.approx(0.525)
    learner.learn(160)
    assert learner.model.exploration_rate == pytest.approx(0.05)


def test_frames_too_small_for_the_network_are_refused() -> None:
    with pytest.raises(ObservationError, match="at least 36 pixels a side"):
        DQNLearner(lambda: small_frames(border=(0, 0, 0, 0)), DQNConfig(**DQN), seed=0)
