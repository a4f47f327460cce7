"""States of a search: the ways to them, and what an action of unknown reach may reach."""

from __future__ import annotations

from drawings import DOWN, MOVES, RIGHT, TYPES, board

from dsrl_agent.front_end.agency import ActionEffect
from dsrl_agent.front_end.rule import Effect, Verbs
from dsrl_agent.front_end.rules.beliefs.model import ContactModel
from dsrl_agent.front_end.rules.contact import aim
from dsrl_agent.front_end.rules.planning.hopes import Hope
from dsrl_agent.front_end.rules.planning.states import Moves, SearchScene, State, Walks, way_to
from dsrl_agent.types import FREE

KEY = TYPES["k"]

SCENE = SearchScene(board("+.. ..."), Hope(0, 0.0, 0.0), frozenset(), first=True, contacts={})


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


def test_only_a_thing_that_vanishes_without_being_taken_or_entered_is_wrecked() -> None:
    pick, drop, opens = 4, 5, 6
    effects = {(0, RIGHT): ActionEffect(0, 1, 0)}
    effects |= {(0, action): ActionEffect(0, 1, 0) for action in (pick, drop, opens)}
    model = ContactModel(verbs=Verbs(frozenset(MOVES), takers=frozenset([pick])))
    found = Moves(model, effects, range(7))
    moves = [move for move in found.of((1, 2), 0) if move.leads is not None]
    gone, stays = Effect(False, FREE), Effect(False, KEY)
    wrecked = {move.action for move in moves if found.wrecks(KEY, move, gone)}
    assert wrecked == {drop, opens}
    assert not any(found.wrecks(KEY, move, stays) for move in moves)
    assert not any(found.wrecks(FREE, move, gone) for move in moves)


def test_the_stride_is_the_farthest_that_a_known_action_leads() -> None:
    def stride(*effects: ActionEffect) -> int:
        of = {(0, action): effect for action, effect in enumerate(effects)}
        return Moves(ContactModel(), of, []).stride

    assert stride() == stride(ActionEffect(0, 0, 1)) == stride(ActionEffect(0, -1, 0)) == 1
    assert stride(ActionEffect(0, 1, 0), ActionEffect(-2, 1, 0)) == 3


def test_the_same_follows_from_all_sides_where_nothing_is_pushed_or_carried() -> None:
    effects = {(0, action): ActionEffect(*of, 0) for action, of in MOVES.items()}
    effects[0, 4] = ActionEffect(0, 1, 0)
    for loads, alike in ((), True), (((0, KEY),), False):
        moves = Moves(ContactModel(verbs=Verbs(frozenset(MOVES), loads=loads)), effects, range(5))
        step, picks = (moves.of((1, 2), 0)[action] for action in (RIGHT, 4))
        assert moves.is_alike(step, Effect(True, FREE)) is alike
        assert not moves.is_alike(step, Effect(True, FREE, beyond=KEY))
        assert not moves.is_alike(picks, Effect(False, FREE))


def test_things_are_put_down_at_few_places_of_a_scene() -> None:
    scene = SearchScene(board("+.. ..."), Hope(0, 0.0, 0.0), frozenset(), first=True)
    assert [scene.may_put(place, 2) for place in (1, 1, 4, 5, 4)] == [True] * 3 + [False, True]


def test_an_action_on_the_spot_reaches_the_own_place_in_every_look() -> None:
    pick = 4
    model = ContactModel(verbs=Verbs(frozenset(MOVES), here=frozenset([pick])))
    effects = {(0, pick): ActionEffect(0, 0, 0)}
    for look in (0, 1):  # in the second it was never seen
        (move,) = Moves(model, effects, [pick]).of((1, 2), look)
        assert (move.effect, move.leads, move.guesses) == (ActionEffect(0, 0, look), (0, 1), ())
        there = board("+.")._replace(body=look)
        found = aim(there, pick, effects, model.verbs)
        assert found == (ActionEffect(0, 0, look), 0, -1)
