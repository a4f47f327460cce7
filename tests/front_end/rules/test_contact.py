"""Contacts: the place that an action leads to, its context, and its effect on the scene."""

from __future__ import annotations

import pytest
from drawings import DOWN, LEFT, RIGHT, TYPES, UP, acquainted, board

from dsrl_agent.front_end.agency import ActionEffect
from dsrl_agent.front_end.rule import Context, Effect
from dsrl_agent.front_end.rules.contact import (
    Aim,
    aim,
    applied,
    context_of,
    landing,
    slipped,
)
from dsrl_agent.front_end.rules.contact import effect_of as observed
from dsrl_agent.types import EDGE, FREE, KEPT

X, BOX, OFF, ON, GATE = (TYPES[letter] for letter in "xbsSg")
EFFECTS = acquainted().effects()


def aimed(drawing: str, action: int) -> Aim:
    where = aim(board(drawing), action, EFFECTS)
    assert where is not None
    return where


@pytest.mark.parametrize(
    ("action", "target", "beyond"), [(RIGHT, 4, 5), (LEFT, -1, -1), (UP, 0, -1), (DOWN, 6, -1)]
)
def test_an_action_aims_at_a_place_and_the_one_beyond(
    action: int, target: int, beyond: int
) -> None:
    assert aimed("... +.. ...", action)[1:] == (target, beyond)


def test_an_action_that_does_not_move_the_agent_aims_at_nothing() -> None:
    assert aim(board("+.x"), 7, EFFECTS) is None
    assert aim(board("+.x"), 0, {(0, 0): ActionEffect(0, 0, 0)}) is None


def test_a_slip_is_known_by_where_the_agent_is_seen_then() -> None:
    drawn = board("..x +.. ...")
    slips = {RIGHT: {(0, 1): 0.8, (-1, 0): 0.1, (0, -1): 0.1}}
    found = slipped(drawn, RIGHT, slips, EFFECTS, 0)
    assert found == (ActionEffect(-1, 0, 0), 0, -1)
    assert slipped(drawn, RIGHT, slips, EFFECTS, 4) == (ActionEffect(0, 1, 0), 4, 5)
    assert slipped(drawn, RIGHT, slips, EFFECTS, 6) is None  # no slip leads down
    assert slipped(drawn, UP, slips, EFFECTS, 0) is None  # this action does not slip


def test_a_slip_of_an_agent_that_is_not_seen_then_led_to_things_of_one_type() -> None:
    slips = {RIGHT: {(0, 1): 0.8, (-1, 0): 0.1}}
    one = slipped(board("... +x. ..."), RIGHT, slips, EFFECTS, None)
    assert one == (ActionEffect(0, 1, 0), 4, 5)
    two = slipped(board("x.. +x. ..."), RIGHT, slips, EFFECTS, None)
    assert two is not None
    assert two.target in (0, 4)
    assert slipped(board("b.. +x. ..."), RIGHT, slips, EFFECTS, None) is None
    assert slipped(board("... +.. ..."), RIGHT, slips, EFFECTS, None) is None


def test_a_slip_that_told_something_but_led_elsewhere_met_things_of_one_type() -> None:
    slips = {RIGHT: {(0, 1): 0.8, (-1, 0): 0.2}}
    cliff = board("... +x. ...")
    for place in (3, 8):  # held up, and put elsewhere
        found = slipped(cliff, RIGHT, slips, EFFECTS, place, told=True)
        assert found == (ActionEffect(0, 1, 0), 4, 5)
    assert slipped(cliff, RIGHT, slips, EFFECTS, 0, told=True) == (ActionEffect(-1, 0, 0), 0, -1)
    assert slipped(board("b.. +x. ..."), RIGHT, slips, EFFECTS, 3, told=True) is None


def test_a_slip_that_was_held_up_met_things_of_one_type_or_the_edge() -> None:
    slips = {RIGHT: {(0, 1): 0.8, (-1, 0): 0.2}}
    assert slipped(board("... +x. ..."), RIGHT, slips, EFFECTS, 3) == (ActionEffect(0, 1, 0), 4, 5)
    assert slipped(board("b.. +x. ..."), RIGHT, slips, EFFECTS, 3) is None
    assert slipped(board("+x. ... ..."), RIGHT, slips, EFFECTS, 0) is None  # or the edge above
    assert slipped(board("... +x. ..."), RIGHT, slips, EFFECTS, 8) is None  # it was put there


