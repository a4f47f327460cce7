"""The memory of a running episode, and what a cut takes from it."""

from __future__ import annotations

from dsrl_agent.agent.episode_memory import EpisodeMemory
from dsrl_agent.front_end import TabularEpisode
from dsrl_agent.types import Fact


def test_a_cut_drops_the_plan_and_takes_the_facts_in_their_present_terms() -> None:
    memory = EpisodeMemory(TabularEpisode(), (Fact(1, 0, 0),))
    assert not memory.cut
    memory.cut_off((Fact(2, 0, 0),))
    assert memory == EpisodeMemory(None, (Fact(2, 0, 0),), cut=True, inside=True)
