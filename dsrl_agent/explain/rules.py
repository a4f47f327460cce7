"""What the front end `rules` believes, rule by rule: data first, then sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

from dsrl_agent.front_end.rules.board import EDGE, EMPTY
from dsrl_agent.front_end.rules.contact import KEPT, Effect
from dsrl_agent.front_end.rules.front_end import RulesFrontEnd
from dsrl_agent.front_end.rules.induction import Condition, Rule

_CONFIDENCE = 0.95


@dataclass(frozen=True)
class RuleBelief:
    """A rule with what it is believed to give.

    Attributes:
        rule: Preconditions, effect, and how often it held.
        reward: The reward believed; `None` where such a touch has not been rewarded yet.
        ends: Whether the episode is believed to end.
        firm: Whether enough touches agree to act on it.
        confidence: The share of cases in which the rule holds is at least this, with 95 %
            confidence (Clopper & Pearson 1934, one-sided).
    """

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


def rules_in_words(beliefs: Sequence[RuleBelief], actions: Sequence[str]) -> list[str]:
    """Return a sentence for every rule.

    Args:
        beliefs: The rules.
        actions: The actions' names.
    """
    return [_sentence(belief, actions) for belief in beliefs]


def _belief(front_end: RulesFrontEnd, rule: Rule) -> RuleBelief:
    belief = front_end.model.belief(rule.front, rule.effect.enters)
    interval = stats.binomtest(rule.times, rule.cases, alternative="greater").proportion_ci(
        _CONFIDENCE
    )
    return RuleBelief(
        rule,
        None if belief is None else belief.reward,
        belief is not None and belief.ends,
        belief is not None and belief.is_firm(front_end.model.noise),
        float(interval.low),
    )


def _sentence(belief: RuleBelief, actions: Sequence[str]) -> str:
    rule = belief.rule
    conditions = [_condition(condition, actions) for condition in rule.conditions]
    when = f" if {' and '.join(conditions)}" if conditions else ""
    reward = "a reward not known yet" if belief.reward is None else f"{belief.reward:+.2f}"
    ends = ", and the episode ends" if belief.ends else ""
    doubt = "" if belief.firm else "; not sure yet"
    return (
        f"Going for {_front(rule.front)}{when}: {reward}, {_effect(rule.front, rule.effect)}{ends} "
        f"({rule.times} of {rule.cases} times, so in at least "
        f"{int(1000 * belief.confidence) / 10:g} % of cases{doubt})."
    )


def _front(front: int) -> str:
    return {EMPTY: "an empty cell", EDGE: "the edge"}.get(front, f"type {front}")


def _effect(front: int, effect: Effect) -> str:
    said = ["the agent goes there" if effect.enters else "the agent is held up"]
    if front not in (EMPTY, EDGE):
        if effect.beyond == front:
            said.append("it is pushed on")
        elif effect.becomes == EMPTY:
            said.append("it vanishes")
        elif effect.becomes == front:
            said.append("it stays")
        else:
            said.append(f"it becomes type {effect.becomes}")
    if effect.beyond not in (KEPT, front):
        said.append(f"the cell beyond becomes {_front(effect.beyond)}")
    said += [
        f"every type {number} {'vanishes' if now == EMPTY else f'becomes type {now}'}"
        for number, now in effect.remote
    ]
    return ", ".join(said)


def _condition(condition: Condition, actions: Sequence[str]) -> str:
    about, value = condition.test
    thing = _front(value)
    yes, no = {
        "beyond": (f"{thing} lies beyond", f"{thing} does not lie beyond"),
        "carried": (f"type {value} is carried", f"no type {value} is carried"),
        "taken": (f"type {value} was taken", f"no type {value} was taken"),
        "body": (f"the agent is of type {value}", f"the agent is not of type {value}"),
        "action": (f"it goes {_name(actions, value)}", f"it does not go {_name(actions, value)}"),
    }[about]
    return yes if condition.wanted else no


def _name(actions: Sequence[str], action: int) -> str:
    return actions[action] if 0 <= action < len(actions) else f"by action {action}"
