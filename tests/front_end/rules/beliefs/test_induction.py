"""Induce rules from samples; the price of each rule is worked out by hand."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from drawings import DOWN, RIGHT, TYPES
from hypothesis import given, settings
from hypothesis import strategies as st

from dsrl_agent.config import RulesThresholds
from dsrl_agent.front_end.rule import Condition, Context, ContextTest, Effect, Rule
from dsrl_agent.front_end.rules.beliefs.induction import (
    _Answers,
    _tests,
    description_length,
    induce,
    rule_for,
)
from dsrl_agent.front_end.rules.beliefs.model import ContactModel
from dsrl_agent.types import EDGE, FREE

X, O, WALL, BOX, KEY, DOOR, OFF, ON, GATE, LETHAL = (  # noqa: E741
    TYPES[letter] for letter in "xo#bkdsSgv"
)


BLOCKED, OPENED = Effect(False, WALL), Effect(True, FREE)


def before(beyond: int = FREE, action: int = RIGHT, body: int = 0, **taken: int) -> Context:
    had = tuple(sorted((TYPES[letter], times) for letter, times in taken.items()))
    return Context(WALL, beyond, body, action, had)


ONE_ODD = {(before(FREE), BLOCKED): 3, (before(X), OPENED): 1}
PLAIN = (Rule(WALL, (), BLOCKED, 3, 4),)
BEYOND = ContextTest("beyond", FREE)
SPLIT = (
    Rule(WALL, (Condition(BEYOND, True),), BLOCKED, 3, 3),
    Rule(WALL, (Condition(BEYOND, False),), OPENED, 1, 1),
)


@pytest.mark.parametrize(
    ("noise", "odd", "expected"),
    [
        # Two tests tell the contexts apart; naming one costs ln 2 + 1 = 1.693 nats.
        (0.001, 1, SPLIT),  # an error would cost -ln 0.001 = 6.908
        (0.1, 1, SPLIT),  # 2.303
        (0.18, 1, SPLIT),  # 1.715
        (0.19, 1, PLAIN),  # 1.661
        (0.19, 2, (SPLIT[0], SPLIT[1]._replace(times=2, cases=2))),  # 3.321: two are company
    ],
)
def test_an_exception_makes_a_rule_where_a_reading_error_would_cost_more(
    noise: float, odd: int, expected: tuple[Rule, ...]
) -> None:
    samples = {**ONE_ODD, (before(X), OPENED): odd}
    assert induce(WALL, samples, noise, RulesThresholds()) == expected


LAST = ContextTest("gone", X)


def test_that_nothing_is_left_of_a_type_is_a_condition() -> None:
    last = before()._replace(gone=(X,))
    samples = {(before(), BLOCKED): 3, (last, OPENED): 1}
    # The one test is named at ln 1 + 1 + 1 = 2 nats; an error would cost 6.908, or 1.966.
    split = (
        Rule(WALL, (Condition(LAST, True),), OPENED, 1, 1),
        Rule(WALL, (Condition(LAST, False),), BLOCKED, 3, 3),
    )
    assert induce(WALL, samples, 0.001, RulesThresholds()) == split
    assert induce(WALL, samples, 0.14, RulesThresholds()) == PLAIN
    assert [rule.effect for rule in split if rule_for(split, last) == rule] == [OPENED]


def test_what_is_left_is_asked_only_where_nothing_else_tells_the_same() -> None:
    last = before(x=1)._replace(gone=(X, KEY))
    samples = {(before(), BLOCKED): 3, (last, OPENED): 1}
    # That an x was carried, and that it was taken, tell the same as that none is left: two tests.
    rules = induce(WALL, samples, 0.001, RulesThresholds())
    assert rules[0].conditions == (Condition(ContextTest("carried", X), True),)
    length = description_length(rules, samples, 0.001, RulesThresholds())
    assert length == pytest.approx(math.log(2) + 1)


def test_the_cost_of_a_test_grows_with_the_number_of_tests() -> None:
    # With four actions met beside the two things beyond, six tests: ln 6 + 1 = 2.792 nats.
    samples = {(before(FREE, action), BLOCKED): 3 for action in range(4)}
    samples[before(X, DOWN), OPENED] = 1
    assert len(induce(WALL, samples, 0.062, RulesThresholds())) == 1  # an error: -ln 0.062 = 2.781
    assert len(induce(WALL, samples, 0.061, RulesThresholds())) == 2  # 2.797


def test_rules_are_induced_again_when_the_error_rate_grows() -> None:
    model = ContactModel()
    for context, effect in 3 * [(before(FREE), BLOCKED)] + [(before(X), OPENED)]:
        model.observe(context, effect, 0.0, False)
    assert model.rules(WALL) == SPLIT
    assert model.predict(before(X)).effect == OPENED
    model.set_noise(0.19)
    assert model.rules(WALL) == PLAIN
    assert model.predict(before(X)).effect == BLOCKED
    model.set_noise(0.2)  # too little to matter
    assert model.noise == 0.19


def test_the_commonest_effect_is_the_rule_where_no_test_separates() -> None:
    samples = {(before(), BLOCKED): 3, (before(), OPENED): 1}
    assert induce(WALL, samples, 0.001, RulesThresholds()) == PLAIN


def test_a_rule_has_at_most_three_conditions() -> None:
    # Every action does something else: the last two are one rule.
    samples = {(before(action=action), Effect(True, action)): 1 for action in range(5)}
    rules = induce(WALL, samples, 0.001, RulesThresholds())
    assert [len(rule.conditions) for rule in rules] == [1, 2, 3, 3]
    assert [(rule.times, rule.cases) for rule in rules] == [(1, 1), (1, 1), (1, 1), (1, 2)]


labels = st.sampled_from([FREE, EDGE, X, O, BOX])
contexts = st.builds(
    Context,
    st.just(BOX),
    labels,
    st.integers(0, 1),
    st.integers(0, 3),
    st.sampled_from([(), ((KEY, 1),), ((BOX, 1), (KEY, 1))]),
)
effects = st.sampled_from([Effect(False, BOX), Effect(True, FREE), Effect(True, FREE, BOX)])
samples_of = st.dictionaries(
    st.tuples(contexts, effects), st.integers(1, 4), min_size=1, max_size=9
)


@settings(deadline=None, max_examples=60)
@given(samples_of, contexts, st.sampled_from([0.001, 0.05, 0.2]))
def test_exactly_one_rule_applies_and_the_counts_are_those_of_the_samples(
    samples: dict[tuple[Context, Effect], int], other: Context, noise: float
) -> None:
    rules = induce(BOX, samples, noise, RulesThresholds())
    assert max(len(rule.conditions) for rule in rules) <= 3
    assert rule_for(rules, other) in rules
    cases: Counter[Rule] = Counter()
    times: Counter[Rule] = Counter()
    for (context, effect), count in samples.items():
        fitting = [rule for rule in rules if all(c.holds(context) for c in rule.conditions)]
        assert fitting == [rule_for(rules, context)]
        cases[fitting[0]] += count
        times[fitting[0]] += count if effect == fitting[0].effect else 0
    assert {rule: (rule.times, rule.cases) for rule in rules} == {
        rule: (times[rule], cases[rule]) for rule in rules
    }


def test_each_exception_of_a_rule_costs_an_error() -> None:
    samples = {(before(), BLOCKED): 5, (before(), OPENED): 2}
    rules = induce(WALL, samples, 0.1, RulesThresholds())
    # One rule without conditions, and two exceptions: -2 ln 0.1.
    length = description_length(rules, samples, 0.1, RulesThresholds())
    assert length == pytest.approx(2 * math.log(10))


def drawn_samples(data: st.DataObject) -> dict[tuple[Context, Effect], int]:
    few = st.integers(0, 2)
    some = st.lists(few, unique=True, max_size=2).map(lambda found: tuple(sorted(found)))
    taken = st.dictionaries(st.integers(0, 2) | st.just(WALL), st.integers(1, 2), max_size=2)
    contexts = st.builds(
        Context, st.just(WALL), few, few, few, taken.map(lambda of: tuple(sorted(of.items()))),
        few, some, some,
    )  # fmt: skip
    effects = st.sampled_from([BLOCKED, OPENED, Effect(True, WALL)])
    pairs = st.dictionaries(st.tuples(contexts, effects), st.integers(1, 3), min_size=1, max_size=9)
    return data.draw(pairs)


@given(st.data(), st.sampled_from([0.001, 0.05, 0.3]))
@settings(max_examples=150, deadline=None)
def test_the_first_condition_is_the_one_that_shortens_the_description_most(
    data: st.DataObject, noise: float
) -> None:
    samples, thresholds = drawn_samples(data), RulesThresholds()
    rules = induce(WALL, samples, noise, thresholds)
    assert sum(rule.cases for rule in rules) == sum(samples.values())
    for context, _ in samples:
        assert sum(all(part.holds(context) for part in rule.conditions) for rule in rules) == 1

    def exceptions(part: list[tuple[Effect, int]]) -> int:
        times: Counter[Effect] = Counter()
        for effect, count in part:
            times[effect] += count
        return times.total() - max(times.values())

    contexts = [context for context, _ in samples]
    named = _tests(contexts, _Answers(contexts), thresholds)
    as_one = exceptions([(effect, n) for (_, effect), n in samples.items()])
    costs: dict[ContextTest | None, float] = {None: -math.log(noise) * as_one}
    for test, naming in named.items():
        sides = [
            [(effect, n) for (context, effect), n in samples.items() if test.holds(context) == side]
            for side in (True, False)
        ]
        assert all(sides)
        costs[test] = naming - math.log(noise) * sum(map(exceptions, sides))
    first = rules[0].conditions[0].test if rules[0].conditions else None
    assert costs[first] == pytest.approx(min(costs.values()))
