"""Ask an agent for its reasons in a frame."""

from __future__ import annotations

import gymnasium as gym
import pytest

from dsrl_agent import DSRL
from dsrl_agent.errors import PerceptionError
from dsrl_agent.explain import beliefs_of, believed, reasons_of, why
from dsrl_agent.explain.words import asking
from dsrl_agent.records.type_names import TypeNames

pytestmark = pytest.mark.usefixtures("one_thread")


def test_an_agent_says_why_and_what_it_believes() -> None:
    env = gym.make("shapes_grid:ShapesGrid-v0", rows=4, cols=4, objects={"cross": 3})
    agent = DSRL(env, front_end="rules", seed=0).learn(70)
    frame = env.reset(seed=1)[0]
    found = reasons_of(agent, frame)
    assert found.facts == agent.facts(frame)
    assert len(found.facts) == 4
    (good,) = (each.type for each in beliefs_of(agent).types)
    own = found.agent
    assert own is not None
    names = TypeNames({good: "cross"})
    assert why(agent, frame, names).startswith("It sees cross at [")
    assert f"It is the type {own.type} at [{own.row}, {own.col}]." in why(agent, frame)
    assert f"Touching type {good}: +1.00, it vanishes" in believed(agent)
    assert f"Touching cross (type {good}): +1.00" in believed(agent, names)


def test_an_agent_that_sees_nothing_yet_is_refused() -> None:
    env = gym.make("shapes_grid:ShapesGrid-v0")
    with pytest.raises(PerceptionError, match="has not learned to see"):
        why(DSRL(env), env.reset(seed=1)[0])


def test_the_package_has_these_at_its_door() -> None:
    assert (believed, beliefs_of, reasons_of, why) == (
        asking.believed, asking.beliefs_of, asking.reasons_of, asking.why
    )  # fmt: skip
