"""Verdicts on counts: found anew only where a further count changes them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsrl_agent.front_end.verdicts import Verdicts


def commonest(counts: Mapping[str, int]) -> str:
    return min(counts, key=lambda each: (-counts[each], each))


def test_a_count_that_leaves_the_verdict_holds() -> None:
    verdicts = Verdicts({"a": {"x": 3, "y": 2}}, commonest)
    assert verdicts.found == {"a": "x"}
    assert verdicts.hold("a", "y")  # 3 each: the first in the order
    assert not verdicts.hold("a", "y")
    assert verdicts.counts == {"a": {"x": 3, "y": 4}}


def test_what_was_not_met_before_is_not_held_and_not_counted() -> None:
    verdicts = Verdicts({"a": {"x": 3}}, commonest)
    assert not verdicts.hold("a", "y")
    assert not verdicts.hold("b", "x")
    assert verdicts.counts == {"a": {"x": 3}}


def test_a_verdict_that_is_sure_to_stand_is_not_judged() -> None:
    judged: list[int] = []

    def judge(counts: Mapping[str, int]) -> str:
        judged.append(sum(counts.values()))
        return commonest(counts)

    verdicts = Verdicts({"a": {"x": 3, "y": 2}}, judge, operator.eq)
    assert verdicts.hold("a", "x")
    assert (judged, verdicts.counts) == ([5], {"a": {"x": 4, "y": 2}})
    assert verdicts.hold("a", "y")
    assert judged == [5, 7]


@pytest.mark.parametrize("stands", [lambda _verdict, _outcome: False, operator.eq])
@given(met=st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), max_size=30))
def test_verdicts_that_hold_are_those_of_all_counts(
    met: list[tuple[str, str]], stands: Callable[[str, str], bool]
) -> None:
    counts: dict[str, dict[str, int]] = {}
    verdicts: Verdicts[str, str, str] = Verdicts({}, commonest, stands)
    for key, outcome in met:
        own = counts.setdefault(key, {})
        own[outcome] = own.get(outcome, 0) + 1
        if not verdicts.hold(key, outcome):
            verdicts = Verdicts({of: dict(n) for of, n in counts.items()}, commonest, stands)
        assert verdicts.found == {of: commonest(n) for of, n in counts.items()}
