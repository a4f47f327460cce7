"""A known shape in another colour starts with what its shape does."""

from __future__ import annotations

import json

from dsrl_agent.front_end.rule import Context, Effect, Verbs
from dsrl_agent.front_end.rules.beliefs.analogy import (
    general_context,
    general_effect,
    special_effect,
)
from dsrl_agent.front_end.rules.beliefs.model import ContactModel, Prediction
from dsrl_agent.types import FREE

RED_KEY, RED_DOOR, BLUE_KEY, BLUE_DOOR, GOAL = range(1, 6)
LIKENESS = {BLUE_KEY: RED_KEY, BLUE_DOOR: RED_DOOR}
MOVE, PICK, OPEN = 0, 4, 5


def door(front: int, key: int = FREE, action: int = OPEN) -> Context:
    taken = () if key == FREE else ((key, 1),)
    return Context(front, FREE, 0, action, taken, key)


def taught() -> ContactModel:
    model = ContactModel(verbs=Verbs(frozenset([MOVE])))
    model.resemble({})
    model.observe(door(RED_DOOR, action=MOVE), Effect(False, RED_DOOR), 0.0, False)
    model.observe(door(RED_DOOR), Effect(False, RED_DOOR), 0.0, False)
    model.observe(door(RED_DOOR, RED_KEY), Effect(False, FREE), 1.0, False)
    return model


def test_contexts_and_effects_are_translated_and_back() -> None:
    context = door(BLUE_DOOR, BLUE_KEY)._replace(beyond=BLUE_KEY, came=(RED_KEY, BLUE_KEY))
    alike = general_context(context, LIKENESS)
    assert alike == door(RED_DOOR, RED_KEY)._replace(beyond=RED_KEY, came=(RED_KEY,))
    effect = Effect(False, BLUE_DOOR, BLUE_KEY, ((BLUE_KEY, FREE),))
    general = general_effect(effect, LIKENESS)
    assert general == Effect(False, RED_DOOR, RED_KEY, ((RED_KEY, FREE),))
    assert special_effect(general, BLUE_DOOR, LIKENESS).becomes == BLUE_DOOR


def test_a_shape_in_another_colour_is_expected_to_do_what_it_does_until_it_is_tried() -> None:
    model = taught()
    assert model.resemble(LIKENESS)  # contacts so far are to be booked anew
    model = ContactModel(verbs=model.verbs)
    model.resemble(LIKENESS)
    for context, effect, reward in (
        (door(RED_DOOR, action=MOVE), Effect(False, RED_DOOR), 0.0),
        (door(RED_DOOR), Effect(False, RED_DOOR), 0.0),
        (door(RED_DOOR, RED_KEY), Effect(False, FREE), 1.0),
    ):
        model.observe(context, effect, reward, False)
    opened = model.predict(door(BLUE_DOOR, BLUE_KEY))
    assert opened == Prediction(Effect(False, FREE), 1.0, False, True)
    assert model.predict(door(BLUE_DOOR)).effect == Effect(False, BLUE_DOOR)
    assert model.predict(door(BLUE_DOOR, action=MOVE)).effect == Effect(False, BLUE_DOOR)
    assert model.worth(BLUE_DOOR) == 1.0
    tries, alike = model.tries_for(door(BLUE_DOOR))
    assert (tries.times, alike.front) == (2, RED_DOOR)
    # Its own experience counts where it has any.
    model.observe(door(BLUE_DOOR, BLUE_KEY), Effect(False, BLUE_DOOR), 0.0, False)
    assert model.predict(door(BLUE_DOOR, BLUE_KEY)).effect == Effect(False, BLUE_DOOR)


def test_a_representative_learns_from_those_that_are_like_it() -> None:
    model = ContactModel(verbs=Verbs(frozenset([MOVE])))
    model.resemble(LIKENESS)
    model.observe(door(BLUE_DOOR), Effect(False, FREE), 1.0, False)
    assert model.predict(door(RED_DOOR)).effect == Effect(False, FREE)


def test_new_types_need_no_new_booking() -> None:
    model = taught()
    model.resemble({BLUE_KEY: RED_KEY})
    assert not model.resemble(LIKENESS)  # of a blue door nothing is known yet


def test_likeness_is_saved_and_loaded() -> None:
    model = ContactModel(verbs=Verbs(frozenset([MOVE])))
    model.resemble(LIKENESS)
    model.observe(door(RED_DOOR, RED_KEY), Effect(False, FREE), 1.0, False)
    loaded = ContactModel()
    loaded.load(json.loads(json.dumps(model.state())))
    assert loaded.predict(door(BLUE_DOOR, BLUE_KEY)) == model.predict(door(BLUE_DOOR, BLUE_KEY))


def test_an_effect_that_a_type_has_shown_itself_has_its_own_types_and_reward() -> None:
    red_open, blue_open = 8, 9
    model = ContactModel(verbs=Verbs(frozenset([MOVE])))
    model.resemble({**LIKENESS, blue_open: red_open})
    model.observe(door(RED_DOOR, RED_KEY), Effect(False, red_open), 1.0, False)
    model.observe(door(BLUE_DOOR, BLUE_KEY), Effect(False, blue_open), 0.5, False)
    again = door(BLUE_DOOR, BLUE_KEY)._replace(came=(RED_KEY,))  # another state of affairs
    assert model.predict(again).effect == Effect(False, blue_open)
    assert model.predict(again).reward == 0.5


def test_a_type_like_one_that_stays_when_it_is_entered_stays() -> None:
    model = ContactModel(verbs=Verbs(frozenset([MOVE])))
    model.resemble(LIKENESS)
    model.observe(door(RED_DOOR, action=MOVE), Effect(True, RED_DOOR), 0.0, False)
    assert model.staying == {RED_DOOR, BLUE_DOOR}
    model.observe(door(BLUE_DOOR, action=MOVE), Effect(True, FREE), 0.0, False)
    assert model.staying == {RED_DOOR}
