"""Understanding of the actions: when it changes, and what is saved of it."""

from __future__ import annotations

import json

import pytest
from drawings import DOWN, LEFT, RIGHT, TYPES, UP, board, film, round_trip, step

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end.rule import Context, Effect
from dsrl_agent.front_end.rules.tracking import Contact
from dsrl_agent.front_end.rules.understanding import Understanding, _beside_any
from dsrl_agent.types import FREE, Transition


def understood(tape: list[Transition], num_actions: int = 5) -> tuple[Understanding, list[bool]]:
    understanding = Understanding(num_actions, FrontEndConfig())
    same = [understanding.observe(tape[: n + 1], tape[n : n + 1]) for n in range(len(tape))]
    return understanding, same


def test_it_says_when_contacts_must_be_booked_anew() -> None:
    understanding, same = understood([*round_trip(), *round_trip()])
    assert False in same[:4]  # the agent has been found, and what its actions do
    assert same[4:] == [True] * 4
    assert understanding.reaches(0, RIGHT)
    assert not understanding.reaches(0, 4)
    assert understanding.idle == {4}
    assert not understanding.turns


def test_steps_are_counted_once_though_the_agent_is_found_to_have_a_second_look() -> None:
    drawn = (".k ..", ".. .+", ".. k.", "+. ..", ".k ..", ".. .k")
    actions = (RIGHT, DOWN, LEFT, UP, RIGHT, DOWN)
    film_of_two = film("+. ..", *((a, 0.0, d) for a, d in zip(actions, drawn, strict=True)))
    tape = [*round_trip(), *film_of_two]
    understanding = Understanding(5, FrontEndConfig())
    for n in range(1, len(tape) + 1):
        understanding.observe(tape[:n], tape[n - 1 : n])
        counted = sum(sum(of.values()) for of in understanding._reach.counts.values())
        assert counted <= n
    assert understanding.agency.self_types == {TYPES["+"], TYPES["k"]}
    assert counted == len(tape)


def test_steps_by_which_the_agent_was_put_to_a_place_are_taken_back() -> None:
    """Pits throw back to where the episode began, the second place of the first row."""
    top, low = (".+.. ....", "+... ....", "..+. ....", "...+ ...."), ".... .+.."
    tape = film(
        top[0],
        *((LEFT, 0.0, top[1]), (DOWN, -1.0, top[0])),  # by chance the place beside
        *((RIGHT, 0.0, top[2]), (RIGHT, 0.0, top[3]), (DOWN, -1.0, top[0])),
        (DOWN, 0.0, low),
    )
    understanding, same = understood(tape)
    before, _ = understood(tape[:4])
    assert before.effects[0, DOWN] == (0, 1, 0)
    between, _ = understood(tape[:5])
    assert not between.reaches(0, DOWN)
    assert not same[4]  # contacts are to be booked anew
    assert understanding.effects[0, DOWN] == (1, 0, 0)
    assert understanding.slips == {}
    assert sum(sum(of.values()) for of in understanding._reach.counts.values()) == 4


def test_an_action_by_which_a_thing_was_taken_that_is_put_down_takes() -> None:
    tape = [*round_trip(), *round_trip()]
    understanding, _ = understood(tape)
    assert understanding.verbs.takes(4)  # as long as none is known to
    understanding.learn_taking(4)
    assert not understanding.observe([*tape, tape[-1]], tape[-1:])  # contacts are to be booked anew
    assert understanding.verbs.takers == {4}
    assert not understanding.verbs.takes(3)
    assert not understanding.verbs.takes(LEFT)


def test_it_is_saved_and_loaded_and_an_older_version_has_nothing_saved() -> None:
    understanding, _ = understood(round_trip())
    understanding.learn_taking(4)
    saved = json.loads(json.dumps([understanding.agency.state(), understanding.state()]))
    loaded = Understanding(5, FrontEndConfig())
    loaded.load(*saved)
    assert loaded.state() == understanding.state()
    assert loaded.effects == understanding.effects
    older = Understanding(5, FrontEndConfig())
    older.load(saved[0], {})
    assert older.effects == understanding.agency.effects()


