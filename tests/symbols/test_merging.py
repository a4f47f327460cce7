"""Which groups are one kind: looks propose, rewards decide."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dsrl_agent.symbols import Likeness, Touches, kinds_of
from dsrl_agent.types import Floats32, Ints

RED, BLUE, GREEN = (1.0, 0.1, 0.0), (0.0, 0.2, 1.0), (0.1, 0.9, 0.2)
BAR = np.array([[0, 0, 0], [1, 1, 1], [0, 0, 0]])
CROSS = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]])
DOT = np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]])

RED_BAR, BLUE_BAR, RED_CROSS, BLUE_CROSS = range(4)


def picture(outline: Ints, colour: tuple[float, ...]) -> Floats32:
    return (np.array(colour)[:, None, None] * outline).astype(np.float32)


CROSSED = np.stack([picture(s, c) for s in (BAR, CROSS) for c in (RED, BLUE)])
TENS = np.full(4, 10)


def touches(gives: dict[int, float], times: int = 5) -> Touches:
    groups = np.repeat(list(gives), times)
    return Touches(groups, np.repeat(list(gives.values()), times))


def labels_of(pictures: Floats32, counts: Ints, touched: Touches) -> Ints:
    return kinds_of(pictures, counts, touched).labels


def same(labels: Ints, *pairs: tuple[int, int]) -> list[bool]:
    return [bool(labels[a] == labels[b]) for a, b in pairs]


def test_colours_are_merged_where_shape_decides_the_reward() -> None:
    gives = {RED_BAR: 1.0, BLUE_BAR: 1.0, RED_CROSS: -1.0, BLUE_CROSS: -1.0}
    labels = labels_of(CROSSED, TENS, touches(gives))
    pairs = (RED_BAR, BLUE_BAR), (RED_CROSS, BLUE_CROSS), (RED_BAR, RED_CROSS)
    assert same(labels, *pairs) == [True, True, False]


def test_shapes_are_merged_where_colour_decides_the_reward() -> None:
    gives = {RED_BAR: 1.0, BLUE_BAR: -1.0, RED_CROSS: 1.0, BLUE_CROSS: -1.0}
    labels = labels_of(CROSSED, TENS, touches(gives))
    pairs = (RED_BAR, RED_CROSS), (BLUE_BAR, BLUE_CROSS), (RED_BAR, BLUE_BAR)
    assert same(labels, *pairs) == [True, True, False]


def test_nothing_is_merged_where_shape_and_colour_decide_the_reward() -> None:
    gives = {RED_BAR: 1.0, BLUE_BAR: -1.0, RED_CROSS: -1.0, BLUE_CROSS: 1.0}
    assert len(set(labels_of(CROSSED, TENS, touches(gives)))) == 4


def test_clusters_without_a_shared_shape_or_colour_stay_apart_despite_equal_rewards() -> None:
    pictures = np.stack([picture(BAR, RED), picture(CROSS, BLUE), picture(DOT, GREEN)])
    alike = touches({0: 1.0, 1: 1.0, 2: 1.0})
    assert len(set(labels_of(pictures, np.full(3, 10), alike))) == 3


def test_a_view_that_merges_few_objects_is_refused() -> None:
    pictures = np.stack(
        [picture(BAR, RED), picture(BAR, BLUE), picture(CROSS, GREEN), picture(DOT, (1, 1, 1))]
    )
    alike = touches(dict.fromkeys(range(4), 1.0))
    assert len(set(labels_of(pictures, np.array([10, 10, 100, 100]), alike))) == 4
    labels = labels_of(pictures, np.array([100, 100, 10, 10]), alike)
    assert same(labels, (0, 1), (1, 2)) == [True, False]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_clusters_are_never_merged(count: int) -> None:
    pictures = np.stack([picture(BAR, RED), picture(BAR, BLUE)])[:count]
    nothing = Touches(np.zeros(0, np.int64), np.zeros(0))
    assert_array_equal(labels_of(pictures, np.full(count, 9), nothing), np.arange(count))


@pytest.mark.parametrize(("untouched", "joined"), [(40, False), (5, True)])
def test_mostly_untouched_clusters_are_not_merged(untouched: int, joined: bool) -> None:
    bars_alike = touches({RED_BAR: 1.0, BLUE_BAR: 1.0})
    labels = labels_of(CROSSED, np.array([10, 10, untouched, untouched]), bars_alike)
    assert same(labels, (RED_BAR, BLUE_BAR), (RED_CROSS, BLUE_CROSS)) == [joined, joined]


GOOD_BARS = touches({RED_BAR: 1.0, BLUE_BAR: 1.0})
NOTHING_TOUCHED = Touches(np.zeros(0, np.int64), np.zeros(0))


@pytest.mark.parametrize("touched", [GOOD_BARS, NOTHING_TOUCHED])
def test_a_chosen_view_stays_without_new_touches_of_negatives(touched: Touches) -> None:
    many_crosses = np.array([10, 10, 40, 40])
    kinds = kinds_of(CROSSED, many_crosses, touched, chosen="shape")
    assert kinds.chosen
    assert same(kinds.labels, (RED_BAR, BLUE_BAR), (RED_CROSS, BLUE_CROSS)) == [True, True]
    assert not kinds_of(CROSSED, many_crosses, touched).chosen


@pytest.mark.parametrize("chosen", [None, "shape", "colour"])
def test_a_chosen_view_is_dropped_when_rewards_favour_another(chosen: str | None) -> None:
    gives = {RED_BAR: 1.0, BLUE_BAR: -1.0, RED_CROSS: 1.0, BLUE_CROSS: -1.0}
    assert kinds_of(CROSSED, TENS, touches(gives), chosen).view == "colour"
    gives = {RED_BAR: 1.0, BLUE_BAR: -1.0, RED_CROSS: -1.0, BLUE_CROSS: 1.0}
    assert not kinds_of(CROSSED, TENS, touches(gives), chosen).chosen


def likeness_to(pictures: Floats32, gives: dict[int, float]) -> Likeness:
    count = len(pictures)
    kinds = kinds_of(pictures, np.full(count, 10), touches(gives))
    return Likeness.of(kinds, pictures, np.arange(10, 10 + count))


UNSEEN = np.stack([picture(BAR, GREEN), picture(CROSS, GREEN), picture(DOT, RED)])


def test_a_known_outline_is_assigned_where_shape_decides() -> None:
    gives = {RED_BAR: 1.0, BLUE_BAR: 1.0, RED_CROSS: -1.0, BLUE_CROSS: -1.0}
    likeness = likeness_to(CROSSED, gives)
    for each in (likeness, Likeness.from_arrays(likeness.arrays())):
        assert each.chosen
        bar, cross, dot = (int(group) - 10 for group in each.nearest(UNSEEN))
        assert bar in (RED_BAR, BLUE_BAR)
        assert cross in (RED_CROSS, BLUE_CROSS)
        assert dot == -11


def test_a_known_colour_is_assigned_where_colour_decides() -> None:
    gives = {RED_BAR: 1.0, BLUE_BAR: -1.0, RED_CROSS: 1.0, BLUE_CROSS: -1.0}
    bar, cross, dot = likeness_to(CROSSED, gives).nearest(UNSEEN)
    assert (bar, cross) == (-1, -1)
    assert dot - 10 in (RED_BAR, RED_CROSS)


def test_the_outline_decides_by_default() -> None:
    red_bar_and_blue_cross = CROSSED[[RED_BAR, BLUE_CROSS]]
    assert_array_equal(likeness_to(red_bar_and_blue_cross, {}).nearest(UNSEEN), [10, 11, -1])


def test_an_outline_shared_by_two_types_is_assigned_to_neither() -> None:
    gives = {RED_BAR: 1.0, BLUE_BAR: -1.0, RED_CROSS: -1.0, BLUE_CROSS: 1.0}
    assert_array_equal(likeness_to(CROSSED, gives).nearest(UNSEEN[1:]), [-1, -1])


def test_fewer_than_two_types_assign_nothing() -> None:
    for count in (0, 1):
        assert_array_equal(likeness_to(CROSSED[:count], {}).nearest(UNSEEN[1:]), [-1, -1])
