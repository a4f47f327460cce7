"""The agent end to end, from pixels: what it learns, that it repeats, that it can be saved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import torch
from equality import assert_equal
from stable_baselines3.common.evaluation import evaluate_policy

from dsrl_agent import (
    AgentConfig,
    BackEndConfig,
    CheckpointError,
    ConfigError,
    Fact,
    FrontEndConfig,
    Listener,
    ObservationError,
    PerceptionConfig,
    PerceptionError,
)
from dsrl_agent.agent.actor import AgentActor
from dsrl_agent.agent.callbacks import EpisodeEnd, Fit, LearningAgent
from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.baselines import Oracle
from dsrl_agent.evaluation.evaluate import evaluate
from dsrl_agent.evaluation.sight_metrics import exact_share
from dsrl_agent.front_end.tabular.q_learning import TabularFrontEnd
from dsrl_agent.perception.perception import Perception
from dsrl_agent.runtime.envs import make_env

ENV_ID = "shapes_grid:ShapesGrid-v0"
# Enough to see nothing rightly, but all that must repeat bit for bit is run through, a refit too.
QUICK = AgentConfig(
    perception=PerceptionConfig(frames=40, memory=120, refit_growth=3.0),
    back_end=BackEndConfig(steps=8, refit_steps=4, width=8),
)


pytestmark = pytest.mark.usefixtures("one_thread")


class Recorder(Listener):
    def __init__(self, stop_after: int | None = None) -> None:
        self.fits: list[Fit] = []
        self.ends: list[EpisodeEnd] = []
        self.phases: list[str] = []
        self.stop_after = stop_after

    def on_fit(self, agent: LearningAgent, fit: Fit) -> None:
        self.fits.append(fit)

    def on_episode(self, agent: LearningAgent, end: EpisodeEnd) -> bool:
        self.ends.append(end)
        return self.stop_after is None or len(self.ends) < self.stop_after

    def on_progress(self, phase: str, done: int, total: int, figure: float) -> None:
        if not self.phases or self.phases[-1] != phase:
            self.phases.append(phase)


@pytest.fixture(scope="module")
def trained() -> tuple[DSRL, Recorder]:
    """An agent trained for 700 steps with a refit at 480, as every test below may use it."""
    torch.set_num_threads(1)
    config = AgentConfig(
        perception=PerceptionConfig(first_frames=120, refit_growth=4.0),
        back_end=BackEndConfig(steps=300, refit_steps=50),
    )
    recorder = Recorder()
    env = gym.make(ENV_ID, cell=8, border=(1, 4, 6, 2))
    return DSRL(env, config, seed=5).learn(700, listener=recorder), recorder


def test_it_learns_from_pixels_and_reward_alone(trained: tuple[DSRL, Recorder]) -> None:
    agent, _ = trained
    env = gym.make(ENV_ID, cell=8, border=(1, 4, 6, 2), split="test")
    report = evaluate(AgentActor(agent), env, 60, seed=1)
    assert agent.num_timesteps == 700
    assert report.positive_share is not None
    assert report.collected is not None
    assert report.positive_share.value >= 0.98
    assert report.collected.value >= 0.9


@pytest.mark.parametrize(
    "fields", [{}, {"rows": 9, "cols": 7, "objects": {"circle": 9, "cross": 9}}]
)
def test_it_sees_every_frame_exactly_in_worlds_of_any_size(
    trained: tuple[DSRL, Recorder], fields: dict[str, Any]
) -> None:
    agent, _ = trained
    env = gym.make(ENV_ID, cell=8, border=(1, 4, 6, 2), split="test", **fields)
    frames, truths = [], []
    for seed in range(40):
        frame, info = env.reset(seed=seed)
        frames.append(frame)
        truths.append(info["truth"])
    assert exact_share(agent.perception.facts(np.stack(frames)), truths) == 1.0


def test_a_refit_on_the_way_keeps_types_and_tables(trained: tuple[DSRL, Recorder]) -> None:
    agent, recorder = trained
    assert [fit.steps for fit in recorder.fits] == [120, 480]
    fitting = ["back end", "symbols"]
    assert recorder.phases == ["frames", *fitting, "steps", *fitting, "steps"]
    assert [fit.types for fit in recorder.fits] == [3, 3]
    assert list(agent.perception.known) == [1, 2, 3]
    # What was touched before the refit and after it counts under the same number: every touch of
    # a type gave the same reward.
    assert isinstance(agent.front_end, TabularFrontEnd)
    means = {n: touch.reward / touch.times for n, touch in agent.front_end.touches.items()}
    assert sorted(means.values()) == [-1.0, 1.0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shares", "steps"), [([0.9], [30]), ([0.89, 0.95], [30, 45]), ([0.0] * 5, [30, 45, 67, 80])]
)
def test_the_agent_plays_at_random_while_the_self_check_fails(
    monkeypatch: pytest.MonkeyPatch, shares: list[float], steps: list[int]
) -> None:
    """It learns to see again at 1.5 times the steps, and acts at 80 whatever it sees."""
    left = iter(shares)
    monkeypatch.setattr("dsrl_agent.agent.learning.explained_share", lambda *_: next(left))
    config = AgentConfig(
        perception=PerceptionConfig(first_frames=30, frames=80, refit_growth=0.0),
        back_end=BackEndConfig(steps=4, refit_steps=2, width=8),
    )
    recorder = Recorder()
    DSRL(gym.make(ENV_ID), config, seed=1).learn(90, listener=recorder)
    assert [fit.steps for fit in recorder.fits] == steps


@pytest.mark.slow
@pytest.mark.parametrize(("memory", "anew"), [(200, True), (50, False)])
def test_a_refit_retrains_the_front_end_while_all_frames_are_stored(
    memory: int, anew: bool
) -> None:
    perception = PerceptionConfig(first_frames=40, frames=40, memory=memory, refit_growth=2.0)
    agent = DSRL(gym.make(ENV_ID), AgentConfig(perception, QUICK.back_end), seed=1).learn(79)
    front_end = agent.front_end
    agent.learn(1)
    seeing = agent.perception
    assert isinstance(seeing, Perception)
    assert seeing.fits == 2
    assert (agent.front_end is not front_end) == anew
    learned = [transition.facts for transition in agent.front_end.transitions]
    assert len(learned) == 80 if anew else len(learned) > 50
    if anew:
        assert learned == agent.perception.facts(agent.frames().before)


@pytest.mark.slow
def test_training_stops_when_the_front_end_has_settled() -> None:
    config = AgentConfig(
        perception=PerceptionConfig(first_frames=50),
        back_end=BackEndConfig(steps=300),
        front_end=FrontEndConfig(kind="rules"),
    )
    agent = DSRL(gym.make(ENV_ID, cell=8), config, seed=5).learn(400, until_settled=True)
    assert agent.settled
    assert 50 <= agent.num_timesteps <= 200
    env = gym.make(ENV_ID, cell=8, split="test")
    score = evaluate(AgentActor(agent), env, 20, seed=1).score
    best = evaluate(Oracle(env), env, 20, seed=1).score
    assert score is not None
    assert best is not None
    assert score.value >= 0.99 * best.value


def test_every_step_is_counted(trained: tuple[DSRL, Recorder]) -> None:
    agent, recorder = trained
    assert sum(end.length for end in recorder.ends) <= agent.num_timesteps == 700
    assert recorder.ends[-1].steps == sum(end.length for end in recorder.ends)


def test_facts_are_sorted_and_name_the_agent_once(trained: tuple[DSRL, Recorder]) -> None:
    agent, _ = trained
    env = gym.make(ENV_ID, cell=8, border=(1, 4, 6, 2))
    frame, info = env.reset(seed=3)
    facts = agent.facts(frame)
    assert all(isinstance(fact, Fact) for fact in facts)
    assert list(facts) == sorted(facts)
    own = [fact for fact in facts if fact.type == agent.front_end.agency.self_type]
    assert [(fact.row, fact.col) for fact in own] == [info["truth"]["agent"]]


def test_values_are_the_sum_of_the_objects_contributions(trained: tuple[DSRL, Recorder]) -> None:
    agent, _ = trained
    frame, _ = gym.make(ENV_ID, cell=8, border=(1, 4, 6, 2)).reset(seed=3)
    valuation = agent.values(frame)
    # Each action leads to one object at most.
    assert 1 <= len(valuation.parts) <= 4
    assert {fact for fact, _ in valuation.parts} <= set(agent.facts(frame))
    total = sum((part for _, part in valuation.parts), valuation.correction)
    np.testing.assert_allclose(valuation.values, total)
    assert valuation.values.max() > 0.0


def test_predict_takes_one_frame_or_a_batch(trained: tuple[DSRL, Recorder]) -> None:
    agent, _ = trained
    env = gym.make(ENV_ID, cell=8, border=(1, 4, 6, 2))
    frames = np.stack([env.reset(seed=seed)[0] for seed in range(3)])
    action, state = agent.predict(frames[0], deterministic=True)
    assert np.ndim(action) == 0
    assert len(state) == 1
    actions, states = agent.predict(frames, deterministic=True)
    assert actions.shape == (3,)
    assert len(states) == 3
    with pytest.raises(
        ConfigError, match="state is of 3 environments, but the observation is of 1"
    ):
        agent.predict(frames[0], states)


def test_predict_leaves_the_state_it_is_given_alone(trained: tuple[DSRL, Recorder]) -> None:
    agent, _ = trained
    env = gym.make(ENV_ID, cell=8, border=(1, 4, 6, 2))
    frame, _ = env.reset(seed=0)
    state: Any
    following: Any
    _, state = agent.predict(frame, deterministic=True)
    imagined, objects = state[0].imagined, state[0].objects
    other, _ = env.reset(seed=1)
    _, following = agent.predict(other, state, deterministic=True)
    assert following[0].objects != objects
    assert state[0].imagined is imagined
    assert state[0].objects == objects


def test_sb3_evaluates_it(trained: tuple[DSRL, Recorder]) -> None:
    agent, _ = trained
    env = gym.wrappers.RecordEpisodeStatistics(gym.make(ENV_ID, cell=8, border=(1, 4, 6, 2)))
    policy: Any = agent
    mean, spread = evaluate_policy(policy, env, n_eval_episodes=10, warn=False)
    assert isinstance(mean, float)
    assert isinstance(spread, float)
    assert mean > 3.0
    assert spread < 2.0


def test_saved_and_loaded_it_is_the_same(trained: tuple[DSRL, Recorder], tmp_path: Path) -> None:
    agent, _ = trained
    agent.save(tmp_path / "agent")
    loaded = DSRL.load(tmp_path / "agent")
    assert_equal_agents(agent, loaded)
    env = make_env(ENV_ID, {"cell": 8, "border": (1, 4, 6, 2)})
    frames = np.stack([env.reset(seed=seed)[0] for seed in range(20)])
    assert agent.perception.facts(frames) == loaded.perception.facts(frames)
    assert loaded.env.unwrapped.observation_space == env.observation_space


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::dsrl_agent.runtime.door.origin.OriginWarning")
def test_an_emptied_info_changes_nothing() -> None:
    class Emptied(gym.Wrapper[Any, Any, Any, Any]):
        def reset(self, **kwargs: Any) -> tuple[Any, dict[str, Any]]:
            return self.env.reset(**kwargs)[0], {}

        def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
            return (*self.env.step(action)[:4], {})

    with_info = DSRL(gym.make(ENV_ID), QUICK, seed=2).learn(200)
    without = DSRL(Emptied(gym.make(ENV_ID)), QUICK, seed=2).learn(200)
    assert_equal_agents(with_info, without)


@pytest.mark.slow
def test_the_seed_decides_everything() -> None:
    first, again = (DSRL(gym.make(ENV_ID), QUICK, seed=3).learn(200) for _ in range(2))
    assert_equal_agents(first, again)
    other = DSRL(gym.make(ENV_ID), QUICK, seed=4).learn(200)
    with pytest.raises(AssertionError):
        assert_equal_agents(first, other)


@pytest.mark.slow
@pytest.mark.parametrize("episodes", [1, 4, 9])
def test_a_resumed_run_equals_an_uninterrupted_one(tmp_path: Path, episodes: int) -> None:
    # Stopped before the first fit, after it, and after the refit.
    whole = DSRL(gym.make(ENV_ID), QUICK, seed=6).learn(260)
    stopped = DSRL(gym.make(ENV_ID), QUICK, seed=6).learn(260, listener=Recorder(episodes))
    assert stopped.num_timesteps < 260
    stopped.save(tmp_path / "stopped")
    resumed = DSRL.load(tmp_path / "stopped")
    resumed.learn(260 - resumed.num_timesteps)
    assert_equal_agents(whole, resumed)


@pytest.mark.slow
def test_it_evaluates_without_shifting_its_training() -> None:
    plain = DSRL(gym.make(ENV_ID), QUICK, seed=7).learn(100).learn(100)
    watched = DSRL(gym.make(ENV_ID), QUICK, seed=7).learn(100)
    evaluate(AgentActor(watched), gym.make(ENV_ID), 3, seed=0)
    watched.learn(100)
    plain_state, watched_state = plain.checkpoint()[1], watched.checkpoint()[1]
    for state in (plain_state, watched_state):
        state["streams"] = None  # the stream that acting draws from is another one
    assert json.dumps(plain_state) == json.dumps(watched_state)


def test_a_world_in_which_nothing_moves_is_refused_with_a_remedy() -> None:
    agent = DSRL("shapes_grid:ShapesGrid-Toy-v0", QUICK)
    with pytest.raises(PerceptionError, match="dsrl symbols"):
        agent.learn(60)
    assert not agent.perception.ready


def test_a_refit_that_finds_nothing_leaves_what_was_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    agent = DSRL(gym.make(ENV_ID), QUICK, seed=1).learn(60)
    perception = agent.perception
    assert isinstance(perception, Perception)
    sight = perception.sight
    arrays = sight.arrays()

    def nothing_moved(*_: object) -> float:
        raise PerceptionError("nothing moved")

    monkeypatch.setattr(agent.perception, "learn", nothing_moved)
    agent.learn(100)  # a refit is due at 120
    assert agent.num_timesteps == 160
    assert perception.sight is sight
    assert_equal(sight.arrays(), arrays)


def test_a_budget_below_the_first_fit_fits_on_the_frames_there_are() -> None:
    agent = DSRL(gym.make(ENV_ID), QUICK, seed=1).learn(30)
    assert agent.perception.ready
    assert agent.num_timesteps == 30


def test_an_untrained_agent_refuses_to_predict() -> None:
    agent = DSRL(ENV_ID)
    frame, _ = agent.env.reset(seed=0)
    with pytest.raises(PerceptionError, match=r"call learn\(\) first"):
        agent.predict(frame)


def test_bad_input_is_refused(trained: tuple[DSRL, Recorder], tmp_path: Path) -> None:
    agent, _ = trained
    frame, _ = agent.env.reset(seed=0)
    with pytest.raises(ObservationError, match="dtype float32, but it must be uint8"):
        agent.predict(frame.astype(np.float32))
    with pytest.raises(ObservationError, match="colours come last"):
        agent.predict(frame.transpose(2, 0, 1))
    with pytest.raises(PerceptionError, match="no room for one cell"):
        agent.predict(frame[:8, :8])
    with pytest.raises(ConfigError, match="total_timesteps is 0"):
        agent.learn(0)
    with pytest.raises(ConfigError, match=r"facts\(\) takes one frame"):
        agent.facts(frame[None])
    with pytest.raises(CheckpointError, match="nowhere"):
        DSRL.load(tmp_path / "nowhere")


def assert_equal_agents(one: DSRL, other: DSRL) -> None:
    """Compare weights, stored frames, tables and random streams of two agents bit for bit."""
    (arrays, data), (other_arrays, other_data) = one.checkpoint(), other.checkpoint()
    for state in (data, other_data):
        state["env_kwargs"] = state["env_wrappers"] = state["env_fault"] = None
    assert json.loads(json.dumps(data)) == json.loads(json.dumps(other_data))
    assert_equal(arrays, other_arrays)
