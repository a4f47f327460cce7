"""Beliefs as sentences: the agent's own moves, by hand."""

from __future__ import annotations

from dsrl_agent.explain.beliefs.beliefs import SelfBelief
from dsrl_agent.explain.words.beliefs_text import moves_in_words


def test_moves_have_directions_and_farther_ones_numbers() -> None:
    motions = ((3, 0, 0, -1, 3), (3, 1, 2, 0, 3), (3, 2, 0, 0, 3))
    assert moves_in_words(SelfBelief(3, ("left", "action 1", "action 2"), motions)) == [
        "It is the object of type 3. Its actions move it: 0 left, 1 by +2 rows and +0 columns."
    ]
    assert moves_in_words(SelfBelief(3, (), ())) == [
        "It is the object of type 3. Its actions move it: none was seen to."
    ]
    assert moves_in_words(SelfBelief(None, (), ())) == ["It does not know yet which object it is."]


def test_an_action_may_move_one_appearance_and_turn_another() -> None:
    motions = ((1, 0, -1, 0, 1), (2, 0, 0, 0, 1), (1, 1, 0, 0, 1), (2, 1, 0, 0, 2))
    assert moves_in_words(SelfBelief(1, (), motions, acts=(2, 3)))[1:] == [
        "  Action 0 moves type 1 up and turns type 2 into type 1.",
        "  Actions 2 and 3 were not seen to move it: what they do, they do to the cell in front.",
    ]
    assert moves_in_words(SelfBelief(1, (), motions[:1], acts=(2,)))[1:] == [
        "  Action 2 was not seen to move it: what it does, it does to the cell in front."
    ]
