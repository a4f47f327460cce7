"""Symbolic front ends: tables and rules learned from facts. Knows no pixels and no latents."""

from dsrl_agent.front_end.agency import Agency
from dsrl_agent.front_end.describe import action_names, describe_policy, describe_types
from dsrl_agent.front_end.learners import make_front_end
from dsrl_agent.front_end.protocol import Episode, FrontEnd
from dsrl_agent.front_end.rules import RulesFrontEnd
from dsrl_agent.front_end.scene import Relation, Valuation, relate
from dsrl_agent.front_end.tables import EpisodeMemory, TabularFrontEnd

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
