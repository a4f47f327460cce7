"""Options: the nearest contact of each kind, in the frame of an agent that turns."""

from __future__ import annotations

from drawings import LEFT, MOVES, RIGHT, TYPES, UP, board

from dsrl_agent.front_end.agency import ActionEffect
from dsrl_agent.front_end.rule import Verbs
from dsrl_agent.front_end.tabular.options import WalkOption, options_on
from dsrl_agent.types import FREE, UNKNOWN

X, O, DOOR = (TYPES[letter] for letter in "xod")  # noqa: E741
STEPS = {(0, action): ActionEffect(*move, 0) for action, move in MOVES.items()}
TURN, GO, PICK = range(3)


def test_the_nearest_thing_of_each_type_is_reached_for() -> None:
    found = options_on(board("x.+.o ....x"), STEPS, Verbs(), (), 4)
    assert [option.front for option in found].count(O) == 1
    assert min(len(option.actions) for option in found if option.front == O) == 2
    left = next(option for option in found if option[:2] == (X, LEFT))
    assert left == WalkOption(X, LEFT, (LEFT, LEFT), 0, 0)


def test_plain_things_are_walked_over() -> None:
    drawn = board("+dx")
    assert [option.front for option in options_on(drawn, STEPS, Verbs(), (), 4)] == [DOOR]
    through = options_on(drawn, STEPS, Verbs(), {DOOR}, 4)
    assert [(option.front, option.actions) for option in through] == [(X, (RIGHT, RIGHT))]


def test_an_agent_that_turns_reaches_what_it_faces() -> None:
    """Looks 0 and 9 face right and left; the turn leads from each to the other."""
    effects = {
        (0, TURN): ActionEffect(0, 0, 9),
        (9, TURN): ActionEffect(0, 0, 0),
        **{(0, action): ActionEffect(0, 1, 0) for action in (GO, PICK)},
        **{(9, action): ActionEffect(0, -1, 9) for action in (GO, PICK)},
    }
    found = options_on(board("x.+"), effects, Verbs(frozenset([GO])), (), 3)
    ways = {(option.front, option.action): option.actions for option in found}
    assert ways[X, GO] == (TURN, GO, GO)
    assert ways[X, PICK] == (TURN, GO, PICK)
    assert ways[FREE, PICK] == (TURN, PICK)


def test_an_action_of_unknown_reach_is_an_option() -> None:
    known = {key: effect for key, effect in STEPS.items() if key[1] != UP}
    found = options_on(board("+"), known, Verbs(), (), 4)
    assert found == [WalkOption(UNKNOWN, UP, (UP,), 0, 0)]


def test_an_unknown_reach_leaves_the_actions_after_it() -> None:
    known = {key: effect for key, effect in STEPS.items() if key[1] != LEFT}  # the first action
    found = options_on(board("+x"), known, Verbs(), (), 4)
    assert [(option.front, option.actions) for option in found] == [
        (UNKNOWN, (LEFT,)),
        (X, (RIGHT,)),
    ]


def test_an_action_unknown_to_two_looks_is_an_option_of_each() -> None:
    """On the second row, so that the agent's place is none of its types."""
    effects = {(0, TURN): ActionEffect(0, 0, 9), (9, TURN): ActionEffect(0, 0, 0)}
    found = options_on(board("... .+."), effects, Verbs(), (), 2)
    assert found == [
        WalkOption(UNKNOWN, GO, (GO,), 4, 0),
        WalkOption(UNKNOWN, GO, (TURN, GO), 4, 9),
    ]


def test_an_action_that_leaves_all_as_it_is_leads_nowhere() -> None:
    effects = {(0, TURN): ActionEffect(0, 0, 0), (0, GO): ActionEffect(0, 1, 0)}
    for drawing, place in (("..+x", 3), ("... .+x", 5)):
        found = options_on(board(drawing), effects, Verbs(frozenset([GO])), (), 2)
        assert found == [WalkOption(X, GO, (GO,), place, 0)]


def test_a_turn_to_any_look_is_a_turn_at_any_place() -> None:
    """Places and looks are both numbers: at place 0 the agent turns to look 0."""
    effects = {
        (9, TURN): ActionEffect(0, 0, 0),
        (0, TURN): ActionEffect(0, 0, 9),
        (9, GO): ActionEffect(0, -1, 9),
        (0, GO): ActionEffect(0, 1, 0),
    }
    drawn = board("+x")._replace(body=9)
    assert options_on(drawn, effects, Verbs(), (), 2) == [WalkOption(X, GO, (TURN, GO), 1, 0)]
