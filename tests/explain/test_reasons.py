"""Why an agent acts as it does, worked out by hand on scenes of a few objects."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.explain.beliefs import Promise, Table, beliefs
from dsrl_agent.explain.contacts import Outcome, contacts
from dsrl_agent.explain.data import beliefs_as_data, reasons_as_data
from dsrl_agent.explain.deciding import Actions, Judge
from dsrl_agent.explain.named import Named, name_objects
from dsrl_agent.explain.otherwise import Otherwise, otherwise
from dsrl_agent.explain.reasons import reasons
from dsrl_agent.explain.words import beliefs_in_words, reasons_in_words
from dsrl_agent.front_end import TabularFrontEnd, make_front_end
from dsrl_agent.types import Fact, Facts, Transition

LEFT, RIGHT, UP, DOWN = range(4)
MOVES = ((0, -1), (0, 1), (-1, 0), (1, 0))
SELF, GOOD, BAD, WALL, BOX, EGG, CHICK = range(7)
AGENT = Fact(SELF, 5, 5)
NEAR, FAR, FARTHER = Fact(GOOD, 5, 6), Fact(GOOD, 5, 8), Fact(GOOD, 2, 8)
HERE = frozenset({RIGHT})
ANY = frozenset(range(4))


def step(before: Facts, action: int, after: Facts, reward: float = 0.0) -> Transition:
    return Transition(tuple(sorted(before)), action, reward, tuple(sorted(after)), False)


def walk() -> list[Transition]:
    """Show what each action does to the agent."""
    return [
        step((AGENT,), action, (Fact(SELF, 5 + d_row, 5 + d_col),))
        for action, (d_row, d_col) in enumerate(MOVES)
    ]


def touch(number: int, reward: float) -> Transition:
    """Take what stands right of the agent."""
    return step((AGENT, Fact(number, 5, 6)), RIGHT, (Fact(SELF, 5, 6),), reward)


def taught(kind: Any, tape: list[Transition]) -> TabularFrontEnd:
    front_end = make_front_end(4, FrontEndConfig(kind=kind, replay=0))
    assert isinstance(front_end, TabularFrontEnd)
    for transition in [*walk(), *tape]:
        front_end.learn(transition, np.random.default_rng(0))
    return front_end


def judge_by(rule: Any) -> Judge:
    """Return a judge that goes right where a rule over the facts says so, else does not care."""

    def judge(facts: Facts) -> Actions:
        return HERE if rule(facts) else ANY

    return judge


# What touching things brings.


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
    found = contacts(taught("srl_cs", tape).agency, tape)
    assert found[GOOD].outcome == Outcome(True, "vanishes", None)
    assert found[GOOD][2:] == (2, 3, 0, 0.5, 0.0, 1.0)
    assert found[BAD][2:] == (1, 1, 1, -1.0, -1.0, -1.0)
    assert found[WALL].outcome == Outcome(False, "stays", None)
    assert found[BOX].outcome == Outcome(True, "moves on", None)
    assert found[EGG].outcome == Outcome(False, "becomes another", CHICK)
    assert found[EGG][2:4] == (1, 2)
    assert sorted(found) == [GOOD, BAD, WALL, BOX, EGG]


def test_confidence_is_the_lower_end_of_clopper_and_pearson() -> None:
    tape = [touch(GOOD, 1.0)] * 41
    contact = contacts(taught("srl_cs", tape).agency, tape)[GOOD]
    # Of 41 in 41 the lower end p solves p^41 = 0.05.
    assert contact.confidence == pytest.approx(0.05 ** (1 / 41))


# Which objects decide.


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
    named = name_objects(judge_by(rule), AGENT, facts)
    assert named == Named(objects, suffice=True, necessary=True, smallest=True)


def test_of_sets_of_equal_size_the_nearest_is_named() -> None:
    judge = judge_by(lambda facts: len(facts) > 2)  # any two objects
    named = name_objects(judge, AGENT, tuple(sorted((AGENT, NEAR, FAR, FARTHER))))
    assert named.objects == (NEAR, FAR)


def test_where_many_decide_together_all_of_them_are_named() -> None:
    many = tuple(Fact(GOOD, row, 5) for row in range(5))
    judge = judge_by(lambda facts: sum(fact in many for fact in facts) == 5)
    named = name_objects(judge, AGENT, tuple(sorted((AGENT, NEAR, *many))))
    assert sorted(named.objects) == sorted(many)
    assert named[1:] == (True, True, False)


def test_of_an_agent_that_always_does_the_same_nothing_is_named() -> None:
    named = name_objects(judge_by(lambda facts: True), AGENT, (AGENT, NEAR, FAR))
    assert named == Named((), suffice=True, necessary=False, smallest=False)


# What would have made it act otherwise.


def test_the_nearest_change_that_flips_the_action_is_found() -> None:
    def judge(facts: Facts) -> Actions:
        if NEAR in facts:
            return frozenset({RIGHT})
        return frozenset({LEFT}) if FAR in facts else frozenset({UP})

    facts = tuple(sorted((AGENT, NEAR, FAR)))
    assert otherwise(judge, AGENT, facts, [GOOD, BAD], RIGHT) == Otherwise(
        NEAR, None, frozenset({LEFT}), flips=True
    )


def test_another_type_is_tried_where_taking_away_does_not_flip() -> None:
    def judge(facts: Facts) -> Actions:
        return frozenset({LEFT}) if Fact(BAD, 5, 8) in facts else frozenset({RIGHT})

    facts = tuple(sorted((AGENT, NEAR, FAR)))
    assert otherwise(judge, AGENT, facts, [GOOD, BAD], RIGHT) == Otherwise(
        FAR, BAD, frozenset({LEFT}), flips=True
    )


def test_of_actions_that_tie_the_one_taken_must_be_dropped() -> None:
    def judge(facts: Facts) -> Actions:
        both = frozenset({RIGHT, UP}) if NEAR in facts else frozenset({UP})
        return both if FAR in facts else both - {UP} or frozenset({LEFT})

    facts = tuple(sorted((AGENT, NEAR, FAR)))
    assert otherwise(judge, AGENT, facts, [GOOD], RIGHT) == Otherwise(
        NEAR, None, frozenset({UP}), flips=True
    )
    assert otherwise(judge, AGENT, facts, [GOOD], UP) == Otherwise(
        FAR, None, frozenset({RIGHT}), flips=True
    )


def test_a_change_of_ties_counts_only_where_nothing_flips() -> None:
    facts = tuple(sorted((AGENT, NEAR, FAR)))
    weak = otherwise(judge_by(lambda seen: NEAR in seen), AGENT, facts, [GOOD], RIGHT)
    assert weak == Otherwise(NEAR, None, ANY, flips=False)
    assert otherwise(judge_by(lambda seen: True), AGENT, facts, [GOOD, BAD], RIGHT) is None


# The chain of reasons, of a table that was written by hand.


def written() -> TabularFrontEnd:
    """Return a front end that was paid for going right onto type 1, and has a table by hand."""
    front_end = taught("dsrl", [touch(GOOD, 1.0), touch(GOOD, 1.0), touch(BAD, -1.0)])
    front_end.table = {
        (GOOD, 0, 1): np.array([0.0, 1.0, 0.0, 0.0]),
        (GOOD, 0, 3): np.array([0.0, 0.81, 0.0, 0.0]),
        (BAD, 0, 1): np.array([0.0, -1.0, 0.0, 0.0]),
        (BAD, 1, 0): np.array([0.0, 0.0, 0.0, 0.0]),
    }
    return front_end


def test_the_chain_of_reasons_in_words() -> None:
    scene = tuple(sorted((AGENT, NEAR, Fact(BAD, 6, 5), FAR)))
    found = reasons(written(), scene, [SELF, GOOD, BAD])
    assert reasons_in_words(found) == [
        "It sees type 1 at [5, 6], type 1 at [5, 8] and type 2 at [6, 5].",
        "It is the type 0 at [5, 5]. From there:",
        "                       left   right  up  down",
        "  type 1, 1 right         .  +1.000   .     .",
        "  type 1, 3 right         .  +0.810   .     .",
        "  the other 1             .       .   .     .",
        "  value of the action     .  +1.810   .     .",
        "So it goes right: worth +1.810.",
        "Because of the type 1 at [5, 6] (1 right) and the type 1 at [5, 8] (3 right): with them "
        "alone it would do the same, without them not.",
        "It expects to go right, and so to touch type 1 at [5, 6] in step 1 (+1.00): as seen from "
        "now +1.000.",
        "If the type 1 at [5, 6] (1 right) were of type 2, it would go left or up or down.",
    ]


def test_the_chain_of_reasons_of_imagined_ways() -> None:
    # On a grid of 1 x 4: `g.@b`. To the left +1 in two steps, worth 0.9; to the right -1 at once.
    front_end = taught("relational", [touch(GOOD, 1.0), touch(BAD, -1.0)])
    scene = (Fact(SELF, 0, 2), Fact(GOOD, 0, 0), Fact(BAD, 0, 3))
    found = reasons(front_end, scene, [SELF, GOOD, BAD], shape=(1, 4))
    assert reasons_in_words(found) == [
        "It sees type 1 at [0, 0] and type 2 at [0, 3].",
        "It is the type 0 at [0, 2]. From there:",
        "                         left   right      up    down",
        "  type 2, 1 right           .  -1.000       .       .",
        "  type 1, 2 left       +0.900       .  +0.810  +0.810",
        "  value of the action  +0.900  -1.000  +0.810  +0.810",
        "So it goes left: worth +0.900.",
        "Because of the type 1 at [0, 0] (2 left): with it alone it would do the same, without it "
        "not.",
        "It expects to go left, left, and so to touch type 1 at [0, 0] in step 2 (+1.00): as seen "
        "from now +0.900.",
        "If the type 2 at [0, 3] (1 right) were of type 1, it would go right.",
    ]


def test_where_all_is_alike_nothing_is_named() -> None:
    found = reasons(written(), (AGENT, Fact(BAD, 6, 5)), [SELF, GOOD, BAD])
    assert found.named is None
    assert reasons_in_words(found)[2:] == [
        "                       left  right  up  down",
        "  all 1                   .      .   .     .",
        "  value of the action     .      .   .     .",
        "All actions are worth +0.000: it takes one at random.",
        "No change of one fact would make it act otherwise.",
    ]


def test_an_agent_that_is_not_seen_acts_at_random() -> None:
    found = reasons(written(), (NEAR, FAR), [SELF, GOOD, BAD])
    assert found.agent is None
    assert reasons_in_words(found) == [
        "It sees type 1 at [5, 6] and type 1 at [5, 8].",
        "It does not see itself exactly once, so nothing is near or far: it acts at random.",
    ]


def test_what_it_took_may_be_one_of_several_or_none_of_the_best() -> None:
    front_end = written()
    front_end.table[GOOD, 0, 1] = np.array([0.0, 1.0, 1.0, 0.0])
    scene = tuple(sorted((AGENT, NEAR)))
    tied = reasons_in_words(reasons(front_end, scene, [SELF, GOOD], chosen=UP))
    assert "So it goes right or up (worth +1.000 alike), and took up." in tied
    explored = reasons_in_words(reasons(front_end, scene, [SELF, GOOD], chosen=DOWN))
    assert "It took down, which was not the best: it explored." in explored


# What is believed.


def test_beliefs_in_words() -> None:
    front_end = written()
    believed = beliefs(front_end, [SELF, GOOD, BAD, WALL])
    assert believed.types[0].promises == (Promise(1, 1.0, 0.0, 1), Promise(3, 0.81, 0.0, 1))
    assert believed.table == Table(4, 4 * 4 * 8)
    assert beliefs_in_words(believed) == [
        "It is the object of type 0. Its actions move it: 0 (left) by +0 rows and -1 columns; "
        "1 (right) by +0 rows and +1 columns; 2 (up) by -1 rows and +0 columns; 3 (down) by +1 "
        "rows and +0 columns.",
        "Touching type 1: +1.00, it vanishes, 2 of 2 times (so in at least 22.3 % of cases).",
        "  Its table knows type 1 at 2 places around it, from 2 remembered steps: the best action "
        "is worth +1.00 at distance 1, +0.81 at distance 3.",
        "Touching type 2: -1.00, it vanishes, 1 of 1 times (so in at least 5 % of cases).",
        "  Its table knows type 2 at 2 places around it, from 1 remembered steps: the worst action "
        "costs -1.00 at distance 1.",
        "Touching type 3: never done.",
        "Its table (dsrl) has 4 entries, 128 bytes of values; counts are of the last 7 steps.",
    ]


def test_explaining_leaves_the_front_end_as_it_was() -> None:
    front_end = written()
    before = front_end.state()
    reasons(front_end, tuple(sorted((AGENT, NEAR, FAR))), [SELF, GOOD, BAD])
    beliefs(front_end, [SELF, GOOD, BAD, WALL])
    assert front_end.state() == before


def test_the_same_as_data() -> None:
    scene = tuple(sorted((AGENT, NEAR)))
    data = reasons_as_data(reasons(written(), scene, [SELF, GOOD, BAD]))
    assert data["facts"][1] == {"type": GOOD, "row": 5, "col": 6}
    assert data["parts"] == [
        {
            "fact": {"type": GOOD, "row": 5, "col": 6},
            "d_row": 0,
            "d_col": 1,
            "values": [0.0, 1.0, 0.0, 0.0],
        }
    ]
    assert data["greedy"] == [RIGHT]
    assert data["named"]["objects"] == [{"type": GOOD, "row": 5, "col": 6}]
    assert data["course"]["touches"][0]["reward"] == 1.0
    believed = beliefs_as_data(beliefs(written(), [SELF, GOOD]))
    assert believed["types"][0]["contact"]["confidence"] == pytest.approx(0.05**0.5)
    assert believed["table"] == {"entries": 4, "value_bytes": 128}
