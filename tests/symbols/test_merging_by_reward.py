"""Groups of a codebook merged by the rewards of touches, on maps of types drawn by hand."""

from __future__ import annotations

import numpy as np
import pytest
from codebooks import points
from numpy.testing import assert_array_equal

from dsrl_agent.config.symbols import MergingThresholds
from dsrl_agent.symbols.merging import Likeness
from dsrl_agent.symbols.merging_by_reward import EgoMoves, merge_by_rewards
from dsrl_agent.types import Floats32, Ints

RED_BAR, BLUE_BAR, RED_CROSS, BLUE_CROSS, EGO = range(1, 6)
OUTLINES = {
    "bar": np.array([[0, 0, 0], [1, 1, 1], [0, 0, 0]]),
    "cross": np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]]),
    "ring": np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]]),
}
PICTURES = np.stack(
    [
        (np.array(colour)[:, None, None] * OUTLINES[outline]).astype(np.float32)
        for outline, colour in (
            ("bar", (1.0, 0.1, 0.0)),
            ("bar", (0.0, 0.2, 1.0)),
            ("cross", (1.0, 0.1, 0.0)),
            ("cross", (0.0, 0.2, 1.0)),
            ("ring", (0.9, 0.9, 0.9)),
        )
    ]
)
CODEBOOK = points([10.0 * number for number in range(6)], list(range(6)))
SHAPE_DECIDES = {RED_BAR: 1.0, BLUE_BAR: 1.0, RED_CROSS: -1.0, BLUE_CROSS: -1.0}
COLOUR_DECIDES = {RED_BAR: 1.0, BLUE_BAR: -1.0, RED_CROSS: 1.0, BLUE_CROSS: -1.0}


def templates(numbers: Ints) -> Floats32:
    return PICTURES[numbers - 1]


def moves(gives: dict[int, float], times: int = 5) -> EgoMoves:
    """Return moves along a row of two cells: the ego-object enters each type's cell."""
    touched = np.repeat(list(gives), times)
    before = np.stack([np.full(len(touched), EGO), touched], axis=1)[:, None]
    left = np.tile([[True, False]], (len(touched), 1))[:, None]
    rewards = np.repeat(list(gives.values()), times)
    return EgoMoves(before.astype(np.int64), left, ~left, rewards)


def test_groups_of_one_shape_get_the_lowest_number_where_shape_decides() -> None:
    merged, likeness = merge_by_rewards(
        CODEBOOK, moves(SHAPE_DECIDES), templates, MergingThresholds()
    )
    assert_array_equal(merged.types, [0, RED_BAR, RED_BAR, RED_CROSS, RED_CROSS, EGO])
    assert (likeness.view, likeness.chosen) == ("shape", True)
    # All groups can be recognised by their pictures, the ego-object's too.
    assert_array_equal(likeness.groups, [1, 2, 3, 4, 5])
    assert likeness.nearest(PICTURES)[4] == EGO


def test_groups_of_one_colour_get_the_lowest_number_where_colour_decides() -> None:
    merged, likeness = merge_by_rewards(
        CODEBOOK, moves(COLOUR_DECIDES), templates, MergingThresholds()
    )
    assert_array_equal(merged.types, [0, RED_BAR, BLUE_BAR, RED_BAR, BLUE_BAR, EGO])
    assert likeness.view == "colour"


def test_a_group_that_moved_is_not_merged_and_its_touches_do_not_count() -> None:
    # Blue bars are pushed in 2 of 22 moves, 0.09 of them: they do not stand still.
    seen = moves(SHAPE_DECIDES)
    pushed = np.array([[[BLUE_BAR, EGO]]] * 2)
    more = EgoMoves(
        np.concatenate([seen.before, pushed]),
        np.concatenate([seen.left, seen.left[:2]]),
        np.concatenate([seen.entered, seen.entered[:2]]),
        np.append(seen.rewards, [0.0, 0.0]),
    )
    moving, _ = merge_by_rewards(CODEBOOK, more, templates, MergingThresholds())
    assert_array_equal(moving.types[[1, 2]], [RED_BAR, BLUE_BAR])
    standing, _ = merge_by_rewards(CODEBOOK, more, templates, MergingThresholds(moved=0.1))
    assert_array_equal(standing.types, [0, RED_BAR, RED_BAR, RED_CROSS, RED_CROSS, EGO])


@pytest.mark.parametrize("chosen", [False, True])
def test_a_view_that_rewards_chose_before_stays_without_touches(chosen: bool) -> None:
    seen = moves(SHAPE_DECIDES)
    elsewhere = seen._replace(entered=np.zeros_like(seen.entered))  # nothing was touched
    last = Likeness(
        view="shape",
        limit=0.1,
        features=np.zeros((0, 9)),
        groups=np.zeros(0, np.int64),
        chosen=chosen,
    )
    merged, likeness = merge_by_rewards(CODEBOOK, elsewhere, templates, MergingThresholds(), last)
    assert likeness.chosen == chosen
    pairs = [RED_BAR, RED_BAR] if chosen else [RED_BAR, BLUE_BAR]
    assert_array_equal(merged.types[[1, 2]], pairs)
