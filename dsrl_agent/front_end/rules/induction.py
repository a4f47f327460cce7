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


def induce(
    front: int, samples: Samples, noise: float, thresholds: RulesThresholds
) -> tuple[Rule, ...]:
    """Return the rules of a type in front; for every context exactly one applies.

    `noise` is the rate of reading errors, in (0, 1). The thresholds give the most conditions, and
    their cost.
    """
    tests = _tests(samples) if _cost(samples, noise) else []
    return _grow(front, samples, noise, (), tests, thresholds)


def rule_for(rules: Sequence[Rule], context: Context) -> Rule:
    """Return the rule that applies."""
    return next(r for r in rules if all(condition.holds(context) for condition in r.conditions))


def _grow(
    front: int,
    samples: Samples,
    noise: float,
    conditions: tuple[Condition, ...],
    tests: Sequence[ContextTest],
    thresholds: RulesThresholds,
) -> tuple[Rule, ...]:
    best, best_cost = None, _cost(samples, noise)
    if best_cost > 0.0 and len(conditions) < thresholds.conditions:
        naming = math.log(max(1, len(tests))) + thresholds.condition_cost
        for test in tests:
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


def _tests(samples: Samples) -> list[ContextTest]:
    """Return the tests that tell some of the contexts apart, the most telling tests first."""
    contexts = [context for context, _ in samples]
    taken = {number for context in contexts for number, _ in context.taken}
    values: dict[str, set[int]] = {
        "carried": taken,
        "beyond": {context.beyond for context in contexts},
        "taken": taken,
        "body": {context.body for context in contexts},
        "action": {context.action for context in contexts},
    }
    tests = [ContextTest(about, value) for about in values for value in sorted(values[about])]
    return [test for test in tests if len({test.holds(context) for context in contexts}) == 2]


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
