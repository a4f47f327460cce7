"""The table of contacts: values by hand, hope of the untried, and saving."""

from __future__ import annotations

import json

import numpy as np
import pytest
from drawings import MOVES, RIGHT, TYPES, board

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end.rule import Context, Effect, Verbs
from dsrl_agent.front_end.rules.tracking import Contact
from dsrl_agent.front_end.tabular.contact_table import AffairsKey, ContactTable, key_of
from dsrl_agent.front_end.tabular.options import WalkOption
from dsrl_agent.types import FREE, UNKNOWN

X, KEY, DOOR, LETHAL = (TYPES[letter] for letter in "xkdv")
PICK = 4


def table() -> ContactTable:
    found = ContactTable(5, FrontEndConfig(discount=0.5))
    found.verbs = Verbs(frozenset(MOVES))
    return found


def contact(front: int, action: int, *, enters: bool = False) -> Contact:
    return Contact(Context(front, FREE, 0, action, ()), Effect(enters, FREE))


def key(front: int, held: int = FREE) -> AffairsKey:
    return AffairsKey(held, () if held == FREE else (held,), (), front)


def test_a_row_is_the_state_of_affairs_and_the_type_reached() -> None:
    drawn = board("+x.d", taken="k")._replace(held=KEY)
    assert key_of(drawn, frozenset([X]), X) == AffairsKey(KEY, (KEY,), (DOOR,), X)


def test_what_was_never_tried_is_worth_the_best_gain_met() -> None:
    found = table()
    assert found.value(key(X), RIGHT) == 1.0
    found.learn(key(LETHAL), contact(LETHAL, RIGHT), -4.0, ())
    assert found.value(key(X), RIGHT) == 4.0  # as large as what was lost
    found.learn(key(DOOR), contact(DOOR, PICK), 2.0, ())
    assert found.value(key(X), RIGHT) == 2.0
    assert found.value(key(DOOR), PICK) == 2.0
    assert found.value(key(LETHAL), RIGHT) == -4.0
    # All actions that move the agent share their values.
    assert found.rows[key(LETHAL)][:4].tolist() == [-4.0] * 4
    assert np.isnan(found.rows[key(LETHAL)][PICK])


def test_the_value_of_a_contact_is_its_gain_and_the_best_that_follows() -> None:
    found = table()
    found.learn(key(X), contact(X, PICK), 8.0, ())
    then = [(key(X), PICK, 2), (key(DOOR), PICK, 1)]
    found.learn(key(DOOR), contact(DOOR, PICK), 0.0, ())
    found.learn(key(KEY), contact(KEY, PICK), 1.0, then)
    assert found.value(key(KEY), PICK) == 1.0 + 0.25 * 8.0
    option = WalkOption(KEY, PICK, (RIGHT, PICK), 2, 0)
    assert found.worth(board("+.k"), frozenset([KEY]), option) == 0.5 * 3.0


def test_replay_carries_values_back() -> None:
    found = table()
    found.learn(key(KEY), contact(KEY, PICK), 0.0, [(key(X), PICK, 1)])
    assert found.value(key(KEY), PICK) == 0.5  # half of the hope
    found.learn(key(X), contact(X, PICK), 6.0, ())
    found.replay(np.random.default_rng(0))
    assert found.value(key(KEY), PICK) == 3.0


def test_types_entered_without_effect_are_plain() -> None:
    found = table()
    found.learn(key(DOOR), contact(DOOR, RIGHT, enters=True), 0.0, [(key(X), RIGHT, 1)])
    assert found.ground.plain == {DOOR}
    found.learn(key(X), contact(X, RIGHT, enters=True), 1.0, [(key(X), RIGHT, 1)])
    found.learn(key(LETHAL), contact(LETHAL, RIGHT, enters=True), 0.0, ())
    assert found.ground.plain == {DOOR}


def test_gains_are_relative_to_plain_steps_and_ends_save_steps() -> None:
    found = table()
    assert found.gain(-1.0, ends=False) == -1.0
    for _ in range(3):
        found.ground.walked(-1.0)
    assert found.gain(-1.0, ends=False) == 0.0
    assert found.gain(-100.0, ends=True) == -99.0
    assert found.gain(-1.0, ends=True) == 100.0


def test_an_action_of_unknown_reach_is_worth_less_with_each_try() -> None:
    found, drawn = table(), board("+.")
    option = WalkOption(UNKNOWN, PICK, (PICK,), 0, 0)
    for tries in range(3):
        assert found.worth(drawn, frozenset(), option) == pytest.approx(1 / (1 + tries))
        found.try_unknown(drawn, PICK)


