"""Symbols: from latents to facts (type, location). Knows no networks and no values."""

from dsrl_agent.symbols.codebook import EMPTY, Codebook, fit_codebook, keep_names
from dsrl_agent.symbols.extraction import facts_of
from dsrl_agent.symbols.joining import Moves, every_group, join_kinds
from dsrl_agent.symbols.kinds import Likeness, Touches, kinds_of
from dsrl_agent.symbols.living import LivingTypes, parents_of

__all__ = [
    "EMPTY",
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
