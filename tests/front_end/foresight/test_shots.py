"""Actions that throw things, told from things that come up by themselves."""

from __future__ import annotations

import json

from dsrl_agent.config import ForesightThresholds
from dsrl_agent.front_end.foresight.shots import Shots, Throw
from dsrl_agent.front_end.foresight.tracks import ThingTrack

WAIT, FIRE = 0, 1
SHOT, RAIN = 5, 6
OWN = (9, 4)


def played() -> Shots:
    """Fire throws after two steps of rest; rain comes up beside the agent whatever it does."""
    shots = Shots(ForesightThresholds())
    for _ in range(10):
        for rest in (1, 2, 3):
            shot = [ThingTrack(SHOT, 8, 4)] if rest > 1 else []
            shots.observe(FIRE, rest, OWN, [*shot, ThingTrack(RAIN, 8, 5)])
            shots.observe(WAIT, rest, OWN, [ThingTrack(RAIN, 8, 5)])
    return shots


def test_the_action_that_throws_is_found() -> None:
    assert played().throws == {FIRE: Throw(FIRE, SHOT, (-1, 0))}


def test_the_rest_between_throws_is_learned() -> None:
    shots = played()
    assert shots.rests() == 2
    assert shots.chance(FIRE, 1) == 0.0
    assert shots.chance(FIRE, 2) == 1.0
    assert shots.chance(WAIT, 2) == 0.0


def test_what_comes_up_at_many_places_was_thrown_by_others() -> None:
    shots = Shots(ForesightThresholds())
    for step in range(6):  # the agent waits where things rain down on it
        shots.observe(WAIT, 8, OWN, [ThingTrack(RAIN, 8, 2 + step % 5)])
    for _ in range(100):
        shots.observe(FIRE, 8, OWN, [])
    assert shots.throws == {}
    for _ in range(3):
        shots.observe(WAIT, 8, OWN, [ThingTrack(SHOT, 8, 4)])
    assert shots.throws == {WAIT: Throw(WAIT, SHOT, (-1, 0))}


def test_what_comes_up_far_away_was_not_thrown() -> None:
    shots = Shots(ForesightThresholds())
    for _ in range(10):
        shots.observe(FIRE, 8, OWN, [ThingTrack(SHOT, 2, 4)])
        shots.observe(WAIT, 8, OWN, [])
    assert shots.throws == {}
    assert shots.rests() == 1


def test_a_throw_is_noticed_while_acting() -> None:
    shots = played()
    assert shots.thrown(OWN, [ThingTrack(SHOT, 8, 4)])
    assert not shots.thrown(OWN, [ThingTrack(RAIN, 8, 4), ThingTrack(SHOT, 0, 0)])
    assert not shots.thrown(None, [ThingTrack(SHOT, 8, 4)])


def test_a_checkpoint_keeps_all() -> None:
    shots, again = played(), Shots(ForesightThresholds())
    again.load(json.loads(json.dumps(shots.state())))
    assert again.state() == shots.state()
    assert again.throws == shots.throws
