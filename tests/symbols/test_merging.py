"""Groups of spectra that are one type: appearance proposes, rewards decide."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dsrl_agent.config.symbols import MergingThresholds
from dsrl_agent.symbols.merging import Likeness, RewardedTouches, _share, merge_groups
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
DEFAULTS = MergingThresholds()


def touches(gives: dict[int, float], times: int = 5) -> RewardedTouches:
    groups = np.repeat(list(gives), times)
    return RewardedTouches(groups, np.repeat(list(gives.values()), times))


def labels_of(pictures: Floats32, counts: Ints, touched: RewardedTouches) -> Ints:
    return merge_groups(pictures, counts, touched, DEFAULTS).labels


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
    nothing = RewardedTouches(np.zeros(0, np.int64), np.zeros(0))
    assert_array_equal(labels_of(pictures, np.full(count, 9), nothing), np.arange(count))


@pytest.mark.parametrize(("untouched", "merged"), [(40, False), (5, True)])
def test_mostly_untouched_clusters_are_not_merged(untouched: int, merged: bool) -> None:
    bars_alike = touches({RED_BAR: 1.0, BLUE_BAR: 1.0})
    labels = labels_of(CROSSED, np.array([10, 10, untouched, untouched]), bars_alike)
    assert same(labels, (RED_BAR, BLUE_BAR), (RED_CROSS, BLUE_CROSS)) == [merged, merged]


GOOD_BARS = touches({RED_BAR: 1.0, BLUE_BAR: 1.0})
NOTHING_TOUCHED = RewardedTouches(np.zeros(0, np.int64), np.zeros(0))


@pytest.mark.parametrize("touched", [GOOD_BARS, NOTHING_TOUCHED])
def test_a_chosen_view_stays_without_new_touches_of_negatives(touched: RewardedTouches) -> None:
    many_crosses = np.array([10, 10, 40, 40])
    merging = merge_groups(CROSSED, many_crosses, touched, DEFAULTS, chosen="shape")
    assert merging.chosen
    assert same(merging.labels, (RED_BAR, BLUE_BAR), (RED_CROSS, BLUE_CROSS)) == [True, True]
    assert not merge_groups(CROSSED, many_crosses, touched, DEFAULTS).chosen


@pytest.mark.parametrize("chosen", [None, "shape", "colour"])
def test_a_chosen_view_is_dropped_when_rewards_favour_another(chosen: str | None) -> None:
    gives = {RED_BAR: 1.0, BLUE_BAR: -1.0, RED_CROSS: 1.0, BLUE_CROSS: -1.0}
    assert merge_groups(CROSSED, TENS, touches(gives), DEFAULTS, chosen).view == "colour"
    gives = {RED_BAR: 1.0, BLUE_BAR: -1.0, RED_CROSS: -1.0, BLUE_CROSS: 1.0}
    assert not merge_groups(CROSSED, TENS, touches(gives), DEFAULTS, chosen).chosen


def likeness_to(pictures: Floats32, gives: dict[int, float]) -> Likeness:
    count = len(pictures)
    merging = merge_groups(pictures, np.full(count, 10), touches(gives), DEFAULTS)
    return Likeness.of(merging, pictures, np.arange(10, 10 + count))


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


# Thresholds.

SHAPE_DECIDES = {RED_BAR: 1.0, BLUE_BAR: 1.0, RED_CROSS: -1.0, BLUE_CROSS: -1.0}


def test_a_view_must_gather_and_have_touched_more_than_a_share_of_the_objects() -> None:
    # Of 30 gathered objects 20 were touched: two thirds.
    counts = np.array([10, 10, 5, 5])
    touched = touches({RED_BAR: 1.0, BLUE_BAR: 1.0})
    for gathered, chosen in ((0.6, True), (0.7, False)):
        thresholds = MergingThresholds(gathered=gathered)
        assert merge_groups(CROSSED, counts, touched, thresholds).chosen == chosen
    # All four groups are gathered and touched: 1 is not more than 1.
    everything = touches(SHAPE_DECIDES)
    assert merge_groups(CROSSED, TENS, everything, MergingThresholds(gathered=0.99)).chosen
    assert not merge_groups(CROSSED, TENS, everything, MergingThresholds(gathered=1.0)).chosen


def test_the_limit_of_an_assumed_view_is_a_share_of_the_way_to_the_next_outline() -> None:
    # The outlines of bar and cross share 1 pixel of 3 and of 5: their distance is
    # sqrt(2 - 2 / sqrt(15)) = 1.218.
    pictures, counts = CROSSED[[RED_BAR, BLUE_CROSS]], np.full(2, 10)
    for close in (0.1, 0.3):
        merging = merge_groups(pictures, counts, NOTHING_TOUCHED, MergingThresholds(close=close))
        assert merging.limit == pytest.approx(close * (2 - 2 / 15**0.5) ** 0.5, rel=1e-6)


@pytest.mark.parametrize(("prior", "view"), [(0.25, None), (1.0, "shape")])
def test_the_prior_decides_whether_mixed_rewards_are_one_type(
    prior: float, view: str | None
) -> None:
    # Red bars gave +1 twice, blue bars +1 three times and -1 twice; crosses the opposite. With a
    # prior of 1 the evidence of (5, 2) is 5! 2! / 8! = 1 / 168, and that of (2, 0) and (3, 2) is
    # 2! / 3! * 3! 2! / 6! = 1 / 180. A prior of 0.25 favours pure types: 0.0028 against 0.0041.
    red, blue = [1.0] * 2, [1.0] * 3 + [-1.0] * 2
    rewards = np.array([*red, *blue, *np.negative(red), *np.negative(blue)])
    touched = RewardedTouches(np.repeat(np.arange(4), [2, 5, 2, 5]), rewards)
    merging = merge_groups(CROSSED, TENS, touched, MergingThresholds(prior=prior))
    assert (merging.view if merging.chosen else None) == view


@pytest.mark.parametrize(
    ("objects", "of", "share"), [([1], [1], 1.0), ([3, 1], [0, 1], 0.25), ([0], [0], 0.0)]
)
def test_a_share_is_that_of_all_objects(objects: list[int], of: list[int], share: float) -> None:
    assert _share(np.array(objects), np.array(of)) == share
