"""Figures of frames, actions and facts, counted by hand."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from dsrl_agent import DSRL
from dsrl_agent.agent.inspection import ActionTries, fact_figures, frame_figures
from dsrl_agent.agent.self_check import Fruits
from dsrl_agent.config import AgencyThresholds, AgentConfig, BackEndConfig, PerceptionConfig
from dsrl_agent.config.tiling import TilingThresholds
from dsrl_agent.runtime.envs import door_of, make_env
from dsrl_agent.types import Fact, Facts, FrameTransitions, Transition

LEFT, RIGHT, PRESS = 0, 1, 2
THING, AGENT = 1, 2


def step(action: int, before: int, after: int, seen: Facts = (), then: Facts = ()) -> Transition:
    """Return a step of the agent along row 0; `seen` and `then` are other facts."""
    facts = tuple(sorted((Fact(AGENT, 0, before), *seen)))
    return Transition(facts, action, 0.0, tuple(sorted((Fact(AGENT, 0, after), *then))), False)


NEAR, FAR = Fact(THING, 0, 3), Fact(THING, 4, 4)
WALK = [step(RIGHT, 1, 2), step(LEFT, 2, 1), step(RIGHT, 1, 2), step(LEFT, 2, 1)] * 5


def test_moves_and_cells_that_an_action_changes_are_told_apart() -> None:
    pressed = step(PRESS, 2, 2, (NEAR, FAR), (FAR,))
    found = fact_figures([*WALK, pressed, pressed], None, [THING, AGENT], AgencyThresholds())
    assert found.agent == {AGENT}
    assert found.moves == {LEFT: {(0, -1)}, RIGHT: {(0, 1)}}
    assert found.reached == {PRESS: Counter({(0, 1): 2})}  # column 3 from column 2
    assert (found.alone, found.missing, found.explained) == (1.0, 0.0, 1.0)
    assert not found.strangers


def test_changes_far_from_the_agent_are_counted_by_type() -> None:
    moved = step(RIGHT, 1, 2, (FAR,), (Fact(THING, 4, 3),))
    found = fact_figures([*WALK, moved], None, [THING, AGENT], AgencyThresholds())
    assert found.strangers == {THING: pytest.approx(1 / 21)}
    assert found.explained == pytest.approx(20 / 21)


def test_a_missing_agent_is_counted() -> None:
    gone = WALK[0]._replace(next_facts=(FAR,))
    found = fact_figures([*WALK, *[gone] * 5], None, [THING, AGENT], AgencyThresholds())
    assert (found.alone, found.missing) == (0.8, 0.2)  # 20 and 5 of 25


def test_an_agent_that_changes_its_appearance_turns() -> None:
    turned = Transition((Fact(AGENT, 0, 1),), PRESS, 0.0, (Fact(7, 0, 1),), False)
    back = Transition((Fact(7, 0, 1),), PRESS, 0.0, (Fact(AGENT, 0, 1),), False)
    found = fact_figures([*WALK, *[turned, back] * 10], None, [2, 7], AgencyThresholds())
    assert found.agent == {AGENT, 7}
    assert found.turns == {PRESS}


def test_own_steps_are_the_latest_and_their_episodes_are_judged() -> None:
    begun = [each._replace(first=n % 4 == 0) for n, each in enumerate(WALK)]  # 5 episodes
    begun[3], begun[19] = (begun[n]._replace(reward=1.0, terminated=True) for n in (3, 19))
    types, own = [THING, AGENT], AgencyThresholds()
    found = fact_figures(begun, None, types, own, 8, 10)
    assert (found.chosen, found.fruits) == (8, Fruits(2, 1))
    assert fact_figures(begun, None, types, own, 99, 10).fruits == Fruits(5, 2)
    assert fact_figures(begun, None, types, own, 0, 10).fruits == Fruits()


def test_the_types_that_sight_takes_for_the_agent_are_the_agent() -> None:
    blue = [each for each in WALK if each.action == RIGHT][:2]
    blue = [each._replace(facts=(Fact(7, 0, 1),), next_facts=(Fact(7, 0, 2),)) for each in blue]
    told = fact_figures([*WALK, *blue], None, [AGENT, 7], AgencyThresholds(), 0, 0, frozenset({7}))
    assert (told.agent, told.missing) == (frozenset({7}), 20 / 22)


def test_frames_tell_which_actions_change_something() -> None:
    still = np.zeros((16, 16, 3), np.uint8)
    lit = still.copy()
    lit[:8] = 40  # half of all pixels
    before, after = np.stack([still, lit, still, still]), np.stack([lit, still, still, still])
    seen = FrameTransitions(before, np.array([1, 1, 0, 1]), after)
    found = frame_figures(seen, 3, TilingThresholds())
    assert found.actions == (ActionTries(1, 0), ActionTries(3, 2), ActionTries(0, 0))
    assert (found.steps, found.distinct) == (4, 2)
    assert (found.restless, found.step_levels) == (0.25, 40.0)  # median of 0, 0, .5, .5


def test_an_agent_inspects_what_it_remembers(one_thread: None) -> None:
    config = AgentConfig(PerceptionConfig(first_frames=60), BackEndConfig(steps=4))
    agent = DSRL(make_env("shapes_grid:ShapesGrid-v0", {}), config, seed=0)
    agent.learn(30)
    found = agent.inspect()
    assert found.frames.steps == 30
    assert sum(found.rewards.values()) == 30
    assert found.frames.tiling.grid is not None
    assert found.frames.tiling.grid.pitch == (9, 9)


def test_an_agent_names_what_its_door_does_not_read(one_thread: None) -> None:
    config = AgentConfig(PerceptionConfig(first_frames=60), BackEndConfig(steps=4))
    agent = DSRL(make_env("shapes_grid:ShapesGrid-v0", {}), config, seed=0)
    door = door_of(agent.env)
    assert door is not None
    door.unread = ("mission",)
    agent.learn(5)
    found = agent.inspect()
    assert found.unread == ("mission",)
    assert "warning: What is told as 'mission' changes" in str(found)
