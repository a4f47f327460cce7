"""States of a search: the ways to them, and what an action of unknown reach may reach."""

from __future__ import annotations

from drawings import DOWN, MOVES, RIGHT, board

from dsrl_agent.front_end.agency import ActionEffect
from dsrl_agent.front_end.rules.beliefs.model import ContactModel
from dsrl_agent.front_end.rules.planning.states import Moves, SearchScene, State, Walks, way_to

SCENE = SearchScene(board("+.. ..."), 0.0, frozenset(), first=True, contacts={})


def test_the_way_to_a_place_is_that_by_which_it_was_found() -> None:
    walks = Walks(State(SCENE, 0, 0, steps=2, gain=1.0, wrecks=True))
    walks.came.update({(1, 0): ((0, 0), RIGHT), (4, 0): ((1, 0), DOWN)})
    found = walks.state((4, 0))
    assert [(state.place, state.action, state.steps) for state in way_to(found)] == [
        (1, RIGHT, 3),
        (4, DOWN, 4),
    ]
    assert (found.gain, found.wrecks) == (1.0, True)
    assert found.value(0.01) == 1.0 - 0.04
    assert walks.state((0, 0)) is walks.entry


def test_an_action_of_unknown_reach_may_reach_what_no_other_look_faces() -> None:
    effects = {(0, RIGHT): ActionEffect(0, 1, 0), (1, DOWN): ActionEffect(1, 0, 1)}
    moves = Moves(ContactModel(), effects, range(4))
    (unknown,) = [move for move in moves.of((2, 3), 1) if move.action == RIGHT]
    assert unknown.effect is None
    assert {(guess.d_row, guess.d_col) for guess in unknown.guesses} == set(MOVES.values()) - {
        (0, 1)
    }
    (known,) = [move for move in moves.of((2, 3), 0) if move.action == RIGHT]
    assert known.leads == (1, 2, -1, 4, 5, -1)
    assert known.guesses == ()