def test_beside_is_next_to_or_across_a_corner_on_a_board_of_any_shape() -> None:
    wide = board("+.... ..o.. .....")  # the thing stands at place 7, with 8 around it
    tall = board("+.. ... .o. ... ...")  # and here
    around = {1, 2, 3, 6, 8, 11, 12, 13}
    walking = frozenset({TYPES["o"]})
    assert {at for at in range(15) if _beside_any(wide, at, walking)} == around
    around = {3, 4, 5, 6, 8, 9, 10, 11}
    assert {at for at in range(15) if _beside_any(tall, at, walking)} == around
    assert not any(_beside_any(wide, at, frozenset({TYPES["x"]})) for at in range(15))


@pytest.mark.parametrize(
    ("before", "after", "ends", "expected", "disturbed", "risk"),
    [
        ("+.. ..o", ".+. ..o", False, False, False, (1, 0)),  # it dared to walk beside one
        ("+.. ..o", ".+. ..o", True, False, True, (1, 1)),  # and that hurt
        (
            "+... ...o",
            ".+.. ...o",
            True,
            False,
            False,
            (0, 0),
        ),  # none was near: the cell itself ends
        ("+x. ..o", ".+. ..o", True, True, False, (0, 0)),  # a thing ends, though one is near
        ("+x. ..o", ".+. ..o", True, False, True, (1, 1)),  # it is known to end nothing
        ("+x. ..o", "+o. ...", False, False, True, (0, 0)),  # one came where the thing was
        ("+x. ..o", "+x. ..o", False, False, False, (0, 0)),  # the thing is in the way
        ("+o. ...", "+.. o..", False, False, True, (0, 0)),  # one walked away
        ("+o. ...", ".+. ...", False, False, False, (0, 0)),  # it was entered
        ("+x.. o...", "+x.. o...", True, False, True, (1, 1)),  # held up, it was caught there
    ],
)
def test_what_walks_may_have_caused_what_a_contact_shows(
    before: str, after: str, ends: bool, expected: bool, disturbed: bool, risk: tuple[int, int]
) -> None:
    understanding, _ = understood([*round_trip(), *round_trip()])
    understanding.movers.types = frozenset({TYPES["o"]})
    seen, then = board(before), board(after)
    context = Context(seen.at(1), seen.at(2), 0, RIGHT, ())
    contact = Contact(context, Effect(after[1] == "+", FREE))
    transition = step(before, RIGHT, 0.0, after, ends)
    found = understanding.disturbed(seen, then, contact, transition, ends=expected)
    assert found == disturbed
    assert (understanding._dared, understanding._hurt) == risk


def test_the_risk_of_what_walks_is_by_the_times_that_it_is_expected_to_come() -> None:
    understanding, _ = understood([*round_trip(), *round_trip()])
    own = understanding.agency.state()
    understanding.load(own, {"risk": [5, 3]})  # of an earlier version: 3 of 5 + 5 steps hurt
    assert understanding.chances(frozenset()).risk == pytest.approx(0.3)
    understanding.load(own, {"risk": [5, 3, 2.5]})  # it came by a half
    assert understanding.chances(frozenset()).risk == pytest.approx(0.6)


def test_actions_of_unknown_reach_are_told_of_each_appearance_as_now_understood() -> None:
    understanding = Understanding(5, FrontEndConfig())
    assert understanding.unknown(0) == (0, 1, 2, 3, 4)
    tape = round_trip()
    for n in range(len(tape)):
        understanding.observe(tape[: n + 1], tape[n : n + 1])
    assert understanding.unknown(0) == (4,)
    assert understanding.unknown(7) == (0, 1, 2, 3, 4)  # no appearance of the agent
