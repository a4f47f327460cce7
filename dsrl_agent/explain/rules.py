"""What the front end `rules` believes, rule by rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dsrl_agent.explain.contacts import at_least, percent
from dsrl_agent.front_end.rules.front_end import RulesFrontEnd
from dsrl_agent.front_end.rules.induction import Rule
from dsrl_agent.front_end.rules.words import describe_rule


@dataclass(frozen=True)
class RuleBelief:
    """A rule with what it is believed to give.

    Attributes:
        sentence: The rule in words, and how often it held.
        rule: Preconditions, effect, and how often it held.
        reward: The reward believed; `None` where such a touch has not been rewarded yet.
        ends: Whether the episode is believed to end.
        firm: Whether enough touches agree to act on it.
        confidence: The share of cases in which the rule holds is at least this, with 95 %
            confidence (Clopper & Pearson 1934, one-sided).
    """

    sentence: str
    rule: Rule
    reward: float | None
    ends: bool
    firm: bool
    confidence: float


def rule_beliefs(front_end: RulesFrontEnd) -> tuple[RuleBelief, ...]:
    """Return all rules: of the types met, of the edge and of empty cells."""
    return tuple(
        _belief(front_end, rule)
        for front in front_end.model.fronts
        for rule in front_end.model.rules(front)
    )


def rules_in_words(beliefs: Sequence[RuleBelief]) -> list[str]:
    """Return a sentence for every rule."""
    return [
        f"{belief.sentence[0].upper()}{belief.sentence[1:]}, so in at least "
        f"{percent(belief.confidence)} of cases{'' if belief.firm else '; not sure yet'}."
        for belief in beliefs
    ]


def _belief(front_end: RulesFrontEnd, rule: Rule) -> RuleBelief:
    belief = front_end.model.belief(rule.front, rule.effect.enters)
    return RuleBelief(
        describe_rule(front_end.model, rule),
        rule,
        None if belief is None else belief.reward,
        belief is not None and belief.ends,
        belief is not None and belief.is_firm(front_end.model.noise),
        at_least(rule.times, rule.cases),
    )
