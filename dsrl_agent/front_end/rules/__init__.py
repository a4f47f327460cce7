"""Rules learned from contacts, and planning on them."""

from dsrl_agent.front_end.rules.front_end import RulesFrontEnd

__all__ = ["RulesFrontEnd"]
