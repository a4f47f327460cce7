"""Time decisions: the world of symbols, the memory of the knowledge, and the command."""

from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.experiments.timing.decisions import (
    Size,
    cost_of,
    scene,
    stepped,
    storage_of,
    trained,
)
from dsrl_agent.types import Fact

AGENT, GOOD, BAD = 1, 2, 3


def test_a_scene_has_an_agent_and_as_many_good_things_as_bad() -> None:
    facts = scene(Size(5, 8), np.random.default_rng(0))
    assert sorted(fact.type for fact in facts) == [AGENT] + [GOOD] * 4 + [BAD] * 4
    assert len({(fact.row, fact.col) for fact in facts}) == 9
    assert all(0 <= fact.row < 5 and 0 <= fact.col < 5 for fact in facts)


def test_the_agent_takes_what_it_comes_upon_and_stops_at_the_edge() -> None:
    facts = (Fact(AGENT, 0, 1), Fact(GOOD, 0, 0), Fact(BAD, 1, 1))
    left, right, up, down = (stepped(facts, action, 2) for action in range(4))
    assert left == ((Fact(AGENT, 0, 0), Fact(BAD, 1, 1)), 1.0)
    assert right == (facts, 0.0)
    assert up == (facts, 0.0)
    assert down == ((Fact(AGENT, 1, 1), Fact(GOOD, 0, 0)), -1.0)


@pytest.mark.parametrize("kind", ["srl_cs", "rules"])
def test_decisions_are_timed_to_the_end_of_an_episode(kind: str) -> None:
    front_end = trained(kind, seed=0, steps=60)
    assert front_end.agency.self_type == AGENT
    cost = cost_of(front_end, Size(4, 2), 10, seed=0)
    assert cost[:3] == (kind, 4, 2)
    assert cost.decisions >= 10
    assert 0.0 < cost.median <= cost.high
    assert cost.first > 0.0


def test_the_memory_of_a_table_is_counted_and_measured() -> None:
    front_end = trained("srl_cs", seed=0, steps=60)
    storage = storage_of(front_end)
    assert storage.entries == front_end.knowledge().entries > 0
    assert storage.value_bytes == 4 * 8 * storage.entries
    assert storage.all_bytes > storage.value_bytes
    rules = storage_of(trained("rules", seed=0, steps=60))
    assert rules.entries >= 3  # of empty cells, good things and bad ones
    assert rules.value_bytes == 0 < rules.all_bytes
