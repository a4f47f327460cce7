"""Rules kept until samples change: of one effect, and of rewards that depend on the context."""

from __future__ import annotations

from drawings import RIGHT, TYPES

from dsrl_agent.front_end.rule import Context, Effect
from dsrl_agent.front_end.rules.beliefs.induced import InducedRules
from dsrl_agent.front_end.rules.beliefs.induction import induce
from dsrl_agent.types import FREE, GOING

X = TYPES["x"]
TAKEN, LEFT = Effect(True, FREE, gives=1), Effect(True, X)


def contact(beyond: int) -> Context:
    return Context(X, beyond, 0, RIGHT, ())


def sampled(*effects: Effect) -> InducedRules:
    """Return what was told by a contact with each effect, each before another thing."""
    rules = InducedRules()
    for beyond, effect in enumerate(effects):
        rules._add(contact(beyond), effect, 1)
    return rules


def test_one_effect_makes_the_rule_that_induction_finds() -> None:
    rules = sampled(LEFT, LEFT, LEFT)
    assert rules.rules(X) == induce(X, rules._samples[GOING, X], rules.noise, rules.thresholds)
    assert [(rule.conditions, rule.times, rule.cases) for rule in rules.rules(X)] == [((), 3, 3)]


def test_signs_of_rewards_are_effects_only_where_they_depend_on_the_context() -> None:
    rules = sampled(TAKEN, TAKEN._replace(gives=-1))
    assert [(rule.effect.gives, rule.cases) for rule in rules.rules(X)] == [(0, 2)]
    rules._conditional.add((GOING, X))
    rules._forget_counts((GOING, X))
    assert {rule.effect.gives for rule in rules.rules(X)} == {1, -1}


def test_a_new_sample_makes_rules_anew() -> None:
    rules = sampled(LEFT)
    assert [rule.cases for rule in rules.rules(X)] == [1]
    rules._add(contact(FREE), LEFT, 2)
    rules._forget_counts((GOING, X))
    assert [rule.cases for rule in rules.rules(X)] == [3]


def test_what_was_never_met_has_no_rules() -> None:
    assert InducedRules().rules(X) == ()
