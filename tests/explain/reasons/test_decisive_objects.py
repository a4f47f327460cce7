"""Find decisive objects under policies written as rules."""

from __future__ import annotations

from typing import Any

import pytest
from tables import AGENT, FAR, FARTHER, GOOD, NEAR, policy_by

from dsrl_agent.explain.reasons.decisive_objects import DecisiveObjects, decisive_objects
from dsrl_agent.types import Fact


@pytest.mark.parametrize(
    ("rule", "objects"),
    [
        (lambda facts: NEAR in facts, (NEAR,)),
        (lambda facts: NEAR in facts or FAR in facts, (NEAR, FAR)),  # one would stand in
        (lambda facts: NEAR in facts and FARTHER in facts, (NEAR, FARTHER)),
        # Where NEAR holds it off, two others are needed.
        (lambda facts: FAR in facts and (NEAR not in facts or FARTHER in facts), (FAR,)),
    ],
)
def test_the_smallest_set_that_suffices_and_is_necessary_is_named(rule: Any, objects: Any) -> None:
    facts = tuple(sorted((AGENT, NEAR, FAR, FARTHER)))
    named = decisive_objects(policy_by(rule), AGENT, facts)
    assert named == DecisiveObjects(objects, suffice=True, necessary=True, smallest=True)


def test_of_sets_of_equal_size_the_nearest_is_named() -> None:
    policy = policy_by(lambda facts: len(facts) > 2)  # any two objects
    named = decisive_objects(policy, AGENT, tuple(sorted((AGENT, NEAR, FAR, FARTHER))))
    assert named.objects == (NEAR, FAR)


def test_many_objects_that_decide_together_are_all_named() -> None:
    many = tuple(Fact(GOOD, row, 5) for row in range(5))
    policy = policy_by(lambda facts: sum(fact in many for fact in facts) == 5)
    named = decisive_objects(policy, AGENT, tuple(sorted((AGENT, NEAR, *many))))
    assert sorted(named.objects) == sorted(many)
    assert named[1:] == (True, True, False)


def test_no_object_decides_for_an_agent_that_always_does_the_same() -> None:
    named = decisive_objects(policy_by(lambda facts: True), AGENT, (AGENT, NEAR, FAR))
    assert named == DecisiveObjects((), suffice=True, necessary=False, smallest=False)
