"""Record a contact model: rules with their rewards, and their contribution to plans."""

from __future__ import annotations

from dsrl_agent.front_end.knowledge import RuleBelief, RuleGain, RulePlans
from dsrl_agent.front_end.rule import Rule
from dsrl_agent.front_end.rules.model import ContactModel
from dsrl_agent.front_end.rules.text import describe_rule


def rules_of(model: ContactModel) -> tuple[Rule, ...]:
    """Return all rules: of the types met, of the edge and of empty cells."""
    return tuple(rule for front in model.fronts for rule in model.rules(front))


def rule_beliefs(model: ContactModel) -> tuple[RuleBelief, ...]:
    """Return all rules with the rewards believed."""
    return tuple(_belief(model, rule) for rule in rules_of(model))


def rule_plans(model: ContactModel) -> RulePlans:
    """Return the contribution to a plan of each rule, of the unknown and of a step."""
    gains = tuple(_gain(model, rule) for rule in rules_of(model))
    hope = model.optimism - model.step_reward
    return RulePlans(gains, hope, model.thresholds.step_price - model.step_reward)


def _belief(model: ContactModel, rule: Rule) -> RuleBelief:
    belief, sentence = model.belief(rule.front, rule.effect.enters), describe_rule(model, rule)
    if belief is None:
        return RuleBelief(sentence=sentence, rule=rule, reward=None, ends=False, firm=False)
    reward, ends, firm = belief.reward, belief.ends, belief.is_firm(model.noise)
    return RuleBelief(sentence=sentence, rule=rule, reward=reward, ends=ends, firm=firm)


def _gain(model: ContactModel, rule: Rule) -> RuleGain:
    belief = model.belief(rule.front, rule.effect.enters)
    if belief is None:
        return RuleGain(0.0, ends=False)
    if model.is_questioned(rule.front, rule.effect.enters):
        return RuleGain(model.optimism - model.step_reward, ends=False)
    return RuleGain(belief.reward - model.step_reward, belief.ends)
