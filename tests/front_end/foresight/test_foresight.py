"""Whole worlds: catch a ball, cross a road, shoot at targets; all on true facts."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest
from arcade import AGENT, Catch, Gallery, Played, Road, play

from dsrl_agent.config import ForesightThresholds
from dsrl_agent.front_end.foresight.foresight import Foresight
from dsrl_agent.types import Facts


def caught_sight() -> Facts:
    world = Catch()
    world.reset(np.random.default_rng(0))
    return world.facts()


@pytest.fixture(scope="module")
def catcher() -> Played:
    return play(Catch(), 700)


def test_a_ball_is_learned_to_be_caught(catcher: Played) -> None:
    late = [reward for reward in catcher.rewards[-200:] if reward]
    assert len(late) > 30
    assert np.mean(np.array(late) > 0) >= 0.9  # at random 0.2


def test_a_road_is_crossed_between_the_cars() -> None:
    # Without cars and rest it takes 4 steps, with rest 8: 25 crossings in 200 steps.
    assert sum(play(Road(), 800).rewards[-200:]) >= 15


def test_targets_are_shot_at() -> None:
    played = play(Gallery(), 700)
    assert set(played.foresight.shots.throws) == {3}
    assert sum(played.rewards[-200:]) >= 10  # at random 4 on average


def test_what_is_saved_decides_as_before(catcher: Played) -> None:
    foresight, agency, _ = catcher
    again = Foresight(3, ForesightThresholds())
    again.load(json.loads(json.dumps(foresight.state())))
    assert json.dumps(again.state()) == json.dumps(foresight.state())
    world = Catch()
    world.reset(np.random.default_rng(1))
    watches = [each.follow(None, world.facts(), agency, world.shape) for each in (foresight, again)]
    first, second = (each.values(w) for each, w in zip((foresight, again), watches, strict=True))
    assert first is not None
    assert second is not None
    np.testing.assert_array_equal(first, second)


def test_a_copy_decides_as_the_original(catcher: Played) -> None:
    foresight, agency, _ = catcher
    world = Catch()
    world.reset(np.random.default_rng(1))
    watch = foresight.follow(None, world.facts(), agency, world.shape)
    first, again = foresight.values(watch), copy.deepcopy(foresight)
    assert again._doings is None
    np.testing.assert_array_equal(again.values(watch), first)


def test_without_an_agent_there_are_no_values(catcher: Played) -> None:
    foresight, agency, _ = catcher
    facts = tuple(fact for fact in caught_sight() if fact.type != AGENT)
    assert foresight.values(foresight.follow(None, facts, agency, Catch.shape)) is None
    other = foresight.follow(None, caught_sight(), agency, (9, 9))
    assert foresight.values(other) is None  # a board of another size


def test_what_things_do_is_told_of_the_places_that_matter_alone(catcher: Played) -> None:
    foresight, agency, _ = catcher
    watch = foresight.follow(None, caught_sight(), agency, Catch.shape)
    events, still = foresight.events, foresight.walks.still(watch.labels)
    assert events is not None
    count = Catch.shape[0] * Catch.shape[1]
    every = foresight._layers(watch, events, still, np.arange(count))
    some = foresight._layers(watch, events, still, np.array([0, count - 2]))
    told = np.isin(np.arange(count), [0, count - 2])
    assert every.gains[:, ~told].any()
    assert not some.gains[:, ~told].any()
    np.testing.assert_array_equal(some.gains[:, told], every.gains[:, told])


def test_places_of_things_are_foreseen_by_their_latest_steps(catcher: Played) -> None:
    foresight, agency, _ = catcher
    watch = foresight.follow(None, caught_sight(), agency, Catch.shape)
    [ball] = watch.tracks
    found = foresight.places(watch, {ball.type}, 3)
    assert found.shape == (3, 35)
    now = ball.row * 5 + ball.col
    assert [layer.nonzero()[0].tolist() for layer in found] == [[now], [now + 5], [now + 10]]
    assert not foresight.places(watch, set(), 3).any()
