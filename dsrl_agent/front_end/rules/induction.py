"""From samples of contacts to rules: preconditions and effects, in a small language.

The rules of one type in front are a decision list read off a decision tree. A test is added where
it pays for itself in description length: what does not follow the commonest effect counts as an
error of sight, at -ln(noise) nats each, and a test costs the naming of it (minimum description
length, as in Quinlan & Rivest 1989). So one exception makes a rule where sight is good, and needs
company where it is not.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dsrl_agent.front_end.rules.contact import Context, Effect

Samples = Mapping[tuple[Context, Effect], int]

_MOST_TESTS = 3  # rules with more preconditions are not worth reading
_TEST_COST = 1.0  # nats, beside the naming of the test


class Test(NamedTuple):
    """A question about a context.

    Attributes:
        about: `beyond`: does the cell beyond hold `value`? `carried`: has a thing of type `value`
            been taken more often than one of the type in front, as a key that is still unused?
            `taken`: has a thing of type `value` been taken at all? `body`: is the agent of type
            `value`? `action`: is the action `value`?
        value: A type, `EMPTY`, `EDGE` or an action.
    """

    about: str
    value: int

    def holds(self, context: Context) -> bool:
        """Say whether it is so."""
        if self.about == "beyond":
            return context.beyond == self.value
        if self.about == "body":
            return context.body == self.value
        if self.about == "action":
            return context.action == self.value
        taken = dict(context.taken)
        least = taken.get(context.front, 0) if self.about == "carried" else 0
        return taken.get(self.value, 0) > least


class Condition(NamedTuple):
    """A test and the answer that it must have."""

    test: Test
    wanted: bool

    def holds(self, context: Context) -> bool:
        """Say whether the context has it."""
        return self.test.holds(context) == self.wanted


class Rule(NamedTuple):
    """Under these conditions, going for the type in front has this effect.

    Attributes:
        front: The type in front.
        conditions: What must hold.
        effect: What comes of it.
        times: How often it did.
        cases: How often the conditions held.
    """

    front: int
    conditions: tuple[Condition, ...]
    effect: Effect
    times: int
    cases: int


def induce(front: int, samples: Samples, noise: float) -> tuple[Rule, ...]:
    """Return the rules of a type in front; for every context exactly one applies.

    Args:
        front: The type.
        samples: How often each effect came in each context.
        noise: The rate of errors of sight, in (0, 1).
    """
    tests = _tests(samples) if _cost(samples, noise) else []
    return _grow(front, samples, noise, (), tests)


def rule_for(rules: Sequence[Rule], context: Context) -> Rule:
    """Return the rule that applies."""
    return next(
        rule for rule in rules if all(condition.holds(context) for condition in rule.conditions)
    )


def _grow(
    front: int,
    samples: Samples,
    noise: float,
    conditions: tuple[Condition, ...],
    tests: Sequence[Test],
) -> tuple[Rule, ...]:
    best, best_cost = None, _cost(samples, noise)
    if best_cost > 0.0 and len(conditions) < _MOST_TESTS:
        naming = math.log(max(1, len(tests))) + _TEST_COST
        for test in tests:
            parts = _split(samples, test)
            if all(parts):
                cost = naming + sum(_cost(part, noise) for part in parts)
                if cost < best_cost:
                    best, best_cost = test, cost
    if best is None:
        effect, times = _commonest(samples)
        return (Rule(front, conditions, effect, times, sum(samples.values())),)
    rules: tuple[Rule, ...] = ()
    for wanted, part in zip((True, False), _split(samples, best), strict=True):
        rules += _grow(front, part, noise, (*conditions, Condition(best, wanted)), tests)
    return rules


def _tests(samples: Samples) -> list[Test]:
    """Return the tests that tell some of the contexts apart, the most telling kinds first."""
    contexts = [context for context, _ in samples]
    values: dict[str, set[int]] = {
        "carried": {kind for context in contexts for kind, _ in context.taken},
        "beyond": {context.beyond for context in contexts},
        "taken": {kind for context in contexts for kind, _ in context.taken},
        "body": {context.body for context in contexts},
        "action": {context.action for context in contexts},
    }
    asked = [Test(about, value) for about, found in values.items() for value in sorted(found)]
    return [test for test in asked if len({test.holds(context) for context in contexts}) == 2]


def _split(samples: Samples, test: Test) -> tuple[Samples, Samples]:
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
