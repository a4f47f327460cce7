"""PPO and QR-DQN as contestants: what they share with DQN holds for them too."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import gymnasium as gym
import pytest
from learners import SMALL_FRAMES, equal_weights, small_frames, weights

from dsrl_agent.baselines import ppo, replay_buffer
from dsrl_agent.baselines.dqn import DQNLearner
from dsrl_agent.baselines.ppo import PPOLearner
from dsrl_agent.baselines.replay_buffer import FrameReplayBuffer
from dsrl_agent.baselines.sb3 import SB3Learner
from dsrl_agent.baselines.settings import PPOConfig, QRDQNConfig
from dsrl_agent.cli.main import main
from dsrl_agent.errors import ConfigError, ObservationError
from dsrl_agent.evaluation.evaluate import evaluate
from dsrl_agent.experiments.analysis.results import read_results
from dsrl_agent.experiments.plan.suite import Block, Contestant, Suite, World
from dsrl_agent.experiments.run.engine import run_suite

PPO: dict[str, Any] = {
    "envs": 4, "rollout": 40, "batch": 10, "epochs": 2, "network": "small", "features": 8,
}  # fmt: skip
QRDQN: dict[str, Any] = {
    "budget": 160, "buffer": 160, "learning_starts": 40, "network": "small", "features": 8,
    "batch": 4, "target_update": 28, "quantiles": 5, "n_steps": 2,
}  # fmt: skip
SETTINGS = {"ppo": PPO, "qrdqn": QRDQN}


def tiny() -> gym.Env[Any, Any]:
    return small_frames(rows=2, cols=2, cell=18, objects={"circle": 1, "cross": 1})


def make(kind: str, seed: int = 3, **more: Any) -> SB3Learner:
    """Return a learner with quick settings, or skip where its library is missing."""
    settings = {**SETTINGS[kind], **more}
    if kind == "ppo":
        return PPOLearner(small_frames, PPOConfig(**settings), seed)
    contrib()
    return DQNLearner(small_frames, QRDQNConfig(**settings), seed)


def contrib() -> None:
    pytest.importorskip("sb3_contrib", reason="not installed: pip install '.[contrib]'")


def score(learner: SB3Learner) -> float:
    report = evaluate(learner.actor(tiny()), tiny(), 50, 1000)
    return sum(report.returns) / sum(report.positives)


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("sight", ["pixels", "symbols"])
@pytest.mark.parametrize("kind", ["ppo", "qrdqn"])
def test_a_run_that_was_stopped_between_pieces_goes_on_as_if_it_had_not(
    kind: str, sight: str, tmp_path: Path
) -> None:
    whole = make(kind, sight=sight)
    whole.learn(80)
    before = weights(whole)
    whole.save(tmp_path / "piece")
    whole.learn(160)
    resumed = make(kind, sight=sight)
    resumed.load(tmp_path / "piece")
    assert resumed.steps == 80
    assert equal_weights(weights(resumed), before)
    resumed.learn(160)
    assert resumed.steps == whole.steps == 160
    assert equal_weights(weights(whole), weights(resumed))
    assert not equal_weights(weights(whole), before)


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("kind", ["ppo", "qrdqn"])
def test_another_seed_learns_something_else(kind: str) -> None:
    learners = [make(kind, seed) for seed in (1, 1, 2)]
    for until in (0, 80):  # the networks that it begins with, and what became of them
        for learner in learners:
            learner.learn(until)
        first, again, other = (weights(learner) for learner in learners)
        assert equal_weights(first, again)
        assert not equal_weights(first, other)


def test_ppo_counts_the_steps_of_whole_rollouts() -> None:
    learner = make("ppo")
    learner.learn(80)
    assert learner.steps == 80
    learner.learn(100)  # in the middle of the third
    assert learner.steps == 120
    learner.learn(120)
    assert learner.steps == 120


@pytest.mark.usefixtures("one_thread")
def test_ppo_solves_an_easy_world() -> None:
    config = PPOConfig(
        sight="symbols", features=32, rollout=400, learning_rate=3e-3, discount=0.9
    )  # fmt: skip
    learner = PPOLearner(tiny, config, seed=0)
    assert score(learner) < 0.3
    learner.learn(1200)
    assert score(learner) > 0.7


@pytest.mark.usefixtures("one_thread")
def test_qr_dqn_solves_an_easy_world() -> None:
    contrib()
    config = QRDQNConfig(
        sight="symbols", features=32, budget=1000, buffer=1000, quantiles=10, learning_rate=3e-3,
        discount=0.9, target_update=40, learning_starts=50, exploration_share=0.5,
    )  # fmt: skip
    learner = DQNLearner(tiny, config, seed=0)
    assert score(learner) < 0.3
    learner.learn(1000)
    assert score(learner) > 0.7


def test_qr_dqn_shares_exploration_and_buffer_with_dqn() -> None:
    learner = make("qrdqn", exploration_share=0.5, final_epsilon=0.05)
    assert isinstance(learner, DQNLearner)
    learner.learn(40)  # half of the half in which it falls from 1 to .05
    assert learner.model.exploration_rate == pytest.approx(0.525)
    buffer = learner.model.replay_buffer
    assert isinstance(buffer, FrameReplayBuffer)
    sample = buffer.sample(100)
    assert sample.discounts is not None
    # Two steps' rewards are summed, but one where the piece or an episode ends.
    assert {round(x, 4) for x in sample.discounts.ravel().tolist()} == {0.99, 0.9801}


@pytest.mark.parametrize(
    ("kind", "outputs"),
    [("ppo", 4 + 1), ("qrdqn", 4 * 5)],  # actions and a value; quantiles of each action
)
def test_the_learned_bytes_are_those_of_one_network(kind: str, outputs: int) -> None:
    # 3 planes of 5 x 5: convolutions 3*32*9 + 32 and 32*32*9 + 32, 3 features 800*3 + 3.
    numbers = 896 + 9248 + 2403 + outputs * (3 + 1)
    assert make(kind, sight="symbols", features=3).size_bytes() == 4 * numbers


@pytest.mark.parametrize(("kind", "name"), [("ppo", "PPO"), ("qrdqn", "QRDQN")])
def test_frames_of_another_size_are_refused_in_words(kind: str, name: str) -> None:
    learner = make(kind)
    frame, info = small_frames().reset(seed=0)
    actor = learner.actor(small_frames())
    assert len({actor.act(frame, info) for _ in range(20)}) == 1  # greedy: nothing is drawn
    with pytest.raises(ObservationError, match=rf"\[3, 64, 64\].*this {name} was trained"):
        learner.actor(small_frames(rows=9, cols=9))


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("ppo", r"A rollout of 40 steps.*set ppo\.rollout to fewer"),
        ("qrdqn", r"buffer of 160 transitions.*set qrdqn\.buffer to fewer"),
    ],
)
def test_a_rollout_too_large_for_memory_is_refused(
    kind: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (ppo, replay_buffer):
        monkeypatch.setattr(module, "free_memory", lambda: 10_000)
    with pytest.raises(ConfigError, match=message):
        make(kind)


@pytest.mark.parametrize(
    ("kind", "settings", "message"),
    [
        (PPOConfig, {"rollout": 100, "envs": 3}, "ppo.rollout is 100, .* multiple of ppo.envs,"),
        (PPOConfig, {"rollout": 96, "batch": 64}, "ppo.rollout is 96, .* multiple of ppo.batch"),
        (PPOConfig, {"batch": 1}, "ppo.batch is 1, but it must be at least 2"),
        (PPOConfig, {"epochs": True}, "ppo.epochs is True, but it must be a whole number from 1"),
        (PPOConfig, {"clip_range": -0.2}, "ppo.clip_range is -0.2, but it must be a number from 0"),
        (PPOConfig, {"gae_lambda": float("nan")}, "ppo.gae_lambda is nan, but it must be a number"),
        (PPOConfig, {"network": "vast"}, "ppo.network is 'vast', .* one of nature, small"),
        (QRDQNConfig, {"quantiles": 0}, "qrdqn.quantiles is 0, but it must be a whole number"),
        (QRDQNConfig, {"budget": 100}, "qrdqn.budget is 100, .* more than qrdqn.learning_starts"),
        (QRDQNConfig, {"envs": 3}, "qrdqn.steps_per_round is 4, .* a multiple of qrdqn.envs"),
    ],
)
def test_settings_that_break_their_rule_are_refused_in_one_line(
    kind: Any, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message) as refused:
        kind(**settings)
    assert "\n" not in str(refused.value)


def suite(contestants: dict[str, Any], marks: tuple[int, ...] = (80, 160)) -> Suite:
    block = Block(tuple(contestants), ("mixed",), marks, seeds=1, episodes=3)
    worlds = {"mixed": World(kwargs=SMALL_FRAMES)}
    people = {
        name: Contestant(name, name, settings)  # type: ignore[arg-type]
        for name, settings in contestants.items()
    }
    return Suite("plan", "Does it run?", worlds, people, (block,))


@pytest.mark.parametrize("kind", ["ppo", "qrdqn"])
def test_each_is_a_row_of_the_benchmark(kind: str, tmp_path: Path) -> None:
    if kind == "qrdqn":
        contrib()
    outcome = run_suite(suite({kind: SETTINGS[kind]}), tmp_path / "out")
    assert (outcome.finished, outcome.failed) == (1, ())
    results = read_results([outcome.path])
    assert [(m.contestant, m.steps) for m in results.measured] == [(kind, 80), (kind, 160)]
    assert all(len(m.row["returns"]) == 3 for m in results.measured)
    assert [film.contestant for film in results.films] == [kind]
    assert kind == "ppo" or results.headers[0]["versions"]["sb3-contrib"]


def test_measurements_between_ends_of_rollouts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"'ppo' learns from rollouts of 40 steps.*after 100"):
        run_suite(suite({"ppo": PPO}, (80, 100)), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_contestant_whose_library_is_missing_is_refused_before_anything_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "sb3_contrib", None)  # as if it were not installed
    message = r"sb3-contrib, which is not installed; pip install 'dsrl-agent\[contrib\]'"
    with pytest.raises(ConfigError, match=message):
        run_suite(suite({"ppo": PPO, "qrdqn": QRDQN}), tmp_path / "out")
    with pytest.raises(ConfigError, match=message):
        DQNLearner(small_frames, QRDQNConfig(**QRDQN), seed=0)
    configs = Path(__file__).parents[2] / "configs" / "benchmark"
    out = tmp_path / "cli"
    command = ["benchmark", "--suite", "other_agents", "--configs", str(configs)]
    with pytest.raises(SystemExit):
        main([*command, "--out", str(out)])
    assert capsys.readouterr().err.count("\n") == 1
    assert not out.exists()
    assert not (tmp_path / "out").exists()
