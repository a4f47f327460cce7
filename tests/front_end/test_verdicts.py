"""Verdicts on counts: found anew only where a further count changes them."""

from __future__ import annotations

from collections.abc import Mapping

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


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), max_size=30))
def test_verdicts_that_hold_are_those_of_all_counts(met: list[tuple[str, str]]) -> None:
    counts: dict[str, dict[str, int]] = {}
    verdicts: Verdicts[str, str, str] = Verdicts({}, commonest)
    for key, outcome in met:
        own = counts.setdefault(key, {})
        own[outcome] = own.get(outcome, 0) + 1
        if not verdicts.hold(key, outcome):
            verdicts = Verdicts({of: dict(n) for of, n in counts.items()}, commonest)
        assert verdicts.found == {of: commonest(n) for of, n in counts.items()}
