"""Objects followed from frame to frame, and types that flicker."""

from __future__ import annotations

import json

import pytest
from codebooks import points
from numpy.testing import assert_array_equal

from dsrl_agent.config.symbols import TrackingThresholds
from dsrl_agent.symbols.tracking import FlickeringTypes, TypeTransitions, match
from dsrl_agent.types import Fact, Facts


def matched(
    before: Facts,
    after: Facts,
    transitions: TypeTransitions | None = None,
    thresholds: TrackingThresholds | None = None,
) -> list[tuple[Fact, Fact]]:
    thresholds = thresholds or TrackingThresholds()
    return match(before, after, transitions or TypeTransitions(thresholds), thresholds).moved


def test_objects_of_one_type_are_matched_by_distance() -> None:
    before: Facts = (Fact(1, 0, 0), Fact(1, 0, 4), Fact(2, 4, 4))
    after: Facts = (Fact(1, 0, 1), Fact(1, 0, 3), Fact(2, 4, 4))
    assert matched(before, after) == [
        (Fact(1, 0, 0), Fact(1, 0, 1)),
        (Fact(1, 0, 4), Fact(1, 0, 3)),
    ]


def test_objects_that_stay_are_counted_by_type() -> None:
    before: Facts = (Fact(1, 0, 0), Fact(2, 1, 1), Fact(2, 4, 4), Fact(3, 3, 3))
    after: Facts = (Fact(1, 0, 1), Fact(2, 1, 1), Fact(2, 4, 4))
    found = match(before, after, TypeTransitions(TrackingThresholds()), TrackingThresholds())
    assert found == ({2: 2}, [(Fact(1, 0, 0), Fact(1, 0, 1))])


def test_type_transitions_break_ties_of_distance() -> None:
    before: Facts = (Fact(1, 2, 2),)
    after: Facts = (Fact(1, 2, 3), Fact(2, 2, 1))
    assert matched(before, after) == [(Fact(1, 2, 2), Fact(1, 2, 3))]
    learned = TypeTransitions(TrackingThresholds())
    for _ in range(9):  # type 1 has always turned into type 2
        learned.observe((Fact(1, 0, 0),), 0, (Fact(2, 0, 0),))
    assert learned.likelihood(1, 2) == 0.9
    assert learned.likelihood(1, 1) == 0.1
    assert matched(before, after, learned) == [(Fact(1, 2, 2), Fact(2, 2, 1))]


def test_neighbour_counts_break_remaining_ties() -> None:
    # Two alike, one step off each: the one that had a neighbour is the one that has one.
    before: Facts = (Fact(1, 1, 2), Fact(3, 0, 2))
    after: Facts = (Fact(1, 1, 1), Fact(1, 1, 3), Fact(3, 0, 2), Fact(4, 0, 0))
    partners = dict(matched(before, after))
    # At column 3 it has one neighbour (3), as before; at column 1 it would have two.
    assert partners[Fact(1, 1, 2)] == Fact(1, 1, 3)


def test_distant_objects_are_not_matched() -> None:
    assert matched((Fact(1, 0, 0),), (Fact(1, 0, 3),)) == []


def stand(transitions: TypeTransitions, action: int, first: int, last: int, times: int) -> None:
    for _ in range(times):
        transitions.observe((Fact(first, 2, 2),), action, (Fact(last, 2, 2),))


def test_types_that_change_whatever_the_action_flicker() -> None:
    flicker = TypeTransitions(TrackingThresholds())
    for action in (0, 1):
        for first, last in ((3, 3), (5, 5), (3, 5), (5, 3)):
            assert flicker.flickering() is None
            stand(flicker, action, first, last, 8)
    assert flicker.flickering() == (3, 5)
    flicker.forget(5)
    assert flicker.flickering() is None


def test_forgetting_a_type_leaves_the_action_of_the_same_number() -> None:
    turns = TypeTransitions(TrackingThresholds())
    for first, last in ((3, 5), (5, 3), (1, 3), (3, 1)):
        stand(turns, 1, first, last, 8)
    turns.forget(1)
    assert turns.state()["stood"] == [[3, 1, 5, 8], [5, 1, 3, 8]]
    assert turns.state()["followed"] == [[3, 5, 8], [5, 3, 8]]


def test_an_agent_that_turns_does_not_flicker() -> None:
    turning = TypeTransitions(TrackingThresholds())
    for action in (0, 1):  # left and right change its appearance
        stand(turning, action, 3, 5, 20)
        stand(turning, action, 5, 3, 20)
    for number in (3, 5):  # forward, against a wall, does not
        stand(turning, 2, number, number, 20)
    assert turning.flickering() is None


