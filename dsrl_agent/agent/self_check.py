"""Whether sight makes sense of what happened: a check that needs no labels.

In the worlds that the agent is made for, a step changes the agent and perhaps what it meets, and
little else. Where the facts of two frames in a row differ elsewhere, something was misread, or it
walks by itself: then more frames do not help, and the caller has to stop asking for them.
"""

from __future__ import annotations

from collections.abc import Sequence

from dsrl_agent.front_end import Agency
from dsrl_agent.types import Transition


def explained_share(transitions: Sequence[Transition]) -> float:
    """Return the share of transitions in which nothing changed but near the agent.

    The agent must be seen exactly once before and after, and every fact that came or went must be
    in its cell or beside it. It is 0 if no type responds to the actions.
    """
    agency = Agency()
    for transition in transitions:
        agency.observe(transition)
    explained = sum(_is_explained(agency, transition) for transition in transitions)
    return explained / max(1, len(transitions))


def _is_explained(agency: Agency, transition: Transition) -> bool:
    before, after = agency.find(transition.facts), agency.find(transition.next_facts)
    if before is None or after is None:
        return False
    changed = (set(transition.facts) - {before}) ^ (set(transition.next_facts) - {after})
    return all(abs(f.row - after.row) + abs(f.col - after.col) <= 1 for f in changed)
