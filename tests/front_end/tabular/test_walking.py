"""Scenes valued by imagined walks, also where those lead through bad things."""

from __future__ import annotations

import numpy as np
import pytest
from drawings import DOWN, RIGHT, acquainted, scene, tabular
from numpy.testing import assert_allclose

from dsrl_agent.front_end import TabularEpisode, TabularFrontEnd
from dsrl_agent.front_end.knowledge import TouchTotals
from dsrl_agent.front_end.tabular.walking import WalkingFrontEnd


def knowing(unit: float = 1.0) -> TabularFrontEnd:
    """Return a front end that has touched one x, worth 1, and one o, worth -1."""
    front_end = tabular("relational")
    assert isinstance(front_end, WalkingFrontEnd)
    front_end.agency = acquainted()
    front_end.touches = {1: TouchTotals(1, unit), 2: TouchTotals(1, -unit)}
    return front_end


def decided(front_end: TabularFrontEnd, drawing: str) -> set[int]:
    facts, rng = scene(*drawing.split()), np.random.default_rng(0)
    return {front_end.decide(facts, TabularEpisode(), rng, 0.0) for _ in range(20)}


@pytest.mark.parametrize("unit", [1.0, 0.1, 1 / 3])
def test_two_good_things_are_worth_a_bad_one(unit: float) -> None:
    assert decided(knowing(unit), "+oxx") == {RIGHT}
    # One gives what the bad one takes, which is no gain: to stay is as good, in any unit.
    assert RIGHT not in decided(knowing(unit), "+ox.")


def test_nothing_bad_is_touched_while_something_good_is_in_reach() -> None:
    assert decided(knowing(), "+oxxx .... x...") == {DOWN}


def test_the_value_of_a_bad_thing_is_what_it_costs_and_what_it_opens() -> None:
    front_end = knowing()
    facts, episode = scene("+oxxx"), TabularEpisode()
    assert_allclose(front_end.values(facts, episode).values[RIGHT], 2.0)
    assert set(episode.opened) == {0}
    # From the other side the same scene is another matter: there the good things are in reach.
    assert decided(front_end, "xxx.+") != {RIGHT}
