"""Scenes valued by imagined walks, also where those lead through bad things."""

from __future__ import annotations

import json

import numpy as np
import pytest
from drawings import DOWN, LEFT, RIGHT, acquainted, round_trip, scene, step, tabular
from numpy.testing import assert_allclose

from dsrl_agent.front_end import TabularEpisode, TabularFrontEnd
from dsrl_agent.front_end.knowledge import TouchTotals
from dsrl_agent.front_end.tabular.walking import WalkingFrontEnd
from dsrl_agent.types import Fact


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


def stepped_on(reward: float, *, ends: bool = False) -> WalkingFrontEnd:
    """Return a front end that knows of an x, worth 1, and has stepped on one o."""
    front_end = tabular("relational")
    assert isinstance(front_end, WalkingFrontEnd)
    for transition in [*round_trip(), step("+o", RIGHT, reward, ".+", ends)]:
        front_end.learn(transition, np.random.default_rng(0))
    front_end.touches[1] = TouchTotals(1, 1.0)
    return front_end


def test_a_thing_without_effect_is_walked_over() -> None:
    assert decided(stepped_on(0.0), "+ox") == {RIGHT}
    assert_allclose(stepped_on(0.0).values(scene("+ox")).values[RIGHT], 0.9)


def test_where_all_things_are_walked_over_nothing_is_gone_for() -> None:
    assert stepped_on(0.0).values(scene("+o.")).values.tolist() == [0.0] * 4


@pytest.mark.parametrize(("reward", "ends"), [(-2.0, False), (0.0, True)])
def test_walks_end_at_what_costs_or_ends_the_episode(reward: float, ends: bool) -> None:
    assert stepped_on(reward, ends=ends).values(scene("+ox")).values[RIGHT] <= 0.0


def test_what_promises_something_is_no_ground() -> None:
    front_end = stepped_on(0.0)
    front_end.table[2, 0, 1] = np.array([0.0, 0.75, 0.0, 0.0])
    assert front_end.values(scene("+o.")).values[RIGHT] == 0.75


def test_what_is_ground_is_saved_and_loaded() -> None:
    front_end, loaded = stepped_on(0.0), tabular("relational")
    loaded.load(json.loads(json.dumps(front_end.state())))
    assert_allclose(loaded.values(scene("+ox")).values, front_end.values(scene("+ox")).values)
    older = {key: value for key, value in front_end.state().items() if key != "ground"}
    loaded.load(json.loads(json.dumps(older)))
    assert loaded.values(scene("+ox")).values[RIGHT] == 0.0


def test_a_scene_of_a_smaller_extent_is_imagined_anew() -> None:
    front_end, episode = knowing(), TabularEpisode()
    far, near = scene("x....", "....+"), scene("x....", "+....")
    front_end.values(far, episode)
    front_end.version += 1  # as after an update that changes no rule
    expected = front_end.values(near, TabularEpisode()).values
    assert_allclose(front_end.values(near, episode).values, expected)
    assert expected.max() == 1.0  # the x is above


@pytest.mark.parametrize(("rows", "place"), [((1, 2), (0, 2)), ((1, 2), (1, 0))])
def test_an_agent_just_beyond_the_known_grid_extends_it(
    rows: tuple[int, int], place: tuple[int, int]
) -> None:
    front_end, episode, thing = knowing(), TabularEpisode(rows), Fact(1, 0, 1)
    front_end.values((Fact(0, 0, 0), thing), episode)
    assert episode.imagined is not None
    assert episode.imagined.shape == rows
    front_end.values((Fact(0, *place), thing), episode)
    assert episode.imagined.shape == (max(1, place[0] + 1), max(2, place[1] + 1))


def test_rules_that_stay_the_same_keep_what_was_imagined() -> None:
    front_end, episode = knowing(), TabularEpisode((1, 3))
    front_end.values(scene("+.x"), episode)
    kept = episode.imagined
    front_end.version += 1  # as after an update that changes no rule
    front_end.values(scene("+.x"), episode)
    assert episode.imagined is kept
    assert episode.version == front_end.version
    front_end.touches[1] = TouchTotals(1, 0.5)
    front_end.version += 1
    front_end.values(scene("+.x"), episode)
    assert episode.imagined is not kept


def test_without_a_known_size_the_grid_is_as_far_as_things_are_seen_each_time() -> None:
    front_end, episode, thing = knowing(), TabularEpisode(), Fact(1, 0, 1)
    shapes = []
    for col in (4, 0, 2):
        front_end.values((Fact(0, 0, col), thing), episode)
        assert episode.imagined is not None
        shapes.append(episode.imagined.shape)
    assert shapes == [(1, 5), (1, 2), (1, 3)]


def test_several_agents_alone_have_nothing_to_go_for() -> None:
    front_end, rng = knowing(), np.random.default_rng(0)
    scenes = [scene("+.."), scene("x+.")]
    episodes = [TabularEpisode((1, 3)) for _ in scenes]
    drawn = {tuple(front_end.decide_together(scenes, episodes, rng, 0.0)) for _ in range(100)}
    assert {first for first, _ in drawn} == {0, 1, 2, 3}
    assert {second for _, second in drawn} == {LEFT}
