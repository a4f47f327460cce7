"""Revise rules by hand: the reward of a touch, whether it ends the episode, and its effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from dsrl_agent.front_end.revision import RevisableBelief, RevisableField
from dsrl_agent.front_end.rule import Context, Effect, Rule
from dsrl_agent.front_end.rules.beliefs.knowledge import rules_of
from dsrl_agent.front_end.rules.beliefs.model import ContactModel
from dsrl_agent.front_end.rules.beliefs.rewards import Touch, touch_by, touch_of
from dsrl_agent.front_end.rules.beliefs.text import describe_rule
from dsrl_agent.types import EDGE, FREE, GOING, frozen

REWARD, ENDS, EFFECT = "reward", "ends the episode", "effect"
_ENDS = ("no", "yes")
_OTHER = "as learned"
_EFFECTS: dict[str, Callable[[int], Effect]] = {
    "vanishes": lambda front: Effect(True, FREE),
    "is walked over": lambda front: Effect(True, front),
    "blocks the way": lambda front: Effect(False, front),
}


def revisable_rules(model: ContactModel) -> tuple[RevisableBelief, ...]:
    """Return all rules but those of the edge, with what can be revised of each."""
    found = []
    for key, rule in _keyed(model).items():
        if rule.front != EDGE:
            fields = _fields(model, rule)
            found.append(RevisableBelief(key, describe_rule(model, rule), fields))
    return tuple(found)


def revised_model(model: ContactModel, key: str, name: str, value: float | str) -> ContactModel:
    """Return a model in which a field of a rule has another value, and all else is as before.

    A revised reward is believed as firmly as one met often enough. A revised effect takes the place
    of all effects seen where the rule's conditions hold. Types that resemble the one revised, and
    were not met themselves, follow it.

    Raises:
        KeyError: There is no such rule or field.
    """
    rule, state = _keyed(model)[key], model.state()
    likeness = model.likeness
    _revise(state, rule, name, value, model)
    if state["general"] is not None:
        alike = likeness.get(rule.front, rule.front)
        _revise(state["general"], rule._replace(front=alike, conditions=()), name, value, model)
    revised = ContactModel(model.thresholds, model.verbs)
    revised.load(state)
    return revised


def _keyed(model: ContactModel) -> dict[str, Rule]:
    """Return the rules by a key: verb, type in front, and number among the rules of both."""
    keyed: dict[str, Rule] = {}
    counts: Counter[tuple[int, int]] = Counter()
    for rule in rules_of(model):
        target = (rule.verb, rule.front)
        keyed[f"{rule.verb}:{rule.front}:{counts[target]}"] = rule
        counts[target] += 1
    return keyed


def _fields(model: ContactModel, rule: Rule) -> tuple[RevisableField, ...]:
    belief = model.belief_about(touch_of(rule))
    reward = RevisableField(REWARD, None if belief is None else belief.reward)
    if rule.front == FREE:
        return (reward,)
    ends = RevisableField(ENDS, _ENDS[belief is not None and belief.ends], _ENDS)
    if rule.verb != GOING:
        return (reward, ends)
    plain = rule.effect._replace(gives=0, fixed=())
    now = next((words for words, of in _EFFECTS.items() if of(rule.front) == plain), _OTHER)
    choices = tuple(_EFFECTS) if now in _EFFECTS else (*_EFFECTS, _OTHER)
    return (reward, ends, RevisableField(EFFECT, now, choices))


def _revise(
    state: dict[str, Any], rule: Rule, name: str, value: float | str, model: ContactModel
) -> None:
    """Revise a field of a rule in the state of a model."""
    touch = touch_of(rule)
    if name == REWARD:
        _believe(state, touch, model, reward=float(value))
    elif name == ENDS:
        _believe(state, touch, model, ends=value == "yes")
    elif name != EFFECT:
        raise KeyError(name)
    elif value != _OTHER:
        effect = _EFFECTS[str(value)](rule.front)
        _change_effect(state, rule, effect)
        _copy_belief(state, touch, touch_by(rule.verb, rule.front, effect, touch.gives))


def _believe(
    state: dict[str, Any],
    touch: Touch,
    model: ContactModel,
    reward: float | None = None,
    ends: bool | None = None,
) -> None:
    """Make a belief a firm one, with another reward or end."""
    row = next((row for row in state["beliefs"] if tuple(row[:4]) == touch), None)
    if row is None:
        row = [*touch, model.step_reward, 0, 0, 0, [], 0, -1, False]
        state["beliefs"].append(row)
    believed, agreeing, touches, ended, _, confirmed, _, _ = row[4:]
    enough = max(model.thresholds.firm_touches, agreeing)
    touches = max(touches, enough)
    if ends is not None:
        ended = touches if ends else 0
    elif ended:  # stays what it is
        ended = touches if 2 * ended > row[6] else 0
    believed = believed if reward is None else reward
    row[4:] = [believed, enough, touches, ended, [], confirmed, -1, False]


def _change_effect(state: dict[str, Any], rule: Rule, effect: Effect) -> None:
    """Give all samples in which a rule's conditions hold another effect."""
    moving = state["moving"]
    counts: dict[tuple[Context, Effect], int] = {}
    for context, seen, count in state["samples"]:
        found, old = Context(*frozen(list(context))), Effect(*frozen(list(seen)))
        verb = GOING if moving is None or found.action in moving else found.action
        holds = all(condition.holds(found) for condition in rule.conditions)
        if (verb, found.front) == (rule.verb, rule.front) and holds:
            old = effect._replace(gives=old.gives)
        counts[found, old] = counts.get((found, old), 0) + count
    state["samples"] = [[list(key), list(of), count] for (key, of), count in counts.items()]


def _copy_belief(state: dict[str, Any], touch: Touch, other: Touch) -> None:
    """Let a touch of another effect give what this one gives, if nothing is believed of it."""
    rows = {tuple(row[:4]): row for row in state["beliefs"]}
    if other not in rows and touch in rows:
        state["beliefs"].append([*other, *rows[touch][4:8], [], *rows[touch][9:]])
