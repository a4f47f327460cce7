"""Records after a round through JSON, and sentinels."""

from __future__ import annotations

import json

from dsrl_agent.types import EDGE, EMPTY, FREE, KEPT, UNKNOWN, Fact, Transition, frozen


def test_a_transition_comes_back_from_json_as_it_was() -> None:
    before, after = (Fact(1, 0, 2), Fact(3, 1, 1)), (Fact(3, 1, 2),)
    step = Transition(before, 2, -1.0, after, True, first=True, shape=(4, 5))
    again = Transition.from_lists(json.loads(json.dumps(list(step))))
    assert again == step
    assert isinstance(again.facts[0], Fact)
    unknown_shape = step._replace(shape=None)
    assert Transition.from_lists(json.loads(json.dumps(list(unknown_shape)))) == unknown_shape


def test_lists_become_tuples_at_any_depth() -> None:
    assert frozen([1, [2, [3]], "ab"]) == (1, (2, (3,)), "ab")
    assert frozen("ab") == "ab"


def test_no_two_sentinels_are_equal_and_none_is_an_object_type() -> None:
    sentinels = {EMPTY, UNKNOWN, FREE, EDGE, KEPT}
    assert len(sentinels) == 5
    assert max(sentinels) < 1  # types of objects count from 1
