"""The course that an agent expects: played on from a table, or planned on rules."""

from __future__ import annotations

import arcade
import numpy as np
import pytest
from drawings import RIGHT, film, scene, taught_rules
from tables import AGENT, BAD, FAR, LEFT, NEAR, UP, written

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.explain.reasons.course import course_of
from dsrl_agent.explain.reasons.reasons import reasons
from dsrl_agent.explain.words.reasons_text import choice_in_words
from dsrl_agent.front_end import make_front_end
from dsrl_agent.front_end.knowledge import Course, ExpectedTouch
from dsrl_agent.types import Fact, Transition


def test_greedy_steps_are_played_on_to_the_first_touch() -> None:
    # The table by hand knows type 1 at distances 1 and 3, of which it says to go right.
    assert course_of(written(), (AGENT, NEAR), RIGHT, None) == Course(
        (RIGHT,), (ExpectedTouch(1, NEAR, 1.0, True),), False, 1.0
    )
    # At distance 2 all actions are alike: the first, left, leads back to where it began.
    assert course_of(written(), (AGENT, FAR), RIGHT, None) == Course((RIGHT, LEFT), (), False, 0.0)


@pytest.mark.parametrize("shape", [None, (1, 1)])
def test_at_the_edge_of_the_grid_the_agent_stays(shape: tuple[int, int] | None) -> None:
    corner = Fact(AGENT.type, 0, 0)
    for action in (LEFT, UP):
        assert course_of(written(), (corner,), action, shape) == Course((action,), (), False, 0.0)
    if shape is not None:  # or else nothing says where the grid ends
        assert course_of(written(), (corner,), RIGHT, shape) == Course((RIGHT,), (), False, 0.0)


def test_a_touch_is_discounted_by_the_steps_before_it() -> None:
    # Up first, then the object above is touched: 0.9 times its mean reward, -1.
    above = Fact(BAD, 3, 5)
    front_end = written()
    front_end.table[BAD, -1, 0] = front_end.table[BAD, 0, 1][[0, 2, 1, 3]] * -1
    assert course_of(front_end, (AGENT, above), UP, None) == Course(
        (UP, UP), (ExpectedTouch(2, above, -1.0, True),), False, -0.9
    )


def test_a_type_never_touched_is_a_hope_without_a_reward() -> None:
    strange = Fact(6, 5, 6)
    assert course_of(written(), (AGENT, strange), RIGHT, None) == Course(
        (RIGHT,), (ExpectedTouch(1, strange, 0.0, False),), False, 0.0
    )


def test_an_agent_that_is_not_seen_has_no_course() -> None:
    assert course_of(written(), (NEAR, FAR), RIGHT, None) is None
    assert course_of(taught_rules(), scene("..x"), RIGHT, (1, 3)) is None


def test_a_plan_is_the_course_of_rules() -> None:
    front_end = taught_rules(film("+x", (RIGHT, 1.0, ".+")))
    course = course_of(front_end, scene("+.x"), RIGHT, (1, 3))
    assert course is not None
    assert course[:3] == ((RIGHT, RIGHT), (ExpectedTouch(2, Fact(1, 0, 2), 1.0, True),), True)
    assert course.value == pytest.approx(0.98)


def test_a_world_that_moves_by_itself_has_values_and_no_plan() -> None:
    # A ball falls and is caught or missed, whatever else the agent touches: 300 random steps.
    world, rng = arcade.Catch(), np.random.default_rng(0)
    front_end = make_front_end(3, FrontEndConfig(kind="rules"))
    world.reset(rng)
    facts, begins = world.facts(), True
    for _ in range(300):
        action = int(rng.integers(3))
        reward, ended = world.step(action)
        after = world.facts()
        step = Transition(facts, action, reward, after, ended, begins, world.shape)
        front_end.learn(step, rng)
        if ended:
            world.reset(rng)
        facts, begins = world.facts(), ended
    falling = (Fact(arcade.BALL, 4, 0), Fact(arcade.AGENT, 6, 2))  # to be caught by going left
    found = reasons(front_end, falling, [arcade.BALL, arcade.AGENT], shape=world.shape)
    assert found.course is None
    assert found.greedy == {0}
    assert "It has no plan: it decides from step to step." in choice_in_words(found)
