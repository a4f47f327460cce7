"""Symbols: from latents to facts (type, location). Knows no networks and no values."""

from dsrl_agent.symbols.codebook import Codebook, fit_codebook, keep_names
from dsrl_agent.symbols.facts import facts_of
from dsrl_agent.symbols.merging import Likeness, Touches, kinds_of
from dsrl_agent.symbols.merging_by_reward import Moves, every_group, join_kinds
from dsrl_agent.symbols.online import LivingTypes, parents_of

__all__ = [
    "Codebook",
    "Likeness",
    "LivingTypes",
    "Moves",
    "Touches",
    "every_group",
    "facts_of",
    "fit_codebook",
    "join_kinds",
    "keep_names",
    "kinds_of",
    "parents_of",
]
