"""Changes of objects: read off transitions, motions told from being put to a place."""

from __future__ import annotations

import json

import pytest

from dsrl_agent.front_end.changes import (
    Displacements,
    ObservedChange,
    Place,
    PlaceChange,
    changes_of,
    overview,
    place_change_of,
)
from dsrl_agent.types import UNKNOWN, Fact, Transition

SELF, OTHER, ON = 3, 0, 8
UP, RIGHT, DOWN, LEFT = range(4)


def watched(*moves: tuple[int, Place, Place]) -> Displacements:
    """Return what is remembered of an object's moves (action, place before, place after)."""
    found = Displacements()
    for action, before, after in moves:
        add(found, action, before, after)
    return found


def add(found: Displacements, action: int, before: Place, after: Place) -> bool:
    """Take a move."""
    d_row, d_col = after[0] - before[0], after[1] - before[1]
    return found.add(ObservedChange(SELF, action, SELF, d_row, d_col), before)


def seen(action: int, d_row: int, d_col: int) -> PlaceChange:
    """Return a displacement of the object."""
    return PlaceChange(SELF, action, d_row, d_col)


def test_an_overview_tells_types_those_together_and_those_seen_once() -> None:
    facts = (Fact(UNKNOWN, 0, 0), Fact(1, 0, 1), Fact(1, 0, 2), Fact(SELF, 2, 2))
    found = overview(facts)
    assert found.types == (UNKNOWN, 1, SELF)
    assert found.pairs == ((UNKNOWN, 1), (UNKNOWN, SELF), (1, SELF))
    assert found.singles == {SELF: Fact(SELF, 2, 2)}


def test_changes_begin_where_the_object_was() -> None:
    before, after = (Fact(OTHER, 4, 4), Fact(SELF, 2, 1)), (Fact(OTHER, 4, 4), Fact(SELF, 3, 0))
    assert changes_of(Transition(before, DOWN, 0.0, after, False)) == [
        (ObservedChange(OTHER, DOWN, OTHER, 0, 0), (4, 4)),
        (ObservedChange(SELF, DOWN, SELF, 1, -1), (2, 1)),
    ]
    turned = Transition((Fact(SELF, 2, 1),), DOWN, 0.0, (Fact(ON, 3, 1),), False)
    assert changes_of(turned) == [(ObservedChange(SELF, DOWN, ON, 1, 0), (2, 1))]
    gone = Transition((Fact(SELF, 2, 1),), DOWN, 0.0, (Fact(ON, 4, 1),), False)
    assert changes_of(gone) == []


def test_a_displacement_has_the_place_alone() -> None:
    assert place_change_of(ObservedChange(SELF, DOWN, ON, 1, -1)) == (SELF, DOWN, 1, -1)
    assert [seen(DOWN, *way).is_step for way in ((1, 0), (0, -1), (1, -1), (2, 0), (0, 0))] == [
        True, True, False, False, False,
    ]  # fmt: skip
    assert seen(DOWN, 1, -1).moves
    assert not seen(DOWN, 0, 0).moves


def test_a_farther_displacement_is_a_motion_from_two_places_on() -> None:
    """The cliff at (3, 1) throws back to (3, 0), from beside it always by the same way."""
    found = watched(*9 * [(DOWN, (2, 1), (3, 0))])
    assert found.is_put(seen(DOWN, 1, -1))
    assert not found.several(seen(DOWN, 1, -1))
    add(found, DOWN, (2, 2), (3, 0))  # another way to the same place
    assert found.is_put(seen(DOWN, 1, -1))
    assert found.is_put(seen(DOWN, 1, -2))
    add(found, DOWN, (0, 5), (1, 4))  # the same way elsewhere
    assert not found.is_put(seen(DOWN, 1, -1))
    assert found.several(seen(DOWN, 1, -1))
    assert not found.is_put(seen(LEFT, 1, -1))  # it was never seen


def test_a_step_is_a_motion_unless_farther_displacements_arrive_at_the_same_place() -> None:
    found = watched((DOWN, (0, 0), (0, 1)))  # from a pit at (1, 0) back to (0, 1)
    assert not found.is_put(seen(DOWN, 0, 1))
    add(found, LEFT, (2, 4), (0, 1))  # from another pit, by another action
    assert found.is_put(seen(DOWN, 0, 1))
    assert found.puts([SELF]) == {seen(DOWN, 0, 1)}
    assert found.puts([OTHER]) == frozenset()
    add(found, DOWN, (3, 3), (3, 4))
    assert not found.is_put(seen(DOWN, 0, 1))
    assert found.puts([SELF]) == frozenset()


def test_where_a_motion_over_several_cells_leads_nothing_is_put() -> None:
    found = watched((RIGHT, (0, 0), (0, 2)), (DOWN, (1, 2), (0, 2)))
    assert found.puts([SELF]) == {seen(DOWN, -1, 0)}
    add(found, RIGHT, (4, 1), (4, 3))  # it moves by two columns
    assert found.puts([SELF]) == frozenset()


def test_it_is_told_whether_a_change_may_alter_what_moves() -> None:
    found = Displacements()
    assert not add(found, UP, (0, 0), (0, 0))
    assert add(found, UP, (1, 0), (0, 0))
    assert not add(found, UP, (1, 0), (0, 0))
    assert add(found, UP, (2, 0), (1, 0))
    assert not add(found, UP, (3, 0), (2, 0))  # two places are enough


def test_the_places_are_saved_and_loaded() -> None:
    found, loaded = watched((DOWN, (0, 0), (0, 1)), (LEFT, (2, 4), (0, 1))), Displacements()
    assert found.state() == [[SELF, DOWN, 0, 1, 0, 0], [SELF, LEFT, -2, -3, 2, 4]]
    loaded.load(json.loads(json.dumps(found.state())), [ObservedChange(SELF, UP, SELF, 5, 5)])
    assert loaded.state() == found.state()
    assert loaded.puts([SELF]) == found.puts([SELF]) == {seen(DOWN, 0, 1)}
    with pytest.raises(ValueError, match="no whole number"):
        loaded.load([[SELF, DOWN, 0, 1, 0, 0.5]])  # type: ignore[list-item]


def test_what_older_versions_counted_passes_for_motion() -> None:
    found = Displacements()
    changes = [ObservedChange(SELF, UP, SELF, d_row, 0) for d_row in (-3, 0, 1)]
    found.load([], changes)
    assert not found.is_put(seen(UP, -3, 0))
    assert not found.is_put(seen(UP, 1, 0))
    assert found.puts([SELF]) == frozenset()
