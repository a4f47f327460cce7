"""Induce rules from samples of contacts: preconditions and effects, in a small language.

The rules of one type in front are a decision list read off a decision tree. A test is added where
it shortens the description (minimum description length, as in Quinlan & Rivest 1989). A sample
without the commonest effect counts as a reading error, at -ln(noise) nats; a test costs the naming
of it. So with few reading errors one exception makes a rule, and with more it takes several.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from dsrl_agent.config import RulesThresholds
from dsrl_agent.front_end.rule import Condition, Context, ContextTest, Effect, Rule

Samples = Mapping[tuple[Context, Effect], int]
"""How often each effect followed in each context."""

_NEAR = ("carried", "beyond", "taken", "body", "action")  # what a test asks of the agent's contact
_FAR = ("held", "came")  # what it asks of the state of affairs
_LEFT = ("gone",)  # what it asks of it where nothing else tells the contexts apart in the same way


def induce(
    front: int, samples: Samples, noise: float, thresholds: RulesThresholds
) -> tuple[Rule, ...]:
    """Return the rules of a type in front; for every context exactly one applies.

    `noise` is the rate of reading errors, in (0, 1). The thresholds give the most conditions, and
    their cost.
    """
    tests = _tests(samples, thresholds) if _cost(samples, noise) else {}
    return _grow(front, samples, noise, (), tests, thresholds)


def description_length(
    rules: Sequence[Rule], samples: Samples, noise: float, thresholds: RulesThresholds
) -> float:
    """Return the length in nats of rules and of the samples that are exceptions to them."""
    tests = _tests(samples, thresholds) if len(rules) > 1 else {}
    chosen = {condition.test for rule in rules for condition in rule.conditions}
    named = sum(tests.get(test, 0.0) for test in chosen)
    return named - math.log(noise) * sum(rule.cases - rule.times for rule in rules)


def rule_for(rules: Sequence[Rule], context: Context) -> Rule:
    """Return the rule that applies."""
    if len(rules) == 1:
        return rules[0]
    return next(r for r in rules if all(condition.holds(context) for condition in r.conditions))


def _grow(
    front: int,
    samples: Samples,
    noise: float,
    conditions: tuple[Condition, ...],
    tests: Mapping[ContextTest, float],
    thresholds: RulesThresholds,
) -> tuple[Rule, ...]:
    best, best_cost = None, _cost(samples, noise)
    if best_cost > 0.0 and len(conditions) < thresholds.conditions:
        for test, naming in tests.items():
            parts = _split(samples, test)
            if all(parts):
                cost = naming + sum(_cost(part, noise) for part in parts)
                if cost < best_cost:
                    best, best_cost = test, cost
    if best is None:
        effect, times = _commonest(samples)
        cases = sum(samples.values())
        return (Rule(front=front, conditions=conditions, effect=effect, times=times, cases=cases),)
    rules: tuple[Rule, ...] = ()
    for wanted, part in zip((True, False), _split(samples, best), strict=True):
        grown = (*conditions, Condition(best, wanted))
        rules += _grow(front, part, noise, grown, tests, thresholds)
    return rules


def _tests(samples: Samples, thresholds: RulesThresholds) -> dict[ContextTest, float]:
    """Return the tests that tell some of the contexts apart, with the cost of naming each in nats.

    The most telling tests come first. A test of the state of affairs is named among all tests, any
    other among those of the contact itself.
    """
    contexts = [context for context, _ in samples]
    taken = {number for context in contexts for number, _ in context.taken}
    values: dict[str, set[int]] = {
        "carried": taken,
        "beyond": {context.beyond for context in contexts},
        "taken": taken,
        "body": {context.body for context in contexts},
        "action": {context.action for context in contexts},
        "held": {context.held for context in contexts},
        "came": {number for context in contexts for number in context.came},
        "gone": {number for context in contexts for number in context.gone},
    }
    near = _telling(_NEAR, values, contexts)
    far = _telling(_FAR, values, contexts)
    far += _otherwise(_telling(_LEFT, values, contexts), [*near, *far], contexts)
    cost = math.log(max(1, len(near))) + thresholds.condition_cost
    far_cost = math.log(max(1, len(near) + len(far))) + thresholds.condition_cost
    more = dict.fromkeys(("came", "gone"), thresholds.remote_condition_cost)
    return {
        **dict.fromkeys(near, cost),
        **{test: far_cost + more.get(test.about, 0.0) for test in far},
    }


def _telling(
    about: Sequence[str], values: Mapping[str, set[int]], contexts: Sequence[Context]
) -> list[ContextTest]:
    tests = [ContextTest(of, value) for of in about for value in sorted(values[of])]
    return [test for test in tests if len({test.holds(context) for context in contexts}) == 2]


def _otherwise(
    tests: Sequence[ContextTest], others: Sequence[ContextTest], contexts: Sequence[Context]
) -> list[ContextTest]:
    """Return the tests that tell the contexts apart as no other test and none before them does."""
    known = {_sides(test, contexts) for test in others} if tests else set()
    found = []
    for test in tests:
        sides = _sides(test, contexts)
        if sides not in known:
            found.append(test)
            known.add(sides)
    return found


def _sides(test: ContextTest, contexts: Sequence[Context]) -> tuple[bool, ...]:
    """Return on which side of a test each context is, by whether that is the first one's side."""
    answers = [test.holds(context) for context in contexts]
    return tuple(answer == answers[0] for answer in answers)


def _split(samples: Samples, test: ContextTest) -> tuple[Samples, Samples]:
    yes = {sample: count for sample, count in samples.items() if test.holds(sample[0])}
    no = {sample: count for sample, count in samples.items() if sample not in yes}
    return yes, no


def _commonest(samples: Samples) -> tuple[Effect, int]:
    effects: Counter[Effect] = Counter()
    for (_, effect), count in samples.items():
        effects[effect] += count
    return min(effects.items(), key=lambda item: (-item[1], item[0]))


def _cost(samples: Samples, noise: float) -> float:
    return -math.log(noise) * (sum(samples.values()) - _commonest(samples)[1])
