"""Record rules with their rewards: firm, questioned and never rewarded ones."""

from __future__ import annotations

import pytest
from drawings import RIGHT, TYPES, film, scene, taught_rules

from dsrl_agent.config import RulesThresholds
from dsrl_agent.front_end.knowledge import ExpectedTouch, RuleGain
from dsrl_agent.front_end.rule import Context, Effect, Verbs
from dsrl_agent.front_end.rules.beliefs.knowledge import (
    rule_beliefs,
    rule_plans,
    rules_of,
)
from dsrl_agent.front_end.rules.beliefs.model import ContactModel
from dsrl_agent.front_end.rules.beliefs.rewards import Touch
from dsrl_agent.types import FREE, GOING, Fact

X, DOOR = TYPES["x"], TYPES["d"]
GOOD = film("+x", (RIGHT, 1.0, ".+"))


def test_rules_are_ordered_by_the_type_in_front() -> None:
    model = taught_rules(GOOD).model
    assert [rule.front for rule in rules_of(model)] == [FREE, X]
    beliefs = rule_beliefs(model)
    assert [belief.reward for belief in beliefs] == [0.0, 1.0]
    assert all(belief.firm and not belief.ends for belief in beliefs)
    assert beliefs[1].sentence == "touching type 1: +1.00, it vanishes (1 of 1 times)"


def test_a_rule_whose_effect_was_never_rewarded_gains_nothing() -> None:
    model = ContactModel()
    context = Context(DOOR, FREE, 0, RIGHT, ())
    model.observe(context, Effect(False, DOOR), 0.5, False)
    model.amend(context, Effect(False, DOOR), Effect(True, FREE))  # it was misread
    (belief,) = rule_beliefs(model)
    assert (belief.reward, belief.firm) == (None, False)
    assert rule_plans(model).gains == (RuleGain(belief.rule, 0.0, False),)


def test_a_questioned_rule_gains_what_is_hoped_for() -> None:
    model = ContactModel()
    model.set_noise(0.05)
    context, effect = Context(X, FREE, 0, RIGHT, ()), Effect(True, FREE)
    for reward in (1.0, 1.0, 1.0, -1.0, -1.0):  # two surprises that agree are a change
        model.observe(context, effect, reward, False)
    assert model.is_questioned(Touch(GOING, X, True, 0))
    (gain,) = rule_plans(model).gains
    assert gain[1:] == (1.0, False)  # the unknown is worth 1


def test_actions_that_do_not_move_the_agent_have_rules_of_their_own() -> None:
    model = ContactModel(verbs=Verbs(frozenset([RIGHT])))
    model.observe(Context(X, FREE, 0, RIGHT, ()), Effect(True, FREE), 1.0, False)
    model.observe(Context(X, FREE, 0, 9, ()), Effect(False, FREE), 1.0, False)
    plans = rule_plans(model)
    assert [(gain.rule.verb, gain.reward) for gain in plans.gains] == [(GOING, 1.0), (9, 1.0)]
    assert plans.verbs == model.verbs
    assert [belief.sentence for belief in rule_beliefs(model)] == [
        "touching type 1: +1.00, it vanishes (1 of 1 times)",
        "action 9 on type 1: +1.00, it vanishes (1 of 1 times)",
    ]


def test_the_price_of_a_step_is_a_threshold() -> None:
    assert rule_plans(ContactModel(RulesThresholds(step_price=0.25))).step_price == 0.25


def test_a_plan_is_a_course_of_touches() -> None:
    front_end, facts = taught_rules(GOOD), scene("+.x")
    course = front_end.course(facts, front_end.begin((1, 3)), RIGHT)
    assert course is not None
    assert course.actions == (RIGHT, RIGHT)
    assert course.touches == (ExpectedTouch(2, Fact(X, 0, 2), 1.0, True),)
    assert course.planned
    assert course.value == pytest.approx(1.0 - 2 * 0.01)
