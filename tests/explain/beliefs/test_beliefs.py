"""Collect the beliefs of a table written by hand."""

from __future__ import annotations

from tables import AGENT, BAD, FAR, GOOD, NEAR, SELF, WALL, written

from dsrl_agent.explain.beliefs.beliefs import Promise, TableSize, beliefs
from dsrl_agent.explain.reasons.reasons import reasons
from dsrl_agent.explain.words.beliefs_text import beliefs_in_words


def test_beliefs_in_words() -> None:
    front_end = written()
    believed = beliefs(front_end, [SELF, GOOD, BAD, WALL])
    assert believed.types[0].promises == (Promise(1, 1.0, 0.0, 1), Promise(3, 0.81, 0.0, 1))
    assert believed.table == TableSize(4, 4 * 4 * 8)
    assert beliefs_in_words(believed) == [
        "It is the object of type 0. Its actions move it: 0 left, 1 right, 2 up, 3 down.",
        "Touching type 1: +1.00, it vanishes, 2 of 2 times (so in at least 22.3 % of cases).",
        "  Its table knows type 1 at 2 places around it, from 2 remembered steps: the best action "
        "is worth +1.00 at distance 1, +0.81 at distance 3.",
        "Touching type 2: -1.00, it vanishes, 1 of 1 times (so in at least 5 % of cases).",
        "  Its table knows type 2 at 2 places around it, from 1 remembered steps: the worst action "
        "costs -1.00 at distance 1.",
        "Touching type 3: never done.",
        "Its table (garnelo2016) has 4 entries, 128 bytes of values; counts are of the last 7 "
        "steps.",
    ]


def test_explaining_leaves_the_front_end_as_it_was() -> None:
    front_end = written()
    before = front_end.state()
    reasons(front_end, tuple(sorted((AGENT, NEAR, FAR))), [SELF, GOOD, BAD])
    beliefs(front_end, [SELF, GOOD, BAD, WALL])
    assert front_end.state() == before
