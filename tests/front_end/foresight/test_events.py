"""What happens is booked to its likeliest cause, and expected of similar ones."""

from __future__ import annotations

import json

import numpy as np
import pytest

from dsrl_agent.config import ForesightThresholds
from dsrl_agent.front_end.foresight.events import (
    ENDS,
    GAINS,
    TRIED,
    Events,
    Happening,
    Kind,
    Near,
    Occasion,
    near_of,
)

SHAPE = (4, 4)
BALL: Kind = (1, (1, 0), (1, 0))
CLOUD: Kind = (2, (0, 1), (0, 1))
NOTHING, END = Happening(False, False, 0.0), Happening(True, False, 0.0)
COLUMNS, ROWS = (True, False), (False, True)


def events() -> Events:
    return Events(SHAPE, ForesightThresholds())


def occasion(*near: Near, place: int = 0) -> Occasion:
    return Occasion((place, 0, 1), (), near)


def hit() -> Near:
    return near_of(BALL, (3, 0), (2, 0), (1, 0))


def test_a_thing_that_comes_to_the_agent_is_likelier_than_one_that_passes() -> None:
    assert hit() == Near(BALL, (-1, 0), 1.0)
    assert near_of(BALL, (3, 2), (2, 0), (1, 0)).likely == pytest.approx(1 / 9)


def test_an_end_is_booked_to_what_was_always_followed_by_one() -> None:
    learned = events()
    cloud = near_of(CLOUD, (3, 0), (3, 0), (0, 0))
    for place in range(6):
        learned.observe(occasion(cloud, place=place), NOTHING)
    for place in range(6):
        learned.observe(occasion(cloud, hit(), place=place), END)
    falls, drifts = learned.map_of(BALL, ROWS), learned.map_of(CLOUD, ROWS)
    assert falls is not None
    assert falls[0, 3 - 1, 3] > 0.9  # row of offset -1, column of offset 0
    assert drifts is None or drifts[0].max() < 0.1


def test_what_was_booked_wrongly_at_first_is_booked_anew() -> None:
    learned = events()
    cloud = near_of(CLOUD, (3, 0), (3, 0), (0, 0))
    learned.observe(occasion(cloud), END)  # the ball was not seen
    for _ in range(20):
        learned.observe(occasion(cloud), NOTHING)
    for place in range(1, 5):
        learned.observe(occasion(cloud, hit(), place=place), END)
    tally = learned.map_of(BALL, ROWS)
    assert tally is not None
    assert tally[0].max() > 0.8


def test_offsets_seldom_met_share_what_is_known_along_the_agents_way() -> None:
    learned = events()
    for _ in range(4):
        learned.observe(occasion(near_of(BALL, (3, 0), (2, 2), (1, 0))), END)
        learned.observe(occasion(near_of(BALL, (3, 3), (2, 3), (1, 0))), NOTHING)
    known = learned.map_of(BALL, ROWS)
    assert known is not None
    caught, missed, never = known[0, 2, 3], known[0, 2, 3 + 2], known[0, 2, 3 + 1]
    assert caught < never < missed


def test_a_thing_that_goes_into_another_gets_the_reward() -> None:
    learned = events()
    for place in range(4):
        both = Occasion((place, 0, 1), [(1, 5)], [near_of(BALL, (3, 0), (1, 2), (-1, 0))])
        learned.observe(both, Happening(False, False, 2.0))
    assert learned.gain_of((1, 5)) == pytest.approx(8 / 4.5)
    assert learned.gain_of((1, 6)) == 0.0
    assert learned.best == 2.0


def test_a_deed_is_booked_where_nothing_else_explains() -> None:
    learned = events()
    learned.observe(occasion(), Happening(False, False, 1.0))
    tally = learned.deeds()[0, 0, 1]
    assert (tally[TRIED], tally[GAINS], tally[ENDS]) == (1.0, 1.0, 0.0)


def test_a_kind_never_met_does_what_others_of_its_type_and_step_do() -> None:
    learned = events()
    for place in range(4):
        learned.observe(occasion(hit(), place=place), END)
    alike = learned.map_of((1, (0, 1), (1, 0)), ROWS)
    assert alike is not None
    assert alike[0, 2, 3] > 0.8
    assert learned.map_of((7, (0, 1), (1, 0)), ROWS) is None


def test_what_happens_no_more_is_expected_less_and_less() -> None:
    learned = events()
    for place in range(4):
        learned.observe(occasion(hit(), place=place), END)
    once = learned.map_of(BALL, ROWS)
    for _ in range(36):
        learned.observe(occasion(hit()), NOTHING)
    later = learned.map_of(BALL, ROWS)
    assert once is not None
    assert later is not None
    assert once[0, 2, 3] > 0.8  # 4 ends on 4 occasions
    assert later[0, 2, 3] < 0.15  # on 40, of which the latest ninth may not count yet


def test_a_checkpoint_keeps_all() -> None:
    learned, again = events(), events()
    for place in range(5):
        learned.observe(occasion(hit(), place=place), END)
    again.load(json.loads(json.dumps(learned.state())))
    for each in (learned, again):
        each.observe(occasion(hit(), place=1), END)
    assert json.dumps(again.state()) == json.dumps(learned.state())
    first, second = learned.map_of(BALL, COLUMNS), again.map_of(BALL, COLUMNS)
    assert first is not None
    assert second is not None
    np.testing.assert_array_equal(first, second)


def test_the_log_ends_when_it_was_booked_anew_for_the_last_time() -> None:
    learned = Events(SHAPE, ForesightThresholds(logged=8))
    for place in range(7):
        learned.observe(occasion(hit(), place=place), END)
    assert len(learned.state()["log"]) == 7
    for place in range(7, 20):
        learned.observe(occasion(hit(), place=place), END)
    state = json.loads(json.dumps(learned.state()))
    assert (state["log"], state["book_at"]) == ([], 0)
    falls = learned.map_of(BALL, ROWS)
    assert falls is not None
    assert falls[0, 3 - 1, 3] > 0.9
    # Older versions went on with it to no purpose.
    old = Events(SHAPE, ForesightThresholds(logged=8))
    old.load({**state, "log": [[[[0, 0, 1], [], []], [True, False, 0.0]]]})
    assert json.loads(json.dumps(old.state())) == state
