"""QR-DQN as a contestant, and its optional library."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from learners import (
    QUICK,
    one_cross,
    quick_learner,
    quick_suite,
    require_contrib,
    score,
    small_frames,
)

from dsrl_agent.baselines.dqn import DQNLearner
from dsrl_agent.baselines.qrdqn import qrdqn
from dsrl_agent.baselines.replay_buffer import FrameReplayBuffer
from dsrl_agent.baselines.settings import QRDQNConfig
from dsrl_agent.cli.main import main
from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.run.suites import run_suite


def test_the_class_is_that_of_sb3_contrib() -> None:
    contrib = pytest.importorskip("sb3_contrib")
    assert qrdqn() is contrib.QRDQN


@pytest.mark.usefixtures("one_thread")
def test_it_solves_an_easy_world() -> None:
    require_contrib()
    config = QRDQNConfig(
        sight="symbols", features=32, budget=1000, buffer=1000, quantiles=10, learning_rate=3e-3,
        discount=0.9, target_update=40, learning_starts=50, exploration_share=0.5,
    )  # fmt: skip
    learner = DQNLearner(one_cross, config, seed=0)
    assert score(learner) < 0.3
    learner.learn(1000)
    assert score(learner) > 0.7


def test_it_shares_exploration_and_buffer_with_dqn() -> None:
    learner = quick_learner("qrdqn", exploration_share=0.5, final_epsilon=0.05)
    assert isinstance(learner, DQNLearner)
    learner.learn(40)  # half of the half in which it falls from 1 to .05
    assert learner.model.exploration_rate == pytest.approx(0.525)
    buffer = learner.model.replay_buffer
    assert isinstance(buffer, FrameReplayBuffer)
    sample = buffer.sample(100)
    assert sample.discounts is not None
    # Two steps' rewards are summed, but one where the piece or an episode ends.
    assert {round(x, 4) for x in sample.discounts.ravel().tolist()} == {0.99, 0.9801}


def test_a_contestant_whose_library_is_missing_is_refused_before_anything_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "sb3_contrib", None)  # as if it were not installed
    message = r"sb3-contrib, which is not installed; pip install 'dsrl-agent\[contrib\]'"
    with pytest.raises(ConfigError, match=message):
        run_suite(quick_suite("ppo", "qrdqn"), tmp_path / "out")
    with pytest.raises(ConfigError, match=message):
        DQNLearner(small_frames, QRDQNConfig(**QUICK["qrdqn"]), seed=0)
    configs = Path(__file__).parents[2] / "configs" / "benchmark"
    out = tmp_path / "cli"
    command = ["benchmark", "--suite", "other_agents", "--configs", str(configs)]
    with pytest.raises(SystemExit):
        main([*command, "--out", str(out)])
    says, error = capsys.readouterr().err.splitlines()  # what the command does, and the error
    assert (says.startswith("dsrl benchmark: "), error.startswith("dsrl: QR-DQN")) == (True, True)
    assert not out.exists()
    assert not (tmp_path / "out").exists()
