"""Remember the running episode of an environment between two steps."""

from __future__ import annotations

from dataclasses import dataclass

from dsrl_agent.front_end import Episode
from dsrl_agent.types import Facts


@dataclass
class EpisodeMemory:
    """What is remembered of the running episode of an environment."""

    episode: Episode | None = None  # the front end's memory; `None` where it begins anew
    facts: Facts | None = None  # of the latest frame; `None` where they are not known yet
    cut: bool = False  # whether grid or types may have changed since the last step
    inside: bool = False  # whether the episode goes on, but the front end's memory was dropped

    def cut_off(self, facts: Facts | None) -> None:
        """Forget the front end's memory: the facts are in other terms than before."""
        self.episode, self.facts, self.cut, self.inside = None, facts, True, True
