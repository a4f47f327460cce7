"""Prospects of drawn scenes, foreseen from hand-made films."""

from __future__ import annotations

import pytest
from drawings import LEFT, RIGHT, board, film, taught_rules

from dsrl_agent.front_end import RulesFrontEnd
from dsrl_agent.front_end.rules.planning.novelty import Novelty
from dsrl_agent.front_end.rules.planning.planner import Planner
from dsrl_agent.front_end.rules.planning.prospect import Prospect, foresee

GOOD = film("+x", (RIGHT, 1.0, ".+"))
TWO = film("+xx", (RIGHT, 1.0, ".+x"), (RIGHT, 1.0, "..+"))
BAD = film("+o", (RIGHT, -1.0, ".+"))
BLOCKS = film("+#.", (RIGHT, 0.0, "+#."))
SHUT = film("+d.", (RIGHT, 0.0, "+d."))
OPENS = film("k+d.", (LEFT, 0.0, "+.d."), (RIGHT, 0.0, ".+d."), (RIGHT, 0.0, "..+."))
WINS = film(
    "k+dx",
    (LEFT, 0.0, "+.dx"), (RIGHT, 0.0, ".+dx"), (RIGHT, 0.0, "..+x"), (RIGHT, 1.0, "...+!"),
)  # fmt: skip
NOTHING, TRIES, MISSES = Prospect(False, False), Prospect(False, True), Prospect(True, False)


def prospect(drawing: str, front_end: RulesFrontEnd) -> Prospect:
    novelty = Novelty(front_end.model, fresh=True)
    drawn = board(drawing)
    start = frozenset(drawn.cells)
    planner = Planner(front_end.model, front_end.effects, range(4), start=start, novelty=novelty)
    return foresee(planner, drawn)


@pytest.mark.parametrize(
    ("drawing", "expected"),
    [
        ("+x.x", NOTHING),  # fetches both; then nothing is left
        ("+x.o", NOTHING),  # what costs is not tried
        ("+x.k", TRIES),  # once the good thing is fetched, or before: a key is new
        ("+#.x", MISSES),  # a good thing behind a wall, and nothing to try
        ("+..", NOTHING),
    ],
)
def test_plans_are_followed_until_nothing_is_left(drawing: str, expected: Prospect) -> None:
    assert prospect(drawing, taught_rules(TWO, BAD, BLOCKS)) == expected


def test_a_plan_that_ends_the_episode_is_not_followed_on() -> None:
    known = taught_rules(GOOD, film("+o", (RIGHT, 2.0, ".+!")))
    assert prospect("k..+o", known) == TRIES  # the key may be good too
    known = taught_rules(film("+x", (RIGHT, 1.0, ".+!")), film("+#", (RIGHT, 0.0, "+#")))
    assert prospect("##+x", known) == NOTHING  # the walls with a wall beyond are never come to


def test_a_door_that_was_met_with_a_key_alone_is_not_known_without() -> None:
    # The good thing was met with the key alone, too; the scene's plan needs no key as believed.
    assert prospect("+dx", taught_rules(WINS)) == TRIES
    assert prospect("k+dx", taught_rules(WINS)) == TRIES
    assert prospect("k+dx", taught_rules(SHUT, WINS)) == NOTHING


def test_a_good_thing_is_to_be_met_in_the_circumstances_of_the_plan() -> None:
    # Met without anything taken only; the plan meets it with the key and the door taken.
    assert prospect("k+dx", taught_rules(SHUT, OPENS, GOOD)) == TRIES
    assert prospect("k+dx", taught_rules(SHUT, OPENS, GOOD, WINS)) == NOTHING


def test_what_plans_walk_over_is_to_be_met_in_the_circumstances_of_the_scene() -> None:
    # The way to the good thing leads over the key; but the door might as well come first.
    walk = film("+kdx", (RIGHT, 0.0, ".+dx"), (RIGHT, 0.0, "..+x"), (RIGHT, 1.0, "...+!"))
    assert prospect("+kdx", taught_rules(walk)) == TRIES
    assert prospect("+kdx", taught_rules(SHUT, walk)) == NOTHING


def test_plans_that_lead_round_in_a_circle_end() -> None:
    row = 7 * "s"  # so many good things that the nearest is gone for first, again and again
    on, off = (RIGHT, 1.0, f"+S{row}"), (RIGHT, 1.0, f"+s{row}")
    swings = film(f"+s{row}", *3 * (on, off))
    assert prospect(f"+s{row}", taught_rules(swings)) == NOTHING
