"""Changes at fixed places that a contact brings about."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from dsrl_agent.front_end.rule import Effect
from dsrl_agent.front_end.rules.motion.fixed_changes import (
    Change,
    FixedChanges,
    changes_elsewhere,
    changes_made,
)
from dsrl_agent.types import FREE, GOING

TREE, SLOT, LOG = 3, 5, 6
BUMP, OTHER = (GOING, TREE, Effect(False, TREE)), (GOING, 4, Effect(False, 4))
SHOWN: Change = (1, 0, SLOT, LOG)  # the first cell of the second row
CELLS, FULL = (FREE, TREE, SLOT, SLOT), (FREE, TREE, LOG, SLOT)


def seen(times: int) -> FixedChanges:
    """Return what was learned from contacts that all brought the change."""
    fixed = FixedChanges(times=3, share=0.9)
    for _ in range(times):
        fixed.observe(BUMP, CELLS, 2, [SHOWN])
    return fixed


def test_a_change_counts_as_brought_about_from_the_third_time_on() -> None:
    assert seen(2).of(BUMP) == ()
    assert seen(3).of(BUMP) == (SHOWN,)
    assert seen(3).of(OTHER) == ()
    fixed = seen(2)
    assert fixed.observe(BUMP, CELLS, 2, [SHOWN]) == [BUMP]
    assert fixed.observe(BUMP, CELLS, 2, [SHOWN]) == []  # nothing new


def test_a_contact_that_could_bring_it_and_did_not_speaks_against_it() -> None:
    fixed = seen(8)
    fixed.observe(BUMP, FULL, 2, [])  # the slot is full: it could not
    assert fixed.of(BUMP) == (SHOWN,)
    assert fixed.observe(BUMP, CELLS, 2, []) == [BUMP]  # 8 of 9
    assert fixed.of(BUMP) == ()
    fixed.observe(BUMP, CELLS, 2, [SHOWN])
    assert fixed.of(BUMP) == (SHOWN,)  # 9 of 10


def test_a_change_that_is_seen_without_the_contact_is_not_its_own() -> None:
    fixed = seen(8)
    assert fixed.observe(None, CELLS, 2, [SHOWN]) == [BUMP]
    assert fixed.of(BUMP) == ()  # 8 of 9 times that it was seen
    other = seen(8)
    other.observe(OTHER, CELLS, 2, [SHOWN])
    assert other.of(BUMP) == ()
    assert other.knows(OTHER)
    assert not seen(8).knows(OTHER)


def test_contacts_that_differ_in_their_effect_alone_do_not_speak_against_it() -> None:
    fixed, near = seen(4), (GOING, TREE, Effect(False, TREE, remote=((LOG, SLOT),)))
    for _ in range(2):
        fixed.observe(near, CELLS, 2, [SHOWN])
    assert fixed.of(BUMP) == (SHOWN,)
    assert fixed.of(near) == ()  # seen twice


def test_what_was_never_seen_with_a_contact_is_not_kept() -> None:
    fixed = seen(3)
    fixed.observe(None, CELLS, 2, [(0, 0, FREE, LOG)])
    fixed.observe(OTHER, CELLS, 2, [])
    assert fixed.state() == seen(3).state()


def test_no_more_changes_are_kept_than_there_are_cells() -> None:
    fixed = FixedChanges(times=1, share=0.5)
    fixed.observe(BUMP, CELLS, 2, [(0, 0, FREE, of) for of in range(10, 20)])
    assert [change[3] for change in fixed.of(BUMP)] == [10, 11, 12, 13]


@given(steps=st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=12))
def test_a_checkpoint_keeps_all(steps: list[tuple[bool, bool, bool]]) -> None:
    fixed = seen(2)
    for met, full, shown in steps:
        fixed.observe(BUMP if met else None, FULL if full else CELLS, 2, [SHOWN] * shown)
    loaded = FixedChanges(times=3, share=0.9)
    loaded.load(json.loads(json.dumps(fixed.state())))
    assert loaded.of(BUMP) == fixed.of(BUMP)
    assert loaded.state() == fixed.state()


def test_changes_are_those_of_cells_away_from_the_agent() -> None:
    assert changes_elsewhere(CELLS, FULL, 2, (0, 1)) == [SHOWN]
    assert changes_elsewhere(CELLS, FULL, 2, (0, 2, -1)) == []


def test_only_changes_that_a_scene_allows_are_made() -> None:
    changes = [SHOWN, (1, 1, LOG, FREE), (0, 2, TREE, FREE), (5, 0, SLOT, LOG)]
    assert changes_made(CELLS, 2, changes) == {2: LOG}
    assert changes_made(FULL, 2, changes) == {}
