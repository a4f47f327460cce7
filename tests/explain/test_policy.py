"""Query greedy policies: ties, things taken before, and edits of scenes."""

from __future__ import annotations

import numpy as np
from drawings import LEFT, RIGHT, UP, film, scene, taught_rules
from tables import AGENT, FAR, GOOD, NEAR, written

from dsrl_agent.explain.policy import (
    greedy,
    names_of,
    near_entries,
    objects_by_distance,
    policy_of,
    replaced,
    steps_between,
    valuation,
    without,
)
from dsrl_agent.types import Fact


def test_values_closer_than_rounding_tie() -> None:
    assert greedy(np.array([1.0, 1.0 - 1e-10, 0.0])) == {0, 1}
    assert greedy(np.array([1.0, 1.0 - 1e-8, 0.0])) == {0}


def test_the_policy_is_that_of_the_values() -> None:
    front_end = written()
    policy = policy_of(front_end, None)
    assert policy((AGENT, NEAR)) == {RIGHT}
    assert policy((NEAR,)) == {0, 1, 2, 3}  # the agent is not seen
    assert valuation(front_end, (AGENT, NEAR), front_end.begin()).values[RIGHT] == 1.0


def test_things_taken_in_an_episode_are_carried_over_to_every_scene() -> None:
    key = film("+k", (RIGHT, 0.0, ".+"))
    door = film("+d.", (RIGHT, 0.0, "+d."))
    opened = film("k+dx", (LEFT, 0.0, "+.dx"), (RIGHT, 0.0, ".+dx"), (RIGHT, 0.0, "..+x"),
                  (RIGHT, 1.0, "...+!"))  # fmt: skip
    front_end = taught_rules(key, door, opened, opened)
    episode, rng = front_end.begin((1, 4)), np.random.default_rng(0)
    for row in ("k+dx", "+.dx"):
        front_end.decide(scene(row), episode, rng, 0.0)
    assert policy_of(front_end, (1, 4), episode)(scene(".+dx")) == {RIGHT}
    # Without the key the door is shut: no plan promises anything.
    assert UP in policy_of(front_end, (1, 4))(scene(".+dx"))


def test_an_action_is_named_by_its_displacement() -> None:
    assert names_of(written()) == ["left", "right", "up", "down"]


def test_scenes_are_edited_and_ordered_by_distance() -> None:
    facts = tuple(sorted((AGENT, NEAR, FAR)))
    assert without(facts, [NEAR]) == (AGENT, FAR)
    assert replaced(facts, FAR, Fact(GOOD, 0, 0)) == (AGENT, Fact(GOOD, 0, 0), NEAR)
    assert objects_by_distance(AGENT, facts) == (NEAR, FAR)
    assert steps_between(AGENT, Fact(GOOD, 2, 8)) == 6


def test_entries_too_far_away_to_be_drawn_are_left_out() -> None:
    row = np.zeros(4)
    near = near_entries({(0, 1): row, (-3, 2): row, (9, 0): row, (1, -12): row})
    assert (near.down, near.right) == (8, 8)
    assert sorted(near.entries) == [(-3, 2), (0, 1)]
    assert near_entries({(0, -2): row})[:2] == (0, 2)
    assert near_entries({})[:2] == (1, 1)
