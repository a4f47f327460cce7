"""Measures of masks and types, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.evaluation.object_metrics import ObjectMasks, foreground_ari, type_accuracy


def scene(drawn: str, *types: int) -> ObjectMasks:
    """Read a mask of digits; `.` is background."""
    rows = [[0 if c == "." else int(c) for c in line] for line in drawn.split()]
    return ObjectMasks(np.array(rows), types)


TRUE = scene("1122. 1122. ....3", 7, 8, 9)


def test_the_numbers_of_objects_do_not_matter_and_neither_does_the_background() -> None:
    assert foreground_ari([scene("3311. 33112 22222", 7, 8, 9)], [TRUE]) == 1.0


def test_the_index_of_a_split_object_is_that_of_pixels() -> None:
    # 9 pixels: 4, 4, 1. Pairs together in truth 6 + 6 = 12; seen: 1 + 1 + 6 = 8; in both 8.
    # By chance 12 * 8 / 36 = 8 / 3; (8 - 8 / 3) / (10 - 8 / 3) = 8 / 11.
    split = scene("1133. 2233. ....4", 7, 7, 8, 9)
    assert foreground_ari([split], [TRUE]) == pytest.approx(8 / 11)


def test_pictures_without_objects_are_left_out() -> None:
    empty = scene("....")
    assert foreground_ari([empty, TRUE], [empty, TRUE]) == 1.0
    assert foreground_ari([empty], [empty]) == 0.0


def accuracy(*seen: ObjectMasks, shown: tuple[float, ...] = (1.0, 1.0, 1.0)) -> float:
    return type_accuracy(seen, [TRUE] * len(seen), [shown] * len(seen))


def test_types_may_have_any_numbers() -> None:
    assert accuracy(scene("1122. 1122. ....3", 1, 2, 3)) == 1.0
    assert accuracy(scene("3322. 3322. ....1", 9, 7, 5)) == 1.0


def test_one_type_for_two_is_right_for_one_of_them() -> None:
    merged = scene("1122. 1122. ....3", 1, 1, 3)
    assert accuracy(merged) == pytest.approx(2 / 3)
    assert accuracy(merged, scene("1122. 1122. ....3", 1, 2, 3)) == pytest.approx(5 / 6)


def test_an_object_is_seen_if_a_mask_overlaps_it_by_half() -> None:
    assert accuracy(scene("11... 1.22. ..22.", 1, 2)) == pytest.approx(1 / 3)
    # 3 of 4 pixels for object 1; 2 of 4 + 2 others for object 2, a third; object 3 is missed.


def test_objects_that_are_mostly_hidden_do_not_count() -> None:
    assert accuracy(scene("1122. 1122. .....", 1, 2), shown=(1.0, 0.25, 0.2)) == 1.0


def test_pictures_in_which_nothing_is_seen_have_no_accuracy() -> None:
    assert accuracy(scene("..... ..... .....")) == 0.0
