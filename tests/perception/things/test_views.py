"""Which difference is one of type, as rewards tell."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dsrl_agent.back_end.compositor.hypotheses import Scene
from dsrl_agent.config.symbols import MergingThresholds
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.motion.egomotion import Trail
from dsrl_agent.perception.motion.evidence import Evidence
from dsrl_agent.perception.things.views import (
    BOTH,
    COLOUR,
    SHAPE,
    VIEWS,
    choose_view,
    first_numbers,
)
from dsrl_agent.types import FrameTransitions, Ints

AGENT = 2


def _touches(
    shapes: list[int], colours: list[int], rewards: list[float] | None
) -> tuple[Evidence, Scene]:
    """Return evidence of steps in which the agent entered a cell with these things."""
    count = len(shapes)
    blank = np.zeros((count, 4, 4, 3), np.uint8)
    entered = np.ones((count, 1, 1), np.bool_)
    trail = Trail(entered, entered, np.zeros((3, 4, 4), np.float32), 0.0)
    given = None if rewards is None else np.array(rewards)
    steps = FrameTransitions(blank, np.zeros(count, np.int64), blank)
    evidence = Evidence(steps, given, (0, 0), Grid((4, 4), (0, 0), (1, 1), (4, 4)), trail)
    types, tints = (np.array(own)[:, None, None] for own in (shapes, colours))
    zero = np.zeros((count, 1, 1), np.float32)
    return evidence, Scene(types, types, tints, np.zeros((count, 1, 1, 3), np.float32), zero, zero)


def _choice(
    shapes: list[int], colours: list[int], rewards: list[float] | None, last: str = SHAPE
) -> str:
    evidence, before = _touches(shapes, colours, rewards)
    return choose_view(evidence, before, AGENT, last, MergingThresholds())


SHAPES, COLOURS = [0, 0, 1, 1] * 8, [0, 1, 0, 1] * 8


@pytest.mark.parametrize("last", VIEWS)
@pytest.mark.parametrize(
    ("view", "rewards"),
    [
        (SHAPE, [1.0 if shape else -1.0 for shape in SHAPES]),
        (COLOUR, [1.0 if colour else -1.0 for colour in COLOURS]),
        (BOTH, [float(s == c) for s, c in zip(SHAPES, COLOURS, strict=True)]),
    ],
)
def test_the_view_that_tells_the_rewards_is_chosen(
    view: str, rewards: list[float], last: str
) -> None:
    # One that tells them as well, with more types than needed, stays if it is in use.
    chosen = _choice(SHAPES, COLOURS, rewards, last)
    assert chosen in {view, last if last == BOTH else view}
    if last != BOTH:
        assert chosen == view


def test_a_view_stays_without_clear_evidence() -> None:
    for last in VIEWS:
        assert _choice([0, 1], [0, 0], [1.0, -1.0], last) == last
        assert _choice(SHAPES, COLOURS, None, last) == last


def test_empty_cells_and_the_agent_tell_nothing() -> None:
    rewards = [1.0, -1.0] * 16
    assert _choice([-1] * 32, [-1] * 32, rewards, BOTH) == BOTH
    assert _choice([AGENT] * 32, COLOURS, rewards, SHAPE) == SHAPE


def _numbers(view: str, agent: int = AGENT) -> Ints:
    return first_numbers(view, kinds=3, tints=2, agent=agent)


def test_numbers_are_those_of_shapes_or_of_colours_or_of_both() -> None:
    assert_array_equal(_numbers(SHAPE), [[1, 1, 1], [2, 2, 2], [3, 3, 3]])
    assert_array_equal(_numbers(COLOUR), [[1, 2, 0], [1, 2, 0], [3, 3, 3]])
    assert_array_equal(_numbers(BOTH), [[1, 2, 0], [3, 4, 0], [7, 7, 7]])
    assert_array_equal(_numbers(COLOUR, agent=-1), [[1, 2, 0]] * 3)
