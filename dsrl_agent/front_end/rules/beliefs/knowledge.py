"""Record a contact model: rules with their rewards, and their contribution to plans."""

from __future__ import annotations

from dsrl_agent.front_end.knowledge import RuleBelief, RuleGain, RulePlans
from dsrl_agent.front_end.rule import Rule
from dsrl_agent.front_end.rules.beliefs.model import ContactModel
from dsrl_agent.front_end.rules.beliefs.rewards import touch_of
from dsrl_agent.front_end.rules.beliefs.text import describe_rule
from dsrl_agent.front_end.rules.beliefs.tries import does_nothing
from dsrl_agent.types import GOING


def rules_of(model: ContactModel) -> tuple[Rule, ...]:
    """Return all rules: of the types met, of the edge and of empty cells.

    Rules by which an action that does not move the agent does nothing at all are left out.
    """
    rules = (rule for verb, front in model.targets for rule in model.rules(front, verb))
    return tuple(rule for rule in rules if not _says_nothing(model, rule))


def rule_beliefs(model: ContactModel) -> tuple[RuleBelief, ...]:
    """Return all rules with the rewards believed."""
    return tuple(_belief(model, rule) for rule in rules_of(model))


def exportable(model: ContactModel) -> RulePlans | None:
    """Return `rule_plans`, or `None` where plans cannot be written as a logic program.

    The program has no words for actions that do not move the agent, nor for things in hand.
    """
    return rule_plans(model) if all(verb == GOING for verb, _ in model.targets) else None


def rule_plans(model: ContactModel) -> RulePlans:
    """Return the contribution to a plan of each rule, of the unknown and of a step."""
    gains = tuple(_gain(model, rule) for rule in rules_of(model))
    price = model.thresholds.step_price * model.unit
    return RulePlans(gains, model.hope, price)


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


def _gain(model: ContactModel, rule: Rule) -> RuleGain:
    belief = model.belief_about(touch_of(rule))
    if belief is None:
        return RuleGain(0.0, ends=False)
    if model.is_questioned(touch_of(rule)):
        return RuleGain(model.hope, ends=False)
    return RuleGain(model.gain(belief.reward, belief.ends), belief.ends)
