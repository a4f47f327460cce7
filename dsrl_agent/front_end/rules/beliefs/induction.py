"""Induce rules from samples of contacts: preconditions and effects, in a small language.

The rules of one type in front are a decision list read off a decision tree. A test is added where
it shortens the description (minimum description length, as in Quinlan & Rivest 1989). A sample
without the commonest effect counts as a reading error, at -ln(noise) nats; a test costs the naming
of it. So with few reading errors one exception makes a rule, and with more it takes several.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.config import RulesThresholds
from dsrl_agent.front_end.rule import Condition, Context, ContextTest, Effect, Rule
from dsrl_agent.types import Floats, Ints

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
    tree = _Tree(front, samples, noise, thresholds)
    return tree.grown(np.arange(len(samples)), ())


def description_length(
    rules: Sequence[Rule], samples: Samples, noise: float, thresholds: RulesThresholds
) -> float:
    """Return the length in nats of rules and of the samples that are exceptions to them."""
    contexts = [context for context, _ in samples]
    tests = _tests(contexts, _Answers(contexts), thresholds) if len(rules) > 1 else {}
    chosen = {condition.test for rule in rules for condition in rule.conditions}
    named = sum(tests.get(test, 0.0) for test in chosen)
    return named - math.log(noise) * sum(rule.cases - rule.times for rule in rules)


def rule_for(rules: Sequence[Rule], context: Context) -> Rule:
    """Return the rule that applies."""
    if len(rules) == 1:
        return rules[0]
    return next(r for r in rules if all(condition.holds(context) for condition in r.conditions))


class _Tree:
    """Grows the rules of samples, which it holds in arrays: all tests are tried in one go."""

    def __init__(
        self, front: int, samples: Samples, noise: float, thresholds: RulesThresholds
    ) -> None:
        self._front, self._price, self._most = front, -math.log(noise), thresholds.conditions
        self._effects = sorted({effect for _, effect in samples})
        column = {effect: number for number, effect in enumerate(self._effects)}
        self._counts = np.zeros((len(samples), len(column)), dtype=np.int64)  # [samples, effects]
        for row, ((_, effect), count) in enumerate(samples.items()):
            self._counts[row, column[effect]] = count
        self._tests: list[ContextTest] = []
        if len(self._effects) > 1:  # otherwise there is no exception to explain
            contexts = [context for context, _ in samples]
            answers = _Answers(contexts)
            named = _tests(contexts, answers, thresholds)
            self._tests, self._naming = list(named), np.array(list(named.values()))
            # [tests, samples]; whole numbers, of which products are sums of counts
            self._yes = np.array([answers.to(test) for test in named], dtype=np.int64)

    def grown(self, rows: Ints, conditions: tuple[Condition, ...]) -> tuple[Rule, ...]:
        """Return the rules of some samples, by their rows, under conditions that hold for all."""
        times = self._counts[rows].sum(axis=0)
        best = self._best(rows, times) if len(conditions) < self._most else -1
        if best < 0:
            commonest = int(times.argmax())
            effect, count, cases = self._effects[commonest], int(times[commonest]), int(times.sum())
            return (Rule(self._front, conditions, effect, count, cases),)
        rules: tuple[Rule, ...] = ()
        for wanted in (True, False):
            part = rows[self._yes[best, rows] == wanted]
            rules += self.grown(part, (*conditions, Condition(self._tests[best], wanted)))
        return rules

    def _best(self, rows: Ints, times: Ints) -> int:
        """Return the first of the tests that shorten the description most, -1 if none does."""
        if not self._tests or times.max() == times.sum():
            return -1
        answers = self._yes[:, rows]
        yes = answers @ self._counts[rows]  # [tests, effects]
        told = answers.sum(axis=1)
        cost = self._naming + (self._cost(yes) + self._cost(times - yes))
        cost[(told == 0) | (told == len(rows))] = math.inf
        best = int(cost.argmin())
        return best if cost[best] < self._cost(times) else -1

    def _cost(self, times: Ints) -> Floats:
        """Return what samples cost in nats; `times`, `[..., effects]`, counts each effect."""
        return np.asarray(self._price * (times.sum(axis=-1) - times.max(axis=-1)))


class _Answers:
    """The answers of contexts to tests, `[contexts]` each."""

    def __init__(self, contexts: Sequence[Context]) -> None:
        self._contexts = contexts
        self._found: dict[ContextTest, NDArray[np.bool_]] = {}
        self._columns: dict[str, Ints] = {}

    def to(self, test: ContextTest) -> NDArray[np.bool_]:
        """Return which contexts answer yes, as `ContextTest.holds` says of each."""
        found = self._found.get(test)
        if found is None:
            found = self._found[test] = self._answered(test)
        return found

    def tells(self, test: ContextTest) -> bool:
        """Say whether a test tells some contexts from others."""
        return 0 < int(np.count_nonzero(self.to(test))) < len(self._contexts)

    def sides(self, test: ContextTest) -> bytes:
        """Return which contexts are on the side of the first; equal ones tell the same apart."""
        answers = self.to(test)
        return bytes((answers == answers[0]).data)

    def _answered(self, test: ContextTest) -> NDArray[np.bool_]:
        about, value = test
        if about in ("came", "gone"):
            return np.array([value in getattr(context, about) for context in self._contexts])
        if about in ("carried", "taken"):
            taken = np.array([of.get(value, 0) for of in self._taken])
            return np.asarray(taken > (self._least if about == "carried" else 0))
        if about not in self._columns:
            column = [getattr(context, about) for context in self._contexts]
            self._columns[about] = np.array(column)
        return np.asarray(self._columns[about] == value)

    @cached_property
    def _taken(self) -> list[dict[int, int]]:
        return [dict(context.taken) for context in self._contexts]

    @cached_property
    def _least(self) -> Ints:
        """How often things of the type in front were taken."""
        both = zip(self._taken, self._contexts, strict=True)
        return np.array([of.get(context.front, 0) for of, context in both])


def _tests(
    contexts: Sequence[Context], answers: _Answers, thresholds: RulesThresholds
) -> dict[ContextTest, float]:
    """Return the tests that tell some of the contexts apart, with the cost of naming each in nats.

    The most telling tests come first. A test of the state of affairs is named among all tests, any
    other among those of the contact itself.
    """
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
    near = _telling(_NEAR, values, answers)
    far = _telling(_FAR, values, answers)
    far += _otherwise(_telling(_LEFT, values, answers), [*near, *far], answers)
    cost = math.log(max(1, len(near))) + thresholds.condition_cost
    far_cost = math.log(max(1, len(near) + len(far))) + thresholds.condition_cost
    more = dict.fromkeys(("came", "gone"), thresholds.remote_condition_cost)
    return {
        **dict.fromkeys(near, cost),
        **{test: far_cost + more.get(test.about, 0.0) for test in far},
    }


def _telling(
    about: Sequence[str], values: Mapping[str, set[int]], answers: _Answers
) -> list[ContextTest]:
    tests = [ContextTest(of, value) for of in about for value in sorted(values[of])]
    return [test for test in tests if answers.tells(test)]


def _otherwise(
    tests: Sequence[ContextTest], others: Sequence[ContextTest], answers: _Answers
) -> list[ContextTest]:
    """Return the tests that tell the contexts apart as no other test and none before them does."""
    known = {answers.sides(test) for test in others} if tests else set()
    found = []
    for test in tests:
        sides = answers.sides(test)
        if sides not in known:
            found.append(test)
            known.add(sides)
    return found
