"""Record a contact model: rules with their rewards, and what plans rest on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from dsrl_agent.front_end.knowledge import Analogies, RuleBelief, RuleGain, RulePlans
from dsrl_agent.front_end.rule import Condition, ContextTest, Rule
from dsrl_agent.front_end.rules.beliefs.conditions import of_hand
from dsrl_agent.front_end.rules.beliefs.model import ContactModel, Prediction
from dsrl_agent.front_end.rules.beliefs.rewards import touch_of
from dsrl_agent.front_end.rules.beliefs.text import describe_rule
from dsrl_agent.front_end.rules.beliefs.tries import does_nothing
from dsrl_agent.types import FREE, GOING, HELD

_EMPTY_HAND = ContextTest("held", FREE)


def rules_of(model: ContactModel) -> tuple[Rule, ...]:
    """Return all rules: of the types met, of the edge and of empty cells.

    Rules by which an action that does not move the agent does nothing at all are left out.
    """
    rules = (rule for verb, front in model.targets for rule in model.rules(front, verb))
    return tuple(rule for rule in rules if not _says_nothing(model, rule))


def rule_beliefs(model: ContactModel) -> tuple[RuleBelief, ...]:
    """Return all rules with the rewards believed."""
    return tuple(_belief(model, rule) for rule in rules_of(model))


def rule_plans(model: ContactModel) -> RulePlans:
    """Return what the model's plans rest on."""
    own = chain.from_iterable(map(_by_hand, rules_of(model)))
    gains = (_gain(model, rule, model.expected(rule.verb, rule.front, rule.effect)) for rule in own)
    return RulePlans(
        gains=tuple(gains),
        hope=model.hope,
        step_price=model.thresholds.step_price * model.unit,
        unit=model.unit,
        verbs=model.verbs,
        fences=tuple(sorted(model.fences.closed(model.plain))),
        analogies=_analogies(model),
    )


def _says_nothing(model: ContactModel, rule: Rule) -> bool:
    still = rule.verb != GOING and not rule.conditions and does_nothing(rule.front, rule.effect)
    belief = model.belief_about(touch_of(rule))
    return still and (belief is None or not model.gain(belief.reward, belief.ends))


def _belief(model: ContactModel, rule: Rule) -> RuleBelief:
    belief, sentence = model.belief_about(touch_of(rule)), describe_rule(model, rule)
    if belief is None:
        return RuleBelief(sentence=sentence, rule=rule, reward=None, ends=False, firm=False)
    reward, ends, firm = belief.reward, belief.ends, belief.is_firm(model.noise)
    return RuleBelief(sentence=sentence, rule=rule, reward=reward, ends=ends, firm=firm)


def _by_hand(rule: Rule) -> Iterator[Rule]:
    """Yield a rule, told apart by the hand if it puts a thing down: an empty hand puts none."""
    if rule.effect.becomes != HELD:
        yield rule
        return
    for empty in (False, True):
        condition = Condition(_EMPTY_HAND, empty)
        effect = of_hand(rule.effect, FREE) if empty else rule.effect
        yield rule._replace(conditions=(*rule.conditions, condition), effect=effect)


def _gain(model: ContactModel, rule: Rule, expected: Prediction) -> RuleGain:
    return RuleGain(rule, model.gain(expected.reward, expected.ends), expected.ends)


def _analogies(model: ContactModel) -> Analogies | None:
    """Return what is expected of types by what those like them have done; `None` if nothing is."""
    general = model.general
    if general is None or not model.likeness:
        return None
    like: dict[int, set[int]] = {}
    for number, alike in model.likeness.items():
        like.setdefault(alike, {alike}).add(number)
    gains = {
        front: tuple(_by_analogy(model, general, alike, front))
        for alike in general.fronts
        for front in like.get(alike, {alike})
    }
    met = {target: model.tries(target[1], target[0]).affairs for target in model.targets}
    return Analogies(model.likeness, gains, met)


def _by_analogy(
    model: ContactModel, general: ContactModel, alike: int, front: int
) -> Iterator[RuleGain]:
    """Yield the rules of a representative as those of a type, with the effects expected of it."""
    verbs = (verb for verb, of in general.targets if of == alike)
    rules = chain.from_iterable(general.rules(alike, verb) for verb in verbs)
    for rule in chain.from_iterable(map(_by_hand, rules)):
        found = general.expected(rule.verb, alike, rule.effect)
        expected = model.by_analogy(rule.verb, front, found)
        yield _gain(model, rule._replace(front=front, effect=expected.effect), expected)