def test_a_switch_that_is_pressed_does_not_flicker() -> None:
    pressed = TypeTransitions(TrackingThresholds())
    for action in (0, 1):
        stand(pressed, action, 3, 5, 20)
        stand(pressed, action, 5, 5, 20)
    assert pressed.flickering() is None


def test_merged_types_keep_the_older_name() -> None:
    flicker, book = (
        FlickeringTypes(TrackingThresholds()),
        points([0.0, 100.0, 200.0], [0, 1, 2]),
    )
    for step in range(80):
        pair = (1, 2) if step % 4 < 2 else (2, 1)
        before: Facts = (Fact(pair[step % 2], 0, 0),)
        after: Facts = (Fact(pair[1 - step % 2], 0, 0),)
        merged = flicker.track(before, step % 3, after)
        if merged is not None:
            kept, dropped = merged
            book = book.renumbered({dropped: kept})
    assert_array_equal(book.types, [0, 1, 1])
    assert flicker.merged == {2: 1}


def test_a_type_merged_twice_belongs_to_the_oldest() -> None:
    flicker = FlickeringTypes(TrackingThresholds(often=1))
    for action in (0, 1):
        for first, last in ((3, 5), (5, 3)):
            flicker.track((Fact(first, 0, 0),), action, (Fact(last, 0, 0),))
    assert flicker.merged == {5: 3}
    for action in (0, 1):
        for first, last in ((2, 3), (3, 2)):
            flicker.track((Fact(first, 0, 0),), action, (Fact(last, 0, 0),))
    assert flicker.merged == {5: 2, 3: 2}


def test_flickering_types_are_restored_from_their_state() -> None:
    flicker, other = (FlickeringTypes(TrackingThresholds()) for _ in range(2))
    flicker.track((Fact(1, 0, 0),), 0, (Fact(2, 0, 0),))
    flicker.merged = {9: 2}
    other.load(json.loads(json.dumps(flicker.state())))
    assert other.merged == {9: 2}
    assert other.transitions.state() == flicker.transitions.state()
    assert flicker.transitions.state()["stood"] == [[1, 0, 2, 1]]


# Thresholds.


def test_reach_bounds_how_far_an_object_moves() -> None:
    before: Facts = (Fact(1, 0, 0),)
    after: Facts = (Fact(1, 0, 3),)
    assert matched(before, after, None, TrackingThresholds(reach=3.0)) == [
        (Fact(1, 0, 0), Fact(1, 0, 3))
    ]
    assert matched(before, (Fact(1, 0, 1),), None, TrackingThresholds(reach=0.9)) == []


@pytest.mark.parametrize(
    ("thresholds", "partner"),
    [
        # To the near one of another type: 1/2 + 0 + 1; to the far one of its type: 1/3 + 1 + 1.
        (TrackingThresholds(), Fact(1, 2, 4)),
        (TrackingThresholds(distance=7.0), Fact(2, 2, 1)),  # 7/2 against 7/3 + 1
        (TrackingThresholds(transition=0.0), Fact(2, 2, 1)),
    ],
    ids=["default", "distance", "transition"],
)
def test_weights_of_distance_and_transition_decide_between_partners(
    thresholds: TrackingThresholds, partner: Fact
) -> None:
    before: Facts = (Fact(1, 2, 2),)
    after: Facts = (Fact(1, 2, 4), Fact(2, 2, 1))
    assert matched(before, after, None, thresholds) == [(Fact(1, 2, 2), partner)]


@pytest.mark.parametrize(("weight", "col"), [(0.0, 1), (1.0, 3)])
def test_the_weight_of_neighbours_decides_between_equal_partners(weight: float, col: int) -> None:
    before: Facts = (Fact(1, 1, 2), Fact(3, 0, 2))
    after: Facts = (Fact(1, 1, 1), Fact(1, 1, 3), Fact(3, 0, 2), Fact(4, 0, 0))
    partners = dict(matched(before, after, None, TrackingThresholds(neighbours=weight)))
    assert partners[Fact(1, 1, 2)] == Fact(1, 1, col)


def test_types_flicker_after_as_many_sightings_as_often_says() -> None:
    for often, flickering in ((4, (3, 5)), (5, None)):
        flicker = TypeTransitions(TrackingThresholds(often=often))
        for action in (0, 1):
            for first, last in ((3, 5), (5, 3)):
                stand(flicker, action, first, last, 4)
        assert flicker.flickering() == flickering


def test_types_flicker_from_the_share_of_sightings_on() -> None:
    for share, flickering in ((0.2, (3, 5)), (0.3, None)):
        flicker = TypeTransitions(TrackingThresholds(share=share))
        for action in (0, 1):
            for first, last in ((3, 5), (5, 3)):  # 4 of 16 are 0.25
                stand(flicker, action, first, first, 12)
                stand(flicker, action, first, last, 4)
        assert flicker.flickering() == flickering
