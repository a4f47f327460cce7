"""What actions reach, told by changes beside the agent and by the symmetry of turns."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dsrl_agent.front_end.agency import Agency
from dsrl_agent.front_end.rule import Verbs
from dsrl_agent.front_end.rules.reach import Reach
from dsrl_agent.types import Fact, Transition

LEFT, RIGHT, FORWARD, PICK = range(4)
EAST, SOUTH, WEST, NORTH = 10, 11, 12, 13  # the agent's appearances
KEY, WALL = 1, 2
AHEAD = {EAST: (0, 1), SOUTH: (1, 0), WEST: (0, -1), NORTH: (-1, 0)}


def turned(look: int, action: int) -> int:
    return EAST + (look - EAST + {LEFT: -1, RIGHT: 1}.get(action, 0)) % 4


def taught(*seen: tuple[int, int], keys: tuple[tuple[int, int], ...] = ()) -> tuple[Reach, Agency]:
    """Return what is learned in an open room from (look, action), each four times.

    With `keys`, these (look, action) have a key before them, which vanishes if it is picked up.
    """
    reach, agency, tape = Reach(), Agency(), []
    for look, action in 4 * (*seen, *keys):
        ahead = (5 + AHEAD[look][0], 5 + AHEAD[look][1])
        key = (Fact(KEY, *ahead),) if (look, action) in keys else ()
        moves = action == FORWARD and not key
        after = Fact(turned(look, action), *(ahead if moves else (5, 5)))
        kept = () if action == PICK else key
        wall = Fact(WALL, 0, 0)
        facts, next_facts = (wall, *key, Fact(look, 5, 5)), (wall, *kept, after)
        tape.append(Transition(tuple(sorted(facts)), action, 0.0, tuple(sorted(next_facts)), False))
    for transition in tape:
        agency.observe(transition)
    for transition in tape:
        reach.observe(transition, agency)
    return reach, agency


TURNS = [(look, turn) for look in AHEAD for turn in (LEFT, RIGHT)]


def test_all_actions_of_an_appearance_reach_the_cell_that_it_faces() -> None:
    reach, agency = taught(*TURNS, *((look, FORWARD) for look in AHEAD), (EAST, PICK))
    effects = reach.effects(agency, 4)
    assert reach.turns(agency, agency.effects())
    for look, ahead in AHEAD.items():
        assert effects[look, FORWARD] == (*ahead, look)
        assert effects[look, PICK] == (*ahead, look)  # although it never did anything
        assert effects[look, RIGHT] == (0, 0, turned(look, RIGHT))
    verbs = Verbs(reach.understood(agency, 4).moving)
    assert (verbs.of(FORWARD), verbs.of(PICK)) == (-6, PICK)


# Where looks decide, picking up is believed to reach elsewhere only when it was seen twice.
@example([(0, 2, 0), (0, 2, 0), (1, 2, 1), (1, 2, 1), (2, 2, 2), (0, 3, 1), (0, 3, 1)])
@given(st.lists(st.tuples(*3 * [st.integers(0, 3)]), max_size=12))
def test_what_was_understood_goes_on_as_if_counted_anew(seen: list[tuple[int, ...]]) -> None:
    _, agency = taught(*TURNS, *((look, FORWARD) for look in AHEAD))
    reach = Reach()
    for look, action, way in seen:
        ahead = AHEAD[EAST + way]
        stood, moved = Fact(EAST + look, 5, 5), Fact(EAST + look, 5 + ahead[0], 5 + ahead[1])
        reach.observe(Transition((stood,), action, 0.0, (moved,), False), agency)
        anew = Reach()
        anew.load(reach.state())
        assert reach.understood(agency, 4) == anew.understood(agency, 4)


def test_two_facings_and_the_turns_tell_the_others() -> None:
    """As in a corridor, in which the agent never steps sideways."""
    reach, agency = taught(*TURNS, (EAST, FORWARD), (SOUTH, FORWARD))
    effects = reach.effects(agency, 4)
    assert effects[WEST, FORWARD] == (0, -1, WEST)
    assert effects[NORTH, PICK] == (-1, 0, NORTH)


def test_opposite_facings_leave_the_sense_of_turns_open() -> None:
    reach, agency = taught(*TURNS, (EAST, FORWARD), (WEST, FORWARD))
    effects = reach.effects(agency, 4)
    assert effects[WEST, PICK] == (0, -1, WEST)
    assert (SOUTH, PICK) not in effects
    # A key that is picked up shows it.
    reach, agency = taught(*TURNS, (EAST, FORWARD), (WEST, FORWARD), keys=((SOUTH, PICK),))
    effects = reach.effects(agency, 4)
    assert effects[SOUTH, PICK] == (1, 0, SOUTH)
    assert effects[NORTH, FORWARD] == (-1, 0, NORTH)


def test_an_agent_that_has_not_moved_yet_is_known_to_turn_by_its_appearances() -> None:
    reach, agency = taught(*TURNS)
    assert reach.turns(agency, agency.effects())
    assert reach.effects(agency, 4)[EAST, LEFT] == (0, 0, NORTH)
    assert (EAST, FORWARD) not in reach.effects(agency, 4)


@pytest.mark.parametrize("look", [0, 1])
def test_without_turns_what_is_reached_depends_on_the_action(look: int) -> None:
    """The agent is drawn in the direction of its last move, as in FrozenLake."""
    reach, agency, offsets = Reach(), Agency(), [(0, -1), (1, 0), (0, 1), (-1, 0)]
    steps = [(a, b) for a in range(4) for b in range(4)] * 3
    tape = [
        Transition((Fact(10 + a, 3, 3),), b, 0.0,
                   (Fact(10 + b, 3 + offsets[b][0], 3 + offsets[b][1]),), False)
        for a, b in steps
    ]  # fmt: skip
    for transition in tape:
        agency.observe(transition)
    for transition in tape:
        reach.observe(transition, agency)
    assert not reach.turns(agency, agency.effects())
    assert reach.effects(agency, 5)[10 + look, 2] == (0, 1, 12)
    assert Verbs(reach.understood(agency, 5).moving).of(2) == -6


def test_an_end_unseen_beside_one_object_tells_the_reach() -> None:
    reach, agency = taught(*TURNS, (EAST, FORWARD))
    lava = Transition((Fact(3, 6, 5), Fact(SOUTH, 5, 5)), FORWARD, 0.0, (Fact(3, 6, 5),), True)
    reach.observe(lava, agency)
    assert reach.effects(agency, 4)[SOUTH, PICK] == (1, 0, SOUTH)


def test_counts_are_saved_and_loaded() -> None:
    reach, agency = taught(*TURNS, (EAST, FORWARD))
    loaded = Reach()
    loaded.load(json.loads(json.dumps(reach.state())))
    assert loaded.counts == reach.counts
    assert loaded.effects(agency, 4) == reach.effects(agency, 4)


@pytest.mark.parametrize("turning", [False, True])
def test_what_tells_better_where_steps_lead_tells_whether_the_agent_turns(turning: bool) -> None:
    """Two looks, moved alike by each action, or each by its look whatever the action."""
    reach, agency = Reach(), Agency()
    agency.take(frozenset({EAST, WEST}))
    steps = {LEFT: (0, -1), RIGHT: (0, 1), FORWARD: (-1, 0)}
    for look in (EAST, WEST):
        for action, step in steps.items():
            reach.counts[look, action] = Counter({AHEAD[look] if turning else step: 4})
    assert reach.turns(agency, {}) == turning


def test_a_turn_not_tried_from_a_look_follows_from_the_facings() -> None:
    tried = [each for each in TURNS if each != (NORTH, RIGHT)]
    reach, agency = taught(*tried, *((look, FORWARD) for look in AHEAD))
    assert reach.effects(agency, 4)[NORTH, RIGHT] == (0, 0, EAST)


def test_an_action_reaches_the_cell_beside_that_it_changes_whatever_the_agent_looks_like() -> None:
    """Actions 0 to 3 are steps and action 4 picks up what lies to the right; the agent has a look
    for each of two moods, and only the first was seen to pick anything up."""
    reach, agency, offsets = Reach(), Agency(), [(0, -1), (1, 0), (0, 1), (-1, 0)]
    key, tape = Fact(KEY, 3, 4), []
    for look, other in ((10, 11), (11, 10)):
        tape += [
            Transition((Fact(look, 3, 3),), action, 0.0, (Fact(into, 3 + row, 3 + col),), False)
            for action, (row, col) in enumerate(offsets)
            for into in (look, look, look, other)
        ]
    picks = [Transition((key, Fact(10, 3, 3)), 4, 0.0, (Fact(10, 3, 3),), False)] * 3
    for transition in 3 * [*tape, *picks]:
        agency.observe(transition)
        reach.observe(transition, agency)
    assert agency.self_types == {10, 11}
    assert not reach.turns(agency, agency.effects())
    effects = reach.effects(agency, 5)
    assert effects[10, 4] == (0, 1, 10)
    assert effects[11, 4] == (0, 1, 11)