def test_a_context_names_what_is_in_front_and_beyond() -> None:
    drawn = board("+bx", taken="k")
    where = aimed("+bx", RIGHT)
    assert context_of(drawn, RIGHT, where) == Context(BOX, X, 0, RIGHT, ((TYPES["k"], 1),))


@pytest.mark.parametrize(
    ("before", "place", "after", "effect"),
    [
        ("+x.", 1, {}, Effect(True, FREE)),  # it vanishes
        ("+x.", 0, {1: X}, Effect(False, X)),  # it blocks
        ("+b.", 1, {2: BOX}, Effect(True, FREE, BOX)),  # it is pushed
        ("+x.", 1, {2: BOX}, Effect(True, FREE)),  # what came beyond was not it
        ("+sg", 0, {1: ON, 2: GATE}, Effect(False, ON)),  # the gate is near: no effect elsewhere
    ],
)
def test_an_effect_is_read_from_the_frame_after(
    before: str, place: int, after: dict[int, int], effect: Effect
) -> None:
    drawn = board(before)
    seen = {at: label for at, label in enumerate(drawn.cells) if label != FREE}
    assert observed(drawn, aimed(before, RIGHT), place, seen, after) == effect


def test_all_objects_of_a_type_elsewhere_may_change_together() -> None:
    drawn, where = board("+s.gg"), aimed("+s.gg", RIGHT)
    seen = {1: OFF, 3: GATE, 4: GATE}
    assert observed(drawn, where, 1, seen, {}).remote == ((GATE, FREE),)
    assert observed(drawn, where, 1, seen, {4: GATE}).remote == ()  # one of them stays


@pytest.mark.parametrize(
    ("before", "effect", "after", "taken"),
    [
        ("+x.", Effect(True, FREE), ".+.", "x"),
        ("+b.", Effect(True, FREE, BOX), ".+b", ""),  # pushed, not taken
        ("+x.", Effect(False, X), "+x.", ""),
        ("+sg", Effect(True, FREE, KEPT, ((GATE, FREE),)), ".+.", "s"),
        ("+sgg", Effect(False, OFF, fixed=((0, 3, GATE, FREE),)), "+sg.", ""),
        ("+sg.", Effect(False, OFF, fixed=((0, 3, GATE, FREE),)), "+sg.", ""),  # it is open
        ("+sg", Effect(True, FREE, fixed=((0, 1, OFF, ON),)), ".+g", "s"),  # near the agent
    ],
)
def test_an_effect_makes_the_next_scene(
    before: str, effect: Effect, after: str, taken: str
) -> None:
    assert applied(board(before), aimed(before, RIGHT), effect) == board(after, taken)


def test_a_thing_that_is_entered_may_change_the_agents_looks() -> None:
    drawn, where, red = board("+s."), aimed("+s.", RIGHT), 20
    over = observed(drawn, where, 1, {1: OFF}, {}, frozenset({OFF}), red)
    assert over == Effect(True, OFF, wears=red)
    assert applied(drawn, where, over) == drawn.standing(1, red)
    # A thing that blocks the way changes no looks, and neither does an empty cell.
    assert observed(drawn, where, 0, {1: OFF}, {1: OFF}, looks=red) == Effect(False, OFF)
    assert observed(board("+.."), aimed("+..", RIGHT), 1, {}, {}, looks=red) == Effect(True, FREE)


def test_one_is_flung_to_the_other_thing_of_the_type_that_one_lands_on() -> None:
    drawn, where = board("+s.s."), aimed("+s.s.", RIGHT)
    effect = observed(drawn, where, 3, {1: OFF, 3: OFF}, {1: OFF})  # the agent hides the other
    assert effect == Effect(False, OFF, flung=True, lands=OFF)
    assert landing(drawn, where, effect) == 3
    assert applied(drawn, where, effect) == drawn.standing(3, 0)
    assert landing(drawn, where, Effect(True, OFF)) == -1  # it goes there itself


@pytest.mark.parametrize("drawn", ["+s.ss", "+s..."])
def test_where_one_lands_is_not_known_if_there_is_not_one_such_place(drawn: str) -> None:
    effect = Effect(False, OFF, flung=True, lands=OFF)
    assert landing(board(drawn), aimed(drawn, RIGHT), effect) == -1
    assert applied(board(drawn), aimed(drawn, RIGHT), effect) == board(drawn)
    nowhere = Effect(False, OFF, flung=True)
    assert landing(board("+s.s."), aimed("+s.s.", RIGHT), nowhere) == -1


def test_at_the_edge_nothing_changes() -> None:
    drawn = board("..+")
    assert applied(drawn, aimed("..+", RIGHT), Effect(False, EDGE)) == drawn
