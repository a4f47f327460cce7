"""Write learned rules as sentences."""

from __future__ import annotations

from dsrl_agent.front_end.rule import Condition, Effect, Rule
from dsrl_agent.front_end.rules.beliefs.model import ContactModel
from dsrl_agent.front_end.rules.beliefs.rewards import touch_of
from dsrl_agent.types import EDGE, FREE, GOING, HELD, KEPT

_THINGS = {FREE: "nothing", EDGE: "the edge"}
_CONDITIONS = {
    "beyond": "{thing} is {no}beyond it",
    "carried": "a {thing} is {no}carried",
    "taken": "a {thing} has {no}been taken",
    "body": "the agent is {no}{thing}",
    "action": "the action is {no}{thing}",
    "held": "{thing} is {no}in hand",
    "came": "a {thing} has {no}come up",
}


def describe_rule(model: ContactModel, rule: Rule) -> str:
    """Return a rule as a sentence: conditions, reward, effect, and how often it held."""
    conditions = " and ".join(_condition(each, rule.front) for each in rule.conditions)
    belief = model.belief_about(touch_of(rule))
    gives, ends = "", ""
    if belief is not None:
        gives = f"{belief.reward:+z.2f}, "
        ends = ", and the episode ends" if belief.ends else ""
        if belief.agreeing < rule.times:  # the reward has changed since the first of these times
            gives = f"{belief.reward:+z.2f} ({belief.agreeing} of the last {belief.touches}), "
        if model.is_questioned(touch_of(rule)):
            gives += "which may have changed, "
    times = f"{rule.times} of {rule.cases} times"
    what = _deed(rule) + (f" when {conditions}" if conditions else "")
    return f"{what}: {gives}{_effect(rule)}{ends} ({times})"


def _deed(rule: Rule) -> str:
    if rule.verb == GOING:
        return f"touching {_thing(rule.front)}"
    return f"action {rule.verb} on {_thing(rule.front)}"


def _effect(rule: Rule) -> str:
    front, effect = rule.front, rule.effect
    if rule.verb != GOING or effect.flung or effect.becomes == HELD:
        own = _effect_of_action(front, effect)
    elif not effect.enters:
        own = "it blocks the way"
        if effect.becomes not in (front, EDGE):
            gone = effect.becomes == FREE
            own += " and vanishes" if gone else f" and becomes {_thing(effect.becomes)}"
    elif effect.beyond == front != FREE:
        own = "it is pushed on"
    elif front == FREE:
        own = "the agent goes there"
    elif effect.becomes == FREE:
        own = "it vanishes"
    elif effect.becomes == front:
        own = "the agent goes over it"
    else:
        own = f"it becomes {_thing(effect.becomes)}"
    if effect.wears != FREE:
        own += f", and the agent becomes {_thing(effect.wears)}"
    if effect.beyond not in (KEPT, front):
        own += f", and what is beyond becomes {_thing(effect.beyond)}"
    for label, now in effect.remote:
        fate = "vanish" if now == FREE else f"become {_thing(now)}"
        own += f", and all of {_thing(label)} {fate}"
    for row, col, was, now in effect.fixed:
        came = f"{_thing(was)} vanishes" if now == FREE else f"{_thing(now)} comes up"
        own += f", and {came} at row {row}, column {col}"
    return own


def _effect_of_action(front: int, effect: Effect) -> str:
    """Return the effect of an action that leaves the agent where it is, or flings it elsewhere."""
    if effect.flung:
        on = "" if effect.lands == FREE else f", on {_thing(effect.lands)}"
        return f"the agent comes to stand elsewhere{on}"
    if effect.becomes == HELD:
        return "the thing in hand is put down there"
    turns = " and the agent changes" if effect.turns else ""
    if effect.becomes in (front, EDGE):
        return turns.removeprefix(" and ") or "nothing happens"
    fate = "it vanishes" if effect.becomes == FREE else f"it becomes {_thing(effect.becomes)}"
    return fate + turns


def _condition(condition: Condition, front: int) -> str:
    (about, value), wanted = condition
    thing = value if about == "action" else _thing(value)
    if about == "gone":
        one, none = ("another", "no other") if value == front else ("a", "no")
        return f"{none if wanted else one} {thing} is left"
    return _CONDITIONS[about].format(thing=thing, no="" if wanted else "not ")


def _thing(label: int) -> str:
    return _THINGS.get(label, f"type {label}")
