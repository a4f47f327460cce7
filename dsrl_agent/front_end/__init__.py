"""Symbolic front ends: tables and rules learned from facts. Knows no pixels and no latents."""

from dsrl_agent.front_end.agency import ActionEffect, Agency
from dsrl_agent.front_end.describe import action_names, describe_policy, describe_types
from dsrl_agent.front_end.knowledge import Episode, Knowledge
from dsrl_agent.front_end.protocol import AnyFrontEnd, FrontEnd
from dsrl_agent.front_end.registry import make_front_end, register
from dsrl_agent.front_end.relations import Relation, Valuation, relate
from dsrl_agent.front_end.rules.front_end import RulesFrontEnd
from dsrl_agent.front_end.tabular.q_learning import TabularEpisode, TabularFrontEnd

__all__ = [
    "ActionEffect", "Agency", "AnyFrontEnd", "Episode", "FrontEnd", "Knowledge", "Relation",
    "RulesFrontEnd", "TabularEpisode", "TabularFrontEnd", "Valuation", "action_names",
    "describe_policy", "describe_types", "make_front_end", "register", "relate",
]  # fmt: skip