def test_what_unknown_actions_may_do_with_a_thing_in_hand_is_worth_taking_it() -> None:
    found, holding = table(), board("+.")._replace(held=KEY)
    then = [(key(UNKNOWN, KEY), PICK, 1), (key(X, KEY), RIGHT, 1)]
    found.learn(key(X, KEY), contact(X, RIGHT), 0.0, ())
    for tries in range(3):
        found.learn(key(KEY), contact(KEY, PICK), 0.0, then)
        assert found.value(key(KEY), PICK) == pytest.approx(0.5 / (1 + tries))
        found.try_unknown(holding, PICK)
    found.try_unknown(board("+."), PICK)  # with nothing in hand: it says nothing of the key
    assert found.value(key(UNKNOWN, KEY), PICK) == pytest.approx(0.25)


def test_a_table_is_saved_and_loaded() -> None:
    found, loaded = table(), table()
    found.ground.walked(-1.0)
    found.try_unknown(board("+x"), PICK)
    found.try_unknown(board("+x"), PICK)
    found.learn(key(DOOR), contact(DOOR, RIGHT, enters=True), 0.0, [(key(X, KEY), PICK, 3)])
    text = json.dumps(found.state())
    loaded.load(json.loads(text))
    assert json.dumps(loaded.state()) == text
    assert loaded.ground.plain == {DOOR}
    assert (
        loaded.value(key(UNKNOWN), PICK) == found.value(key(UNKNOWN), PICK) == pytest.approx(1 / 3)
    )


def test_a_contact_made_again_moves_its_value_by_the_learning_rate() -> None:
    found = ContactTable(5, FrontEndConfig(discount=0.5, learning_rate=0.25, replay=3))
    found.verbs = Verbs(frozenset(MOVES))
    found.learn(key(X), contact(X, PICK), 2.0, ())
    assert found.value(key(X), PICK) == 2.0  # at first all of it
    found.learn(key(X), contact(X, PICK), 6.0, ())
    assert found.value(key(X), PICK) == 3.0
    found.learn(key(X), contact(X, RIGHT), 8.0, ())
    found.learn(key(X), contact(X, RIGHT), 0.0, ())
    assert found.rows[key(X)].tolist() == [6.0, 6.0, 6.0, 6.0, 3.0]


def test_what_follows_counts_only_where_it_is_worth_something() -> None:
    found = table()
    found.learn(key(LETHAL), contact(LETHAL, PICK), -4.0, ())
    found.learn(key(DOOR), contact(DOOR, PICK), 1.0, [(key(LETHAL), PICK, 1)])
    assert found.value(key(DOOR), PICK) == 1.0


def test_as_many_contacts_are_replayed_as_is_set() -> None:
    found = ContactTable(5, FrontEndConfig(learning_rate=0.5, replay=3))
    found.verbs = Verbs(frozenset(MOVES))
    found.replay(np.random.default_rng(0))  # nothing is stored
    found.learn(key(X), contact(X, PICK), 8.0, ())
    found.rows[key(X)][PICK] = 0.0
    found.replay(np.random.default_rng(0))
    assert found.value(key(X), PICK) == 7.0  # 4, 6, 7


def test_ends_save_steps_only_where_steps_cost() -> None:
    found = table()
    assert found.gain(0.0, ends=True) == 0.0
    for _ in range(3):
        found.ground.walked(2.0)
    assert found.gain(2.0, ends=True) == 0.0
    assert found.gain(5.0, ends=True) == 3.0


def test_only_a_step_into_a_thing_without_effect_makes_it_plain() -> None:
    then = [(key(X), RIGHT, 1)]
    plain = {
        "taken by another action": (contact(DOOR, PICK, enters=True), 0.0),
        "not entered": (contact(DOOR, RIGHT), 0.0),
        "gave something": (contact(DOOR, RIGHT, enters=True), 0.5),
        "free ground": (contact(FREE, RIGHT, enters=True), 0.0),
        "flung": (
            contact(DOOR, RIGHT)._replace(effect=Effect(True, FREE, flung=True)),
            0.0,
        ),
    }
    for name, (made, gain) in plain.items():
        found = table()
        found.learn(key(made.context.front), made, gain, then)
        assert found.ground.plain == frozenset(), name


def test_rows_of_a_table_list_what_was_never_tried_as_nothing() -> None:
    found = table()
    found.learn(key(X, KEY), contact(X, PICK), -2.0, ())
    state = found.state()
    assert state["rows"] == [[KEY, (KEY,), (), X, [None, None, None, None, -2.0]]]
    assert state["most"] == [0.0, 2.0]
    loaded = table()
    loaded.load(json.loads(json.dumps(state)))
    assert loaded.hope == 2.0
