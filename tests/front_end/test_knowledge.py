"""The knowledge that front ends hand out after the same few transitions."""

from __future__ import annotations

import numpy as np
import pytest
from drawings import LEFT, RIGHT, film, round_trip, scene, tabular, taught_rules

from dsrl_agent.front_end import ActionEffect, TabularFrontEnd
from dsrl_agent.front_end.knowledge import (
    ImaginedWalks,
    RuleGain,
    RulePlans,
    SummedParts,
    TouchTotals,
    touch_from,
)

FILMS = [film("+x", (RIGHT, 1.0, ".+")), film("o+", (LEFT, -1.0, "+."))]
GOOD, BAD = 1, 2


def taught(kind: str) -> TabularFrontEnd:
    front_end = tabular(kind, replay=0)
    for transition in [*round_trip(), *FILMS[0], *FILMS[1]]:
        front_end.learn(transition, np.random.default_rng(0))
    return front_end


def test_a_table_over_relations_is_handed_out_by_type_and_place() -> None:
    known = taught("srl_cs").knowledge()
    assert (known.entries, known.value_bytes) == (2, 2 * 4 * 8)
    assert {at: row.tolist() for at, row in known.entries_of(GOOD).items()} == {
        (0, 1): [0.0, 1.0, 0.0, 0.0]
    }
    assert known.entries_of(7) == {}
    assert known.touches == {GOOD: TouchTotals(1, 1.0), BAD: TouchTotals(1, -1.0)}
    assert known.taught == {GOOD: 1, BAD: 1}
    assert known.rules is None
    assert known.course is None
    assert known.effects[0, RIGHT] == ActionEffect(0, 1, 0)


def test_a_table_of_whole_scenes_has_entries_but_no_relations() -> None:
    known = taught("flat").knowledge()
    assert known.entries == 6  # a scene for each transition
    assert known.relations is None
    assert known.entries_of(GOOD) == {}
    assert known.taught == {}
    assert known.choice is None


@pytest.mark.parametrize(
    ("kind", "choice"),
    [
        ("garnelo2016", SummedParts(by_distance=False)),
        ("srl_cs", SummedParts(by_distance=True)),
        # To the right and to the left as the table says, from the other sides as touches gave.
        (
            "relational",
            ImaginedWalks(
                {
                    (number, action): reward
                    for number, reward in ((GOOD, 1.0), (BAD, -1.0))
                    for action in range(4)
                },
                {GOOD: 1.0, BAD: -1.0},
            ),
        ),
    ],
)
def test_tables_name_the_form_of_their_choice(kind: str, choice: object) -> None:
    assert taught(kind).knowledge().choice == choice


def test_rules_are_handed_out_with_gains_and_courses() -> None:
    front_end = taught_rules(*FILMS)
    known = front_end.knowledge()
    assert known.relations is None
    assert known.touches == {}
    assert known.rules is not None
    assert [belief.rule.front for belief in known.rules] == [-2, GOOD, BAD]
    assert known.entries == 3
    # A plain step gives 0; the unknown is expected to give the best reward met, 1.
    gains = tuple(
        RuleGain(belief.rule, gain, False)
        for belief, gain in zip(known.rules, (0.0, 1.0, -1.0), strict=True)
    )
    assert known.choice == RulePlans(gains, hope=1.0, step_price=0.01, verbs=front_end.model.verbs)
    assert known.course is not None
    episode = front_end.begin((1, 3))
    front_end.decide(scene("+.x"), episode, np.random.default_rng(0), 0.0)
    course = known.course(scene("+.x"), episode, RIGHT)
    assert course is not None
    assert (course.actions, course.planned) == ((RIGHT, RIGHT), True)


def test_stored_touches_are_read_or_refused() -> None:
    assert touch_from([3, 2, 1]) == (3, TouchTotals(2, 1.0))
    for spoiled in ([3, 0, 1.0], [3, [1], 1.0], ["x", 2, 1.0], [3, 2, "x"], [3, 2], [3, 2, 1e999]):
        with pytest.raises((ValueError, TypeError)):
            touch_from(spoiled)
