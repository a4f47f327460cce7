"""Symbolic front ends: tables and rules learned from facts. Knows no pixels and no latents."""

from dsrl_agent.front_end.agency import Agency
from dsrl_agent.front_end.describe import action_names, describe_policy, describe_types
from dsrl_agent.front_end.protocol import Episode, FrontEnd
from dsrl_agent.front_end.relations import Relation, Valuation, relate
from dsrl_agent.front_end.rules import RulesFrontEnd
from dsrl_agent.front_end.tabular.q_learning import EpisodeMemory, TabularFrontEnd
from dsrl_agent.front_end.tabular.variants import make_front_end

__all__ = [
    "Agency",
    "Episode",
    "EpisodeMemory",
    "FrontEnd",
    "Relation",
    "RulesFrontEnd",
    "TabularFrontEnd",
    "Valuation",
    "action_names",
    "describe_policy",
    "describe_types",
    "make_front_end",
    "relate",
]
