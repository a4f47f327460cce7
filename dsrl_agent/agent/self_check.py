"""Check without labels whether facts explain what happened.

A step changes the agent and perhaps what it meets, and little else. Facts of two successive frames
that differ elsewhere were misread, or an object walks by itself. More frames do not help against
the latter, so the caller limits their number.
"""

from __future__ import annotations

from collections.abc import Sequence

from dsrl_agent.config import AgencyThresholds
from dsrl_agent.front_end import Agency
from dsrl_agent.types import Transition


def explained_share(
    transitions: Sequence[Transition],
    thresholds: AgencyThresholds | None = None,
    agent_types: frozenset[int] = frozenset(),
) -> float:
    """Return the share of transitions, in order, in which nothing changed except near the agent.

    The agent must be seen exactly once before and after. Every fact that came or went must be in
    the agent's cell or beside it. The share is 0 if no type responds to the actions. `agent_types`
    are those that sight takes for the agent.
    """
    agency = Agency(thresholds)
    agency.take(agent_types)
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
