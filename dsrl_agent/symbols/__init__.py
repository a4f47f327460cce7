"""Turn latents into symbols: spectra into types, types into facts.

Knows no networks and no grid. Merging of types reads rewards and pictures of cells.
"""

from dsrl_agent.symbols.codebook import Codebook, fit_codebook
from dsrl_agent.symbols.facts import facts_of, facts_of_all
from dsrl_agent.symbols.merging import Likeness
from dsrl_agent.symbols.merging_by_reward import EgoMoves, merge_by_rewards
from dsrl_agent.symbols.naming import keep_names, parents_of
from dsrl_agent.symbols.online import OpenCodebook
from dsrl_agent.symbols.tracking import FlickeringTypes

__all__ = [
    "Codebook",
    "EgoMoves",
    "FlickeringTypes",
    "Likeness",
    "OpenCodebook",
    "facts_of",
    "facts_of_all",
    "fit_codebook",
    "keep_names",
    "merge_by_rewards",
    "parents_of",
]
