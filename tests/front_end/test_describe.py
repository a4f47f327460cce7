"""What a front end says about itself, compared whole."""

from __future__ import annotations

import numpy as np
from drawings import film, tabular, taught_rules

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end import (
    TabularFrontEnd,
    action_names,
    describe_policy,
    describe_types,
    make_front_end,
)
from dsrl_agent.types import Fact, Transition

LEFT, RIGHT, UP, DOWN, JUMP, WAIT = range(6)
MOVES = ((0, -1), (0, 1), (-1, 0), (1, 0), (2, 0), (0, 0))
SELF, GOOD, BAD, UNTOUCHED = 0, 1, 2, 5


def touch(action: int, kind: int, reward: float) -> Transition:
    """Return a step onto an object that then is gone."""
    d_row, d_col = MOVES[action]
    there = (5 + d_row, 5 + d_col)
    before = (Fact(SELF, 5, 5), Fact(kind, *there))
    return Transition(before, action, reward, (Fact(SELF, *there),), False)


def approach(action: int, kind: int, d_row: int, d_col: int) -> Transition:
    """Return a step with an object at a displacement from the agent, not touching it."""
    fact = Fact(kind, 5 + d_row, 5 + d_col)
    after = Fact(SELF, 5 + MOVES[action][0], 5 + MOVES[action][1])
    return Transition((Fact(SELF, 5, 5), fact), action, 0.0, (after, fact), False)


def taught(kind: str = "srl_cs") -> TabularFrontEnd:
    front_end = tabular(kind, 6, replay=0)
    alone = [
        Transition((Fact(SELF, row, 5),), a, 0.0, (Fact(SELF, row + r, 5 + c),), False)
        for a, (r, c) in enumerate(MOVES)
        for row in ((5, 6) if abs(r) > 1 else (5,))  # from one place alone it might be put there
    ]
    tape = [
        *alone,
        touch(RIGHT, GOOD, 1.0),
        touch(DOWN, GOOD, 0.5),
        touch(LEFT, BAD, -1.0),
        approach(RIGHT, GOOD, 0, 2),
        approach(LEFT, GOOD, 0, 1),
        approach(UP, GOOD, -2, -2),  # and nothing comes of it
        approach(DOWN, GOOD, 2, 1),
    ]
    for transition in tape:
        front_end.learn(transition, np.random.default_rng(0))
    return front_end


def test_actions_are_named_by_their_displacement() -> None:
    assert action_names(taught()) == ["left", "right", "up", "down", "action 4", "action 5"]
    fresh = make_front_end(2, FrontEndConfig())
    assert action_names(fresh) == ["action 0", "action 1"]


def test_every_known_type_gets_a_sentence() -> None:
    assert describe_types(taught(), [SELF, GOOD, BAD, UNTOUCHED]) == [
        "type 0: the agent; actions move it: 0 left, 1 right, 2 up, 3 down, 4 by (2, 0)",
        "type 1: touching it gives +0.75 (touched 2 times)",
        "type 2: touching it gives -1.00 (touched once)",
        "type 5: never touched",
    ]
    assert describe_types(taught(), []) == []


def test_the_policy_is_drawn_for_one_object_of_each_type() -> None:
    # Type 1: touched right of and below the agent. Two to the right promises 0.9; what stands at
    # (2, 1) is below right of it after a step down, at (1, 1), of which nothing is known.
    assert describe_policy(taught(), [SELF, GOOD, BAD, UNTOUCHED]) == [
        "type 1        type 2        type 5",
        ". . . . .     . . . . .     . . . . .",
        ". . . . .     . . . . .     . . . . .",
        ". . + > >     . x + . .     . . + . .",
        ". . v . .     . . . . .     . . . . .",
        ". . . . .     . . . . .     . . . . .",
    ]
    assert describe_policy(taught(), [BAD], radius=1) == ["type 2", ". . .", "x + .", ". . ."]
    assert describe_policy(taught(), [SELF]) == []


def test_an_action_that_was_never_seen_to_move_the_agent_is_a_question_mark() -> None:
    front_end = taught()
    front_end.table[GOOD, 1, 1] = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 2.0])
    front_end.table[GOOD, -1, -1] = np.array([0.0, 0.0, 0.0, 0.0, 2.0, 0.0])
    assert describe_policy(front_end, [GOOD], radius=1) == ["type 1", "? . .", ". + >", ". v ?"]


def test_a_table_of_whole_scenes_is_not_drawn() -> None:
    assert describe_policy(taught("flat"), [SELF, GOOD, BAD]) == []
    assert describe_types(taught("flat"), [BAD]) == [
        "type 2: touching it gives -1.00 (touched once)"
    ]


def test_rules_are_described_in_sentences_and_not_drawn() -> None:
    front_end = taught_rules(
        film("+o.", (RIGHT, -1.0, ".+.")),
        film("+b.#", (RIGHT, 0.0, ".+b#"), (RIGHT, 0.0, ".+b#")),
    )
    assert describe_types(front_end, [SELF, 1, 2, 4]) == [
        "type 0: the agent; actions move it: 0 left, 1 right, 2 up, 3 down",
        "type 1: never touched",
        "touching type 2: -1.00, it vanishes (1 of 1 times)",
        "touching type 4 when nothing is beyond it: +0.00, it is pushed on (1 of 1 times)",
        "touching type 4 when nothing is not beyond it: +0.00, it blocks the way (1 of 1 times)",
    ]
    assert describe_policy(front_end, [SELF, 1, 2, 4]) == []


def test_another_appearance_of_the_agent_is_named() -> None:
    front_end = taught_rules()
    changed = Transition((Fact(SELF, 1, 0),), RIGHT, 0.0, (Fact(UNTOUCHED, 1, 1),), False, True)
    for _ in range(2):
        front_end.learn(changed, np.random.default_rng(0))
    assert describe_types(front_end, [UNTOUCHED]) == [
        "type 5: the agent, in another look; actions move it: 0 left, 1 right, 2 up, 3 down"
    ]


def test_describing_makes_no_entries() -> None:
    front_end = taught()
    before = list(front_end.table)
    describe_policy(front_end, [GOOD, BAD, UNTOUCHED], radius=4)
    describe_types(front_end, [GOOD, BAD, UNTOUCHED])
    assert list(front_end.table) == before
