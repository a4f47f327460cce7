"""The properties that all learners from Stable-Baselines3 share."""

from __future__ import annotations

from pathlib import Path

import pytest
from learners import (
    equal_weights,
    quick_learner,
    quick_suite,
    require_contrib,
    small_frames,
    weights,
)

from dsrl_agent.baselines import ppo, replay_buffer
from dsrl_agent.errors import ConfigError, ObservationError
from dsrl_agent.experiments.analysis.results import read_results
from dsrl_agent.experiments.run.suites import run_suite


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("sight", ["pixels", "symbols"])
@pytest.mark.parametrize("kind", ["dqn", "ppo", "qrdqn"])
def test_a_resumed_run_equals_an_uninterrupted_one(kind: str, sight: str, tmp_path: Path) -> None:
    whole = quick_learner(kind, sight=sight)
    whole.learn(80)
    before = weights(whole)
    whole.save(tmp_path / "piece")
    whole.learn(160)
    resumed = quick_learner(kind, sight=sight)
    resumed.load(tmp_path / "piece")
    assert resumed.steps == 80
    assert equal_weights(weights(resumed), before)
    resumed.learn(160)
    assert resumed.steps == whole.steps == 160
    assert equal_weights(weights(whole), weights(resumed))
    assert not equal_weights(weights(whole), before)


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("kind", ["dqn", "ppo", "qrdqn"])
def test_another_seed_learns_other_weights(kind: str) -> None:
    learners = [quick_learner(kind, seed) for seed in (1, 1, 2)]
    for until in (0, 80):  # the networks that it begins with, and what became of them
        for learner in learners:
            learner.learn(until)
        first, again, other = (weights(learner) for learner in learners)
        assert equal_weights(first, again)
        assert not equal_weights(first, other)


@pytest.mark.parametrize(
    ("kind", "outputs"),
    [("dqn", 4), ("ppo", 4 + 1), ("qrdqn", 4 * 5)],  # values; actions and a value; quantiles
)
def test_the_learned_bytes_are_those_of_one_network(kind: str, outputs: int) -> None:
    # 3 planes of 5 x 5: convolutions 3*32*9 + 32 and 32*32*9 + 32, 3 features 800*3 + 3.
    numbers = 896 + 9248 + 2403 + outputs * (3 + 1)
    assert quick_learner(kind, sight="symbols", features=3).size_bytes() == 4 * numbers


@pytest.mark.parametrize(("kind", "name"), [("dqn", "DQN"), ("ppo", "PPO"), ("qrdqn", "QRDQN")])
def test_frames_of_another_size_are_refused_in_words(kind: str, name: str) -> None:
    learner = quick_learner(kind)
    frame, info = small_frames().reset(seed=0)
    actor = learner.actor(small_frames())
    assert len({actor.act(frame, info) for _ in range(20)}) == 1  # greedy: nothing is drawn
    with pytest.raises(
        ObservationError, match=rf"are \[3, 64, 64\].*this {name} was trained with \[3, 36, 36\]"
    ):
        learner.actor(small_frames(rows=9, cols=9))


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("dqn", r"buffer of 160 transitions.*set dqn\.buffer to fewer"),
        ("ppo", r"A rollout of 40 steps.*set ppo\.rollout to fewer"),
        ("qrdqn", r"buffer of 160 transitions.*set qrdqn\.buffer to fewer"),
    ],
)
def test_more_frames_than_fit_into_memory_are_refused(
    kind: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (ppo, replay_buffer):
        monkeypatch.setattr(module, "free_memory", lambda: 10_000)
    with pytest.raises(ConfigError, match=message):
        quick_learner(kind)


@pytest.mark.parametrize("kind", ["dqn", "ppo", "qrdqn"])
def test_each_is_a_row_of_the_benchmark(kind: str, tmp_path: Path) -> None:
    if kind == "qrdqn":
        require_contrib()
    outcome = run_suite(quick_suite(kind), tmp_path / "out")
    assert (outcome.finished, outcome.failed) == (1, ())
    results = read_results([outcome.path])
    assert [(m.contestant, m.steps) for m in results.measured] == [(kind, 80), (kind, 160)]
    assert all(len(m.row["returns"]) == 3 for m in results.measured)
    assert [film.contestant for film in results.films] == [kind]
    assert kind != "qrdqn" or results.headers[0]["versions"]["sb3-contrib"]
