"""Replay an agent's play up to a decision, with an agent that always goes right."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from dsrl_agent import DSRL
from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.replay import replay
from dsrl_agent.front_end import TabularEpisode
from dsrl_agent.types import Facts, Frame
from shapes_grid import ShapesGridEnv

RIGHT = 1


class GoesRight:
    """Counts its decisions in the episode's version."""

    def predict(self, frame: Frame, state: Any, deterministic: bool) -> tuple[int, Any]:
        before = -1 if state is None else state[0].version
        return RIGHT, (TabularEpisode(version=before + 1),)

    def facts(self, frame: Frame) -> Facts:
        return ()


AGENT = cast(DSRL, GoesRight())


def world() -> ShapesGridEnv:
    return ShapesGridEnv(rows=3, cols=3, objects={"cross": 1}, step_limit=5, split="all")


def test_a_decision_is_the_one_of_its_step() -> None:
    found = replay(AGENT, world(), seed=0, episode=2, number=3)
    assert found.action == RIGHT
    assert found.episode == TabularEpisode(version=3)  # the fourth decision of this episode
    again = replay(AGENT, world(), seed=0, episode=2, number=3)
    assert np.array_equal(found.frame, again.frame)
    other = replay(AGENT, world(), seed=1, episode=2, number=3)
    assert not np.array_equal(found.frame, other.frame)


@pytest.mark.parametrize(
    ("episode", "number", "message"),
    [
        (0, 0, "episodes count from 1"),
        (1, -1, "steps count from 0"),
        # The cross is two steps to the right.
        (1, 5, "--step is 5, but episode 1 was over after 2 steps; give one from 0 to 1."),
    ],
)
def test_a_step_that_is_not_there_is_refused(episode: int, number: int, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        replay(AGENT, world(), seed=0, episode=episode, number=number)
