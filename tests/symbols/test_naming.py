"""Types keep their numbers when types are learned again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsrl_agent.symbols.naming import keep_names, parents_of
from dsrl_agent.types import EMPTY


def renamed(new: list[int], old: list[int], next_number: int = 100) -> list[int]:
    """Name the types of places anew and return what the same places are called then."""
    fresh = np.array(sorted({*new} - {EMPTY}), np.int64)
    names = keep_names(fresh, np.array(new), np.array(old), next_number)
    assert names.keys() == {EMPTY, *new}
    return [names[number] for number in new]


def test_all_appearances_of_a_type_keep_its_name() -> None:
    fresh = np.array([1, 2, 3])
    new, old = np.array([1, 1, 2, 3, 3, 3]), np.array([7, 7, 7, 7, 0, 0])
    # Of the places of 3 most were empty: it is new.
    assert keep_names(fresh, new, old, 9, {7}) == {EMPTY: EMPTY, 1: 7, 2: 7, 3: 9}
    assert keep_names(fresh, new, old, 9, {8}) == {EMPTY: EMPTY, 1: 7, 2: 9, 3: 10}
    # A place that was of another type does not make an appearance be that.
    new, old = np.repeat([1, 2], 10), np.array([7] * 19 + [3])
    assert keep_names(fresh, new, old, 9, {7}) == {EMPTY: EMPTY, 1: 7, 2: 7, 3: 9}


@given(st.lists(st.integers(0, 5), min_size=1, max_size=40), st.permutations(range(1, 6)))
def test_names_survive_any_order_of_the_clusters(old: list[int], order: list[int]) -> None:
    new = [EMPTY if number == EMPTY else order[number - 1] for number in old]
    assert renamed(new, old) == old


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([1, 1, 2, 2, 0, 0], [1, 1, 2, 2, 3, 3], [1, 1, 2, 2, 100, 100]),
        ([1, 1, 2, 2, 0, 0], [2, 2, 0, 0, 1, 1], [1, 1, 0, 0, 100, 100]),
        ([1, 1, 1, 2, 2, 0], [1, 1, 2, 3, 3, 0], [1, 1, 100, 2, 2, 0]),
        ([1, 1, 2, 0, 0, 0], [1, 1, 1, 0, 0, 0], [1, 1, 1, 0, 0, 0]),
        ([0, 0, 0, 0], [1, 1, 2, 0], [100, 100, 101, 0]),
        ([3, 3, 5, 5], [0, 0, 0, 0], [0, 0, 0, 0]),
        ([1, 1, 1, 2, 2], [1, 1, 2, 1, 2], [1, 1, 2, 1, 2]),
    ],
    ids=["a new type", "one vanished", "a split", "a merger", "all new", "none", "most agree"],
)
def test_names_are_kept_in_a_case_worked_by_hand(
    old: list[int], new: list[int], expected: list[int]
) -> None:
    assert renamed(new, old) == expected


def test_a_split_off_type_knows_its_parent() -> None:
    labels = np.array([1, 1, 1, 4, 4, 4, 5, 5, 0])
    old = np.array([1, 1, 1, 1, 1, 0, 0, 1, 1])
    # 4 was mostly type 1; 5 as often emptiness: it comes from nowhere.
    assert parents_of(labels, old, np.array([1])) == {4: 1}
