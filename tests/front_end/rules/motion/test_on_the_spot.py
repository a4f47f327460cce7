"""Actions on the cell that the agent stands on: found by rewards and by what the agent becomes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dsrl_agent.front_end.agency import ActionEffect, Agency
from dsrl_agent.front_end.rules.motion.on_the_spot import OnTheSpot, acting_on_the_spot, loads_of
from dsrl_agent.types import Fact, Transition

LEFT, RIGHT, PICK, DONE = range(4)
EMPTY_LEFT, EMPTY_RIGHT, FULL_LEFT, FULL_RIGHT = range(1, 5)
STEPS = {
    (look, action): ActionEffect(0, -1 if action == LEFT else 1, into[action])
    for into in ((EMPTY_LEFT, EMPTY_RIGHT), (FULL_LEFT, FULL_RIGHT))
    for look in into
    for action in (LEFT, RIGHT)
}


def step(
    action: int, look: int, after: int, reward: float = 0.0, *, moves: int = 0, col: int = 3
) -> Transition:
    facts, following = (Fact(look, 0, col),), (Fact(after, 0, col + moves),)
    return Transition(facts, action, reward, following, False, True)


def watched(*seen: Transition) -> OnTheSpot:
    agency, spot = Agency(), OnTheSpot()
    agency.take(frozenset([EMPTY_LEFT, EMPTY_RIGHT, FULL_LEFT, FULL_RIGHT]))
    for transition in seen:
        spot.observe(transition, agency)
    return spot


WALKS = (*3 * (step(LEFT, EMPTY_LEFT, EMPTY_LEFT, moves=-1),), step(RIGHT, 1, 2, moves=1))
TAKES = (*2 * (step(PICK, EMPTY_LEFT, EMPTY_LEFT),), *2 * (step(PICK, EMPTY_LEFT, FULL_LEFT),))


def test_an_action_that_turns_the_agent_at_some_places_acts_on_the_spot() -> None:
    idle = 4 * (step(DONE, EMPTY_LEFT, EMPTY_LEFT),)
    assert watched(*WALKS, *TAKES, *idle).actions(frozenset()) == {PICK}
    assert watched(*WALKS, *TAKES).actions(frozenset([PICK])) == frozenset()  # it acts beside it
    always = 4 * (step(PICK, EMPTY_LEFT, EMPTY_RIGHT),)
    assert watched(*WALKS, *always).actions(frozenset()) == frozenset()  # a turn


def test_an_action_that_mostly_gives_an_unusual_reward_acts_on_the_spot() -> None:
    costs, elsewhere = (step(PICK, 1, 1, -10.0, col=col) for col in (3, 4))
    free = step(PICK, 1, 1)
    spot = watched(*WALKS, costs, elsewhere, free)
    assert spot.actions(frozenset()) == {PICK}
    assert watched(*WALKS, costs, elsewhere, free, free).actions(frozenset()) == frozenset()
    # At one place alone it may be a step that the agent is put back from.
    assert watched(*WALKS, costs, costs, costs).actions(frozenset()) == frozenset()
    loaded, older = OnTheSpot(), OnTheSpot()
    loaded.load(json.loads(json.dumps(watched(*WALKS, costs, costs, costs).state())))
    assert loaded.actions(frozenset()) == frozenset()
    older.load({name: kept for name, kept in spot.state().items() if name != "places"})
    assert older.actions(frozenset()) == {PICK}


def test_what_one_appearance_turns_into_tells_it_of_those_that_it_becomes_by_steps() -> None:
    spot = watched(*WALKS, *TAKES)
    turns = spot.turns(frozenset([PICK]), STEPS)
    assert turns == {(EMPTY_LEFT, PICK): FULL_LEFT, (EMPTY_RIGHT, PICK): FULL_RIGHT}
    effects = acting_on_the_spot(STEPS, turns, frozenset([PICK]))
    assert effects[EMPTY_RIGHT, PICK] == (0, 0, FULL_RIGHT)
    assert effects[FULL_LEFT, PICK] == (0, 0, FULL_LEFT)


def test_appearances_that_no_step_leads_to_show_a_load() -> None:
    assert watched(*WALKS, *TAKES).usual() == EMPTY_LEFT
    assert loads_of(STEPS, EMPTY_LEFT) == {FULL_LEFT: FULL_LEFT, FULL_RIGHT: FULL_LEFT}


def test_counts_are_saved_and_loaded() -> None:
    spot, loaded = watched(*WALKS, *TAKES), OnTheSpot()
    loaded.load(json.loads(json.dumps(spot.state())))
    assert loaded.state() == spot.state()
    assert loaded.actions(frozenset()) == {PICK}
    old = OnTheSpot()
    old.load({})
    assert old.actions(frozenset()) == frozenset()


@pytest.mark.parametrize("odd", [None, "\x00", 1.5, True, []])
@pytest.mark.parametrize("place", range(5))
def test_stored_counts_that_are_no_whole_numbers_are_refused(place: int, odd: Any) -> None:
    state = json.loads(json.dumps(watched(*WALKS, *TAKES).state()))
    state["counts"][place][0][1] = odd
    with pytest.raises(ValueError, match="is no whole number"):
        OnTheSpot().load(state)


def test_stored_rewards_that_are_no_numbers_are_refused() -> None:
    state = json.loads(json.dumps(watched(*WALKS).state()))
    state["counts"][3][0][0] = "x"
    with pytest.raises(ValueError, match="are no rewards"):
        OnTheSpot().load(state)
