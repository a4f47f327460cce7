"""Explain decisions on scenes of a few objects, worked out by hand."""

from __future__ import annotations

import numpy as np
from tables import AGENT, BAD, DOWN, FAR, GOOD, NEAR, SELF, UP, taught, touch, written

from dsrl_agent.explain.reasons.reasons import reasons
from dsrl_agent.explain.words.reasons_text import reasons_in_words
from dsrl_agent.types import Fact


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
        "Because of the type 1 at [5, 6] (1 right) and the type 1 at [5, 8] (3 right): with no "
        "other object it would do the same, without these it would not.",
        "It expects to go right, and so to touch type 1 at [5, 6] in step 1 (+1.00): as seen from "
        "now +1.000.",
        "If the type 1 at [5, 6] (1 right) were type 2 instead, it would go left or up or down.",
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
        "Because of the type 1 at [0, 0] (2 left): with no other object it would do the "
        "same, without this one it would not.",
        "It expects to go left, left, and so to touch type 1 at [0, 0] in step 2 (+1.00): as seen "
        "from now +0.900.",
        "If the type 2 at [0, 3] (1 right) were type 1 instead, it would go right.",
    ]


def test_no_object_is_named_where_all_actions_are_alike() -> None:
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


def test_the_action_taken_may_tie_or_be_exploration() -> None:
    front_end = written()
    front_end.table[GOOD, 0, 1] = np.array([0.0, 1.0, 1.0, 0.0])
    scene = tuple(sorted((AGENT, NEAR)))
    tied = reasons_in_words(reasons(front_end, scene, [SELF, GOOD], chosen=UP))
    assert "So it goes right or up (worth +1.000 alike): this time up." in tied
    explored = reasons_in_words(reasons(front_end, scene, [SELF, GOOD], chosen=DOWN))
    assert "It takes down, which is not the best: it explores." in explored
