"""Count the results of touches in transitions written by hand."""

from __future__ import annotations

import pytest
from tables import AGENT, BAD, BOX, CHICK, EGG, GOOD, NEAR, RIGHT, SELF, WALL, step, taught, touch

from dsrl_agent.explain.beliefs.contacts import ContactOutcome, contacts
from dsrl_agent.types import Fact, Transition


def test_outcomes_of_touches_are_counted() -> None:
    wall, box, egg = Fact(WALL, 5, 6), Fact(BOX, 5, 6), Fact(EGG, 5, 6)
    tape = [
        touch(GOOD, 1.0),
        touch(GOOD, 0.5),
        step((AGENT, NEAR), RIGHT, (AGENT, NEAR)),  # once it did not work
        Transition((AGENT, Fact(BAD, 5, 6)), RIGHT, -1.0, (Fact(SELF, 5, 6),), True),
        step((AGENT, wall), RIGHT, (AGENT, wall)),
        step((AGENT, box), RIGHT, (Fact(SELF, 5, 6), Fact(BOX, 5, 7))),
        step((AGENT, egg), RIGHT, (AGENT, Fact(CHICK, 5, 6))),
        step((AGENT, egg), RIGHT, (AGENT,)),
        step((AGENT, Fact(EGG, 4, 4)), RIGHT, (Fact(SELF, 5, 6), Fact(EGG, 4, 4))),  # no touch
    ]
    found = contacts(taught("srl_cs", tape).knowledge())
    assert found[GOOD].outcome == ContactOutcome(True, "vanishes", None)
    assert found[GOOD][2:] == (2, 3, 0, 0.5, 0.0, 1.0)
    assert found[BAD][2:] == (1, 1, 1, -1.0, -1.0, -1.0)
    assert found[WALL].outcome == ContactOutcome(False, "stays", None)
    assert found[BOX].outcome == ContactOutcome(True, "moves on", None)
    assert found[EGG].outcome == ContactOutcome(False, "becomes another", CHICK)
    assert found[EGG][2:4] == (1, 2)
    assert sorted(found) == [GOOD, BAD, WALL, BOX, EGG]


def test_confidence_is_the_lower_end_of_clopper_and_pearson() -> None:
    tape = [touch(GOOD, 1.0)] * 41
    contact = contacts(taught("srl_cs", tape).knowledge())[GOOD]
    # Of 41 in 41 the lower end p solves p^41 = 0.05.
    assert contact.confidence == pytest.approx(0.05 ** (1 / 41))
