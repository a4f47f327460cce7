"""Rules kept while samples come in are those that all samples tell, found anew."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from dsrl_agent.front_end.rule import Context, Effect, Rule
from dsrl_agent.front_end.rules.beliefs.model import ContactModel
from dsrl_agent.types import EDGE, FREE

ENTERS, BLOCKED = Effect(True, FREE), Effect(False, 3)


def context(front: int, held: int = FREE, taken: int = 0) -> Context:
    return Context(front, FREE, 1, 0, ((2, taken),) if taken else (), held)


CONTEXTS = [context(front, held) for front in (FREE, EDGE, 2, 3) for held in (FREE, 4)]
CONTACTS = st.tuples(
    st.sampled_from(CONTEXTS),
    st.sampled_from([ENTERS, BLOCKED, Effect(True, 3)]),
    st.sampled_from([0.0, 0.0, 1.0, -1.0]),
    st.sampled_from([False, False, True]),
)


def said(model: ContactModel) -> object:
    """Return all that a model says."""
    fronts = (FREE, EDGE, 2, 3)
    return (
        [model.rules(front) for front in fronts],
        [model.predict(each) for each in CONTEXTS],
        [model.worth(front) for front in fronts],
        (model.plain, model.staying),
    )


def found_anew(model: ContactModel) -> ContactModel:
    """Return a model of the same contacts that has worked out nothing."""
    fresh = ContactModel()
    fresh.load(json.loads(json.dumps(model.state())))
    return fresh


@given(st.lists(CONTACTS, max_size=12))
def test_what_is_kept_is_what_would_be_found_anew(
    contacts: list[tuple[Context, Effect, float, bool]],
) -> None:
    model = ContactModel()
    for contact in contacts:
        model.observe(*contact)
        assert said(model) == said(found_anew(model))


def test_of_one_effect_all_samples_make_one_rule() -> None:
    model = ContactModel()
    for taken in (0, 1, 2, 2):
        model.observe(context(2, taken=taken), ENTERS, 1.0, False)
        model.rules(2)
    assert model.rules(2) == (Rule(2, (), ENTERS, 4, 4),)


def test_an_exception_makes_a_rule_of_its_own() -> None:
    model = ContactModel()
    model.observe(context(3), BLOCKED, 0.0, False)
    assert model.predict(context(3, held=4)).effect == BLOCKED
    for _ in range(3):
        model.observe(context(3, held=4), ENTERS, 0.0, False)
    assert model.predict(context(3, held=4)).effect == ENTERS
    assert model.predict(context(3)).effect == BLOCKED


def test_beliefs_for_each_sign_end_as_the_one_that_they_replace() -> None:
    """The reward of a type is good with a thing in hand and bad without; one of its ends is."""
    for ends in (False, True):
        model = ContactModel()
        for n in range(20):  # until they are split
            held, reward = ((FREE, -1.0), (4, 1.0))[n % 2]
            model.observe(context(2, held=held), ENTERS, reward, ends)
            if len(list(model.beliefs_about(2))) > 1:
                break
        touches = {touch.gives: belief for touch, belief in model.beliefs_about(2)}
        assert set(touches) == {-1, 1}
        assert [touches[sign].ends for sign in (-1, 1)] == [ends, ends]
