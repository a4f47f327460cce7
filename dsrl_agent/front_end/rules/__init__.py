"""Rules learned from contacts, and planning on them."""

from dsrl_agent.front_end.rules.front_end import RulesEpisode, RulesFrontEnd
from dsrl_agent.front_end.rules.words import describe_rules

__all__ = ["RulesEpisode", "RulesFrontEnd", "describe_rules"]
